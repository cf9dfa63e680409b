import type { DiagnosticSink } from '#shared/model/diagnostic';
import { type Frame, NOT_A_PACKET } from '../capture/frame';
import { EtherType, Layer, UNKNOWN_PAYLOAD } from '../net/layer';
import { FragmentTable } from '../net/fragments';
import { decodeIpv4 } from '../net/ipv4';
import { decodeIpv6, skipAuthentication } from '../net/ipv6';
import { IpProtocol, type PacketView } from '../net/packet';
import type { WlanSecurity } from '../net/wlan-security';
import { decodeSctp, decodeTcp, decodeUdp } from '../net/transport';
import { type LinkDecoder, linkDecoder } from './link-decoders';
import { decodeSubframe } from './ieee80211';
import { openTunnel } from './tunnels';
import { unsupportedLinkType } from './unsupported';
import { unwrap } from './unwrap';

/**
 * Turns frames into packets: link layer, encapsulations in any order, IP with its fragments, transport header.
 * What a packet is said to be are its innermost headers; those of tunnels are in `PacketView.outers`.
 */
export class PacketDecoder {
  private readonly layer: Layer;
  private readonly fragments: FragmentTable;
  private linkType = NOT_A_PACKET;
  private decodeLink: LinkDecoder | null = null;
  private readonly unknownLinkTypes = new Set<number>();

  /** `security` opens protected 802.11 frames; without it they stay closed. */
  constructor(
    private readonly sink: DiagnosticSink,
    security: WlanSecurity | null = null,
  ) {
    this.layer = new Layer(sink, security);
    this.fragments = new FragmentTable(sink);
  }

  /**
   * Fills `packet` from `frame`; both may be reused. Never throws, allocates only for fragments and faults. A frame
   * may hold several packets: `decodeNext` gives the others.
   */
  decode(frame: Frame, packet: PacketView): void {
    packet.reset(frame.bytes);
    if (frame.linkType !== this.linkType) this.selectLink(frame.linkType);
    const layer = this.layer;
    layer.furtherStart = -1;
    if (this.decodeLink === null) {
      this.reportLinkType(frame);
      return;
    }
    layer.bytes = frame.bytes;
    layer.start = frame.start;
    layer.end = frame.end;
    layer.wireEnd = frame.start + frame.wireLength;
    layer.etherType = UNKNOWN_PAYLOAD;
    layer.isFirstFragment = false;
    layer.depth = 0;
    layer.frame = frame.number;
    layer.timeNs = frame.timeNs;
    if (layer.wireEnd > layer.end) {
      layer.report('note', 'frame-cut-short', 'The capture kept only the beginning of this frame (snap length).');
    }
    this.decodeLink(layer, packet);
    this.decodeInside(layer, packet);
  }

  /** The frame decoded last has another packet in it (A-MSDU). */
  get hasNext(): boolean {
    return this.layer.furtherStart >= 0;
  }

  /** Fills `packet` with the next packet of the same frame; call it only when `hasNext`. */
  decodeNext(packet: PacketView): void {
    const layer = this.layer;
    const ordinal = packet.ordinal + 1;
    const { isDecrypted, wlanPlain } = packet;
    packet.reset(layer.furtherBytes);
    packet.ordinal = ordinal;
    packet.isDecrypted = isDecrypted;
    packet.wlanPlain = wlanPlain;
    layer.bytes = layer.furtherBytes;
    layer.start = layer.furtherStart;
    layer.end = layer.furtherEnd;
    layer.wireEnd = layer.furtherWireEnd;
    layer.isFirstFragment = false;
    layer.depth = 0;
    decodeSubframe(layer);
    this.decodeInside(layer, packet);
  }

  /** The capture is over: reports datagrams whose fragments never came together. */
  finish(): void {
    this.fragments.finish();
  }

  private decodeInside(layer: Layer, packet: PacketView): void {
    do {
      if (layer.etherType !== EtherType.ipv4) unwrap(layer, packet);
    } while (this.decodeNetwork(layer, packet));
    if (packet.ipVersion === 0 && packet.outerCount > 0) packet.fallBack();
  }

  /** True when the datagram is a tunnel's: then `layer` is what it carries. */
  private decodeNetwork(layer: Layer, packet: PacketView): boolean {
    let hasPayload: boolean;
    if (layer.etherType === EtherType.ipv4) hasPayload = decodeIpv4(layer, packet, this.fragments);
    else if (layer.etherType === EtherType.ipv6) hasPayload = decodeIpv6(layer, packet, this.fragments);
    else return false;
    if (packet.ipVersion === 0) return false;
    packet.payloadStart = layer.end;
    packet.payloadEnd = layer.end;
    packet.payloadMissing = 0;
    if (!hasPayload || !this.decodeTransport(layer, packet)) return false;
    // A header that the capture cut off can end behind the captured bytes.
    packet.payloadStart = Math.min(layer.start, layer.end);
    packet.payloadEnd = layer.end;
    packet.payloadMissing = layer.wireEnd - Math.max(layer.start, layer.end);
    return openTunnel(layer, packet, this.fragments);
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
    this.sink.report('warning', 'link-type-unsupported', frame.number, unsupportedLinkType(frame.linkType));
  }
}
