import { doubled } from '../../bytes/doubled';
import { Extents, missingBytes } from '../../bytes/extents';
import { type EsUnit, type EsUnitSink, noTime } from './es-unit';

/** What is kept of a unit at most: what is longer was never one. */
const maxUnitBytes = 16 << 20;
const maxGaps = 1024;
const smallBytes = 1 << 12;

/** Bytes that all queues of one owner may hold together. */
export class EsBudget {
  private used = 0;

  constructor(private readonly limit = 96 << 20) {}

  take(bytes: number): boolean {
    if (this.used + bytes > this.limit) return false;
    this.used += bytes;
    return true;
  }

  release(bytes: number): void {
    this.used -= bytes;
  }
}

/** A place in the queue where bytes are missing. */
export interface EsGap {
  at: number;
  /** Bytes, estimated. */
  missing: number;
  /** What stands before it lacks nothing at its end. */
  isTailWhole: boolean;
  /** A unit begins behind it that lacks nothing at its beginning. */
  isHeadWhole: boolean;
}

/** Where a PES packet begins. */
interface EsMark {
  at: number;
  pts: number;
  dts: number;
  isUsed: boolean;
}

type Lent<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * Bytes of an elementary stream that belong to no finished access unit yet, with where they lie in the capture, where
 * PES packets begin and where bytes are missing. Bounded: a splitter gives away what grows beyond 16 MiB.
 */
export class EsQueue {
  bytes = new Uint8Array(smallBytes);
  length = 0;
  readonly gaps: EsGap[] = [];
  private readonly marks: EsMark[] = [];
  /** Gaps and marks that units taken since the last drop are behind. */
  private gapCursor = 0;
  private markCursor = 0;
  private pieceAt = new Float64Array(16);
  private pieceAddress = new Float64Array(16);
  private pieceFrame = new Float64Array(16);
  private pieceTime = new Float64Array(16);
  private pieces = 0;
  private isOverBudget = false;
  private readonly extents = new Extents(16);
  private readonly unit: Lent<EsUnit> = {
    pts: noTime,
    dts: noTime,
    duration: 0,
    isKey: false,
    isDamaged: false,
    missing: 0,
    frame: 0,
    timeNs: 0,
    bytes: this.bytes,
    start: 0,
    end: 0,
    extents: this.extents,
  };

  constructor(
    private readonly sink: EsUnitSink,
    private readonly budget: EsBudget,
  ) {}

  /** There is no room for more: what there is has to be given away. */
  get isFull(): boolean {
    return this.length >= maxUnitBytes || this.gaps.length >= maxGaps || this.isOverBudget;
  }

  /** `address` is where `bytes[start]` lies in the capture. */
  append(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    const length = end - start;
    if (length <= 0) return;
    if (this.length + length > this.bytes.length && !this.grow(this.length + length)) {
      this.gap(length, false);
      return;
    }
    const { bytes: own, length: at } = this;
    // A view would be an allocation for each packet.
    for (let i = 0; i < length; i += 1) own[at + i] = bytes[start + i];
    if (!this.goesOn(at, frame, address)) this.addPiece(at, address, frame, timeNs);
    this.length += length;
  }

  /** A PES packet begins with the next byte. */
  mark(pts: number, dts: number): void {
    const last = this.marks.length > this.markCursor ? this.marks[this.marks.length - 1] : null;
    if (last?.at === this.length) {
      last.pts = pts;
      last.dts = dts;
      last.isUsed = false;
    } else {
      this.marks.push({ at: this.length, pts, dts, isUsed: false });
    }
  }

  /** `missing` bytes, as an estimate, are lost between the last byte and the next. */
  gap(missing: number, isTailWhole: boolean): void {
    const last = this.gaps.length > 0 ? this.gaps[this.gaps.length - 1] : null;
    if (last?.at === this.length) last.missing += missing;
    else this.gaps.push({ at: this.length, missing, isTailWhole, isHeadWhole: false });
  }

  /** The first gap at or behind a position; null without one. */
  gapFrom(at: number): EsGap | null {
    for (let i = this.gapCursor; i < this.gaps.length; i += 1) if (this.gaps[i].at >= at) return this.gaps[i];
    return null;
  }

  /** Where the first PES packet at or behind a position begins; -1 without one. */
  markFrom(at: number): number {
    for (let i = this.markCursor; i < this.marks.length; i += 1) if (this.marks[i].at >= at) return this.marks[i].at;
    return -1;
  }

  hasMarkAt(at: number): boolean {
    for (let i = this.marks.length - 1; i >= 0 && this.marks[i].at >= at; i -= 1) {
      if (this.marks[i].at === at) return true;
    }
    return false;
  }

