import type { AudioFrame, AudioFrameReader } from './audio-frames';
import type { EsGap, EsQueue } from './es-queue';
import type { EsSplitter } from './es-unit';

const ticksPerSecond = 90_000;

/**
 * Splits audio whose frames tell their length. Behind a gap, and where a header is missing, a frame is believed when
 * another one follows it; bytes before it are the rest of a damaged one.
 */
export class FrameSplitter implements EsSplitter {
  private readonly frame: AudioFrame = { bytes: 0, samples: 0, sampleRateHz: 0, channels: 0 };
  private readonly next: AudioFrame = { bytes: 0, samples: 0, sampleRateHz: 0, channels: 0 };
  /** The frame before was whole, so that one begins here. */
  private isSynced = false;
  /** Behind the beginning of the queue, where no frame begins before. */
  private searched = 0;

  constructor(
    private readonly queue: EsQueue,
    private readonly reader: AudioFrameReader,
  ) {}

  scan(isEnd: boolean): void {
    let start = 0;
    for (let next = 0; next >= 0 && start < this.queue.length; ) {
      next = this.step(start, isEnd);
      if (next >= 0) start = next;
    }
    const { queue } = this;
    if ((isEnd || queue.isFull) && start < queue.length) {
      queue.take(start, queue.length, true, true);
      start = queue.length;
      this.isSynced = false;
    }
    this.searched = Math.max(0, this.searched - start);
    queue.drop(start);
  }

  /** Takes what begins at `start`, and answers where it ends; -1 when more has to come. */
  private step(start: number, isEnd: boolean): number {
    const { queue, reader, frame } = this;
    let gap = queue.gapFrom(start);
    if (gap?.at === start) {
      // A PES packet behind a gap mostly begins with a frame.
      this.isSynced = queue.hasMarkAt(start);
      gap = queue.gapFrom(start + 1);
    }
    const limit = gap?.at ?? queue.length;
    if (start + reader.headerBytes > limit) return gap ? this.give(start, limit) : -1;
    if (!reader.read(queue.bytes, start, frame)) return this.search(start, limit, gap, isEnd);
    const end = this.frameEnd(start, limit, isEnd);
    if (end < 0) return -1;
    if (end > limit) return gap ? this.goOn(start, end, gap, isEnd) : -1;
    if (!this.isSynced) {
      const isBelieved = this.isFrameAt(end, limit, gap !== null || isEnd);
      if (isBelieved === null) return -1;
      if (!isBelieved) return this.search(start, limit, gap, isEnd);
    }
    const before = queue.gapFrom(start);
    if (before?.at === start) before.isHeadWhole = true;
    // It came whole, by its own length.
    if (gap?.at === end) gap.isTailWhole = true;
    queue.take(start, end, true, false, this.duration);
    this.isSynced = true;
    return end;
  }

  /** End of the frame at `start` with those that depend on it; -1 when that cannot be told yet. */
  private frameEnd(start: number, limit: number, isEnd: boolean): number {
    const { queue, reader, frame, next } = this;
    let end = start + frame.bytes;
    if (!reader.isDependent) return end;
    for (;;) {
      if (end + reader.headerBytes > limit) return limit === queue.length && !isEnd && end <= limit ? -1 : end;
      if (!reader.read(queue.bytes, end, next) || !reader.isDependent(queue.bytes, end)) return end;
      end += next.bytes;
    }
  }

  /** A frame that ends behind a gap: its rest may lie there. */
  private goOn(start: number, end: number, gap: EsGap, isEnd: boolean): number {
    const { queue } = this;
    const rest = end - gap.at - gap.missing;
    const isSame = gap.missing > 0 && !gap.isTailWhole && rest >= 0 && !queue.hasMarkAt(gap.at);
    if (!isSame) return this.give(start, gap.at);
    const stop = gap.at + rest;
    const another = queue.gapFrom(gap.at + 1);
    if (another && another.at < stop) return this.give(start, another.at);
    if (stop > queue.length && !isEnd) return -1;
    const taken = Math.min(stop, queue.length);
    queue.take(start, taken, true, stop > queue.length, this.duration);
    this.isSynced = false;
    return taken;
  }

  /** Looks for the next frame behind `start`. */
  private search(start: number, limit: number, gap: EsGap | null, isEnd: boolean): number {
    const { queue, reader, frame } = this;
    this.isSynced = false;
    let at = Math.max(start + 1, this.searched);
    for (; at + reader.headerBytes <= limit; at += 1) {
      if (!reader.read(queue.bytes, at, frame)) continue;
      const isBelieved = this.isFrameAt(at + frame.bytes, limit, gap !== null || isEnd);
      if (isBelieved === null) {
        this.searched = at;
        return -1;
      }
      if (isBelieved) return this.give(start, at);
    }
    if (gap) return this.give(start, limit);
    this.searched = at;
    return -1;
  }

