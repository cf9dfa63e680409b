import { utf8Bytes } from '../bytes/text';
import { type CipherSuite, concatBytes, type HashName } from './cipher-suite';

/** P_hash of RFC 5246, section 5: as much of it as is asked for. */
function pHash(
  suite: CipherSuite,
  hash: HashName,
  secret: Uint8Array,
  seed: Uint8Array,
  length: number,
): Uint8Array<ArrayBufferLike> {
  const parts: Uint8Array[] = [];
  let chain = seed;
  for (let made = 0; made < length; ) {
    chain = suite.hmac(hash, secret, chain);
    const part = suite.hmac(hash, secret, concatBytes(chain, seed));
    parts.push(part);
    made += part.length;
  }
  return concatBytes(...parts).subarray(0, length);
}

/** PRF of TLS 1.2 (RFC 5246, section 5) with the hash that the cipher suite names. */
export function tls12Prf(
  suite: CipherSuite,
  hash: HashName,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  return pHash(suite, hash, secret, concatBytes(utf8Bytes(label), seed), length);
}

/** PRF of TLS 1.0 and 1.1 (RFC 4346, section 5): MD5 with the first half of the secret, SHA-1 with the second. */
export function tls10Prf(
  suite: CipherSuite,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  // Of an odd length both halves share the byte in the middle.
  const half = (secret.length + 1) >> 1;
  const whole = concatBytes(utf8Bytes(label), seed);
  const out = pHash(suite, 'md5', secret.subarray(0, half), whole, length);
  const other = pHash(suite, 'sha1', secret.subarray(secret.length - half), whole, length);
  return out.map((byte, i) => byte ^ other[i]);
}

/** HKDF-Expand (RFC 5869, section 2.3). */
export function hkdfExpand(
  suite: CipherSuite,
  hash: HashName,
  secret: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let part: Uint8Array = new Uint8Array(0);
  for (let made = 0, i = 1; made < length; i += 1) {
    part = suite.hmac(hash, secret, concatBytes(part, info, Uint8Array.of(i)));
    parts.push(part);
    made += part.length;
  }
  return concatBytes(...parts).subarray(0, length);
}

/** HKDF-Expand-Label of TLS 1.3 with an empty context (RFC 8446, section 7.1). */
export function hkdfExpandLabel(
  suite: CipherSuite,
  hash: HashName,
  secret: Uint8Array,
  label: string,
  length: number,
): Uint8Array {
  const name = utf8Bytes(`tls13 ${label}`);
  const info = concatBytes(Uint8Array.of(length >> 8, length & 0xff, name.length), name, Uint8Array.of(0));
  return hkdfExpand(suite, hash, secret, info, length);
}
