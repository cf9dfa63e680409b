/**
 * Copies `bits` bits that begin at bit `position` (highest bit of a byte first) into bytes of their own; the last byte
 * is filled up with zeros, as is what lies past the end of the source.
 */
export function copyBits(source: Uint8Array, position: number, bits: number): Uint8Array {
  const copy = new Uint8Array(Math.ceil(bits / 8));
  const shift = position & 7;
  let at = position >> 3;
  for (let i = 0; i < copy.length; i += 1, at += 1) {
    copy[i] = shift === 0 ? source[at] : (source[at] << shift) | (source[at + 1] >> (8 - shift));
  }
  const rest = bits & 7;
  if (rest > 0) copy[copy.length - 1] &= 0xff << (8 - rest);
  return copy;
}
