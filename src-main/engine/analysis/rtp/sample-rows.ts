import type { Frame } from '../../capture/frame';
import type { RtpSample } from './rtp-sample';

/** A row has 32 bytes: the time as a double, then six 32-bit words. */
const rowDoubles = 4;
const rowWords = 8;
const frameAt = 2;
/** Sequence number, payload type from bit 16 on, marker: as in the packet; then the flags below. */
const headAt = 3;
const timestampAt = 4;
const ipBytesAt = 5;
const payloadBytesAt = 6;
const payloadWordAt = 7;
const markerBit = 1 << 23;
const truncatedBit = 1 << 24;
/** The payload has less than four bytes. */
const shortBit = 1 << 25;

/**
 * Samples in a fixed number of rows, so that many of one stream are counted in one go: the loops of the statistics
 * read them without an object a packet and keep what they count in registers.
 */
export class SampleRows {
  private readonly doubles: Float64Array;
  private readonly words: Uint32Array;

  constructor(rows: number) {
    this.doubles = new Float64Array(rows * rowDoubles);
    this.words = new Uint32Array(this.doubles.buffer);
  }

  write(row: number, sample: RtpSample): void {
    const { words } = this;
    const at = row * rowWords;
    this.doubles[row * rowDoubles] = sample.timeNs;
    words[at + frameAt] = sample.frame;
    words[at + headAt] =
      sample.sequence |
      (sample.payloadType << 16) |
      (sample.marker ? markerBit : 0) |
      (sample.isTruncated ? truncatedBit : 0) |
      (sample.payloadWord < 0 ? shortBit : 0);
    words[at + timestampAt] = sample.timestamp;
    words[at + ipBytesAt] = sample.ipBytes;
    words[at + payloadBytesAt] = sample.payloadBytes;
    words[at + payloadWordAt] = sample.payloadWord;
  }

  /** Takes the row from an RTP header of 12 bytes at `at`, behind which a payload of four bytes at least is all there. */
  writeHeader(row: number, view: DataView, at: number, frame: Frame, ipBytes: number, payloadBytes: number): void {
    const { words } = this;
    const to = row * rowWords;
    const head = view.getInt32(at);
    this.doubles[row * rowDoubles] = frame.timeNs;
    words[to + frameAt] = frame.number;
    words[to + headAt] = head & 0xff_ffff;
    words[to + timestampAt] = view.getInt32(at + 4);
    words[to + ipBytesAt] = ipBytes;
    words[to + payloadBytesAt] = payloadBytes;
    words[to + payloadWordAt] = view.getInt32(at + 12);
  }

  read(row: number, sample: RtpSample): void {
    sample.timeNs = this.timeNs(row);
    sample.frame = this.frame(row);
    sample.sequence = this.sequence(row);
    sample.payloadType = this.payloadType(row);
    sample.marker = this.marker(row);
    sample.isTruncated = this.isTruncated(row);
    sample.timestamp = this.timestamp(row);
    sample.ipBytes = this.ipBytes(row);
    sample.payloadBytes = this.payloadBytes(row);
    sample.payloadWord = this.head(row) & shortBit ? -1 : this.words[row * rowWords + payloadWordAt];
  }

  timeNs(row: number): number {
    return this.doubles[row * rowDoubles];
  }

  frame(row: number): number {
    return this.words[row * rowWords + frameAt];
  }

  sequence(row: number): number {
    return this.head(row) & 0xffff;
  }

  payloadType(row: number): number {
    return (this.head(row) >>> 16) & 0x7f;
  }

  marker(row: number): boolean {
    return (this.head(row) & markerBit) !== 0;
  }

  isTruncated(row: number): boolean {
    return (this.head(row) & truncatedBit) !== 0;
  }

  timestamp(row: number): number {
    return this.words[row * rowWords + timestampAt];
  }

  ipBytes(row: number): number {
    return this.words[row * rowWords + ipBytesAt];
  }

  payloadBytes(row: number): number {
    return this.words[row * rowWords + payloadBytesAt];
  }

  private head(row: number): number {
    return this.words[row * rowWords + headAt];
  }
}
