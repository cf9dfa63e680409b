const recordHeader = 13;
/** Content types in use (RFC 6347, RFC 9146); RFC 7983 gives 20 to 63 to DTLS. */
const contentTypes: ReadonlyMap<number, string> = new Map([
  [20, 'change cipher spec'],
  [21, 'alert'],
  [22, 'handshake'],
  [23, 'application data'],
  [24, 'heartbeat'],
]);

/**
 * Whether a datagram consists of DTLS records (RFC 6347, section 4.1): a content type, version 1.0 or 1.2, lengths that
 * end with it. `missing` bytes of it were not captured.
 */
export function isDtls(bytes: Uint8Array, start: number, end: number, missing: number): boolean {
  let at = start;
  const wireEnd = end + missing;
  while (at + recordHeader <= end) {
    const isRecord = contentTypes.has(bytes[at]) && bytes[at + 1] === 0xfe && (bytes[at + 2] | 2) === 0xff;
    if (!isRecord) return false;
    at += recordHeader + ((bytes[at + 11] << 8) | bytes[at + 12]);
  }
  return at > start && (at === wireEnd || (missing > 0 && at > end));
}

/** `handshake`, `application data`. */
export function dtlsContent(bytes: Uint8Array, start: number): string {
  return contentTypes.get(bytes[start]) ?? 'record';
}
