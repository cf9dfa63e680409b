/**
 * NAL units as a byte stream, a start code of four bytes before each (Rec. ITU-T H.264 and H.265, annex B). Used for
 * `.h264` and `.h265` files.
 */
export function annexB(units: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const unit of units) length += 4 + unit.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const unit of units) {
    bytes[at + 3] = 1;
    bytes.set(unit, at + 4);
    at += 4 + unit.length;
  }
  return bytes;
}

/**
 * Where the NAL units of a byte stream lie, `[start, end)` one after the other, without start codes and the zeros around
 * them. What stands before the first start code is none.
 */
export function nalRanges(bytes: Uint8Array): number[] {
  const ranges: number[] = [];
  let start = -1;
  const close = (end: number): void => {
    let last = end;
    while (last > start && bytes[last - 1] === 0) last -= 1;
    if (start >= 0 && last > start) ranges.push(start, last);
  };
  for (let at = bytes.indexOf(1, 2); at >= 0; at = bytes.indexOf(1, at + 1)) {
    if (bytes[at - 1] !== 0 || bytes[at - 2] !== 0) continue;
    close(at - 2);
    start = at + 1;
  }
  close(bytes.length);
  return ranges;
}

/** The same of units behind their lengths of `lengthBytes` each; the last one ends where the bytes do. */
export function lengthPrefixedRanges(bytes: Uint8Array, lengthBytes: number): number[] {
  const ranges: number[] = [];
  for (let at = 0; at + lengthBytes < bytes.length; ) {
    let length = 0;
    for (let i = 0; i < lengthBytes; i += 1) length = length * 256 + bytes[at + i];
    const start = at + lengthBytes;
    const end = Math.min(bytes.length, start + length);
    if (end > start) ranges.push(start, end);
    at = start + length;
  }
  return ranges;
}
