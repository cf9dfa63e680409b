/** Where the next start code prefix (00 00 01) begins that a code byte follows; -1 when there is none. */
export function nextStartCode(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 3 < bytes.length; at += 1) {
    if (bytes[at + 2] > 1) at += 2;
    else if (bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1) return at;
  }
  return -1;
}
