import { ccmOpen } from '../../crypto/ccm';
import { type CipherSuite, concatBytes, equalBytes, type HashName } from '../../crypto/cipher-suite';
import { hkdfExpandLabel, tls10Prf, tls12Prf } from '../../crypto/tls-key-derivation';
import type { SuiteProtection } from './cipher-suites';
import { TlsVersion } from './hello';
import { ContentType } from './record-reader';

/** Opens the records of one direction under one key. */
export interface RecordCipher {
  /**
   * Bytes of a record's body that are not content. With CBC, whose padding nobody knows before it is opened, this is
   * the middle of what it may be.
   */
  readonly overhead: number;
  /** Content of a record, its own; null when it does not authenticate. In TLS 1.3 its type and padding are behind it. */
  open(sequence: number, type: number, version: number, body: Uint8Array): Uint8Array | null;
  /** A record went by, opened or not: its end is what the next one is chained to, in TLS 1.0. */
  passed?(body: Uint8Array): void;
}

/** An AEAD with key: opens what has its tag behind it. */
type Aead = (nonce: Uint8Array, associatedData: Uint8Array, data: Uint8Array) => Uint8Array | null;

function aeadOf(suite: CipherSuite, { kind, tagLength }: SuiteProtection, key: Uint8Array): Aead {
  switch (kind) {
    case 'gcm':
      return (nonce, associatedData, data) => {
        const end = data.length - tagLength;
        return suite.aesGcmOpen(key, nonce, associatedData, data.subarray(0, end), data.subarray(end));
      };
    case 'ccm':
      return (nonce, associatedData, data) => ccmOpen(suite, key, nonce, associatedData, data, tagLength);
    default:
      return (nonce, associatedData, data) => suite.chaCha20Poly1305Open(key, nonce, associatedData, data);
  }
}

