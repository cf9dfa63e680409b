import { u16be } from '../bytes/integers';
import type { PacketView } from '../net/packet';
import { EtherType, type Layer, UNKNOWN_PAYLOAD } from '../net/layer';

/** Lowest value of the type field that is an EtherType; up to 1500 it is a length (IEEE 802.3, clause 3.2.6). */
const FIRST_ETHER_TYPE = 0x0600;
const LONGEST_802_3 = 1500;

/** LLC addresses (IEEE 802.2): the Subnetwork Access Protocol and IP. */
const SAP_SNAP = 0xaa;
const SAP_IP = 0x06;
/** Control field of an unnumbered information frame. */
const UNNUMBERED = 0x03;

/** Ethernet II and IEEE 802.3. */
export function decodeEthernet(layer: Layer, packet: PacketView): void {
  if (!layer.hasHeader(14, 'ethernet-truncated')) return;
  packet.linkBytes = layer.bytes;
  packet.macDestination = layer.start;
  packet.macSource = layer.start + 6;
  const type = u16be(layer.bytes, layer.start + 12);
  layer.start += 14;
  if (type >= FIRST_ETHER_TYPE) layer.etherType = type;
  else decodeLengthField(layer, type);
}

/** What follows a type field that may be a length: behind the addresses or behind a VLAN tag. */
export function decodeLengthField(layer: Layer, length: number): void {
  layer.etherType = UNKNOWN_PAYLOAD;
  if (length > LONGEST_802_3) return;
  layer.cutAt(layer.start + length);
  decodeLlc(layer);
}

/** IEEE 802.2 header, and SNAP behind it (RFC 1042). */
export function decodeLlc(layer: Layer): void {
  layer.etherType = UNKNOWN_PAYLOAD;
  const { bytes, start, end } = layer;
  if (start + 3 > end || bytes[start + 2] !== UNNUMBERED) return;
  if (bytes[start] === SAP_IP && bytes[start + 1] === SAP_IP) {
    layer.start += 3;
    layer.etherType = EtherType.ipv4;
  } else if (bytes[start] === SAP_SNAP && bytes[start + 1] === SAP_SNAP && start + 8 <= end) {
    const isEncapsulated =
      bytes[start + 3] === 0 && bytes[start + 4] === 0 && (bytes[start + 5] === 0 || bytes[start + 5] === 0xf8);
    layer.start += 8;
    if (isEncapsulated) layer.etherType = u16be(bytes, start + 6);
  }
}
