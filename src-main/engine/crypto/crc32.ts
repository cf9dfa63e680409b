import { u32le } from '../bytes/integers';

const table = new Uint32Array(256).map((_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = (c & 1) === 0 ? c >>> 1 : 0xedb8_8320 ^ (c >>> 1);
  return c;
});

/** CRC-32 of IEEE 802 over `bytes[start..end)`. */
function crc32(bytes: Uint8Array, start: number, end: number): number {
  let c = 0xffff_ffff;
  for (let i = start; i < end; i += 1) c = table[(c ^ bytes[i]) & 0xff] ^ (c >>> 8);
  return ~c >>> 0;
}

/** Whether the last 4 of `bytes[start..end)` are the CRC of those before: a frame check sequence, or an ICV. */
export function endsWithCrc32(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 4 && crc32(bytes, start, end - 4) === u32le(bytes, end - 4);
}
