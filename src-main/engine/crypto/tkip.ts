import { endsWithCrc32 } from './crc32';
import { rc4 } from './rc4';

/*
 * TKIP (IEEE 802.11-2020, clause 12.5.2): per-packet keys of RC4 by mixing, and the message integrity code Michael.
 */

const twice = (byte: number): number => ((byte << 1) ^ (byte >= 0x80 ? 0x11b : 0)) & 0xff;

/** The S-box of AES, from its definition: the inverse in GF(2^8), then an affine map (FIPS 197, section 5.1.1). */
function aesSbox(): Uint8Array {
  const box = new Uint8Array(256);
  let power = 1;
  let inverse = 1;
  do {
    power ^= twice(power);
    // Division by 3, the generator.
    inverse ^= inverse << 1;
    inverse ^= inverse << 2;
    inverse ^= inverse << 4;
    inverse &= 0xff;
    if (inverse >= 0x80) inverse ^= 0x09;
    const rotated = (by: number): number => ((inverse << by) | (inverse >> (8 - by))) & 0xff;
    box[power] = inverse ^ rotated(1) ^ rotated(2) ^ rotated(3) ^ rotated(4) ^ 0x63;
  } while (power !== 1);
  box[0] = 0x63;
  return box;
}

/** The 16-bit S-box of the mixing: twice and three times that of AES. */
const mixBox = Uint16Array.from(aesSbox(), (s) => (twice(s) << 8) | (twice(s) ^ s));

function substitute(word: number): number {
  const high = mixBox[(word >> 8) & 0xff];
  return mixBox[word & 0xff] ^ ((high << 8) & 0xff00) ^ (high >> 8);
}

const word = (bytes: Uint8Array, at: number): number => bytes[at] | (bytes[at + 1] << 8);
const rotateRight = (value: number): number => ((value >> 1) | (value << 15)) & 0xffff;

/** The RC4 key of one packet: `key` has 16 bytes, `transmitter` 6, `sequence` the 6 bytes of TSC0 to TSC5. */
export function tkipPacketKey(key: Uint8Array, transmitter: Uint8Array, sequence: Uint8Array): Uint8Array {
  // Phase 1: transmitter and the upper 32 bits of the counter.
  const p = new Uint16Array([
    word(sequence, 2),
    word(sequence, 4),
    word(transmitter, 0),
    word(transmitter, 2),
    word(transmitter, 4),
    0,
  ]);
  for (let i = 0; i < 8; i += 1) {
    const j = 2 * (i & 1);
    p[0] += substitute(p[4] ^ word(key, j));
    p[1] += substitute(p[0] ^ word(key, 4 + j));
    p[2] += substitute(p[1] ^ word(key, 8 + j));
    p[3] += substitute(p[2] ^ word(key, 12 + j));
    p[4] += substitute(p[3] ^ word(key, j)) + i;
  }
  // Phase 2: the lower 16 bits.
  const low = word(sequence, 0);
  p[5] = p[4] + low;
  for (let i = 0; i < 6; i += 1) p[i] += substitute(p[(i + 5) % 6] ^ word(key, 2 * i));
  p[0] += rotateRight(p[5] ^ word(key, 12));
  p[1] += rotateRight(p[0] ^ word(key, 14));
  for (let i = 2; i < 6; i += 1) p[i] += rotateRight(p[i - 1]);
  const out = new Uint8Array(16);
  out[0] = low >> 8;
  out[1] = ((low >> 8) | 0x20) & 0x7f;
  out[2] = low & 0xff;
  out[3] = ((p[5] ^ word(key, 0)) >> 1) & 0xff;
  for (let i = 0; i < 6; i += 1) {
    out[4 + 2 * i] = p[i] & 0xff;
    out[5 + 2 * i] = p[i] >> 8;
  }
  return out;
}

/** Opens the body of a TKIP frame: 8 bytes of IV, then what is encrypted. Null when its ICV does not match. */
export function tkipOpen(key: Uint8Array, transmitter: Uint8Array, body: Uint8Array): Uint8Array | null {
  if (body.length < 12) return null;
  const sequence = Uint8Array.of(body[2], body[0], body[4], body[5], body[6], body[7]);
  const plain = rc4(tkipPacketKey(key, transmitter, sequence), body.subarray(8));
  return endsWithCrc32(plain, 0, plain.length) ? plain.subarray(0, plain.length - 4) : null;
}

const rotateLeft32 = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
const swapBytes = (value: number): number => ((value & 0xff00_ff00) >>> 8) | ((value & 0x00ff_00ff) << 8);
const word32 = (bytes: Uint8Array, at: number): number =>
  bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);

/** Michael (clause 12.5.2.3) over `data` with an 8-byte key. */
export function michael(key: Uint8Array, data: Uint8Array): Uint8Array {
  const padded = new Uint8Array((data.length + 8) & ~3);
  padded.set(data);
  padded[data.length] = 0x5a;
  let l = word32(key, 0);
  let r = word32(key, 4);
  for (let at = 0; at < padded.length; at += 4) {
    l ^= word32(padded, at);
    r ^= rotateLeft32(l, 17);
    l = (l + r) | 0;
    r ^= swapBytes(l);
    l = (l + r) | 0;
    r ^= rotateLeft32(l, 3);
    l = (l + r) | 0;
    r ^= rotateLeft32(l, 30);
    l = (l + r) | 0;
  }
  return Uint8Array.of(l, l >> 8, l >> 16, l >> 24, r, r >> 8, r >> 16, r >> 24);
}
