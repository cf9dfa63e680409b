import { CAPWAP_80211, EtherType, LINK_TYPE_BASE, type Layer, UNKNOWN_PAYLOAD } from '../net/layer';
import type { PacketView } from '../net/packet';
import { decodeEthernet } from './ethernet';
import { decodeCapwap80211 } from './ieee80211';
import { linkDecoder } from './link-decoders';
import { decodeMpls } from './mpls';
import { decodePpp } from './ppp';
import { decodePppoe, decodeVlan } from './tags';
import { reportLinkType } from './unsupported';

/**
 * Removes what stands between a link or tunnel header and the network layer, in any order: VLAN tags, PPPoE
 * sessions, MPLS labels, whole frames of another link. Ends at IP, or at what the engine does not know.
 */
export function unwrap(layer: Layer, packet: PacketView): void {
  for (;;) {
    switch (layer.etherType) {
      case UNKNOWN_PAYLOAD:
      case EtherType.ipv4:
      case EtherType.ipv6:
        return;
      case EtherType.vlan:
      case EtherType.providerVlan:
      case EtherType.oldQinQ:
      case EtherType.oldQinQ2:
      case EtherType.oldQinQ3:
        if (!layer.descend()) return;
        decodeVlan(layer);
        break;
      case EtherType.pppoeSession:
        if (!layer.descend()) return;
        decodePppoe(layer);
        break;
      case EtherType.mpls:
      case EtherType.mplsMulticast:
        if (!layer.descend()) return;
        decodeMpls(layer);
        break;
      case EtherType.transparentBridging:
        if (!layer.descend()) return;
        layer.etherType = UNKNOWN_PAYLOAD;
        decodeEthernet(layer, packet);
        break;
      case EtherType.ppp:
        if (!layer.descend()) return;
        decodePpp(layer);
        break;
      case CAPWAP_80211:
        if (!layer.descend()) return;
        decodeCapwap80211(layer, packet);
        break;
      default:
        if (layer.etherType < LINK_TYPE_BASE || !layer.descend()) return;
        decodeLink(layer, packet, layer.etherType - LINK_TYPE_BASE);
    }
  }
}

function decodeLink(layer: Layer, packet: PacketView, linkType: number): void {
  layer.etherType = UNKNOWN_PAYLOAD;
  const decoder = linkDecoder(linkType);
  if (decoder === null) reportLinkType(layer, linkType);
  else decoder(layer, packet);
}
