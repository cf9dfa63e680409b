import { u16be } from '../bytes/integers';
import { LinkType } from '../capture/link-types';
import type { FragmentTable } from '../net/fragments';
import { EtherType, LINK_TYPE_BASE, type Layer } from '../net/layer';
import { IpProtocol, type PacketView } from '../net/packet';
import { decodeGre } from './gre';
import { decodeHep } from './hep';
import { decodeL2tpIp, decodeL2tpUdp } from './l2tp';
import {
  decodeCapwap,
  decodeGeneve,
  decodeGtpU,
  decodeMplsUdp,
  decodeTeredo,
  decodeTzsp,
  decodeVxlan,
  decodeVxlanGpe,
} from './udp-tunnels';

/** First byte from which on a UDP payload is no tunnel of ours: RTP and RTCP have 128 to 191 (RFC 7983). */
const FIRST_MEDIA_BYTE = 0x80;

/**
 * Looks for a packet inside the payload of `packet`, which `layer` is. True when there is one: then the headers so
 * far are those of a tunnel, and `layer` is what it carries. Tunnels in UDP are known by their port and by their
 * header together, so that media on such a port stay media.
 */
export function openTunnel(layer: Layer, packet: PacketView, fragments: FragmentTable): boolean {
  if (layer.start >= layer.end) return false;
  switch (packet.protocol) {
    case IpProtocol.tcp:
    case IpProtocol.sctp:
      return false;
    case IpProtocol.udp:
      return layer.bytes[layer.start] < FIRST_MEDIA_BYTE && openUdpTunnel(layer, packet, fragments);
    case IpProtocol.ipv4:
      layer.etherType = EtherType.ipv4;
      return enter(layer, packet, 'IP in IP');
    case IpProtocol.ipv6:
      layer.etherType = EtherType.ipv6;
      return enter(layer, packet, 'IP in IP');
    case IpProtocol.gre:
      return decodeGre(layer) && enter(layer, packet, 'GRE');
    case IpProtocol.etherIp:
      return decodeEtherIp(layer) && enter(layer, packet, 'EtherIP');
    case IpProtocol.l2tp:
      return decodeL2tpIp(layer) && enter(layer, packet, 'L2TP');
    case IpProtocol.mpls:
      layer.etherType = EtherType.mpls;
      return enter(layer, packet, 'MPLS in IP');
    default:
      return false;
  }
}

/** The headers of the datagram become those of a tunnel, unless tunnels are nested too deep. */
function enter(layer: Layer, packet: PacketView, tunnel: string): boolean {
  if (!layer.descend()) return false;
  packet.enclose(tunnel);
  return true;
}

function openUdpTunnel(layer: Layer, packet: PacketView, fragments: FragmentTable): boolean {
  const { sourcePort, destinationPort } = packet;
  return (
    tryPort(destinationPort, layer, packet, fragments) ||
    (sourcePort !== destinationPort && tryPort(sourcePort, layer, packet, fragments))
  );
}

/** Registered ports, and those that Linux (8472) and probes (9060 to 9069) use. */
function tryPort(port: number, layer: Layer, packet: PacketView, fragments: FragmentTable): boolean {
  switch (port) {
    case 1701:
      return decodeL2tpUdp(layer) && enter(layer, packet, 'L2TP');
    case 2152:
      return decodeGtpU(layer) && enter(layer, packet, 'GTP-U');
    case 3544:
      return decodeTeredo(layer) && enter(layer, packet, 'Teredo');
    case 4789:
    case 8472:
      return decodeVxlan(layer) && enter(layer, packet, 'VXLAN');
    case 4790:
      return decodeVxlanGpe(layer) && enter(layer, packet, 'VXLAN');
    case 5247:
      return decodeCapwap(layer, packet, fragments) && enter(layer, packet, 'CAPWAP');
    case 6081:
      return decodeGeneve(layer) && enter(layer, packet, 'Geneve');
    case 6635:
      return decodeMplsUdp(layer) && enter(layer, packet, 'MPLS in UDP');
    case 9060:
    case 9061:
    case 9062:
    case 9063:
    case 9064:
    case 9065:
    case 9066:
    case 9067:
    case 9068:
    case 9069:
      return decodeHep(layer, packet);
    case 37008:
      return decodeTzsp(layer) && enter(layer, packet, 'TZSP');
    default:
      return false;
  }
}

/** EtherIP (RFC 3378): version 3, reserved bits, an Ethernet frame. */
function decodeEtherIp(layer: Layer): boolean {
  if (layer.start + 2 > layer.end || u16be(layer.bytes, layer.start) !== 0x3000) return false;
  layer.start += 2;
  layer.etherType = LINK_TYPE_BASE + LinkType.ethernet;
  return true;
}
