import { u16be, u32be } from '../bytes/integers';
import { LinkType } from '../capture/link-types';
import type { FragmentTable } from '../net/fragments';
import { CAPWAP_80211, EtherType, LINK_TYPE_BASE, type Layer } from '../net/layer';
import type { PacketView } from '../net/packet';
import { looksLikeEthernet, looksLikeIpv4, looksLikeIpv6 } from './plausible';

/*
 * Encapsulations in UDP. Each function gets the UDP payload, returns false when its header is not exactly as the
 * specification says, and else moves `layer` to what is carried. None of the headers can be taken for RTP, RTCP
 * (first byte 128 to 191) or SIP.
 */

/** VXLAN (RFC 7348): the flag for a network identifier, everything else of the first word reserved. */
export function decodeVxlan(layer: Layer): boolean {
  const { bytes, start, end } = layer;
  if (start + 8 + 14 > end || u32be(bytes, start) !== 0x0800_0000 || bytes[start + 7] !== 0) return false;
  return moveTo(layer, start + 8, LINK_TYPE_BASE + LinkType.ethernet);
}

const GPE_NEXT: ReadonlyMap<number, number> = new Map([
  [1, EtherType.ipv4],
  [2, EtherType.ipv6],
  [3, LINK_TYPE_BASE + LinkType.ethernet],
  [5, EtherType.mpls],
]);

/** VXLAN with the generic protocol extension (draft-ietf-nvo3-vxlan-gpe). */
export function decodeVxlanGpe(layer: Layer): boolean {
  const { bytes, start, end } = layer;
  if (start + 8 > end || (bytes[start] & 0xfc) !== 0x0c || u16be(bytes, start + 1) !== 0) return false;
  const next = GPE_NEXT.get(bytes[start + 3]);
  return next !== undefined && moveTo(layer, start + 8, next);
}

/** Geneve (RFC 8926): version 0, options in units of 4 bytes, an EtherType. */
export function decodeGeneve(layer: Layer): boolean {
  const { bytes, start, end } = layer;
  if (start + 8 > end || bytes[start] >> 6 !== 0 || (bytes[start + 1] & 0x3f) !== 0 || bytes[start + 7] !== 0) {
    return false;
  }
  const next = u16be(bytes, start + 2);
  if (next !== EtherType.transparentBridging && next !== EtherType.ipv4 && next !== EtherType.ipv6) return false;
  return moveTo(layer, start + 8 + (bytes[start] & 0x3f) * 4, next);
}

/** GTP-U (3GPP TS 29.281, section 5): version 1, protocol type GTP, flags of the optional fields. */
const GTP_VERSION_MASK = 0xf8;
const GTP_VERSION_1 = 0x30;
const GTP_EXTENSION = 0x04;
const GTP_OPTIONAL = 0x07;
const GTP_PACKET = 255;
const MAX_GTP_EXTENSIONS = 16;

export function decodeGtpU(layer: Layer): boolean {
  const { bytes, start, end } = layer;
  if (start + 8 > end || (bytes[start] & GTP_VERSION_MASK) !== GTP_VERSION_1 || bytes[start + 1] !== GTP_PACKET) {
    return false;
  }
  const wireEnd = start + 8 + u16be(bytes, start + 2);
  if (wireEnd > layer.wireEnd) return false;
  let at = start + 8;
  if ((bytes[start] & GTP_OPTIONAL) !== 0) {
    at += 4;
    if (at > end) return false;
    // The last byte of the optional fields, and of each extension header, names the next one.
    let next = (bytes[start] & GTP_EXTENSION) === 0 ? 0 : bytes[at - 1];
    for (let i = 0; next !== 0; i += 1) {
      const length = at < end ? bytes[at] * 4 : 0;
      if (length === 0 || at + length > end || i === MAX_GTP_EXTENSIONS) return false;
      at += length;
      next = bytes[at - 1];
    }
  }
  if (at >= end) return false;
  const version = bytes[at] >> 4;
  if (version !== 4 && version !== 6) return false;
  layer.cutAt(wireEnd);
  return moveTo(layer, at, version === 4 ? EtherType.ipv4 : EtherType.ipv6);
}

