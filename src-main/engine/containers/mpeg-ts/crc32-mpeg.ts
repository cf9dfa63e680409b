const polynomial = 0x04c11db7;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value & 0x8000_0000 ? (value << 1) ^ polynomial : value << 1;
  return value >>> 0;
});

/** CRC-32 of sections (ISO/IEC 13818-1, annex A): 0 over a section with its own CRC when it is intact. */
export function crc32Mpeg(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0xffff_ffff;
  for (let at = start; at < end; at += 1) crc = (crc << 8) ^ table[((crc >>> 24) ^ bytes[at]) & 0xff];
  return crc >>> 0;
}
