/** RTCP packet types (RFC 3550, section 12.1; RFC 4585; RFC 3611). */
export const RtcpType = { sr: 200, rr: 201, sdes: 202, bye: 203, app: 204, rtpfb: 205, psfb: 206, xr: 207 } as const;

/** What a datagram that may share its port with RTP is. */
export const RtcpKind = {
  none: 0,
  /** A compound packet that ends exactly with its datagram. */
  compound: 1,
  /** A single packet that is neither a sender nor a receiver report (RFC 5506). */
  reducedSize: 2,
  /** The first header is clear and a report, the rest does not add up: encrypted (RFC 3711, section 3.4). */
  encrypted: 3,
} as const;
export type RtcpKind = (typeof RtcpKind)[keyof typeof RtcpKind];

/** Bytes that SRTCP appends at least: E flag and index; the authentication tag may be empty. */
const srtcpTrailer = 4;

/** The second byte of the datagram says RTCP where RTP and RTCP share a port (RFC 5761, section 4). */
export function hasRtcpPacketType(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 4 && bytes[start] >> 6 === 2 && bytes[start + 1] >= 192 && bytes[start + 1] <= 223;
}

/**
 * Tells what `bytes[start..end)` is by the checks of RFC 3550, appendix A.2: version 2 and a known type in every
 * packet, padding in the last alone, lengths that end with the datagram (`missing` bytes of it not captured).
 */
export function recognizeRtcp(bytes: Uint8Array, start: number, end: number, missing: number): RtcpKind {
  if (end - start < 8 || !hasRtcpPacketType(bytes, start, end)) return RtcpKind.none;
  const firstType = bytes[start + 1];
  const isReport = firstType === RtcpType.sr || firstType === RtcpType.rr;
  if (!isReport && (firstType < RtcpType.sr || firstType > RtcpType.xr)) return RtcpKind.none;
  const wireEnd = end + missing;
  let position = start;
  while (position + 4 <= end) {
    const type = bytes[position + 1];
    if (bytes[position] >> 6 !== 2 || type < 192 || type > 223) break;
    const next = position + 4 * (((bytes[position + 2] << 8) | bytes[position + 3]) + 1);
    if (next > wireEnd || (next < wireEnd && (bytes[position] & 0x20) !== 0)) break;
    position = next;
  }
  const isWhole = position === wireEnd || (missing > 0 && position > end - 4 && position > start);
  if (isWhole) return isReport ? RtcpKind.compound : RtcpKind.reducedSize;
  const firstEnd = start + 4 * (((bytes[start + 2] << 8) | bytes[start + 3]) + 1);
  const needed = firstType === RtcpType.sr ? 28 : 8;
  return isReport && firstEnd - start >= needed && firstEnd + srtcpTrailer <= wireEnd
    ? RtcpKind.encrypted
    : RtcpKind.none;
}

/** Receives what a compound packet says. */
export interface RtcpVisitor {
  /** RFC 3550, section 6.4.1: wallclock as NTP seconds and fraction, and the same instant in RTP timestamp units. */
  senderReport(
    ssrc: number,
    ntpSeconds: number,
    ntpFraction: number,
    rtpTimestamp: number,
    packets: number,
    octets: number,
  ): void;
  /**
   * What `reporter` says of the stream `ssrc`: fraction lost in 1/256, cumulative number lost (signed 24 bit),
   * interarrival jitter in timestamp units.
   */
  reportBlock(reporter: number, ssrc: number, fractionLost: number, cumulativeLost: number, jitter: number): void;
  /** Canonical name as `bytes[start..end)`. */
  cname(ssrc: number, bytes: Uint8Array, start: number, end: number): void;
  bye(ssrc: number): void;
}

/** Walks the packets of an RTCP datagram; stops where they stop making sense. */
export function visitRtcp(bytes: Uint8Array, start: number, end: number, visitor: RtcpVisitor): void {
  let position = start;
  while (position + 4 <= end && bytes[position] >> 6 === 2) {
    const count = bytes[position] & 0x1f;
    const type = bytes[position + 1];
    const next = position + 4 * (((bytes[position + 2] << 8) | bytes[position + 3]) + 1);
    const packetEnd = Math.min(next, end);
    if (type === RtcpType.sr || type === RtcpType.rr) visitReport(bytes, position, packetEnd, type, count, visitor);
    else if (type === RtcpType.sdes) visitSdes(bytes, position + 4, packetEnd, count, visitor);
    else if (type === RtcpType.bye) {
      for (let i = 0; i < count && position + 8 + 4 * i <= packetEnd; i += 1) {
        visitor.bye(uint32(bytes, position + 4 + 4 * i));
      }
    }
    position = next;
  }
}

function visitReport(
  bytes: Uint8Array,
  start: number,
  end: number,
  type: number,
  count: number,
  visitor: RtcpVisitor,
): void {
  if (start + 8 > end) return;
  const reporter = uint32(bytes, start + 4);
  let position = start + 8;
  if (type === RtcpType.sr) {
    if (start + 28 > end) return;
    visitor.senderReport(
      reporter,
      uint32(bytes, start + 8),
      uint32(bytes, start + 12),
      uint32(bytes, start + 16),
      uint32(bytes, start + 20),
      uint32(bytes, start + 24),
    );
    position = start + 28;
  }
  for (let i = 0; i < count && position + 24 <= end; i += 1, position += 24) {
    const lost = (uint32(bytes, position + 4) << 8) >> 8;
    visitor.reportBlock(reporter, uint32(bytes, position), bytes[position + 4], lost, uint32(bytes, position + 12));
  }
}

/** Chunks of items, each chunk ended by zeros up to a multiple of four (RFC 3550, section 6.5). */
function visitSdes(bytes: Uint8Array, start: number, end: number, count: number, visitor: RtcpVisitor): void {
  let position = start;
  for (let i = 0; i < count && position + 4 <= end; i += 1) {
    const ssrc = uint32(bytes, position);
    let item = position + 4;
    while (item + 2 <= end && bytes[item] !== 0) {
      const itemEnd = item + 2 + bytes[item + 1];
      if (itemEnd > end) return;
      if (bytes[item] === 1) visitor.cname(ssrc, bytes, item + 2, itemEnd);
      item = itemEnd;
    }
    position = item + 1 + ((4 - ((item + 1 - start) & 3)) & 3);
  }
}

function uint32(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0;
}