  /** Whether a frame begins at `at`; null when the bytes that tell have not come. */
  private isFrameAt(at: number, limit: number, isFinal: boolean): boolean | null {
    if (at + this.reader.headerBytes <= limit) return this.reader.read(this.queue.bytes, at, this.next);
    return isFinal ? at <= limit : null;
  }

  /** Gives bytes away that are no whole frame. */
  private give(start: number, end: number): number {
    this.queue.take(start, end, true, true);
    this.isSynced = false;
    this.searched = 0;
    return end;
  }

  private get duration(): number {
    const { samples, sampleRateHz } = this.frame;
    return sampleRateHz > 0 ? (samples * ticksPerSecond) / sampleRateHz : 0;
  }
}

/** Durations of an Opus frame in samples of 48 kHz by configuration (RFC 6716, section 3.1). */
const silkFrames = [480, 960, 1920, 2880];
const celtFrames = [120, 240, 480, 960];

/** Opus behind control headers (ETSI TS 103 491, annex B): 11 bits 0x3ff, flags, the size of the packet. */
export class OpusSplitter implements EsSplitter {
  private headerBytes = 0;
  private packetBytes = 0;

  constructor(private readonly queue: EsQueue) {}

  scan(isEnd: boolean): void {
    const { queue } = this;
    const isFinal = isEnd || queue.isFull;
    let start = 0;
    while (start < queue.length) {
      const gap = queue.gapFrom(start + 1);
      const limit = gap?.at ?? queue.length;
      const isHeader = this.readHeader(start, limit);
      const end = start + this.headerBytes + this.packetBytes;
      if (isHeader && end <= limit) {
        if (gap?.at === end) gap.isTailWhole = true;
        const from = start + this.headerBytes;
        queue.take(from, end, true, false, opusDuration(queue.bytes, from));
        start = end;
        continue;
      }
      // Nothing but the next PES packet tells where another one begins.
      const mark = queue.markFrom(start + 1);
      if (mark < 0 && !gap && !isFinal) break;
      const stop = mark >= 0 ? Math.min(mark, limit) : limit;
      queue.take(start, stop, true, true);
      start = stop;
    }
    queue.drop(start);
  }

  /** False when there is no whole control header. */
  private readHeader(at: number, limit: number): boolean {
    const { bytes } = this.queue;
    this.headerBytes = 0;
    this.packetBytes = 0;
    if (at + 3 > limit || bytes[at] !== 0x7f || bytes[at + 1] >> 5 !== 7) return false;
    const flags = bytes[at + 1];
    let to = at + 2;
    let size = 0;
    for (let part = 255; part === 255; to += 1) {
      if (to >= limit) return false;
      part = bytes[to];
      size += part;
    }
    if (flags & 0x10) to += 2; // start_trim
    if (flags & 0x08) to += 2; // end_trim
    if (flags & 0x04) to += 1 + (to < limit ? bytes[to] : 0); // control_extension
    this.headerBytes = to - at;
    this.packetBytes = size;
    return to <= limit && size > 0;
  }
}

function opusDuration(bytes: Uint8Array, at: number): number {
  const configuration = bytes[at] >> 3;
  const frame =
    configuration < 12
      ? silkFrames[configuration & 3]
      : configuration < 16
        ? silkFrames[configuration & 1]
        : celtFrames[configuration & 3];
  const frames = [1, 2, 2, bytes[at + 1] & 0x3f][bytes[at] & 3];
  return (frame * frames * ticksPerSecond) / 48_000;
}

/** Sound without frames: what a PES packet holds is one unit. */
export class PlainSplitter implements EsSplitter {
  /** `ticks`: how long a byte lasts at 90 kHz. */
  constructor(
    private readonly queue: EsQueue,
    private readonly ticks: number,
  ) {}

  scan(isEnd: boolean): void {
    const { queue } = this;
    const isFinal = isEnd || queue.isFull;
    let start = 0;
    while (start < queue.length) {
      const mark = queue.markFrom(start + 1);
      const gap = queue.gapFrom(start + 1);
      if (mark < 0 && !isFinal) break;
      const stop = mark < 0 ? queue.length : mark;
      const end = gap && gap.at < stop && gap.isTailWhole ? gap.at : stop;
      const before = queue.gapFrom(start);
      if (before?.at === start && queue.hasMarkAt(start)) before.isHeadWhole = true;
      queue.take(start, end, true, false, this.ticks * (end - start));
      start = end;
    }
    queue.drop(start);
  }
}