/** Teredo (RFC 4380, section 5.1.1): authentication and origin may stand before an IPv6 packet that fills the rest. */
export function decodeTeredo(layer: Layer): boolean {
  const { bytes, start, end, wireEnd } = layer;
  let at = start;
  if (at + 13 <= end && u16be(bytes, at) === 0x0001) at += 13 + bytes[at + 2] + bytes[at + 3];
  if (at + 8 <= end && u16be(bytes, at) === 0x0000) at += 8;
  if (!looksLikeIpv6(layer, at) || at + 40 + u16be(bytes, at + 4) !== wireEnd) return false;
  return moveTo(layer, at, EtherType.ipv6);
}

const TZSP_PROTOCOLS: ReadonlyMap<number, number> = new Map([
  [1, LINK_TYPE_BASE + LinkType.ethernet],
  [18, LINK_TYPE_BASE + LinkType.ieee80211],
  [119, LINK_TYPE_BASE + LinkType.prism],
  [127, LINK_TYPE_BASE + LinkType.avs],
]);
const TZSP_PAD = 0;
const TZSP_END = 1;

/** TaZmen Sniffer Protocol: version 1, a received or transmitted packet, its link, then tags up to the end tag. */
export function decodeTzsp(layer: Layer): boolean {
  const { bytes, start, end } = layer;
  if (start + 5 > end || bytes[start] !== 1 || bytes[start + 1] > 1) return false;
  const next = TZSP_PROTOCOLS.get(u16be(bytes, start + 2));
  if (next === undefined) return false;
  for (let at = start + 4; at < end; ) {
    const tag = bytes[at];
    if (tag === TZSP_END) return moveTo(layer, at + 1, next);
    at += tag === TZSP_PAD || at + 1 >= end ? 1 : 2 + bytes[at + 1];
  }
  return false;
}

/** Fields of a CAPWAP header (RFC 5415, section 4.3), in the three bytes behind the preamble. */
const CAPWAP_NATIVE = 0x01;
const CAPWAP_FRAGMENT = 0x80;
const CAPWAP_LAST = 0x40;
const CAPWAP_KEEP_ALIVE = 0x08;
const BINDING_80211 = 1;
/** Keeps CAPWAP's fragment numbers apart from those of IP, which have 16 bits. */
const CAPWAP_IDENTIFICATION = 0x1_0000;

/** CAPWAP data: Ethernet or 802.11 frames between access points and their controller; DTLS stays closed. */
export function decodeCapwap(layer: Layer, packet: PacketView, fragments: FragmentTable): boolean {
  const { bytes, start, end } = layer;
  if (start + 8 > end || bytes[start] !== 0) return false;
  const headerLength = (bytes[start + 1] >> 3) * 4;
  const flags = bytes[start + 3];
  if (headerLength < 8 || start + headerLength > end || (flags & CAPWAP_KEEP_ALIVE) !== 0) return false;
  const binding = (bytes[start + 2] >> 1) & 0x1f;
  const isNative = (bytes[start + 2] & CAPWAP_NATIVE) !== 0;
  if (isNative && binding !== BINDING_80211) return false;
  const identification = u16be(bytes, start + 4);
  const offset = u16be(bytes, start + 6) & 0xfff8;
  layer.start = start + headerLength;
  if ((flags & CAPWAP_FRAGMENT) !== 0) {
    const hasMore = (flags & CAPWAP_LAST) === 0;
    if (!fragments.add(layer, packet, CAPWAP_IDENTIFICATION | identification, offset, hasMore)) return false;
  }
  layer.etherType = isNative ? CAPWAP_80211 : LINK_TYPE_BASE + LinkType.ethernet;
  return true;
}

const MAX_LABELS = 16;

/** MPLS in UDP (RFC 7510): a label stack, and a frame behind it whose lengths fit. */
export function decodeMplsUdp(layer: Layer): boolean {
  const { bytes, start, end } = layer;
  let at = start;
  for (let i = 0; i < MAX_LABELS && at + 4 < end; i += 1, at += 4) {
    if ((bytes[at + 2] & 0x01) === 0) continue;
    const isKnown =
      looksLikeIpv4(layer, at + 4) ||
      looksLikeIpv6(layer, at + 4) ||
      looksLikeEthernet(layer, at + 4) ||
      looksLikeEthernet(layer, at + 8);
    return isKnown && moveTo(layer, start, EtherType.mpls);
  }
  return false;
}

function moveTo(layer: Layer, start: number, etherType: number): boolean {
  if (start >= layer.end) return false;
  layer.start = start;
  layer.etherType = etherType;
  return true;
}
