import type { DiagnosticSink } from '#shared/model/diagnostic';
import { type Frame, NOT_A_PACKET } from '../capture/frame';
import { linkTypeName } from '../capture/link-types';
import { EtherType, Layer, UNKNOWN_PAYLOAD } from '../net/layer';
import { FragmentTable } from '../net/fragments';
import { decodeIpv4 } from '../net/ipv4';
import { decodeIpv6, skipAuthentication } from '../net/ipv6';
import { IpProtocol, type PacketView } from '../net/packet';
import { decodeSctp, decodeTcp, decodeUdp } from '../net/transport';
import { type LinkDecoder, linkDecoder } from './link-decoders';
import { unwrapTags } from './tags';

/** Turns frames into packets: link layer, IP with its fragments, transport header. */
export class PacketDecoder {
  private readonly layer: Layer;
  private readonly fragments: FragmentTable;
  private linkType = NOT_A_PACKET;
  private decodeLink: LinkDecoder | null = null;
  private readonly unknownLinkTypes = new Set<number>();

  constructor(private readonly sink: DiagnosticSink) {
    this.layer = new Layer(sink);
    this.fragments = new FragmentTable(sink);
  }

  /** Fills `packet` from `frame`; both may be reused. Never throws, allocates only for fragments and faults. */
  decode(frame: Frame, packet: PacketView): void {
    packet.reset(frame.bytes);
    if (frame.linkType !== this.linkType) this.selectLink(frame.linkType);
    if (this.decodeLink === null) {
      this.reportLinkType(frame);
      return;
    }
    const layer = this.layer;
    layer.bytes = frame.bytes;
    layer.start = frame.start;
    layer.end = frame.end;
    layer.wireEnd = frame.start + frame.wireLength;
    layer.etherType = UNKNOWN_PAYLOAD;
    layer.isFirstFragment = false;
    layer.frame = frame.number;
    layer.timeNs = frame.timeNs;
    if (layer.wireEnd > layer.end) {
      layer.report('note', 'frame-cut-short', 'The capture kept only the beginning of this frame (snap length).');
    }
    this.decodeLink(layer, packet);
    unwrapTags(layer);
    this.decodeNetwork(layer, packet);
  }

  /** The capture is over: reports datagrams whose fragments never came together. */
  finish(): void {
    this.fragments.finish();
  }

  private decodeNetwork(layer: Layer, packet: PacketView): void {
    let hasPayload: boolean;
    if (layer.etherType === EtherType.ipv4) hasPayload = decodeIpv4(layer, packet, this.fragments);
    else if (layer.etherType === EtherType.ipv6) hasPayload = decodeIpv6(layer, packet, this.fragments);
    else return;
    if (packet.ipVersion === 0) return;
    packet.payloadStart = layer.end;
    packet.payloadEnd = layer.end;
    if (!hasPayload || !this.decodeTransport(layer, packet)) return;
    // A header that the capture cut off can end behind the captured bytes.
    packet.payloadStart = Math.min(layer.start, layer.end);
    packet.payloadEnd = layer.end;
    packet.payloadMissing = layer.wireEnd - Math.max(layer.start, layer.end);
  }

  /** True when `layer` has become the payload. */
  private decodeTransport(layer: Layer, packet: PacketView): boolean {
    if (packet.protocol === IpProtocol.authentication && !skipAuthentication(layer, packet)) return false;
    switch (packet.protocol) {
      case IpProtocol.udp:
        return decodeUdp(layer, packet);
      case IpProtocol.tcp:
        return decodeTcp(layer, packet);
      case IpProtocol.sctp:
        return decodeSctp(layer, packet);
      default:
        // Whole messages of other protocols; ICMP errors quote packets, which are not packets of this frame.
        return true;
    }
  }

  private selectLink(linkType: number): void {
    this.linkType = linkType;
    this.decodeLink = linkDecoder(linkType);
  }

  private reportLinkType(frame: Frame): void {
    if (frame.linkType === NOT_A_PACKET || this.unknownLinkTypes.has(frame.linkType)) return;
    this.unknownLinkTypes.add(frame.linkType);
    this.sink.report(
      'warning',
      'link-type-unsupported',
      frame.number,
      `Frames of link type ${linkTypeName(frame.linkType)} cannot be decoded.`,
    );
  }
}
