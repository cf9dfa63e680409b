import type { Frame } from '../../capture/frame';
import type { RtpSample } from './rtp-sample';
import { SampleRows } from './sample-rows';

/** Samples of one stream that are counted at a time. */
const depth = 32;
/** Streams that may wait at a time; past that all are counted. */
const slots = 2048;

/**
 * Lets samples wait until there is a handful of the same stream. The statistics of a stream lie in many places of the
 * memory; of hundreds of streams side by side they fit no cache, but those of one do while its samples are counted.
 */
export class SampleQueues {
  private readonly rows = new SampleRows(slots * depth);
  private readonly lengths = new Uint8Array(slots);
  private readonly owners = new Uint32Array(slots);
  private used = 0;
  /** Slot of each stream + 1; 0 without one. */
  private slotOf = new Uint16Array(256);

  /** `take` counts `count` samples of the stream with the given index, from row `from` on, in capture order. */
  constructor(private readonly take: (stream: number, rows: SampleRows, from: number, count: number) => void) {}

  push(stream: number, sample: RtpSample): void {
    const slot = this.slot(stream);
    this.rows.write(slot * depth + this.lengths[slot], sample);
    this.grow(slot);
  }

  /** `push` for a packet whose header is read where it lies (`SampleRows.writeHeader`). */
  pushHeader(stream: number, view: DataView, at: number, frame: Frame, ipBytes: number, payloadBytes: number): void {
    const slot = this.slot(stream);
    this.rows.writeHeader(slot * depth + this.lengths[slot], view, at, frame, ipBytes, payloadBytes);
    this.grow(slot);
  }

  /** Counts what waits of one stream. */
  settle(stream: number): void {
    if (stream < this.slotOf.length && this.slotOf[stream] > 0) this.count(this.slotOf[stream] - 1);
  }

  /** Counts all that waits. */
  settleAll(): void {
    for (let slot = 0; slot < this.used; slot += 1) {
      this.count(slot);
      this.slotOf[this.owners[slot]] = 0;
    }
    this.used = 0;
  }

  private slot(stream: number): number {
    const known = stream < this.slotOf.length ? this.slotOf[stream] : 0;
    return known > 0 ? known - 1 : this.assign(stream);
  }

  private grow(slot: number): void {
    const length = this.lengths[slot] + 1;
    this.lengths[slot] = length;
    if (length === depth) this.count(slot);
  }

  private assign(stream: number): number {
    if (stream >= this.slotOf.length) {
      const grown = new Uint16Array(Math.max(stream + 1, this.slotOf.length * 2));
      grown.set(this.slotOf);
      this.slotOf = grown;
    }
    if (this.used === slots) this.settleAll();
    const slot = this.used;
    this.used += 1;
    this.owners[slot] = stream;
    this.lengths[slot] = 0;
    this.slotOf[stream] = slot + 1;
    return slot;
  }

  private count(slot: number): void {
    const length = this.lengths[slot];
    this.lengths[slot] = 0;
    if (length > 0) this.take(this.owners[slot], this.rows, slot * depth, length);
  }
}
