import { u16be, u16le, u32le } from '../bytes/integers';
import { LinkType } from '../capture/link-types';
import { EtherType, LINK_TYPE_BASE, type Layer } from '../net/layer';
import { reportLinkType } from './unsupported';

/* Headers that operating systems and capture cards put before packets: NFLOG, PKTAP, IPNET, ERF. */

/** Address families of Linux. */
const LINUX_IPV4 = 2;
const LINUX_IPV6 = 10;
const NFULA_PAYLOAD = 9;

/** LINKTYPE_NFLOG: family, version, resource, then attributes in the byte order of the machine that captured. */
export function decodeNflog(layer: Layer): void {
  if (!layer.hasHeader(8, 'nflog-truncated')) return;
  const { bytes, start, end } = layer;
  const family = bytes[start];
  // Types are small, so the byte order shows in the first one.
  const u16 = u16le(bytes, start + 6) <= 0xff ? u16le : u16be;
  let at = start + 4;
  while (at + 4 <= end) {
    const length = u16(bytes, at);
    if (length < 4) {
      layer.report('warning', 'nflog-attribute', `An NFLOG attribute claims ${length} bytes; 4 is the least.`);
      return;
    }
    if (u16(bytes, at + 2) === NFULA_PAYLOAD) {
      layer.start = at + 4;
      layer.cutAt(at + length);
      if (family === LINUX_IPV4) layer.etherType = EtherType.ipv4;
      else if (family === LINUX_IPV6) layer.etherType = EtherType.ipv6;
      return;
    }
    at += (length + 3) & ~3;
  }
}

/** Length, next header, link type and more, little endian (XNU, bsd/net/pktap.h). */
const PKTAP_LEAST = 108;
const PKTAP_MOST = 1024;

/** LINKTYPE_PKTAP of macOS: says of each packet what link it came over. */
export function decodePktap(layer: Layer): void {
  if (!layer.hasHeader(12, 'pktap-truncated')) return;
  const { bytes, start } = layer;
  const length = u32le(bytes, start);
  if (!isPktapLength(length)) {
    layer.report('warning', 'pktap-header', `The PKTAP header claims ${length} bytes.`);
    return;
  }
  if (!layer.hasHeader(length, 'pktap-truncated')) return;
  layer.start = start + length;
  layer.etherType = LINK_TYPE_BASE + u32le(bytes, start + 8);
}

/** LINKTYPE_USER2: anybody's, and the number of PKTAP before it had one of its own. */
export function decodeUser2(layer: Layer): void {
  if (layer.start + 12 <= layer.end && isPktapLength(u32le(layer.bytes, layer.start))) decodePktap(layer);
  else reportLinkType(layer, LinkType.user2);
}

const isPktapLength = (length: number): boolean => length >= PKTAP_LEAST && length <= PKTAP_MOST;

/** Address families of Solaris. */
const SOLARIS_IPV4 = 2;
const SOLARIS_IPV6 = 26;

/** LINKTYPE_IPNET of Solaris: 24 bytes, the family second. */
export function decodeIpnet(layer: Layer): void {
  if (!layer.hasHeader(24, 'ipnet-truncated')) return;
  const family = layer.bytes[layer.start + 1];
  layer.start += 24;
  if (family === SOLARIS_IPV4) layer.etherType = EtherType.ipv4;
  else if (family === SOLARIS_IPV6) layer.etherType = EtherType.ipv6;
}

/** Extension headers of 8 bytes follow while the highest bit of the type, then of each of them, is set. */
const ERF_MORE = 0x80;
const MAX_ERF_EXTENSIONS = 16;

/** LINKTYPE_ERF: records of Endace cards; types with Ethernet, HDLC and IP inside (ERF types specification). */
export function decodeErf(layer: Layer): void {
  if (!layer.hasHeader(16, 'erf-truncated')) return;
  const { bytes, start } = layer;
  const type = bytes[start + 8] & 0x7f;
  let more = bytes[start + 8] & ERF_MORE;
  layer.start = start + 16;
  for (let i = 0; more !== 0; i += 1) {
    if (i === MAX_ERF_EXTENSIONS || !layer.hasHeader(8, 'erf-truncated')) return;
    more = bytes[layer.start] & ERF_MORE;
    layer.start += 8;
  }
  switch (type) {
    case 1:
    case 5:
      layer.etherType = LINK_TYPE_BASE + LinkType.pppHdlc;
      return;
    case 2:
    case 11:
    case 16:
    case 20:
      // A byte of offset and one of padding.
      layer.start = Math.min(layer.start + 2, layer.end);
      layer.etherType = LINK_TYPE_BASE + LinkType.ethernet;
      return;
    case 22:
      layer.etherType = EtherType.ipv4;
      return;
    case 23:
      layer.etherType = EtherType.ipv6;
      return;
    default:
  }
}
