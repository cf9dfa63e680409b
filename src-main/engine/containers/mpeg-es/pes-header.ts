import { noTime } from './es-unit';

/** Stream ids of PES packets (ISO/IEC 13818-1, table 2-22). */
export const StreamId = {
  programEnd: 0xb9,
  pack: 0xba,
  systemHeader: 0xbb,
  programMap: 0xbc,
  private1: 0xbd,
  padding: 0xbe,
  private2: 0xbf,
  audioFirst: 0xc0,
  audioLast: 0xdf,
  videoFirst: 0xe0,
  videoLast: 0xef,
  ecm: 0xf0,
  emm: 0xf1,
  dsmcc: 0xf2,
  h2221TypeE: 0xf8,
  metadata: 0xfc,
  extended: 0xfd,
  directory: 0xff,
} as const;

/** Bytes behind the first six that are there at least: flags and the length of the header. */
const fixedBytes = 9;
/** Most that a header takes. */
export const maxPesHeaderBytes = fixedBytes + 255;

/** What the header of a PES packet says; one object is filled again and again. */
export class PesHeader {
  streamId = 0;
  /** PES_packet_length: bytes behind it; 0 when it is not said. */
  packetLength = 0;
  /** Bytes from the start code to the payload. */
  headerBytes = 0;
  /** 33 bits each; `noTime` when absent. A packet with a presentation time alone is decoded then. */
  pts = noTime;
  dts = noTime;
  isScrambled = false;

  /** Payload bytes that the packet has by its length; infinite when it does not say. */
  get payloadBytes(): number {
    return this.packetLength > 0 ? Math.max(0, this.packetLength + 6 - this.headerBytes) : Number.POSITIVE_INFINITY;
  }

  /** 1: read; 0: more bytes are needed; -1: it is none. */
  read(bytes: Uint8Array, at: number, end: number): -1 | 0 | 1 {
    const prefix = Math.min(3, end - at);
    for (let i = 0; i < prefix; i += 1) if (bytes[at + i] !== (i === 2 ? 1 : 0)) return -1;
    if (end - at < 6) return 0;
    this.streamId = bytes[at + 3];
    this.packetLength = (bytes[at + 4] << 8) | bytes[at + 5];
    this.headerBytes = 6;
    this.pts = noTime;
    this.dts = noTime;
    this.isScrambled = false;
    if (!hasFields(this.streamId)) return 1;
    if (end - at < fixedBytes) return 0;
    if (bytes[at + 6] >> 6 !== 2) return this.readMpeg1(bytes, at, end);
    const fields = fixedBytes + bytes[at + 8];
    if (end - at < fields) return 0;
    this.headerBytes = fields;
    this.isScrambled = (bytes[at + 6] & 0x30) !== 0;
    const flags = bytes[at + 7] >> 6;
    if (flags >= 2 && bytes[at + 8] >= 5) {
      this.pts = timestamp(bytes, at + 9);
      this.dts = flags === 3 && bytes[at + 8] >= 10 ? timestamp(bytes, at + 14) : this.pts;
    }
    return 1;
  }

  /** Packet header of ISO/IEC 11172-1, 2.4.3.3: stuffing, buffer size, then the times. */
  private readMpeg1(bytes: Uint8Array, start: number, end: number): -1 | 0 | 1 {
    let at = start + 6;
    for (let i = 0; i < 16 && at < end && bytes[at] === 0xff; i += 1) at += 1;
    if (at + 12 > end && at + 12 < start + 6 + this.packetLength) return 0;
    if (bytes[at] >> 6 === 1) at += 2;
    const kind = bytes[at] >> 4;
    if (kind === 2 || kind === 3) {
      this.pts = timestamp(bytes, at);
      this.dts = kind === 3 ? timestamp(bytes, at + 5) : this.pts;
      at += kind === 3 ? 10 : 5;
    } else if (bytes[at] === 0x0f) at += 1;
    else return -1;
    if (at > end) return -1;
    this.headerBytes = at - start;
    return 1;
  }
}

/** Whether flags and times stand behind the length (ISO/IEC 13818-1, 2.4.3.6). */
function hasFields(streamId: number): boolean {
  switch (streamId) {
    case StreamId.programMap:
    case StreamId.padding:
    case StreamId.private2:
    case StreamId.ecm:
    case StreamId.emm:
    case StreamId.dsmcc:
    case StreamId.h2221TypeE:
    case StreamId.directory:
      return false;
    default:
      return true;
  }
}

/** 33 bits in five bytes with marker bits between them (2.4.3.7). */
function timestamp(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] >> 1) & 7) * 2 ** 30 +
    ((bytes[at + 1] << 22) | ((bytes[at + 2] >> 1) << 15) | (bytes[at + 3] << 7) | (bytes[at + 4] >> 1))
  );
}
