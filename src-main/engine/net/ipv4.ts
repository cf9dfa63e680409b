import { u16be } from '../bytes/integers';
import type { Layer } from './layer';
import type { FragmentTable } from './fragments';
import type { PacketView } from './packet';

const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;

/**
 * Decodes an IPv4 header (RFC 791, section 3.1) and moves `layer` to its payload, which is that of the whole
 * datagram when this fragment completed it. False when there is no payload to go on with.
 */
export function decodeIpv4(layer: Layer, packet: PacketView, fragments: FragmentTable): boolean {
  if (!layer.hasHeader(20, 'ipv4-truncated')) return false;
  const { bytes, start } = layer;
  const versionAndLength = bytes[start];
  if (versionAndLength >> 4 !== 4) {
    layer.report('warning', 'ip-version', `An IPv4 header is expected, the version is ${versionAndLength >> 4}.`);
    return false;
  }
  const headerLength = (versionAndLength & 0x0f) * 4;
  if (headerLength < 20) {
    layer.report('warning', 'ipv4-header-length', `The IPv4 header claims ${headerLength} bytes; 20 is the least.`);
    return false;
  }
  const totalLength = u16be(bytes, start + 2);
  // 0: the capturing machine leaves segmentation, and this field, to its network card.
  if (totalLength !== 0) {
    if (totalLength < headerLength) {
      layer.report('warning', 'ipv4-total-length', `The IPv4 total length is ${totalLength}, less than its header.`);
      return false;
    }
    if (start + totalLength > layer.wireEnd && layer.isFirstFragment) {
      layer.wireEnd = start + totalLength;
    } else if (start + totalLength > layer.wireEnd) {
      layer.report(
        'warning',
        'ipv4-total-length',
        `The IPv4 total length is ${totalLength}, but the frame has only ${layer.wireEnd - start} bytes for it.`,
      );
    }
    layer.cutAt(start + totalLength);
  }
  packet.bytes = bytes;
  packet.ipVersion = 4;
  packet.identification = u16be(bytes, start + 4);
  packet.ttl = bytes[start + 8];
  packet.protocol = bytes[start + 9];
  packet.source = start + 12;
  packet.destination = start + 16;
  if (start + headerLength > layer.end) {
    if (start + headerLength > layer.wireEnd) {
      layer.report('warning', 'ipv4-header-length', 'The options of the IPv4 header go past its datagram.');
    }
    packet.isFragment = (u16be(bytes, start + 6) & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) !== 0;
    return false;
  }
  layer.start = start + headerLength;
  const fragment = u16be(bytes, start + 6);
  if ((fragment & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) === 0) return true;
  return fragments.add(
    layer,
    packet,
    u16be(bytes, start + 4),
    (fragment & FRAGMENT_OFFSET) * 8,
    (fragment & MORE_FRAGMENTS) !== 0,
  );
}
