/** `ZRTP`. */
const magic = [0x5a, 0x52, 0x54, 0x50];
/** Header, the shortest message and the CRC (RFC 6189, section 5). */
const minLength = 12 + 12 + 4;

/** Whether a datagram is a ZRTP message (RFC 6189, section 5): version 0, the extension bit, and the magic cookie. */
export function isZrtp(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < minLength || bytes[start] !== 0x10) return false;
  return magic.every((byte, i) => bytes[start + 4 + i] === byte);
}
