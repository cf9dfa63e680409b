import { LinkType } from '../capture/link-types';
import { EtherType, type Layer } from '../net/layer';
import type { PacketView } from '../net/packet';
import { decodeLoop, decodeNull } from './bsd-loopback';
import { decodeErf, decodeIpnet, decodeNflog, decodePktap, decodeUser2 } from './capture-headers';
import { decodeAtmLlc, decodeEthernet } from './ethernet';
import { decodeFrameRelay, decodeFrameRelayWithDirection } from './frame-relay';
import { decodeBare80211 } from './ieee80211';
import { decodeLinuxSll, decodeLinuxSll2 } from './linux-cooked';
import {
  decodeCiscoHdlc,
  decodeCiscoHdlcWithDirection,
  decodePpp,
  decodePppSerial,
  decodePppWithDirection,
} from './ppp';
import { decodeAvs, decodePpi, decodePrism, decodeRadiotap } from './radio-headers';
import { decodeRawIp, decodeRawIpv4, decodeRawIpv6 } from './raw-ip';
import { decodeDsaTag, decodeEdsaTag, decodePrependedTag } from './switch-tags';

/**
 * Decodes one link layer: moves `layer` to what it carries and names it by `layer.etherType`, and puts link
 * addresses into `packet`. Leaves `UNKNOWN_PAYLOAD` when it carries nothing that the engine knows.
 */
export type LinkDecoder = (layer: Layer, packet: PacketView) => void;

/** Decoders by link type: a new link type is one file and one line here. */
const LINK_DECODERS: ReadonlyMap<number, LinkDecoder> = new Map<number, LinkDecoder>([
  [LinkType.null, decodeNull],
  [LinkType.ethernet, decodeEthernet],
  [LinkType.ppp, decodePpp],
  [LinkType.rawBsd, decodeRawIp],
  [LinkType.rawOpenBsd, decodeRawIp],
  [LinkType.pppHdlc, decodePppSerial],
  [LinkType.pppEther, decodePppoeLink],
  [LinkType.atmRfc1483, decodeAtmLlc],
  [LinkType.raw, decodeRawIp],
  [LinkType.ciscoHdlc, decodeCiscoHdlc],
  [LinkType.ieee80211, decodeBare80211],
  [LinkType.frameRelay, decodeFrameRelay],
  [LinkType.loop, decodeLoop],
  [LinkType.linuxSll, decodeLinuxSll],
  [LinkType.prism, decodePrism],
  [LinkType.radiotap, decodeRadiotap],
  [LinkType.user2, decodeUser2],
  [LinkType.avs, decodeAvs],
  [LinkType.pppPppd, decodePppWithDirection],
  [LinkType.ppi, decodePpi],
  [LinkType.erf, decodeErf],
  [LinkType.pppWithDirection, decodePppWithDirection],
  [LinkType.ciscoHdlcWithDirection, decodeCiscoHdlcWithDirection],
  [LinkType.frameRelayWithDirection, decodeFrameRelayWithDirection],
  [LinkType.ipnet, decodeIpnet],
  [LinkType.ipv4, decodeRawIpv4],
  [LinkType.ipv6, decodeRawIpv6],
  [LinkType.nflog, decodeNflog],
  [LinkType.pktap, decodePktap],
  [LinkType.linuxSll2, decodeLinuxSll2],
  [LinkType.dsaTagBrcm, decodeDsaTag],
  [LinkType.dsaTagBrcmPrepend, decodePrependedTag],
  [LinkType.dsaTagDsa, decodeDsaTag],
  [LinkType.dsaTagEdsa, decodeEdsaTag],
]);

/** Decoder of a LINKTYPE_ value; null when the engine does not know it. */
export function linkDecoder(linkType: number): LinkDecoder | null {
  return LINK_DECODERS.get(linkType) ?? null;
}

/** LINKTYPE_PPP_ETHER: a PPPoE session without its Ethernet header. */
function decodePppoeLink(layer: Layer): void {
  layer.etherType = EtherType.pppoeSession;
}
