import { u16be, u16le, u32be, u32le } from '../bytes/integers';

/** Gets the code of an option, and position and length of its value. */
export type OptionVisitor = (code: number, at: number, length: number) => void;

/**
 * Visits the options in `bytes[start..end)` (draft-ietf-opsawg-pcapng, section 3.5). Returns the code of the
 * option that goes past `end`, where it stops, or -1 when all are well.
 */
export function eachOption(
  bytes: Uint8Array,
  start: number,
  end: number,
  isLittle: boolean,
  visit: OptionVisitor,
): number {
  const u16 = isLittle ? u16le : u16be;
  let at = start;
  while (at + 4 <= end) {
    const code = u16(bytes, at);
    const length = u16(bytes, at + 2);
    if (code === 0) break;
    if (at + 4 + length > end) return code;
    visit(code, at + 4, length);
    at += 4 + length + (-length & 3);
  }
  return -1;
}

/** Signed 64-bit integer; exact up to 2^53. */
export function i64(bytes: Uint8Array, at: number, isLittle: boolean): number {
  const high = isLittle ? u32le(bytes, at + 4) : u32be(bytes, at);
  const low = isLittle ? u32le(bytes, at) : u32be(bytes, at + 4);
  return (high | 0) * 2 ** 32 + low;
}
