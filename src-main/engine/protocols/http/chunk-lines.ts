const CR = 0x0d;
const LF = 0x0a;

/** Value of a chunk's size line, its extensions ignored (RFC 9112, section 7.1); -1 when it is none. */
export function chunkSize(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let at = start;
  for (; at < end; at += 1) {
    const digit = hexDigit(bytes[at]);
    if (digit < 0) break;
    value = value * 16 + digit;
    if (value > Number.MAX_SAFE_INTEGER) return -1;
  }
  // Some senders pad the size with spaces.
  while (at > start && at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at += 1;
  const isEnd = at === end || bytes[at] === CR || bytes[at] === 0x3b;
  return at > start && isEnd ? value : -1;
}

/** Are the bytes from a line end on a chunk's size line: CR LF, one to eight digits, perhaps an extension, CR LF? */
export function chunkLineVerdict(bytes: Uint8Array, length: number): 'yes' | 'no' | 'more' {
  if (bytes[0] !== CR || (length > 1 && bytes[1] !== LF)) return 'no';
  let at = 2;
  while (at < length && at < 10 && hexDigit(bytes[at]) >= 0) at += 1;
  if (at >= length) return 'more';
  if (at === 2) return 'no';
  const byte = bytes[at];
  if (byte === 0x3b) {
    const last = bytes[length - 1];
    if (last === LF) return bytes[length - 2] === CR ? 'yes' : 'no';
    return length > 256 || (last < 0x20 && last !== CR) ? 'no' : 'more';
  }
  if (byte !== CR) return 'no';
  if (at + 1 >= length) return 'more';
  return bytes[at + 1] === LF ? 'yes' : 'no';
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
