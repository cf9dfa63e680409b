import type { PacketView } from '../../net/packet';
import { type RtpHeader, readTelephoneEvent } from '../../protocols/rtp';

const udpHeaderLength = 8;

/** What the statistics want to know of one packet. Instances are reused. */
export class RtpSample {
  frame = 0;
  timeNs = 0;
  sequence = 0;
  timestamp = 0;
  payloadType = 0;
  marker = false;
  /** IP packet, headers included, as sent. */
  ipBytes = 0;
  /** Payload as sent, padding removed. */
  payloadBytes = 0;
  /** The capture did not keep all of the payload. */
  isTruncated = false;
  /** First four payload bytes as one number; -1 when there are fewer. */
  payloadWord = -1;

  take(header: RtpHeader, packet: PacketView, frame: number, timeNs: number, isIpv6: boolean): void {
    this.frame = frame;
    this.timeNs = timeNs;
    this.sequence = header.sequence;
    this.timestamp = header.timestamp;
    this.payloadType = header.payloadType;
    this.marker = header.marker;
    this.ipBytes = ipBytesOf(packet, isIpv6);
    this.payloadBytes = header.payloadEnd - header.payloadStart + packet.payloadMissing;
    this.isTruncated = packet.payloadMissing > 0;
    this.payloadWord = readTelephoneEvent(packet.bytes, header.payloadStart, header.payloadEnd);
  }

  copy(other: RtpSample): void {
    this.frame = other.frame;
    this.timeNs = other.timeNs;
    this.sequence = other.sequence;
    this.timestamp = other.timestamp;
    this.payloadType = other.payloadType;
    this.marker = other.marker;
    this.ipBytes = other.ipBytes;
    this.payloadBytes = other.payloadBytes;
    this.isTruncated = other.isTruncated;
    this.payloadWord = other.payloadWord;
  }
}

/** Options and extension headers lie between the addresses and the payload; a reassembled datagram counts once. */
function ipBytesOf(packet: PacketView, isIpv6: boolean): number {
  const payload = packet.payloadEnd - packet.payloadStart + packet.payloadMissing;
  const least = payload + udpHeaderLength + (isIpv6 ? 40 : 20);
  if (packet.isReassembled || packet.ipVersion === 0) return least;
  const headerStart = packet.source - (isIpv6 ? 8 : 12);
  return Math.max(least, packet.payloadEnd + packet.payloadMissing - headerStart);
}
