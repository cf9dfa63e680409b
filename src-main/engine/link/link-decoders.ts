import { LinkType } from '../capture/link-types';
import { decodeLoop, decodeNull } from './bsd-loopback';
import { decodeEthernet } from './ethernet';
import { EtherType, type Layer } from '../net/layer';
import type { PacketView } from '../net/packet';
import { decodeLinuxSll, decodeLinuxSll2 } from './linux-cooked';
import { decodeRawIp, decodeRawIpv4, decodeRawIpv6 } from './raw-ip';

/**
 * Decodes one link layer: moves `layer` to what it carries and names it by `layer.etherType`, and puts link
 * addresses into `packet`. Leaves `UNKNOWN_PAYLOAD` when it carries nothing that the engine knows.
 */
export type LinkDecoder = (layer: Layer, packet: PacketView) => void;

/** Decoders by link type: a new link type is one file and one line here. */
const LINK_DECODERS: ReadonlyMap<number, LinkDecoder> = new Map<number, LinkDecoder>([
  [LinkType.null, decodeNull],
  [LinkType.ethernet, decodeEthernet],
  [LinkType.rawBsd, decodeRawIp],
  [LinkType.rawOpenBsd, decodeRawIp],
  [LinkType.pppEther, decodePppoeLink],
  [LinkType.raw, decodeRawIp],
  [LinkType.loop, decodeLoop],
  [LinkType.linuxSll, decodeLinuxSll],
  [LinkType.ipv4, decodeRawIpv4],
  [LinkType.ipv6, decodeRawIpv6],
  [LinkType.linuxSll2, decodeLinuxSll2],
]);

/** Decoder of a LINKTYPE_ value; null when the engine does not know it. */
export function linkDecoder(linkType: number): LinkDecoder | null {
  return LINK_DECODERS.get(linkType) ?? null;
}

/** LINKTYPE_PPP_ETHER: a PPPoE session without its Ethernet header. */
function decodePppoeLink(layer: Layer): void {
  layer.etherType = EtherType.pppoeSession;
}
