import { u32be, u32le } from '../bytes/integers';
import { EtherType, type Layer } from '../net/layer';

/** AF_INET everywhere. */
const FAMILY_IPV4 = 2;

/** AF_INET6 is 24 on NetBSD, OpenBSD and BSD/OS, 28 on FreeBSD, 30 on macOS, 10 on Linux. */
const isIpv6Family = (family: number): boolean => family === 24 || family === 28 || family === 30 || family === 10;

/** LINKTYPE_NULL: the address family in the byte order of the machine that captured. */
export function decodeNull(layer: Layer): void {
  if (!layer.hasHeader(4, 'loopback-truncated')) return;
  const little = u32le(layer.bytes, layer.start);
  const big = u32be(layer.bytes, layer.start);
  // Families are small numbers: read in the wrong order, one has its bits above the lower half. Where both
  // orders have, some tunnels put an EtherType into the last two bytes.
  if (little <= 0xffff) decodeFamily(layer, little);
  else decodeFamily(layer, big <= 0xffff ? big : big & 0xffff);
}

/** LINKTYPE_LOOP: the address family in network byte order. */
export function decodeLoop(layer: Layer): void {
  if (!layer.hasHeader(4, 'loopback-truncated')) return;
  decodeFamily(layer, u32be(layer.bytes, layer.start));
}

function decodeFamily(layer: Layer, family: number): void {
  layer.start += 4;
  if (family === FAMILY_IPV4) layer.etherType = EtherType.ipv4;
  else if (isIpv6Family(family)) layer.etherType = EtherType.ipv6;
  else if (family >= 0x0600 && family <= 0xffff) layer.etherType = family;
}
