import { u32be, u32le } from '../../../bytes/integers';
import { LinkType } from '../../../capture/link-types';
import type { LayerDefinition } from './layer';
import { layerOfEtherType } from './next';

/** LINKTYPE_NULL and LINKTYPE_LOOP: an address family, in the byte order of the machine or of the network. */
export const nullLayer: LayerDefinition = {
  id: 'null',
  title: 'Null/Loopback',
  linkTypes: [LinkType.null, LinkType.loop],
  dissect({ bytes, start, end, wireEnd }, out) {
    if (!out.has(start, 4)) return null;
    const little = u32le(bytes, start);
    const big = u32be(bytes, start);
    const family = little <= 0xffff ? little : big <= 0xffff ? big : big & 0xffff;
    const inside = { start: start + 4, end, wireEnd };
    if (family === 2) {
      out.field('Address Family', start, 4, `${family} (IPv4)`);
      return { layer: 'ipv4', ...inside };
    }
    // AF_INET6 is 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS, 10 on Linux.
    if (family === 24 || family === 28 || family === 30 || family === 10) {
      out.field('Address Family', start, 4, `${family} (IPv6)`);
      return { layer: 'ipv6', ...inside };
    }
    out.field('Address Family', start, 4, String(family));
    return { layer: layerOfEtherType(family), ...inside };
  },
};
