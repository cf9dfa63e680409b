import { LinkType } from '../capture/link-types';
import { EtherType, LINK_TYPE_BASE, type Layer, UNKNOWN_PAYLOAD } from '../net/layer';
import { looksLikeEthernet, looksLikeIpv4, looksLikeIpv6 } from './plausible';

const BOTTOM_OF_STACK = 0x01;

/**
 * An MPLS label stack (RFC 3032). The labels do not say what they carry: IP shows by its version, Ethernet
 * pseudo-wires (RFC 4448) have a control word whose first four bits are 0, or none.
 */
export function decodeMpls(layer: Layer): void {
  layer.etherType = UNKNOWN_PAYLOAD;
  let isBottom = false;
  while (!isBottom) {
    if (!layer.hasHeader(4, 'mpls-truncated')) return;
    isBottom = (layer.bytes[layer.start + 2] & BOTTOM_OF_STACK) !== 0;
    layer.start += 4;
    if (!isBottom && !layer.descend()) return;
  }
  const { bytes, start, end } = layer;
  if (start >= end) return;
  const first = bytes[start] >> 4;
  if (first === 4 && looksLikeIpv4(layer, start)) {
    layer.etherType = EtherType.ipv4;
  } else if (first === 6 && looksLikeIpv6(layer, start)) {
    layer.etherType = EtherType.ipv6;
  } else if (first === 0 && looksLikeEthernet(layer, start + 4)) {
    layer.start = start + 4;
    layer.etherType = LINK_TYPE_BASE + LinkType.ethernet;
  } else if (looksLikeEthernet(layer, start)) {
    layer.etherType = LINK_TYPE_BASE + LinkType.ethernet;
  }
}
