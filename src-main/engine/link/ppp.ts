import { u16be } from '../bytes/integers';
import { EtherType, LINK_TYPE_BASE, type Layer, UNKNOWN_PAYLOAD } from '../net/layer';
import { LinkType } from '../capture/link-types';

/** Address and control field of HDLC-like framing (RFC 1662). */
const ALL_STATIONS = 0xff;
const UNNUMBERED = 0x03;

/** Address field of Cisco HDLC: unicast and multicast. */
const CISCO_UNICAST = 0x0f;
const CISCO_MULTICAST = 0x8f;

/** PPP protocol numbers (RFC 1332, RFC 5072, RFC 1990, RFC 3032). */
const IPV4 = 0x0021;
const MULTILINK = 0x003d;
const IPV6 = 0x0057;
const MPLS = 0x0281;
const MPLS_MULTICAST = 0x0283;
/** A multilink header whose fragment begins and ends a packet. */
const WHOLE = 0xc0;

/** PPP (RFC 1661): address, control and half of the protocol field may be left out (RFC 1661, section 6). */
export function decodePpp(layer: Layer): void {
  layer.etherType = UNKNOWN_PAYLOAD;
  if (!layer.hasHeader(2, 'ppp-truncated')) return;
  const { bytes } = layer;
  if (bytes[layer.start] === ALL_STATIONS && bytes[layer.start + 1] === UNNUMBERED) layer.start += 2;
  if (!layer.hasHeader(1, 'ppp-truncated')) return;
  const first = bytes[layer.start];
  // The low bit of a protocol's first byte is 0, that of its last is 1.
  if ((first & 1) !== 0) {
    layer.start += 1;
    handOn(layer, first);
  } else if (layer.hasHeader(2, 'ppp-truncated')) {
    const protocol = u16be(bytes, layer.start);
    layer.start += 2;
    handOn(layer, protocol);
  }
}

function handOn(layer: Layer, protocol: number): void {
  switch (protocol) {
    case IPV4:
      layer.etherType = EtherType.ipv4;
      return;
    case IPV6:
      layer.etherType = EtherType.ipv6;
      return;
    case MPLS:
      layer.etherType = EtherType.mpls;
      return;
    case MPLS_MULTICAST:
      layer.etherType = EtherType.mplsMulticast;
      return;
    case MULTILINK:
      if (layer.start + 4 > layer.end || (layer.bytes[layer.start] & WHOLE) !== WHOLE) return;
      layer.start += 4;
      layer.etherType = LINK_TYPE_BASE + LinkType.ppp;
      return;
    default:
  }
}

/** LINKTYPE_PPP_HDLC: PPP in HDLC-like framing, or Cisco HDLC on the same kind of line. */
export function decodePppSerial(layer: Layer): void {
  if (!layer.hasHeader(1, 'ppp-truncated')) return;
  const address = layer.bytes[layer.start];
  if (address === CISCO_UNICAST || address === CISCO_MULTICAST) decodeCiscoHdlc(layer);
  else decodePpp(layer);
}

/** LINKTYPE_PPP_PPPD and LINKTYPE_PPP_WITH_DIR: a byte of direction first. */
export function decodePppWithDirection(layer: Layer): void {
  if (!skipDirection(layer)) return;
  decodePpp(layer);
}

/** LINKTYPE_C_HDLC: address, control, EtherType. */
export function decodeCiscoHdlc(layer: Layer): void {
  if (!layer.hasHeader(4, 'hdlc-truncated')) return;
  layer.etherType = u16be(layer.bytes, layer.start + 2);
  layer.start += 4;
}

/** LINKTYPE_C_HDLC_WITH_DIR. */
export function decodeCiscoHdlcWithDirection(layer: Layer): void {
  if (skipDirection(layer)) decodeCiscoHdlc(layer);
}

function skipDirection(layer: Layer): boolean {
  if (!layer.hasHeader(1, 'ppp-truncated')) return false;
  layer.start += 1;
  return true;
}
