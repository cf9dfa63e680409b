import { u16be } from '../bytes/integers';
import type { Layer } from '../net/layer';
import type { PacketView } from '../net/packet';
import { decodeEthernet, decodeLengthField } from './ethernet';

/* Ethernet frames with a tag of a switch chip between the addresses and the EtherType, or before them. */

const FIRST_ETHER_TYPE = 0x0600;

/** LINKTYPE_DSA_TAG_DSA and LINKTYPE_DSA_TAG_BRCM: 4 bytes behind the addresses. */
export function decodeDsaTag(layer: Layer, packet: PacketView): void {
  decodeTagged(layer, packet, 4);
}

/** LINKTYPE_DSA_TAG_EDSA: an EtherType and 2 bytes more before the tag. */
export function decodeEdsaTag(layer: Layer, packet: PacketView): void {
  decodeTagged(layer, packet, 8);
}

/** LINKTYPE_DSA_TAG_BRCM_PREPEND: 4 bytes before the frame. */
export function decodePrependedTag(layer: Layer, packet: PacketView): void {
  if (!layer.hasHeader(4, 'ethernet-truncated')) return;
  layer.start += 4;
  decodeEthernet(layer, packet);
}

function decodeTagged(layer: Layer, packet: PacketView, tagLength: number): void {
  if (!layer.hasHeader(14 + tagLength, 'ethernet-truncated')) return;
  const { bytes, start } = layer;
  packet.linkBytes = bytes;
  packet.macDestination = start;
  packet.macSource = start + 6;
  const type = u16be(bytes, start + 12 + tagLength);
  layer.start = start + 14 + tagLength;
  if (type >= FIRST_ETHER_TYPE) layer.etherType = type;
  else decodeLengthField(layer, type);
}
