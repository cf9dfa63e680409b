/** Address of `length` bytes (4 or 16) at `offset`, as text. */
export function formatAddress(bytes: Uint8Array, offset: number, length: number): string {
  if (length === 4) return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`;
  return formatIpv6(bytes, offset);
}

/** IPv6 address in the canonical form of RFC 5952, section 4: lower case, longest run of zeros as `::`. */
function formatIpv6(bytes: Uint8Array, offset: number): string {
  const groups: number[] = [];
  for (let i = 0; i < 8; i += 1) groups.push((bytes[offset + 2 * i] << 8) | bytes[offset + 2 * i + 1]);
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i += 1) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n += 1;
    if (n > bestLength) {
      best = i;
      bestLength = n;
    }
  }
  const hex = (part: number[]): string => part.map((g) => g.toString(16)).join(':');
  if (best < 0) return hex(groups);
  return `${hex(groups.slice(0, best))}::${hex(groups.slice(best + bestLength))}`;
}

/** MAC address at `offset`: `00:11:22:33:44:55`. */
export function formatMac(bytes: Uint8Array, offset: number): string {
  const parts: string[] = [];
  for (let i = 0; i < 6; i += 1) parts.push(bytes[offset + i].toString(16).padStart(2, '0'));
  return parts.join(':');
}