  /**
   * Gives bytes [from, end) away as one access unit; `isCut`: there should be more of it. Positions of one round
   * ascend; `drop` ends the round. `duration` in ticks of 90 kHz, 0 when it is not known.
   */
  take(from: number, end: number, isKey: boolean, isCut = false, duration = 0): void {
    if (end <= from) return;
    const { gaps, unit } = this;
    unit.pts = noTime;
    unit.dts = noTime;
    // The times are those of the first access unit that begins in a PES packet (ISO/IEC 13818-1, 2.4.3.7).
    while (this.markCursor + 1 < this.marks.length && this.marks[this.markCursor + 1].at <= from) this.markCursor += 1;
    const mark = this.markCursor < this.marks.length ? this.marks[this.markCursor] : null;
    if (mark && mark.at <= from && !mark.isUsed) {
      mark.isUsed = true;
      unit.pts = mark.pts;
      unit.dts = mark.dts;
    }
    unit.duration = duration;
    unit.isKey = isKey;
    unit.isDamaged = isCut;
    unit.missing = 0;
    unit.bytes = this.bytes;
    unit.start = from;
    unit.end = end;
    this.fill(from, end);
    while (this.gapCursor < gaps.length && gaps[this.gapCursor].at < from) this.gapCursor += 1;
    for (let i = this.gapCursor; i < gaps.length && gaps[i].at <= end; i += 1) {
      const gap = gaps[i];
      if (gap.at < end) unit.missing += gap.missing;
      const isHere = gap.at === from ? !gap.isHeadWhole : gap.at < end || !gap.isTailWhole;
      if (isHere) unit.isDamaged = true;
    }
    this.sink(unit);
  }

  /** Forgets the first `count` bytes. */
  drop(count: number): void {
    this.gapCursor = 0;
    this.markCursor = 0;
    if (count <= 0) return;
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
    this.dropPieces(count);
    let gone = 0;
    while (gone < this.gaps.length && this.gaps[gone].at < count) gone += 1;
    this.gaps.splice(0, gone);
    for (const gap of this.gaps) gap.at -= count;
    // The last packet that began before what is left may still have its times to give.
    gone = 0;
    while (gone + 1 < this.marks.length && this.marks[gone + 1].at <= count) gone += 1;
    this.marks.splice(0, gone);
    for (const mark of this.marks) mark.at = Math.max(0, mark.at - count);
    if (this.length === 0) this.shrink();
  }

  /** Forgets everything. */
  clear(): void {
    this.drop(this.length);
    this.gaps.length = 0;
    this.marks.length = 0;
  }

  private goesOn(at: number, frame: number, address: number): boolean {
    const last = this.pieces - 1;
    if (last < 0 || this.pieceFrame[last] !== frame) return false;
    const known = this.pieceAddress[last];
    if (known === missingBytes || known + at - this.pieceAt[last] !== address) return false;
    return this.gaps.length === 0 || this.gaps[this.gaps.length - 1].at !== at;
  }

  private pieceOf(at: number): number {
    let low = 0;
    let high = this.pieces - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.pieceAt[middle] <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private fill(from: number, end: number): void {
    const { extents, gaps, unit } = this;
    let piece = this.pieceOf(from);
    unit.frame = this.pieceFrame[piece];
    unit.timeNs = this.pieceTime[piece];
    extents.clear();
    let gap = this.gapCursor;
    while (gap < gaps.length && gaps[gap].at <= from) gap += 1;
    for (let at = from; at < end; piece += 1) {
      const next = piece + 1 < this.pieces ? Math.min(this.pieceAt[piece + 1], end) : end;
      const address = this.pieceAddress[piece];
      if (address === missingBytes) unit.isDamaged = true;
      extents.push(address === missingBytes ? missingBytes : address + at - this.pieceAt[piece], next - at);
      at = next;
      // A piece ends at each gap.
      if (at < end && gap < gaps.length && gaps[gap].at === at) {
        extents.pushGap(gaps[gap].missing);
        gap += 1;
      }
    }
  }

  private addPiece(at: number, address: number, frame: number, timeNs: number): void {
    if (this.pieces === this.pieceAt.length) {
      this.pieceAt = doubled(this.pieceAt);
      this.pieceAddress = doubled(this.pieceAddress);
      this.pieceFrame = doubled(this.pieceFrame);
      this.pieceTime = doubled(this.pieceTime);
    }
    this.pieceAt[this.pieces] = at;
    this.pieceAddress[this.pieces] = address;
    this.pieceFrame[this.pieces] = frame;
    this.pieceTime[this.pieces] = timeNs;
    this.pieces += 1;
  }

  private dropPieces(count: number): void {
    if (this.length === 0) {
      this.pieces = 0;
      return;
    }
    const first = this.pieceOf(count);
    this.pieces -= first;
    for (let i = 0; i < this.pieces; i += 1) {
      const at = this.pieceAt[i + first] - count;
      const address = this.pieceAddress[i + first];
      this.pieceAddress[i] = at < 0 && address !== missingBytes ? address - at : address;
      this.pieceAt[i] = Math.max(0, at);
      this.pieceFrame[i] = this.pieceFrame[i + first];
      this.pieceTime[i] = this.pieceTime[i + first];
    }
  }

  private grow(needed: number): boolean {
    let room = this.bytes.length;
    while (room < needed) room *= 2;
    if (!this.budget.take(room - this.bytes.length)) {
      this.isOverBudget = true;
      return false;
    }
    const larger = new Uint8Array(room);
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    return true;
  }

  private shrink(): void {
    this.isOverBudget = false;
    if (this.bytes.length <= 1 << 20) return;
    this.budget.release(this.bytes.length - smallBytes);
    this.bytes = new Uint8Array(smallBytes);
  }
}
