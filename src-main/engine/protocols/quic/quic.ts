/** RFC 9000, section 17.2. */
const maxConnectionId = 20;

/**
 * Whether a datagram begins with a QUIC packet with a long header (RFC 9000, section 17.2) of a version in use: 1, 2,
 * drafts, or a reserved one that asks for negotiation.
 */
export function isQuicLong(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 7 || (bytes[start] & 0xc0) !== 0xc0) return false;
  const version =
    ((bytes[start + 1] << 24) | (bytes[start + 2] << 16) | (bytes[start + 3] << 8) | bytes[start + 4]) >>> 0;
  if (!isVersion(version)) return false;
  const destinationEnd = start + 6 + bytes[start + 5];
  if (bytes[start + 5] > maxConnectionId || destinationEnd >= end) return false;
  return bytes[destinationEnd] <= maxConnectionId && destinationEnd + 1 + bytes[destinationEnd] <= end;
}

/** The fixed bit alone tells a short header (RFC 9000, section 17.3.1): it proves nothing without long ones before. */
export function mayBeQuicShort(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 21 && (bytes[start] & 0xc0) === 0x40;
}

function isVersion(version: number): boolean {
  if (version === 1 || version === 0x6b33_43cf) return true;
  const isDraft = version >>> 8 === 0xff_0000;
  const isReserved = (version & 0x0f0f_0f0f) === 0x0a0a_0a0a;
  return isDraft || isReserved;
}
