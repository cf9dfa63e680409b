import { u16be } from '../bytes/integers';
import { EtherType, type Layer } from '../net/layer';

/*
 * Encapsulations that do not say what they carry (MPLS, L2TPv3), or that are known by a port alone, are believed
 * when what would be inside is consistent with its own length fields.
 */

const FIRST_ETHER_TYPE = 0x0600;
const ETHER_TYPES: ReadonlySet<number> = new Set(Object.values(EtherType));

/** An IPv4 header at `at` whose lengths fit the payload. */
export function looksLikeIpv4(layer: Layer, at: number): boolean {
  const { bytes, end, wireEnd } = layer;
  if (at + 20 > end || bytes[at] >> 4 !== 4) return false;
  const headerLength = (bytes[at] & 0x0f) * 4;
  const totalLength = u16be(bytes, at + 2);
  return headerLength >= 20 && totalLength >= headerLength && at + totalLength <= wireEnd;
}

/** An IPv6 header at `at` whose length fits the payload. */
export function looksLikeIpv6(layer: Layer, at: number): boolean {
  const { bytes, end, wireEnd } = layer;
  return at + 40 <= end && bytes[at] >> 4 === 6 && at + 40 + u16be(bytes, at + 4) <= wireEnd;
}

/** An Ethernet header at `at` with an EtherType that the engine knows, or with a length that fits. */
export function looksLikeEthernet(layer: Layer, at: number): boolean {
  const { bytes, end, wireEnd } = layer;
  if (at + 17 > end) return false;
  const type = u16be(bytes, at + 12);
  if (type === EtherType.ipv4) return looksLikeIpv4(layer, at + 14);
  if (type === EtherType.ipv6) return looksLikeIpv6(layer, at + 14);
  if (type >= FIRST_ETHER_TYPE) return ETHER_TYPES.has(type);
  // LLC: addresses and an unnumbered frame.
  return type >= 3 && at + 14 + type <= wireEnd && bytes[at + 16] === 0x03;
}
