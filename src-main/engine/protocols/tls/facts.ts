import type { Direction } from '../../flow/stream-dissector';
import type { CertificateNames } from './certificate';
import type { SecretOrigin } from './key-log';

/** One message of the handshake, or an alert. */
export interface TlsMessage {
  readonly direction: Direction;
  readonly frame: number;
  readonly timeNs: number;
  /** Handshake type; null of an alert. */
  readonly type: number | null;
  /** Bytes of the body. */
  readonly length: number;
  /** Where the body lies (`CaptureBytes`), decrypted; `missingBytes` when it was not kept. */
  readonly address: number;
  readonly isProtected: boolean;
}

/** What is known of one TLS connection; it grows as the connection is read. */
export class TlsFacts {
  /** Direction of the client; null while no hello was seen. */
  client: Direction | null = null;
  firstFrame = 0;
  startNs = 0;
  lastNs = 0;
  hasClientHello = false;
  /** Random of the client's first hello, by which secrets are found. */
  clientRandom: Uint8Array | null = null;
  hasServerHello = false;
  serverName: string | null = null;
  /** The server name is that of the outer hello (Encrypted Client Hello). */
  hasEncryptedHello = false;
  alpn: string | null = null;
  offeredAlpn: readonly string[] = [];
  /** Version and suite that were agreed on; before that what the client offers at best, and null. */
  version: number | null = null;
  cipherSuite: number | null = null;
  /** The server went on with a session of before. */
  isResumed: boolean | null = null;
  hasRetry = false;
  hasEarlyData = false;
  hasExtendedMasterSecret = false;
  hasEncryptThenMac = false;
  hasCompression = false;
  certificate: CertificateNames | null = null;
  clientCertificate: CertificateNames | null = null;
  /** Certificates came compressed (RFC 8879): their names are not read. */
  hasCompressedCertificate = false;
  keyUpdates = 0;
  /** Description of the first alert that is not `close_notify`. */
  alert: number | null = null;
  /** Where its secrets come from; null when there are none. */
  origin: SecretOrigin | null = null;
  /** The suite is one that can be opened; null while it is not known. */
  isSupported: boolean | null = null;
  /** Records that are protected, and those of them that were opened. */
  protectedRecords = 0;
  openedRecords = 0;
  /** Records that did not authenticate though there was a key. */
  failedRecords = 0;
  /** Application data that was opened, in bytes, and what is known to be missing of it. */
  contentBytes = 0;
  missingBytes = 0;
  /** Bytes of records of application data, opened or not. */
  applicationBytes = 0;

  /** Messages of the handshake and alerts, the first of them. */
  readonly messages: TlsMessage[] = [];

  constructor(
    /** Directed flow of direction 0. */
    readonly flow: number,
    readonly layers: readonly string[],
  ) {}
}
