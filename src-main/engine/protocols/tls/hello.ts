import { ByteReader } from '../../bytes/byte-reader';
import { u16be } from '../../bytes/integers';
import { hexText } from './hex';

/** Extension types of the IANA registry "TLS ExtensionType Values". */
const Extension = {
  serverName: 0,
  alpn: 16,
  encryptThenMac: 22,
  extendedMasterSecret: 23,
  truncatedHmac: 4,
  sessionTicket: 35,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  encryptedClientHello: 0xfe0d,
} as const;

export const TlsVersion = { ssl30: 0x0300, tls10: 0x0301, tls11: 0x0302, tls12: 0x0303, tls13: 0x0304 } as const;

/** `TLS 1.3`. */
export function versionName(version: number): string {
  if (version === TlsVersion.ssl30) return 'SSL 3.0';
  return version >>> 8 === 3 ? `TLS 1.${(version & 0xff) - 1}` : `0x${version.toString(16).padStart(4, '0')}`;
}

/** ClientHello (RFC 8446, section 4.1.2; RFC 5246, section 7.4.1.2). */
export interface ClientHello {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly cipherSuites: readonly number[];
  readonly serverName: string | null;
  readonly alpn: readonly string[];
  /** The highest version offered. */
  readonly version: number;
  /** Session ticket that is not empty (RFC 5077). */
  readonly ticket: Uint8Array | null;
  readonly offersEarlyData: boolean;
  /** The server name is that of the outer hello: the true one is encrypted. */
  readonly hasEncryptedHello: boolean;
}

/** ServerHello (RFC 8446, section 4.1.3; RFC 5246, section 7.4.1.3). */
export interface ServerHello {
  readonly random: Uint8Array;
  readonly sessionId: Uint8Array;
  readonly version: number;
  readonly cipherSuite: number;
  readonly compression: number;
  readonly alpn: string | null;
  readonly encryptThenMac: boolean;
  readonly extendedMasterSecret: boolean;
  readonly truncatedHmac: boolean;
  /** A pre-shared key was chosen: the session is resumed (TLS 1.3). */
  readonly preSharedKey: boolean;
  /** It is a HelloRetryRequest (RFC 8446, section 4.1.4). */
  readonly isRetry: boolean;
}

/** SHA-256 of `HelloRetryRequest`, the random of a ServerHello that is one. */
const retryRandom = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** Names and suites of one hello that are kept, and the longest name. */
const mostNames = 8;
const mostSuites = 512;
const longestName = 255;

/** Values reserved so that nobody relies on what is unknown (RFC 8701). */
const isGrease = (value: number): boolean => (value & 0x0f0f) === 0x0a0a && value >>> 8 === (value & 0xff);

/** The body of a ClientHello; null when it is none. */
export function parseClientHello(bytes: Uint8Array, start: number, end: number): ClientHello | null {
  const reader = new ByteReader(bytes, start, end);
  let version = reader.u16be();
  const random = reader.copy(32);
  const sessionId = reader.copy(reader.u8());
  const suites = reader.borrow(reader.u16be());
  reader.skip(reader.u8());
  if (reader.isTruncated || version >>> 8 !== 3 || sessionId.length > 32) return null;
  const cipherSuites: number[] = [];
  for (let at = 0; at + 1 < suites.length && cipherSuites.length < mostSuites; at += 2) {
    const suite = u16be(suites, at);
    if (!isGrease(suite)) cipherSuites.push(suite);
  }
  let serverName: string | null = null;
  let alpn: readonly string[] = [];
  let ticket: Uint8Array | null = null;
  let offersEarlyData = false;
  let hasEncryptedHello = false;
  forEachExtension(reader, (type, body) => {
    if (type === Extension.serverName) serverName = hostName(body);
    else if (type === Extension.alpn) alpn = protocolNames(body);
    else if (type === Extension.sessionTicket && body.remaining > 0) ticket = body.copy(body.remaining);
    else if (type === Extension.earlyData) offersEarlyData = true;
    else if (type === Extension.encryptedClientHello) hasEncryptedHello = true;
    else if (type === Extension.supportedVersions) {
      for (let left = body.u8() >> 1; left > 0 && body.remaining > 1; left -= 1) {
        const offered = body.u16be();
        if (offered >>> 8 === 3 && offered > version) version = offered;
      }
    }
  });
  return {
    random,
    sessionId,
    cipherSuites,
    serverName,
    alpn,
    version,
    ticket,
    offersEarlyData,
    hasEncryptedHello,
  };
}

