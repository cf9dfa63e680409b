import { BitReader } from '../../bytes/bit-reader';
import { H264Type } from '../../codecs/picture/h264-parameter-sets';
import { H265Type } from '../../codecs/picture/h265-parameter-sets';
import { rbspOf, seiMessages } from '../../codecs/picture/nal-units';
import type { EsQueue } from './es-queue';
import type { EsSplitter } from './es-unit';

/** Bytes behind a start code that deciding about it may take. */
const lookAhead = 8;
const recoveryPoint = 6;
const maxSeiBytes = 1024;

/** Splits a stream of start codes into access units: where one begins that no unit with a picture can contain. */
abstract class StartCodeSplitter implements EsSplitter {
  /** The unit that is open has picture data. */
  protected hasPicture = false;
  protected isKey = false;
  /** A zero before a start code belongs to what follows (Rec. ITU-T H.264, B.1.1), not to what came before. */
  protected readonly hasZeroByte: boolean = false;
  /** Everything before was looked at. */
  private scanned = 0;

  constructor(protected readonly queue: EsQueue) {}

  scan(isEnd: boolean): void {
    const { queue } = this;
    let start = 0;
    for (;;) {
      const gap = queue.gapFrom(start + 1);
      const limit = gap?.isTailWhole ? gap.at : queue.length;
      const at = startCode(queue.bytes, this.scanned, limit);
      const isKnown = at >= 0 && (at + 4 + lookAhead <= queue.length || isEnd);
      if (isKnown) {
        start = this.meet(start, at);
        this.scanned = at + 3;
      } else if (gap?.isTailWhole && (at < 0 || at + 4 + lookAhead > gap.at)) {
        // What came before the gap is whole: what follows is another unit.
        start = this.close(start, gap.at);
        this.scanned = gap.at;
      } else {
        // A start code may have begun with the last bytes.
        this.scanned = at >= 0 ? at : Math.max(this.scanned, start, queue.length - 3);
        break;
      }
    }
    const isTooLong = queue.isFull;
    if (isEnd || isTooLong) {
      start = this.close(start, queue.length, isTooLong && !isEnd);
      if (isTooLong && !isEnd) queue.gap(0, false);
    }
    this.scanned = Math.max(0, this.scanned - start);
    queue.drop(start);
  }

  /** Can the code at `at` stand only before the picture of its unit? */
  protected abstract begins(at: number): boolean;
  /** Is the code at `at` the very first of a unit, wherever it stands? */
  protected isDelimiter(_at: number): boolean {
    return false;
  }
  /** The code belongs to the unit that is open. */
  protected abstract note(at: number): void;
  /** A unit ends; its bytes are still there. */
  protected settle(_end: number): void {}
  protected begin(): void {
    this.hasPicture = false;
    this.isKey = false;
  }

  /** A unit whose beginning is lost may have lost the sign of its picture too. */
  private endsHeadless(start: number, edge: number, at: number): boolean {
    const gap = this.queue.gapFrom(start);
    if (gap?.at !== start || gap.isHeadWhole) return false;
    return this.queue.hasMarkAt(edge) || this.isDelimiter(at);
  }

  /** Answers where the unit that is open begins. */
  private meet(start: number, at: number): number {
    const { queue } = this;
    const gap = queue.gapFrom(Math.max(0, at - 1));
    // Nothing is joined across a gap.
    if (gap && gap.at > at && gap.at <= at + 3) return start;
    const isAfterZero = this.hasZeroByte && at > start && queue.bytes[at - 1] === 0 && gap?.at !== at;
    const edge = isAfterZero ? at - 1 : at;
    let from = start;
    if (this.begins(at)) {
      const isAtGap = gap?.at === edge;
      if (isAtGap && queue.hasMarkAt(edge)) gap.isHeadWhole = true;
      const isOther = this.hasPicture || (isAtGap && gap.isHeadWhole) || this.endsHeadless(start, edge, at);
      if (edge > start && isOther) from = this.close(start, edge);
    }
    this.note(at);
    return from;
  }

  private close(start: number, end: number, isCut = false): number {
    this.settle(end);
    this.queue.take(start, end, this.isKey, isCut);
    this.begin();
    return end;
  }
}

/** Rec. ITU-T H.264, 7.4.1.2.3. */
export class H264Splitter extends StartCodeSplitter {
  protected override readonly hasZeroByte = true;
  private hasParameters = false;
  private seiStart = -1;
  private seiEnd = -1;
  private lastMb = 0;

  protected override begin(): void {
    super.begin();
    this.hasParameters = false;
    this.seiStart = -1;
    this.seiEnd = -1;
    this.lastMb = -1;
  }

  protected override begins(at: number): boolean {
    const { bytes } = this.queue;
    const type = bytes[at + 3] & 0x1f;
    if (isSlice(type)) return !this.hasPicture || this.firstMb(at) <= this.lastMb;
    return (type >= H264Type.sei && type <= H264Type.delimiter) || (type >= 14 && type <= 18);
  }

  protected override isDelimiter(at: number): boolean {
    return (this.queue.bytes[at + 3] & 0x1f) === H264Type.delimiter;
  }

