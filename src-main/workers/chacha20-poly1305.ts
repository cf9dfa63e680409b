import { createDecipheriv, getCiphers } from 'node:crypto';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';

/** ChaCha20-Poly1305 (RFC 8439): `data` has its tag of 16 bytes behind it; null when that does not match. */
type Open = (key: Uint8Array, nonce: Uint8Array, associatedData: Uint8Array, data: Uint8Array) => Uint8Array | null;

const tagLength = 16;

/** By Node, which is several times as fast. BoringSSL, which Electron brings, has no such cipher. */
export const openNatively: Open | null = !getCiphers().includes('chacha20-poly1305')
  ? null
  : (key, nonce, associatedData, data) => {
      const end = data.length - tagLength;
      if (end < 0) return null;
      const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: tagLength });
      decipher.setAAD(associatedData, { plaintextLength: end });
      decipher.setAuthTag(data.subarray(end));
      const plain = decipher.update(data.subarray(0, end));
      try {
        decipher.final();
        return new Uint8Array(plain.buffer, plain.byteOffset, plain.length);
      } catch {
        return null;
      }
    };

/** In JavaScript. */
export const openAnywhere: Open = (key, nonce, associatedData, data) => {
  // It throws for what is shorter than a tag as for a tag that does not match.
  try {
    return chacha20poly1305(key, nonce, associatedData).decrypt(data);
  } catch {
    return null;
  }
};
