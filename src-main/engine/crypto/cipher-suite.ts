/** Hash functions that keyed hashes are made from. */
export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha384';

/**
 * The primitives that the engine does not have itself; whoever runs it brings them. What they answer is the
 * caller's own. Lengths are right by construction: a wrong one is a programmer's error and throws.
 */
export interface CipherSuite {
  hmac(hash: HashName, key: Uint8Array, data: Uint8Array): Uint8Array;
  /** PBKDF2 with HMAC-SHA1 (RFC 8018, section 5.2). */
  pbkdf2Sha1(password: Uint8Array, salt: Uint8Array, iterations: number, length: number): Uint8Array;
  /** AES in ECB mode; `data` is whole blocks, the key 16 or 32 bytes. */
  aesEncryptBlocks(key: Uint8Array, data: Uint8Array): Uint8Array;
  aesDecryptBlocks(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** Last block of AES-CBC with an initialization vector of zeros; `data` is whole blocks, at least one. */
  aesCbcMac(key: Uint8Array, data: Uint8Array): Uint8Array;
  /** AES-CTR; all 16 bytes of `counter` count. */
  aesCtr(key: Uint8Array, counter: Uint8Array, data: Uint8Array): Uint8Array;
  /** AES-CBC without padding; `data` is whole blocks. */
  aesCbcDecrypt(key: Uint8Array, initializationVector: Uint8Array, data: Uint8Array): Uint8Array;
  /** AES-GCM; null when the tag does not match. */
  aesGcmOpen(
    key: Uint8Array,
    nonce: Uint8Array,
    associatedData: Uint8Array,
    data: Uint8Array,
    tag: Uint8Array,
  ): Uint8Array | null;
  /** ChaCha20-Poly1305 (RFC 8439, section 2.8): `data` has its tag of 16 bytes behind it. Null when that does not match. */
  chaCha20Poly1305Open(
    key: Uint8Array,
    nonce: Uint8Array,
    associatedData: Uint8Array,
    data: Uint8Array,
  ): Uint8Array | null;
  /**
   * DEFLATE (RFC 1951) up to a flush, with what came before as its window, which TLS may do before it encrypts; null when
   * it is none, or becomes longer than `limit`.
   */
  inflateRaw(data: Uint8Array, window: Uint8Array, limit: number): Uint8Array | null;
}

/** Whether two byte strings are equal. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= a[i] ^ b[i];
  return difference === 0;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
