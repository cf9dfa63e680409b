import { u32be } from '../../bytes/integers';

/** How RTP is cut out of a byte stream. */
export interface RtpFraming {
  /** Bytes before each packet. */
  readonly headerLength: number;
  /** Length of the packet behind the header at `at`; -1 when no header can be there. */
  packetLength(bytes: Uint8Array, at: number): number;
}

/** Two bytes of length (RFC 4571, section 2). */
export const lengthFraming: RtpFraming = {
  headerLength: 2,
  packetLength: (bytes, at) => (bytes[at] << 8) | bytes[at + 1],
};

/** `$`, a channel and two bytes of length (RFC 2326, section 10.12); channels of media are the first few. */
export const dollarFraming: RtpFraming = {
  headerLength: 4,
  packetLength: (bytes, at) => (bytes[at] === 0x24 && bytes[at + 1] < 32 ? (bytes[at + 2] << 8) | bytes[at + 3] : -1),
};

const minPacket = 8;
const rtpHeader = 12;
/** Sources that are watched at a time. */
const maxSources = 8;

/**
 * Do `bytes[start..end)` begin with framed RTP? It takes two packets of one SSRC with numbers in sequence; what lies
 * between them must be framed RTP or RTCP as well.
 */
export function probeFramedRtp(
  bytes: Uint8Array,
  start: number,
  end: number,
  { headerLength, packetLength }: RtpFraming,
): 'yes' | 'no' | 'more' {
  const ssrcs: number[] = [];
  const sequences: number[] = [];
  let at = start;
  while (at + headerLength <= end) {
    const length = packetLength(bytes, at);
    const packet = at + headerLength;
    if (length < minPacket) return 'no';
    if (packet + rtpHeader > end) return packet < end && bytes[packet] >>> 6 !== 2 ? 'no' : 'more';
    if (!isRtcpOrRtp(bytes, packet, packet + length)) return 'no';
    const isRtcp = bytes[packet + 1] >= 192 && bytes[packet + 1] <= 223;
    if (!isRtcp) {
      const ssrc = u32be(bytes, packet + 8);
      const sequence = (bytes[packet + 2] << 8) | bytes[packet + 3];
      const known = ssrcs.indexOf(ssrc);
      if (known >= 0) return ((sequence - sequences[known]) & 0xffff) === 1 ? 'yes' : 'no';
      if (ssrcs.length === maxSources) return 'no';
      ssrcs.push(ssrc);
      sequences.push(sequence);
    }
    at = packet + length;
  }
  return 'more';
}

/** Whether a packet of `end - start` bytes at `start` has a header that can be RTP's or RTCP's; its first 12 bytes are there. */
function isRtcpOrRtp(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] >>> 6 !== 2) return false;
  const isRtcp = bytes[start + 1] >= 192 && bytes[start + 1] <= 223;
  return isRtcp || end - start >= rtpHeader + 4 * (bytes[start] & 0x0f);
}