/** The body of a ServerHello; null when it is none. */
export function parseServerHello(bytes: Uint8Array, start: number, end: number): ServerHello | null {
  const reader = new ByteReader(bytes, start, end);
  let version = reader.u16be();
  const random = reader.copy(32);
  const sessionId = reader.copy(reader.u8());
  const cipherSuite = reader.u16be();
  const compression = reader.u8();
  if (reader.isTruncated || version >>> 8 !== 3 || sessionId.length > 32) return null;
  let alpn: string | null = null;
  const flags = { encryptThenMac: false, extendedMasterSecret: false, truncatedHmac: false, preSharedKey: false };
  forEachExtension(reader, (type, body) => {
    if (type === Extension.supportedVersions) version = body.u16be();
    else if (type === Extension.alpn) alpn = protocolNames(body)[0] ?? null;
    else if (type === Extension.encryptThenMac) flags.encryptThenMac = true;
    else if (type === Extension.extendedMasterSecret) flags.extendedMasterSecret = true;
    else if (type === Extension.truncatedHmac) flags.truncatedHmac = true;
    else if (type === Extension.preSharedKey) flags.preSharedKey = true;
  });
  return {
    random,
    sessionId,
    version,
    cipherSuite,
    compression,
    alpn,
    ...flags,
    isRetry: hexText(random) === retryRandom,
  };
}

/** Stands for a ServerHello that the capture does not have: of it the version alone can be told. */
export function lostServerHello(version: number): ServerHello {
  return {
    random: new Uint8Array(32),
    sessionId: new Uint8Array(0),
    version,
    cipherSuite: 0,
    compression: 0,
    alpn: null,
    encryptThenMac: false,
    extendedMasterSecret: false,
    truncatedHmac: false,
    preSharedKey: false,
    isRetry: false,
  };
}

/** Protocol that EncryptedExtensions name (RFC 8446, section 4.3.1); null when they name none. */
export function parseEncryptedExtensions(bytes: Uint8Array, start: number, end: number): string | null {
  let alpn: string | null = null;
  forEachExtension(new ByteReader(bytes, start, end), (type, body) => {
    if (type === Extension.alpn) alpn = protocolNames(body)[0] ?? null;
  });
  return alpn;
}

/** Hands on each extension with a reader of its body; what is cut is left out. */
function forEachExtension(reader: ByteReader, take: (type: number, body: ByteReader) => void): void {
  const list = reader.remaining >= 2 ? new ByteReader(reader.borrow(reader.u16be())) : null;
  while (list && list.remaining >= 4) {
    const type = list.u16be();
    const length = list.u16be();
    if (length > list.remaining) return;
    take(type, new ByteReader(list.borrow(length)));
  }
}

/** The host name of a server name list (RFC 6066, section 3). */
function hostName(body: ByteReader): string | null {
  body.skip(2);
  while (body.remaining >= 3) {
    const type = body.u8();
    const name = cleanText(body.latin1(body.u16be()));
    if (type === 0 && name !== '') return name;
  }
  return null;
}

/** Protocol names of an ALPN list (RFC 7301, section 3.1). */
function protocolNames(body: ByteReader): string[] {
  const names: string[] = [];
  body.skip(2);
  while (body.remaining > 0 && names.length < mostNames) {
    const name = cleanText(body.latin1(body.u8()));
    if (name !== '') names.push(name);
  }
  return names;
}

/** Text of bounded length without control characters. */
function cleanText(text: string): string {
  return text.slice(0, longestName).replace(/\p{Cc}/gu, '\ufffd');
}
