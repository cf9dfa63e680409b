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
