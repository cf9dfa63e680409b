import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync } from 'node:crypto';
import { constants, inflateRawSync } from 'node:zlib';
import type { CipherSuite } from '#engine/crypto/cipher-suite';
import { openAnywhere, openNatively } from './chacha20-poly1305';

const zeros = new Uint8Array(16);
/** A `Buffer` answers `slice` with a view, and engine code counts on copies. */
const own = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
const mode = (key: Uint8Array, name: string): string => `aes-${key.length * 8}-${name}`;

/** The engine's primitives from Node. Only what OpenSSL and BoringSSL both have, as Electron brings the latter. */
export const nodeCipherSuite: CipherSuite = {
  hmac: (hash, key, data) => own(createHmac(hash, key).update(data).digest()),
  pbkdf2Sha1: (password, salt, iterations, length) => own(pbkdf2Sync(password, salt, iterations, length, 'sha1')),
  aesEncryptBlocks: (key, data) => own(createCipheriv(mode(key, 'ecb'), key, null).setAutoPadding(false).update(data)),
  aesDecryptBlocks: (key, data) =>
    own(createDecipheriv(mode(key, 'ecb'), key, null).setAutoPadding(false).update(data)),
  aesCbcMac: (key, data) =>
    own(createCipheriv(mode(key, 'cbc'), key, zeros).setAutoPadding(false).update(data).subarray(-16)),
  aesCtr: (key, counter, data) => own(createCipheriv(mode(key, 'ctr'), key, counter).update(data)),
  aesCbcDecrypt: (key, initializationVector, data) =>
    own(createDecipheriv(mode(key, 'cbc'), key, initializationVector).setAutoPadding(false).update(data)),
  aesGcmOpen: (key, nonce, associatedData, data, tag) => {
    const decipher = createDecipheriv(key.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm', key, nonce);
    decipher.setAAD(associatedData);
    decipher.setAuthTag(tag);
    const plain = own(decipher.update(data));
    try {
      decipher.final();
      return plain;
    } catch {
      return null;
    }
  },
  chaCha20Poly1305Open: openNatively ?? openAnywhere,
  inflateRaw: (data, window, limit) => {
    const dictionary = window.length > 0 ? window : undefined;
    try {
      return own(
        inflateRawSync(data, { dictionary, finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: Math.max(1, limit) }),
      );
    } catch {
      return null;
    }
  },
};
