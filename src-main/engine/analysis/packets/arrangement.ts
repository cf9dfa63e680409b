import type { SortKey } from '#shared/query/table-query';
import { Frame } from '../../capture/frame';
import { type FrameStore } from '../../store/frame-store';
import { Uint32Column } from '../../store/columns';
import type { RowPredicate } from '../../store/row-filter';
import type { FrameWalk } from './frame-walk';
import { mergeSort } from './merge-sort';
import type { PacketProbe } from './packet-probe';

/** Frames looked at between two chances to pause: reading one again costs some microseconds. */
const stride = 64;
/** The same where nothing is read. */
const longStride = 16_384;
/** While the capture grows, rows are put in order anew when there are so many times more. */
const resortGrowth = 1.3;

export interface ArrangementParts {
  readonly store: FrameStore;
  readonly probe: PacketProbe;
  readonly walk: FrameWalk;
  readonly matches: RowPredicate | null;
  readonly sort: SortKey | null;
  /** All frames there will ever be are there. */
  readonly isFinal: () => boolean;
}

/** Frame numbers as one filter and one sorting arrange them, worked out in small steps while somebody looks on. */
export class Arrangement {
  /** Matching frames in ascending order. */
  private readonly found = new Uint32Column();
  private sorted: Uint32Array = new Uint32Array(0);
  private readonly steps: Generator<void, void>;
  /** Grows with every visible change. */
  revision = 0;
  /** Nothing to do until more frames come. */
  private isIdle = false;
  private idleAt = 0;

  constructor(private readonly parts: ArrangementParts) {
    this.steps = this.run();
  }

  get count(): number {
    return this.found.length;
  }

  get isSorted(): boolean {
    return this.parts.sort !== null;
  }

  get isPending(): boolean {
    return !this.isIdle || this.parts.store.count > this.idleAt || this.lacksOrder();
  }

  /** Frame number at `index`; those not yet in order come last. */
  at(index: number): number {
    return index < this.sorted.length ? this.sorted[index] : this.found.get(index);
  }

  /** Where a frame stands; -1 when it is not among them. */
  indexOf(frame: number): number {
    if (this.sorted.length > 0) {
      const index = this.sorted.indexOf(frame);
      if (index >= 0) return index;
    }
    const index = this.lowerBound((number) => number >= frame);
    return index < this.count && this.found.get(index) === frame ? index : -1;
  }

  /** First index in ascending order of frames for which `isThere` holds; the count when it holds for none. */
  lowerBound(isThere: (frame: number) => boolean): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isThere(this.found.get(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Goes on until `shouldPause`; false when nothing is left to do for now. */
  work(shouldPause: () => boolean): boolean {
    do {
      this.steps.next();
    } while (!this.isIdle && !shouldPause());
    return !this.isIdle;
  }

  private lacksOrder(): boolean {
    return this.parts.sort !== null && this.sorted.length < this.count;
  }

  private *run(): Generator<void, void> {
    for (;;) {
      this.isIdle = false;
      yield* this.scan();
      const isDue = this.parts.isFinal() || this.count >= this.sorted.length * resortGrowth;
      if (this.lacksOrder() && isDue) yield* this.order();
      this.isIdle = true;
      this.revision += 1;
      this.idleAt = this.parts.store.count;
      yield;
    }
  }

  private *scan(): Generator<void, void> {
    const { walk, probe, matches } = this.parts;
    const between = matches === null ? longStride : stride;
    let budget = between;
    for (let number = walk.next(); number !== 0; number = walk.next()) {
      if (matches === null || matches(probe.at(number))) {
        this.found.push(number);
        this.revision += 1;
      }
      budget -= 1;
      if (budget === 0) {
        budget = between;
        yield;
      }
    }
  }

  private *order(): Generator<void, void> {
    const { sort } = this.parts;
    if (sort === null) return;
    const items = new Uint32Array(this.count);
    for (let i = 0; i < items.length; i += 1) items[i] = this.found.get(i);
    this.sorted = yield* mergeSort(items, yield* this.comparison(sort, items));
    this.revision += 1;
  }

  /** Whether one frame belongs behind another. Texts are compared by their rank among all different ones. */
  private *comparison({ column, direction }: SortKey, items: Uint32Array): Generator<void, Comparison> {
    const { store } = this.parts;
    const ordered = (keyOf: (frame: number) => number): Comparison =>
      direction === 'asc' ? (a, b) => keyOf(a) > keyOf(b) : (a, b) => keyOf(a) < keyOf(b);
    if (column === 'number') return ordered((frame) => frame);
    if (column === 'timeSeconds') return ordered((frame) => store.timeOf(frame));
    if (column === 'length') {
      const frame = new Frame();
      return ordered((number) => {
        store.describe(number, frame);
        return frame.wireLength;
      });
    }
    const ranks = yield* this.ranks(column, items);
    return ordered((frame) => ranks[frame]);
  }

  /** Rank of each frame's value in a column; frames without one come last either way. */
  private *ranks(column: string, items: Uint32Array): Generator<void, Float64Array | Uint32Array> {
    const { probe, sort } = this.parts;
    const last = items[items.length - 1] ?? 0;
    const valueOf = new Uint32Array(last + 1);
    const numbers = new Map<unknown, number>();
    const values: unknown[] = [];
    for (let i = 0; i < items.length; i += 1) {
      const value = probe.at(items[i])[column] ?? null;
      let number = numbers.get(value);
      if (number === undefined) {
        number = values.length;
        values.push(value);
        numbers.set(value, number);
      }
      valueOf[items[i]] = number;
      if (i % stride === 0) yield;
    }
    const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
    const indexes = Uint32Array.from(values.keys());
    // Texts by the million take seconds to compare: they are sorted in steps as the frames are.
    const order = yield* mergeSort(indexes, (a, b) => {
      const [x, y] = [values[a], values[b]];
      if (typeof x === 'number' && typeof y === 'number') return x > y;
      return collator.compare(String(x), String(y)) > 0;
    });
    const rankOf = new Uint32Array(values.length);
    const isDescending = sort?.direction === 'desc';
    for (let rank = 0; rank < order.length; rank += 1) {
      const index = order[rank];
      rankOf[index] = values[index] === null ? (isDescending ? 0 : values.length + 1) : rank + 1;
    }
    for (let i = 0; i < items.length; i += 1) {
      valueOf[items[i]] = rankOf[valueOf[items[i]]];
      if (i % longStride === 0) yield;
    }
    return valueOf;
  }
}

type Comparison = (a: number, b: number) => boolean;
