import type { SampleRows } from './sample-rows';

/** Slices of a history; a power of two, so that they can be merged in pairs. */
const slices = 128;
const firstSliceNs = 20e6;

/**
 * Where in its time a stream lost packets, in slices that grow with the stream: constant memory, and none for a
 * stream without loss. Lost packets are spread over the time in which they should have come.
 */
export class LossHistory {
  private sliceNs = firstSliceNs;
  private lost: Float32Array | null = null;
  private came: Float32Array | null = null;
  private lastNs = 0;
  /** Slice of the last packet, where it ends, and how many packets came in it that are not in `came` yet. */
  private slice = 0;
  private sliceEndNs = firstSliceNs;
  private waiting = 0;
  private packets = 0;
  /** The last gap, from and to: there late packets are taken off again. */
  private gapFromNs = 0;
  private gapToNs = 0;

  /** `take` for the rows `from` to `end` of a stream whose first packet came at `originNs`: nothing is lost among them. */
  takeAll(rows: SampleRows, from: number, end: number, originNs: number): void {
    if (this.lost) {
      for (let row = from; row < end; row += 1) this.take(rows.timeNs(row) - originNs, 0, false);
      return;
    }
    // Without a loss the slices are not needed: the first one takes what came before to have come evenly.
    let { lastNs } = this;
    for (let row = from; row < end; row += 1) {
      const ns = rows.timeNs(row) - originNs;
      if (ns > lastNs) lastNs = ns;
    }
    this.lastNs = lastNs;
    this.packets += end - from;
  }

  /** A packet came `atNs` after the first one of the stream; `gap` numbers before it had not come by then. */
  take(atNs: number, gap: number, isLate: boolean): void {
    const ns = atNs > this.lastNs ? atNs : this.lastNs;
    if (ns >= this.sliceEndNs) this.turnTo(ns);
    this.packets += 1;
    if (gap > 0) {
      this.gapFromNs = this.lastNs;
      this.gapToNs = ns;
      this.spread(gap);
    } else if (isLate) this.spread(-1);
    this.waiting += 1;
    this.lastNs = ns;
  }

  /**
   * Share of the packets lost (0..1) in `count` equal slices between the first and the last packet; NaN where none
   * was expected.
   */
  heat(count: number): Float32Array {
    this.settle();
    const { lost, came, sliceNs, lastNs } = this;
    if (!lost || !came || lastNs === 0) return new Float32Array(count);
    const heat = new Float32Array(count);
    for (let i = 0; i < count; i += 1) {
      const from = Math.floor(((i / count) * lastNs) / sliceNs);
      const to = Math.max(from + 1, Math.ceil((((i + 1) / count) * lastNs) / sliceNs));
      let lostHere = 0;
      let cameHere = 0;
      for (let slice = from; slice < Math.min(to, slices); slice += 1) {
        lostHere += lost[slice];
        cameHere += came[slice];
      }
      // Rounding of what was added and taken off again must not show.
      const lostPackets = lostHere > 1e-3 ? lostHere : 0;
      heat[i] = lostPackets + cameHere > 0 ? lostPackets / (lostPackets + cameHere) : Number.NaN;
    }
    return heat;
  }

  /** The stream has come to another slice. */
  private turnTo(ns: number): void {
    this.settle();
    while (ns >= slices * this.sliceNs) this.widen();
    this.slice = Math.floor(ns / this.sliceNs);
    this.sliceEndNs = (this.slice + 1) * this.sliceNs;
  }

  private settle(): void {
    if (this.came) this.came[this.slice] += this.waiting;
    this.waiting = 0;
  }

  /** Adds lost packets over the time of the last gap. */
  private spread(packets: number): void {
    const { gapFromNs, gapToNs, sliceNs } = this;
    const { lost } = this.arrays();
    const first = Math.floor(gapFromNs / sliceNs);
    const last = Math.floor(gapToNs / sliceNs);
    if (last === first) {
      lost[first] += packets;
      return;
    }
    const perNs = packets / (gapToNs - gapFromNs);
    for (let slice = first; slice <= last; slice += 1) {
      const begin = Math.max(gapFromNs, slice * sliceNs);
      const end = Math.min(gapToNs, (slice + 1) * sliceNs);
      lost[slice] += perNs * (end - begin);
    }
  }

  /** With the first loss counting begins: what came before is taken to have come evenly. */
  private arrays(): { lost: Float32Array; came: Float32Array } {
    if (!this.lost || !this.came) {
      this.lost = new Float32Array(slices);
      this.came = new Float32Array(slices);
      const full = Math.floor(this.lastNs / this.sliceNs) + 1;
      this.came.fill(this.packets / full, 0, full);
      this.waiting = 0;
    }
    return { lost: this.lost, came: this.came };
  }

  private widen(): void {
    this.sliceNs *= 2;
    for (const array of [this.lost, this.came]) {
      if (!array) continue;
      for (let i = 0; i < slices / 2; i += 1) array[i] = array[2 * i] + array[2 * i + 1];
      array.fill(0, slices / 2);
    }
    this.slice >>= 1;
    this.sliceEndNs = (this.slice + 1) * this.sliceNs;
  }
}