  protected override note(at: number): void {
    const { bytes } = this.queue;
    const type = bytes[at + 3] & 0x1f;
    if (this.seiStart >= 0 && this.seiEnd < 0) this.seiEnd = at;
    if (type === H264Type.sps) this.hasParameters = true;
    else if (type === H264Type.sei && this.seiStart < 0) this.seiStart = at + 3;
    if (!isSlice(type)) return;
    if (type === H264Type.idr) this.isKey = true;
    else if (!this.hasPicture && type === H264Type.slice && this.hasParameters) this.isKey = this.isIntraSlice(at);
    this.lastMb = this.firstMb(at);
    this.hasPicture = true;
  }

  /** Decoding can begin with a recovery point that needs no further pictures (D.2.8). */
  protected override settle(end: number): void {
    if (this.isKey || this.seiStart < 0) return;
    const stop = Math.min(this.seiEnd < 0 ? end : this.seiEnd, this.seiStart + maxSeiBytes);
    const rbsp = rbspOf(this.queue.bytes.subarray(this.seiStart, stop), 1);
    for (const message of seiMessages(rbsp)) {
      if (message.type !== recoveryPoint) continue;
      if (new BitReader(rbsp, message.start, message.end).ue() === 0) this.isKey = true;
    }
  }

  private firstMb(at: number): number {
    return new BitReader(this.queue.bytes, at + 4, Math.min(this.queue.length, at + 4 + lookAhead)).ue();
  }

  private isIntraSlice(at: number): boolean {
    const reader = new BitReader(this.queue.bytes, at + 4, Math.min(this.queue.length, at + 4 + lookAhead));
    reader.ue(); // first_mb_in_slice
    return reader.ue() % 5 === 2 && !reader.isTruncated;
  }
}

const isSlice = (type: number): boolean =>
  type === H264Type.slice || type === H264Type.partitionA || type === H264Type.idr;

/** Rec. ITU-T H.265, 7.4.2.4.4. */
export class H265Splitter extends StartCodeSplitter {
  protected override readonly hasZeroByte = true;
  protected override begins(at: number): boolean {
    const { bytes } = this.queue;
    const type = (bytes[at + 3] >> 1) & 0x3f;
    const layer = ((bytes[at + 3] & 1) << 5) | (bytes[at + 4] >> 3);
    if (layer > 0) return false;
    // first_slice_segment_in_pic_flag
    if (type < H265Type.vps) return bytes[at + 5] >= 0x80;
    return type <= H265Type.delimiter || type === 39 || (type >= 41 && type <= 44) || (type >= 48 && type <= 55);
  }

  protected override isDelimiter(at: number): boolean {
    return ((this.queue.bytes[at + 3] >> 1) & 0x3f) === H265Type.delimiter;
  }

  protected override note(at: number): void {
    const type = (this.queue.bytes[at + 3] >> 1) & 0x3f;
    if (type >= H265Type.vps) return;
    this.hasPicture = true;
    if (type >= H265Type.firstIrap && type <= H265Type.lastIrap) this.isKey = true;
  }
}

/** Start codes of MPEG-1 and MPEG-2 video (ISO/IEC 13818-2, table 6-1). */
const Mpeg2Code = { picture: 0x00, sliceLast: 0xaf, sequence: 0xb3, extension: 0xb5, group: 0xb8 } as const;
const pictureCodingExtension = 8;
const frameStructure = 3;

/** ISO/IEC 13818-1, 2.1.1; the two fields of a frame stay together. */
export class Mpeg2Splitter extends StartCodeSplitter {
  private fields = 0;

  protected override begin(): void {
    super.begin();
    this.fields = 0;
  }

  protected override begins(at: number): boolean {
    const code = this.queue.bytes[at + 3];
    if (code === Mpeg2Code.picture) return this.fields !== 1;
    return code === Mpeg2Code.sequence || code === Mpeg2Code.group;
  }

  protected override note(at: number): void {
    const { bytes } = this.queue;
    const code = bytes[at + 3];
    if (code === Mpeg2Code.picture) {
      // picture_coding_type 1 is intra (6.3.9).
      if (!this.hasPicture) this.isKey = ((bytes[at + 5] >> 3) & 7) === 1;
      this.hasPicture = true;
    } else if (code <= Mpeg2Code.sliceLast) {
      this.hasPicture = true;
    } else if (code === Mpeg2Code.extension && bytes[at + 4] >> 4 === pictureCodingExtension) {
      this.fields = (bytes[at + 6] & 3) === frameStructure ? 2 : this.fields + 1;
    }
  }
}

/** Start codes of MPEG-4 Visual (ISO/IEC 14496-2, table 6-3). */
const Mpeg4Code = { layerLast: 0x2f, sequence: 0xb0, group: 0xb3, object: 0xb5, plane: 0xb6 } as const;

export class Mpeg4Splitter extends StartCodeSplitter {
  protected override begins(at: number): boolean {
    const code = this.queue.bytes[at + 3];
    if (code <= Mpeg4Code.layerLast || code === Mpeg4Code.sequence) return true;
    return code === Mpeg4Code.group || code === Mpeg4Code.object || code === Mpeg4Code.plane;
  }

  protected override note(at: number): void {
    const { bytes } = this.queue;
    if (bytes[at + 3] !== Mpeg4Code.plane) return;
    // vop_coding_type 0 is intra (6.3.5).
    if (!this.hasPicture) this.isKey = bytes[at + 4] >> 6 === 0;
    this.hasPicture = true;
  }
}

/** Where the next start code prefix begins that a byte before `end` follows; -1 without one. */
function startCode(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at + 3 < end; at += 1) {
    if (bytes[at + 2] > 1) at += 2;
    else if (bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1) return at;
  }
  return -1;
}
