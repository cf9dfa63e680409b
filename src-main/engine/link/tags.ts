import { u16be } from '../bytes/integers';
import { decodeLengthField } from './ethernet';
import { EtherType, type Layer, UNKNOWN_PAYLOAD } from '../net/layer';

/** Tags in a row that are believed: networks stack two or three. */
const MAX_TAGS = 16;
const FIRST_ETHER_TYPE = 0x0600;

/** PPP protocol numbers (RFC 1332, RFC 5072). */
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;

/**
 * Removes what stands between an EtherType and the network layer: VLAN tags (IEEE 802.1Q, 802.1ad and their
 * predecessors, in any stack) and PPPoE sessions (RFC 2516).
 */
export function unwrapTags(layer: Layer): void {
  for (let depth = 0; ; depth += 1) {
    switch (layer.etherType) {
      case EtherType.vlan:
      case EtherType.providerVlan:
      case EtherType.oldQinQ:
      case EtherType.oldQinQ2:
      case EtherType.oldQinQ3:
        if (depth === MAX_TAGS) {
          layer.report('warning', 'vlan-stack-too-deep', `More than ${MAX_TAGS} VLAN tags follow each other.`);
          layer.etherType = UNKNOWN_PAYLOAD;
          return;
        }
        decodeVlan(layer);
        break;
      case EtherType.pppoeSession:
        decodePppoe(layer);
        return;
      default:
        return;
    }
  }
}

function decodeVlan(layer: Layer): void {
  layer.etherType = UNKNOWN_PAYLOAD;
  if (!layer.hasHeader(4, 'vlan-truncated')) return;
  const type = u16be(layer.bytes, layer.start + 2);
  layer.start += 4;
  if (type >= FIRST_ETHER_TYPE) layer.etherType = type;
  else decodeLengthField(layer, type);
}

/** The PPPoE header, whose length counts the PPP protocol field behind it. */
function decodePppoe(layer: Layer): void {
  layer.etherType = UNKNOWN_PAYLOAD;
  if (!layer.hasHeader(8, 'pppoe-truncated')) return;
  const { bytes, start } = layer;
  const length = u16be(bytes, start + 4);
  if (bytes[start] !== 0x11 || bytes[start + 1] !== 0 || length < 2) {
    layer.report('warning', 'pppoe-header', 'The PPPoE session header is malformed.');
    return;
  }
  const protocol = u16be(bytes, start + 6);
  layer.start += 8;
  layer.cutAt(start + 6 + length);
  if (protocol === PPP_IPV4) layer.etherType = EtherType.ipv4;
  else if (protocol === PPP_IPV6) layer.etherType = EtherType.ipv6;
}
