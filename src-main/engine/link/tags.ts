import { u16be } from '../bytes/integers';
import { LinkType } from '../capture/link-types';
import { LINK_TYPE_BASE, type Layer, UNKNOWN_PAYLOAD } from '../net/layer';
import { decodeLengthField } from './ethernet';

const FIRST_ETHER_TYPE = 0x0600;

/** A VLAN tag: IEEE 802.1Q, 802.1ad or one of their predecessors. */
export function decodeVlan(layer: Layer): void {
  layer.etherType = UNKNOWN_PAYLOAD;
  if (!layer.hasHeader(4, 'vlan-truncated')) return;
  const type = u16be(layer.bytes, layer.start + 2);
  layer.start += 4;
  if (type >= FIRST_ETHER_TYPE) layer.etherType = type;
  else decodeLengthField(layer, type);
}

/** The header of a PPPoE session (RFC 2516), whose length counts the PPP protocol field behind it. */
export function decodePppoe(layer: Layer): void {
  layer.etherType = UNKNOWN_PAYLOAD;
  if (!layer.hasHeader(8, 'pppoe-truncated')) return;
  const { bytes, start } = layer;
  const length = u16be(bytes, start + 4);
  if (bytes[start] !== 0x11 || bytes[start + 1] !== 0 || length < 2) {
    layer.report('warning', 'pppoe-header', 'The PPPoE session header is malformed.');
    return;
  }
  layer.start += 6;
  layer.cutAt(start + 6 + length);
  layer.etherType = LINK_TYPE_BASE + LinkType.ppp;
}
