import type { Endpoint } from '../../net/endpoint';
import type { PacketView } from '../../net/packet';
import type { MediaAnnouncement } from '../../protocols/rtp';
import { parseRtpHeader, type RtpHeader } from '../../protocols/rtp';
import { RtcpKind, recognizeRtcp } from '../../protocols/rtcp';
import { type AnnouncementBook, endpointKey, findPayload, flowKey } from './announcements';
import { CandidateList } from './candidates';
import type { RtcpLog } from './rtcp-log';
import type { RtpStream, StreamContext } from './rtp-stream';

/** One direction between two endpoints that has carried something shaped like RTP or RTCP. */
export class RtpFlow implements StreamContext {
  readonly isIpv6: boolean;
  readonly destinationKey: string;
  readonly sourceKey: string;
  received: readonly MediaAnnouncement[] = [];
  sent: readonly MediaAnnouncement[] = [];
  readonly streams: RtpStream[] = [];
  readonly candidates = new CandidateList();
  rtcp: RtcpLog | null = null;
  /** Stream of the last packet. */
  private last: RtpStream | null = null;

  constructor(
    readonly flow: number,
    readonly source: Endpoint,
    readonly destination: Endpoint,
    book: AnnouncementBook,
  ) {
    this.isIpv6 = destination.address.includes(':');
    this.destinationKey = endpointKey(destination.address, destination.port);
    this.sourceKey = endpointKey(source.address, source.port);
    this.refresh(book);
  }

  get isAnnounced(): boolean {
    return this.received.length > 0 || this.sent.length > 0;
  }

  /** Some announcement for either end names the payload type. */
  announces(payloadType: number): boolean {
    return (
      this.received.some((a) => findPayload(a, payloadType) !== null) ||
      this.sent.some((a) => findPayload(a, payloadType) !== null)
    );
  }

  refresh(book: AnnouncementBook): void {
    const own = book.history(flowKey(this.flow));
    this.received = own.length > 0 ? own : book.history(this.destinationKey);
    this.sent = own.length > 0 ? [] : book.history(this.sourceKey);
  }

  streamOf(ssrc: number): RtpStream | null {
    if (this.last?.ssrc === ssrc) return this.last;
    for (const stream of this.streams) {
      if (stream.ssrc === ssrc) {
        this.last = stream;
        return stream;
      }
    }
    return null;
  }
}

/** Payload types that RTCP's packet types would collide with (RFC 5761, section 4). */
export function isReservedForRtcp(payloadType: number): boolean {
  return payloadType >= 64 && payloadType <= 95;
}

/** Parses the payload of a datagram as RTP; false when it is none or is RTCP. */
export function parseMedia(packet: PacketView, header: RtpHeader): boolean {
  const { bytes, payloadStart, payloadEnd, payloadMissing } = packet;
  return (
    parseRtpHeader(bytes, payloadStart, payloadEnd, payloadMissing, header) &&
    (!header.marker ||
      !isReservedForRtcp(header.payloadType) ||
      recognizeRtcp(bytes, payloadStart, payloadEnd, payloadMissing) === RtcpKind.none)
  );
}
