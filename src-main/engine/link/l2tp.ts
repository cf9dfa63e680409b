import { u16be, u32be } from '../bytes/integers';
import { LinkType } from '../capture/link-types';
import { LINK_TYPE_BASE, type Layer } from '../net/layer';
import { looksLikeEthernet, looksLikeIpv4, looksLikeIpv6 } from './plausible';

/** First 16 bits of an L2TP header (RFC 2661, section 3.1; RFC 3931, section 4.1). */
const CONTROL = 0x8000;
const LENGTH = 0x4000;
const SEQUENCE = 0x0800;
const OFFSET = 0x0200;
const RESERVED_2 = 0x34f0;
const VERSION_MASK = 0x000f;

/** L2TP over UDP, both versions: moves `layer` to the PPP or Ethernet frame of a data message. */
export function decodeL2tpUdp(layer: Layer): boolean {
  const { bytes, start, end } = layer;
  if (start + 8 > end) return false;
  const flags = u16be(bytes, start);
  if ((flags & CONTROL) !== 0) return false;
  if ((flags & VERSION_MASK) === 3) {
    if (flags !== 3 || u16be(bytes, start + 2) !== 0 || u32be(bytes, start + 4) === 0) return false;
    return findPseudoWire(layer, start + 8);
  }
  if ((flags & (VERSION_MASK | RESERVED_2)) !== 2) return false;
  let at = start + 2;
  if ((flags & LENGTH) !== 0) {
    const length = u16be(bytes, at);
    if (length < 8 || start + length > layer.wireEnd) return false;
    layer.cutAt(start + length);
    at += 2;
  }
  at += (flags & SEQUENCE) === 0 ? 4 : 8;
  if ((flags & OFFSET) !== 0) {
    if (at + 2 > end) return false;
    at += 2 + u16be(bytes, at);
  }
  if (at + 2 > layer.end) return false;
  layer.start = at;
  layer.etherType = LINK_TYPE_BASE + LinkType.ppp;
  return true;
}

/** L2TPv3 over IP (RFC 3931, section 4.1.1): a session, which is 0 in control messages. */
export function decodeL2tpIp(layer: Layer): boolean {
  if (layer.start + 8 > layer.end || u32be(layer.bytes, layer.start) === 0) return false;
  return findPseudoWire(layer, layer.start + 4);
}

/**
 * Behind the session stand a cookie of 0, 4 or 8 bytes and a sublayer of 0 or 4: the signalling knows, the packet
 * does not. The first place where a consistent frame begins is believed.
 */
function findPseudoWire(layer: Layer, from: number): boolean {
  for (let at = from; at <= from + 12; at += 4) {
    if (looksLikeEthernet(layer, at)) layer.etherType = LINK_TYPE_BASE + LinkType.ethernet;
    else if (looksLikeIpv4(layer, at) || looksLikeIpv6(layer, at)) layer.etherType = LINK_TYPE_BASE + LinkType.raw;
    else if (at + 4 <= layer.end && u16be(layer.bytes, at) === 0xff03) {
      layer.etherType = LINK_TYPE_BASE + LinkType.ppp;
    } else continue;
    layer.start = at;
    return true;
  }
  return false;
}
