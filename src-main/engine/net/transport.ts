import { u16be, u32be } from '../bytes/integers';
import type { Layer } from './layer';
import type { PacketView } from './packet';

/** UDP (RFC 768). Like its kin below: moves `layer` to the payload, false when the header is cut or malformed. */
export function decodeUdp(layer: Layer, packet: PacketView): boolean {
  if (!layer.hasHeader(8, 'udp-truncated')) return false;
  const { bytes, start } = layer;
  packet.transportStart = start;
  packet.sourcePort = u16be(bytes, start);
  packet.destinationPort = u16be(bytes, start + 2);
  const length = u16be(bytes, start + 4);
  if (start + length > layer.wireEnd && layer.isFirstFragment) {
    layer.wireEnd = start + length;
  } else if (start + length > layer.wireEnd) {
    layer.report(
      'warning',
      'udp-length',
      `The UDP length is ${length}, but the datagram has only ${layer.wireEnd - start} bytes for it.`,
    );
  } else if (length >= 8) {
    layer.cutAt(start + length);
  } else if (length > 0 || layer.wireEnd - start <= 0xffff) {
    // 0 is right for jumbograms alone (RFC 2675, section 4).
    layer.report('warning', 'udp-length', `The UDP length is ${length}; 8 is the least.`);
  }
  layer.start = start + 8;
  return true;
}

/** TCP (RFC 9293, section 3.1). */
export function decodeTcp(layer: Layer, packet: PacketView): boolean {
  if (!layer.hasHeader(20, 'tcp-truncated')) return false;
  const { bytes, start } = layer;
  packet.transportStart = start;
  packet.sourcePort = u16be(bytes, start);
  packet.destinationPort = u16be(bytes, start + 2);
  packet.tcpSequence = u32be(bytes, start + 4);
  packet.tcpAcknowledgment = u32be(bytes, start + 8);
  packet.tcpFlags = bytes[start + 13];
  packet.tcpWindow = u16be(bytes, start + 14);
  const headerLength = (bytes[start + 12] >> 4) * 4;
  if (headerLength < 20 || start + headerLength > layer.wireEnd) {
    layer.report('warning', 'tcp-header-length', `The TCP header claims ${headerLength} bytes.`);
    return false;
  }
  layer.start = start + headerLength;
  return true;
}

/** SCTP common header (RFC 9260, section 3.1); the chunks are the payload. */
export function decodeSctp(layer: Layer, packet: PacketView): boolean {
  if (!layer.hasHeader(12, 'sctp-truncated')) return false;
  packet.transportStart = layer.start;
  packet.sourcePort = u16be(layer.bytes, layer.start);
  packet.destinationPort = u16be(layer.bytes, layer.start + 2);
  layer.start += 12;
  return true;
}
