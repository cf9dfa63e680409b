import { u16be, u32be } from '../bytes/integers';
import type { Layer } from '../net/layer';
import { UNKNOWN_PAYLOAD } from '../net/layer';
import { IpProtocol, type PacketView } from '../net/packet';

/** `HEP3`. */
const MAGIC = 0x4845_5033;

/** Chunk types of the generic vendor 0 (HEP3 specification, section "Chunk types"). */
const Chunk = {
  protocol: 2,
  sourceIpv4: 3,
  destinationIpv4: 4,
  sourceIpv6: 5,
  destinationIpv6: 6,
  sourcePort: 7,
  destinationPort: 8,
  payload: 15,
} as const;

/**
 * The Homer encapsulation protocol, version 3: a probe's copy of a packet, taken apart into chunks. Addresses,
 * ports and payload lie in the datagram as they would in a packet, so `packet` is put together from their offsets.
 */
export function decodeHep(layer: Layer, packet: PacketView): boolean {
  const { bytes, start, end, wireEnd } = layer;
  if (start + 6 > end || u32be(bytes, start) !== MAGIC || start + u16be(bytes, start + 4) > wireEnd) return false;
  const limit = start + u16be(bytes, start + 4);
  let protocol = -1;
  let source = -1;
  let destination = -1;
  let sourceSize = 0;
  let destinationSize = 0;
  let sourcePort = -1;
  let destinationPort = -1;
  let payloadStart = -1;
  let payloadEnd = -1;
  for (let at = start + 6; at + 6 <= Math.min(end, limit); ) {
    const length = u16be(bytes, at + 4);
    if (length < 6 || at + length > limit) return false;
    const value = at + 6;
    const size = length - 6;
    if (u16be(bytes, at) === 0 && (value + size <= end || u16be(bytes, at + 2) === Chunk.payload)) {
      switch (u16be(bytes, at + 2)) {
        case Chunk.protocol:
          if (size === 1) protocol = bytes[value];
          break;
        case Chunk.sourceIpv4:
        case Chunk.sourceIpv6:
          source = value;
          sourceSize = size;
          break;
        case Chunk.destinationIpv4:
        case Chunk.destinationIpv6:
          destination = value;
          destinationSize = size;
          break;
        case Chunk.sourcePort:
          if (size === 2) sourcePort = u16be(bytes, value);
          break;
        case Chunk.destinationPort:
          if (size === 2) destinationPort = u16be(bytes, value);
          break;
        case Chunk.payload:
          payloadStart = value;
          payloadEnd = value + size;
          break;
        default:
      }
    }
    at += length;
  }
  if ((sourceSize !== 4 && sourceSize !== 16) || destinationSize !== sourceSize) return false;
  if (payloadStart < 0 || sourcePort < 0 || destinationPort < 0) return false;
  if (protocol !== IpProtocol.udp && protocol !== IpProtocol.tcp && protocol !== IpProtocol.sctp) return false;
  packet.enclose('HEP');
  packet.ipVersion = sourceSize === 4 ? 4 : 6;
  packet.source = source;
  packet.destination = destination;
  packet.protocol = protocol;
  packet.sourcePort = sourcePort;
  packet.destinationPort = destinationPort;
  packet.isMessage = true;
  packet.ttl = 0;
  packet.identification = 0;
  packet.payloadStart = Math.min(payloadStart, end);
  packet.payloadEnd = Math.min(payloadEnd, end);
  packet.payloadMissing = payloadEnd - Math.max(packet.payloadEnd, payloadStart);
  layer.etherType = UNKNOWN_PAYLOAD;
  return true;
}
