import { u16be, u32be } from '../bytes/integers';
import type { Layer } from './layer';
import type { FragmentTable } from './fragments';
import type { PacketView } from './packet';

/** Extension headers (RFC 8200, section 4; RFC 7045). */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const NO_NEXT_HEADER = 59;
const DESTINATION = 60;
const MOBILITY = 135;
const HOST_IDENTITY = 139;
const SHIM6 = 140;

/** Extension headers in a row that are believed. */
const MAX_EXTENSIONS = 16;
const JUMBO_PAYLOAD = 0xc2;

/**
 * Decodes an IPv6 header and its extension headers (RFC 8200) and moves `layer` to the payload, which is that
 * of the whole datagram when this fragment completed it. False when there is no payload to go on with.
 */
export function decodeIpv6(layer: Layer, packet: PacketView, fragments: FragmentTable): boolean {
  if (!layer.hasHeader(40, 'ipv6-truncated')) return false;
  const { bytes, start } = layer;
  if (bytes[start] >> 4 !== 6) {
    layer.report('warning', 'ip-version', `An IPv6 header is expected, the version is ${bytes[start] >> 4}.`);
    return false;
  }
  packet.bytes = bytes;
  packet.ipVersion = 6;
  packet.identification = 0;
  packet.protocol = bytes[start + 6];
  packet.ttl = bytes[start + 7];
  packet.source = start + 8;
  packet.destination = start + 24;
  const payloadLength = u16be(bytes, start + 4);
  layer.start = start + 40;
  // 0: a jumbogram, or the capturing machine leaves segmentation, and this field, to its network card.
  if (payloadLength !== 0) cutPayload(layer, payloadLength);
  else if (packet.protocol === HOP_BY_HOP) cutJumbogram(layer);
  return decodeExtensions(layer, packet, fragments);
}

function cutPayload(layer: Layer, length: number): void {
  if (layer.start + length > layer.wireEnd && layer.isFirstFragment) {
    layer.wireEnd = layer.start + length;
  } else if (layer.start + length > layer.wireEnd) {
    layer.report(
      'warning',
      'ipv6-payload-length',
      `The IPv6 payload length is ${length}, but the frame has only ${layer.wireEnd - layer.start} bytes for it.`,
    );
  }
  layer.cutAt(layer.start + length);
}

/** Looks for the jumbo payload option (RFC 2675, section 2), which counts from the end of the IPv6 header. */
function cutJumbogram(layer: Layer): void {
  const { bytes, start, end } = layer;
  if (start + 8 > end) return;
  const optionsEnd = Math.min(end, start + 8 + bytes[start + 1] * 8);
  let at = start + 2;
  while (at + 2 <= optionsEnd) {
    if (bytes[at] === 0) {
      at += 1;
      continue;
    }
    if (bytes[at] === JUMBO_PAYLOAD && bytes[at + 1] === 4 && at + 6 <= optionsEnd) {
      cutPayload(layer, u32be(bytes, at + 2));
      return;
    }
    at += 2 + bytes[at + 1];
  }
}

function decodeExtensions(layer: Layer, packet: PacketView, fragments: FragmentTable): boolean {
  for (let depth = 0; depth <= MAX_EXTENSIONS; depth += 1) {
    const header = packet.protocol;
    switch (header) {
      case HOP_BY_HOP:
      case ROUTING:
      case DESTINATION:
      case MOBILITY:
      case HOST_IDENTITY:
      case SHIM6:
        if (!skipExtension(layer, packet, 8, 8)) return false;
        break;
      case AUTHENTICATION:
        if (!skipAuthentication(layer, packet)) return false;
        break;
      case FRAGMENT: {
        if (!layer.hasHeader(8, 'ipv6-extension-truncated')) return false;
        const { bytes, start } = layer;
        packet.protocol = bytes[start];
        layer.start += 8;
        const field = u16be(bytes, start + 2);
        // An atomic fragment is whole (RFC 6946).
        if ((field & 0xfff9) === 0) break;
        const isWhole = fragments.add(layer, packet, u32be(bytes, start + 4), field & 0xfff8, (field & 1) !== 0);
        if (!isWhole) return false;
        break;
      }
      case NO_NEXT_HEADER:
        return false;
      default:
        return true;
    }
  }
  layer.report(
    'warning',
    'ipv6-extensions-too-many',
    `More than ${MAX_EXTENSIONS} IPv6 extension headers follow each other.`,
  );
  return false;
}

/** The Authentication Header (RFC 4302) counts in 4 bytes, less 2; it stands in IPv4 datagrams as well. */
export function skipAuthentication(layer: Layer, packet: PacketView): boolean {
  return skipExtension(layer, packet, 4, 8);
}

/** Skips a header that begins with the next header and its own length in `unit` bytes, not counting `base` bytes. */
function skipExtension(layer: Layer, packet: PacketView, unit: number, base: number): boolean {
  if (!layer.hasHeader(8, 'ipv6-extension-truncated')) return false;
  const { bytes, start } = layer;
  const length = base + bytes[start + 1] * unit;
  if (!layer.hasHeader(length, 'ipv6-extension-truncated')) return false;
  packet.protocol = bytes[start];
  layer.start += length;
  return true;
}