/** Writes a sequence number in 8 bytes. */
function putSequence(target: Uint8Array, at: number, sequence: number): void {
  let rest = sequence;
  for (let i = at + 7; i >= at; i -= 1) {
    target[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

/** Sequence number, type, version and length before the content of TLS 1.2 and before (RFC 5246, section 6.2.3.3). */
function pseudoHeader(sequence: number, type: number, version: number, length: number): Uint8Array {
  const header = new Uint8Array(13);
  putSequence(header, 0, sequence);
  header[8] = type;
  header[9] = version >> 8;
  header[10] = version & 0xff;
  header[11] = length >> 8;
  header[12] = length & 0xff;
  return header;
}

/** The nonce of TLS 1.3 and of ChaCha20 in TLS 1.2: the IV with the sequence number in it (RFC 8446, section 5.3). */
function mixedNonce(iv: Uint8Array, sequence: number): Uint8Array {
  const nonce = new Uint8Array(12);
  putSequence(nonce, 4, sequence);
  for (let i = 0; i < 12; i += 1) nonce[i] ^= iv[i];
  return nonce;
}

/** Records of TLS 1.3 under a traffic secret (RFC 8446, sections 5.2 and 7.3). */
export function tls13Cipher(suite: CipherSuite, protection: SuiteProtection, secret: Uint8Array): RecordCipher {
  const { hash, keyLength, tagLength } = protection;
  const iv = hkdfExpandLabel(suite, hash, secret, 'iv', 12);
  const open = aeadOf(suite, protection, hkdfExpandLabel(suite, hash, secret, 'key', keyLength));
  return {
    overhead: tagLength + 1,
    open: (sequence, type, version, body) => {
      if (body.length <= tagLength) return null;
      const header = Uint8Array.of(type, version >> 8, version & 0xff, body.length >> 8, body.length & 0xff);
      return open(mixedNonce(iv, sequence), header, body);
    },
  };
}

/** The secret after a KeyUpdate (RFC 8446, section 7.2). */
export function nextTrafficSecret(suite: CipherSuite, hash: HashName, secret: Uint8Array): Uint8Array {
  return hkdfExpandLabel(suite, hash, secret, 'traffic upd', secret.length);
}

/** What the two sides agreed on in TLS 1.2 and before. */
export interface SessionParameters {
  readonly version: number;
  readonly protection: SuiteProtection;
  readonly master: Uint8Array;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  /** RFC 7366. */
  readonly encryptThenMac: boolean;
  /** Bytes of the MAC: 10 with a truncated one (RFC 6066, section 7). */
  readonly hasTruncatedMac: boolean;
}

const macLengths: Readonly<Record<HashName, number>> = { md5: 16, sha1: 20, sha256: 32, sha384: 48 };
const TRUNCATED = 10;
const BLOCK = 16;

/** Ciphers of the client's and the server's records under a master secret (RFC 5246, section 6.3). */
export function sessionCiphers(
  suite: CipherSuite,
  parameters: SessionParameters,
): readonly [client: RecordCipher, server: RecordCipher] {
  const { version, protection, master, clientRandom, serverRandom } = parameters;
  const { kind, keyLength, mac, hash } = protection;
  const macLength = mac === null ? 0 : macLengths[mac];
  // AES-GCM and CCM have an implicit part of the nonce of 4 bytes (RFC 5288, RFC 6655), ChaCha20 one of 12 (RFC 7905).
  const isChained = kind === 'cbc' && version < TlsVersion.tls11;
  const ivLength = kind === 'chacha20' ? 12 : kind !== 'cbc' ? 4 : isChained ? BLOCK : 0;
  const seed = concatBytes(serverRandom, clientRandom);
  const length = 2 * (macLength + keyLength + ivLength);
  const block =
    version < TlsVersion.tls12
      ? tls10Prf(suite, master, 'key expansion', seed, length)
      : tls12Prf(suite, hash, master, 'key expansion', seed, length);
  let at = 0;
  const take = (size: number): Uint8Array => block.slice(at, (at += size));
  const macKeys = [take(macLength), take(macLength)];
  const keys = [take(keyLength), take(keyLength)];
  const ivs = [take(ivLength), take(ivLength)];
  const cipher = (side: 0 | 1): RecordCipher =>
    mac === null
      ? aeadCipher(suite, protection, keys[side], ivs[side])
      : cbcCipher(suite, parameters, mac, macKeys[side], keys[side], isChained ? ivs[side] : null);
  return [cipher(0), cipher(1)];
}

function aeadCipher(suite: CipherSuite, protection: SuiteProtection, key: Uint8Array, iv: Uint8Array): RecordCipher {
  const { tagLength } = protection;
  const open = aeadOf(suite, protection, key);
  // ChaCha20 carries no part of its nonce.
  const explicit = iv.length === 12 ? 0 : 8;
  const overhead = explicit + tagLength;
  return {
    overhead,
    open: (sequence, type, version, body) => {
      if (body.length < overhead) return null;
      const nonce = explicit === 0 ? mixedNonce(iv, sequence) : concatBytes(iv, body.subarray(0, explicit));
      return open(nonce, pseudoHeader(sequence, type, version, body.length - overhead), body.subarray(explicit));
    },
  };
}

/** AES-CBC with HMAC (RFC 5246, section 6.2.3.2; RFC 2246, section 6.2.3.2; RFC 7366). `chained` is the IV of TLS 1.0. */
function cbcCipher(
  suite: CipherSuite,
  { encryptThenMac, hasTruncatedMac }: SessionParameters,
  hash: HashName,
  macKey: Uint8Array,
  key: Uint8Array,
  chained: Uint8Array | null,
): RecordCipher {
  const macLength = hasTruncatedMac ? TRUNCATED : macLengths[hash];
  let chain = chained;
  const isAuthentic = (header: Uint8Array, content: Uint8Array, mac: Uint8Array): boolean =>
    equalBytes(suite.hmac(hash, macKey, concatBytes(header, content)).subarray(0, macLength), mac);

  /** Content and padding of the blocks of a body; null when they cannot be. */
  const decrypt = (blocks: Uint8Array): Uint8Array | null => {
    const from = chain === null ? BLOCK : 0;
    if (blocks.length % BLOCK !== 0 || blocks.length < from + BLOCK) return null;
    const plain = suite.aesCbcDecrypt(key, chain ?? blocks.subarray(0, BLOCK), blocks.subarray(from));
    const padding = plain[plain.length - 1];
    const end = plain.length - padding - 1;
    if (end < 0) return null;
    for (let i = end; i < plain.length; i += 1) if (plain[i] !== padding) return null;
    return plain.subarray(0, end);
  };

  return {
    overhead: (chain === null ? BLOCK : 0) + macLength + BLOCK / 2,
    open: (sequence, type, version, body) => {
      if (encryptThenMac) {
        const end = body.length - macLength;
        if (end < 0) return null;
        const blocks = body.subarray(0, end);
        const header = pseudoHeader(sequence, type, version, end);
        return isAuthentic(header, blocks, body.subarray(end)) ? decrypt(blocks) : null;
      }
      const plain = decrypt(body);
      const end = plain === null ? -1 : plain.length - macLength;
      if (plain === null || end < 0) return null;
      const content = plain.subarray(0, end);
      return isAuthentic(pseudoHeader(sequence, type, version, end), content, plain.subarray(end)) ? content : null;
    },
    passed: (body) => {
      const end = encryptThenMac ? body.length - macLength : body.length;
      if (chain !== null && end >= BLOCK) chain = body.slice(end - BLOCK, end);
    },
  };
}

/** Content type and length of the content of an opened record of TLS 1.3: zeros behind the type are padding. */
export function innerContent(plain: Uint8Array): { readonly type: number; readonly length: number } {
  let end = plain.length;
  while (end > 0 && plain[end - 1] === 0) end -= 1;
  return end === 0 ? { type: ContentType.applicationData, length: 0 } : { type: plain[end - 1], length: end - 1 };
}
