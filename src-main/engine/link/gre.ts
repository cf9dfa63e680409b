import { u16be } from '../bytes/integers';
import { LinkType } from '../capture/link-types';
import { EtherType, LINK_TYPE_BASE, type Layer } from '../net/layer';

/** Flags and version of GRE (RFC 2784, RFC 2890, RFC 1701) and of PPTP's enhanced GRE (RFC 2637). */
const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGMENT = 0x0080;
const VERSION_MASK = 0x0007;

const ERSPAN_1_OR_2 = 0x88be;
const ERSPAN_3 = 0x22eb;
const ERSPAN_3_SUBHEADER = 0x01;
const MAX_ROUTES = 16;

/** GRE: moves `layer` to what it carries; false when that is nothing the engine knows. */
export function decodeGre(layer: Layer): boolean {
  if (!layer.hasHeader(4, 'gre-truncated')) return false;
  const flags = u16be(layer.bytes, layer.start);
  const protocol = u16be(layer.bytes, layer.start + 2);
  const version = flags & VERSION_MASK;
  if (version === 1) return decodePptp(layer, flags, protocol);
  if (version !== 0) return false;
  const length =
    4 +
    ((flags & (CHECKSUM | ROUTING)) === 0 ? 0 : 4) +
    ((flags & KEY) === 0 ? 0 : 4) +
    ((flags & SEQUENCE) === 0 ? 0 : 4);
  if (!layer.hasHeader(length, 'gre-truncated')) return false;
  layer.start += length;
  if ((flags & ROUTING) !== 0 && !skipRoutes(layer)) return false;
  switch (protocol) {
    case EtherType.ipv4:
    case EtherType.ipv6:
    case EtherType.mpls:
    case EtherType.mplsMulticast:
    case EtherType.transparentBridging:
    case EtherType.ppp:
      layer.etherType = protocol;
      return true;
    case ERSPAN_1_OR_2:
      // Type I has neither a sequence number nor a header of its own.
      return (flags & SEQUENCE) === 0 ? toEthernet(layer, 0) : decodeErspan2(layer);
    case ERSPAN_3:
      return decodeErspan3(layer);
    default:
      return false;
  }
}

/** Version 1: the key is the length of the payload and a call; without a sequence number it only acknowledges. */
function decodePptp(layer: Layer, flags: number, protocol: number): boolean {
  const length = 8 + ((flags & SEQUENCE) === 0 ? 0 : 4) + ((flags & ACKNOWLEDGMENT) === 0 ? 0 : 4);
  if (protocol !== EtherType.ppp || (flags & SEQUENCE) === 0 || (flags & KEY) === 0) return false;
  if (!layer.hasHeader(length, 'gre-truncated')) return false;
  const payloadLength = u16be(layer.bytes, layer.start + 4);
  layer.start += length;
  layer.cutAt(layer.start + payloadLength);
  layer.etherType = EtherType.ppp;
  return true;
}

/** Source route entries (RFC 1701): address family, offset, length; both zero in the last. */
function skipRoutes(layer: Layer): boolean {
  for (let i = 0; i < MAX_ROUTES && layer.hasHeader(4, 'gre-truncated'); i += 1) {
    const { bytes, start } = layer;
    const length = bytes[start + 3];
    const isLast = u16be(bytes, start) === 0 && length === 0;
    if (!layer.hasHeader(4 + length, 'gre-truncated')) return false;
    layer.start += 4 + length;
    if (isLast) return true;
  }
  return false;
}

/** ERSPAN type II: 8 bytes, version 1 (draft-foschiano-erspan). */
function decodeErspan2(layer: Layer): boolean {
  return layer.start + 8 <= layer.end && layer.bytes[layer.start] >> 4 === 1 && toEthernet(layer, 8);
}

/** ERSPAN type III: 12 bytes, version 2, and a platform's subheader when the last bit says so; Ethernet or IP. */
function decodeErspan3(layer: Layer): boolean {
  const { bytes, start } = layer;
  if (start + 12 > layer.end || bytes[start] >> 4 !== 2) return false;
  const length = (bytes[start + 11] & ERSPAN_3_SUBHEADER) === 0 ? 12 : 20;
  const frameType = (bytes[start + 10] >> 2) & 0x1f;
  if (frameType === 0) return toEthernet(layer, length);
  if (frameType !== 2) return false;
  layer.start = Math.min(start + length, layer.end);
  layer.etherType = LINK_TYPE_BASE + LinkType.raw;
  return true;
}

function toEthernet(layer: Layer, skipped: number): boolean {
  layer.start = Math.min(layer.start + skipped, layer.end);
  layer.etherType = LINK_TYPE_BASE + LinkType.ethernet;
  return true;
}
