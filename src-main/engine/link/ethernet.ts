import { u16be } from '../bytes/integers';
import type { PacketView } from '../net/packet';
import { EtherType, LINK_TYPE_BASE, type Layer, UNKNOWN_PAYLOAD } from '../net/layer';
import { LinkType } from '../capture/link-types';

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
  if (packet.macSource >= 0 || packet.wlanHeader >= 0) packet.enclose(null);
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
  } else if (bytes[start] === SAP_SNAP && bytes[start + 1] === SAP_SNAP) {
    layer.start += 3;
    decodeSnap(layer);
  }
}

/** LINKTYPE_ATM_RFC1483: as Ethernet's, but bridged frames are padded to 4 bytes (RFC 2684, section 5.3). */
export function decodeAtmLlc(layer: Layer): void {
  decodeLlc(layer);
  if (layer.etherType >= LINK_TYPE_BASE) layer.start = Math.min(layer.start + 2, layer.end);
}

/** Organisation codes of SNAP: none, the bridge tunnel of RFC 1042's kin, and IEEE 802.1. */
const OUI_NONE = 0x00_0000;
const OUI_BRIDGE_TUNNEL = 0x00_00f8;
const OUI_802_1 = 0x00_80c2;
/** Bridged Ethernet with and without its frame check sequence (RFC 2684, RFC 2427). */
const BRIDGED_WITH_FCS = 0x0001;
const BRIDGED = 0x0007;

/** Organisation and protocol of the Subnetwork Access Protocol (IEEE 802, clause 9.5). */
export function decodeSnap(layer: Layer): void {
  layer.etherType = UNKNOWN_PAYLOAD;
  const { bytes, start, end } = layer;
  if (start + 5 > end) return;
  const organization = (bytes[start] << 16) | u16be(bytes, start + 1);
  const protocol = u16be(bytes, start + 3);
  layer.start = start + 5;
  if (organization === OUI_NONE || organization === OUI_BRIDGE_TUNNEL) {
    layer.etherType = protocol;
  } else if (organization === OUI_802_1 && (protocol === BRIDGED || protocol === BRIDGED_WITH_FCS)) {
    if (protocol === BRIDGED_WITH_FCS) layer.cutAt(Math.max(layer.start, layer.wireEnd - 4));
    layer.etherType = LINK_TYPE_BASE + LinkType.ethernet;
  }
}
