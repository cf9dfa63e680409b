import { utf8Bytes } from '../bytes/text';
import { type CipherSuite, concatBytes, type HashName } from './cipher-suite';

/** PRF of IEEE 802.11-2020, clause 12.7.1.2: HMAC-SHA1 over label, a zero, context and a counter. */
export function prfSha1(
  suite: CipherSuite,
  key: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const input = concatBytes(utf8Bytes(label), Uint8Array.of(0), context, Uint8Array.of(0));
  const out = new Uint8Array(Math.ceil(length / 20) * 20);
  for (let i = 0; i * 20 < length; i += 1) {
    input[input.length - 1] = i;
    out.set(suite.hmac('sha1', key, input), i * 20);
  }
  return out.subarray(0, length);
}

/** KDF of clause 12.7.1.6.2: counter and length in bits, both 16-bit little-endian, around label and context. */
export function kdf(
  suite: CipherSuite,
  hash: HashName,
  key: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const bits = length * 8;
  const input = concatBytes(new Uint8Array(2), utf8Bytes(label), context, Uint8Array.of(bits & 0xff, bits >> 8));
  const parts: Uint8Array[] = [];
  let made = 0;
  for (let i = 1; made < length; i += 1) {
    input[0] = i & 0xff;
    input[1] = i >> 8;
    const part = suite.hmac(hash, key, input);
    parts.push(part);
    made += part.length;
  }
  return concatBytes(...parts).subarray(0, length);
}

/** AES-CMAC (RFC 4493). */
export function aesCmac(suite: CipherSuite, key: Uint8Array, data: Uint8Array): Uint8Array {
  const subkey = doubled(suite.aesEncryptBlocks(key, new Uint8Array(16)));
  const isWhole = data.length > 0 && data.length % 16 === 0;
  const padded = new Uint8Array(isWhole ? data.length : (data.length & ~15) + 16);
  padded.set(data);
  if (!isWhole) padded[data.length] = 0x80;
  const mask = isWhole ? subkey : doubled(subkey);
  const last = padded.length - 16;
  for (let i = 0; i < 16; i += 1) padded[last + i] ^= mask[i];
  return suite.aesCbcMac(key, padded);
}

/** Twice the number in the field of AES-CMAC. */
function doubled(block: Uint8Array): Uint8Array {
  const out = new Uint8Array(16);
  for (let i = 0; i < 16; i += 1) out[i] = (block[i] << 1) | ((block[i + 1] ?? 0) >> 7);
  if (block[0] >= 0x80) out[15] ^= 0x87;
  return out;
}

/** AES key unwrap (RFC 3394, section 2.2.2); null when its integrity check fails or the length cannot be. */
export function aesKeyUnwrap(suite: CipherSuite, key: Uint8Array, wrapped: Uint8Array): Uint8Array | null {
  const blocks = wrapped.length / 8 - 1;
  if (!Number.isInteger(blocks) || blocks < 2) return null;
  const out = wrapped.slice(8);
  const block = new Uint8Array(16);
  block.set(wrapped.subarray(0, 8));
  for (let round = 5; round >= 0; round -= 1) {
    for (let i = blocks; i >= 1; i -= 1) {
      let step = blocks * round + i;
      for (let at = 7; step > 0; at -= 1) {
        block[at] ^= step & 0xff;
        step >>>= 8;
      }
      block.set(out.subarray(8 * i - 8, 8 * i), 8);
      block.set(suite.aesDecryptBlocks(key, block));
      out.set(block.subarray(8), 8 * i - 8);
    }
  }
  return block.subarray(0, 8).every((byte) => byte === 0xa6) ? out : null;
}
