import type { AccessUnit, Depacketizer } from '../definition';

/** NAL units that wait for their turn where nothing was signalled, and the most that are ever kept waiting. */
const defaultDepth = 64;
const maxDepth = 1024;

/** A NAL unit with its place in decoding order; the bytes are its own. */
export interface OrderedUnit {
  /** Decoding order number without wraps. */
  readonly order: number;
  readonly bytes: Uint8Array;
  readonly timestamp: number;
  readonly frames: readonly number[];
}

/**
 * Puts NAL units that carry decoding order numbers in decoding order (RFC 6184, section 7.2; RFC 7798, section 6) and
 * hands them on one by one, as packets of their own. A number that is skipped is a gap when packets were lost.
 */
export class DecodingOrderQueue {
  private waiting: OrderedUnit[] = [];
  private lastOrder: number | null = null;
  private nextOrder: number | null = null;
  private lost = 0;
  private lostFirst = 0;
  private readonly depth: number;

  /** `depth`: units that may come before another one and follow it in decoding order; NaN when nobody said. */
  constructor(
    private readonly pictures: Depacketizer,
    depth: number,
  ) {
    this.depth = Number.isInteger(depth) && depth >= 0 ? Math.min(depth + 1, maxDepth) : defaultDepth;
  }

  lose(first: number, count: number): void {
    if (this.lost === 0) this.lostFirst = first;
    this.lost += count;
  }

  /** Decoding order numbers wrap at 65536. */
  extend(don: number): number {
    const reference = this.lastOrder ?? don;
    const order = reference + (((don - reference) << 16) >> 16);
    this.lastOrder = order;
    return order;
  }

  wait(unit: OrderedUnit): void {
    const { waiting } = this;
    let at = waiting.length;
    while (at > 0 && waiting[at - 1].order > unit.order) at -= 1;
    waiting.splice(at, 0, unit);
  }

  release(depth = this.depth): AccessUnit[] {
    const { waiting } = this;
    const done: AccessUnit[] = [];
    const ready = waiting.splice(0, Math.max(0, waiting.length - depth));
    for (const unit of ready) this.handOn(unit, done);
    return done;
  }

  /** Lets everything go and forgets the numbers. */
  drain(): AccessUnit[] {
    const units = this.release(0);
    this.lastOrder = null;
    this.nextOrder = null;
    this.lost = 0;
    return units;
  }

  private handOn({ order, bytes, timestamp, frames }: OrderedUnit, done: AccessUnit[]): void {
    // What is late beyond the depth belongs to a picture that is gone.
    if (this.nextOrder !== null && order < this.nextOrder) return;
    const isLoss = this.lost > 0 && order !== this.nextOrder;
    this.nextOrder = order + 1;
    const lost = isLoss ? this.lost : 0;
    if (isLoss) this.lost = 0;
    frames.forEach((frame, i) => {
      const payload = i === 0 ? bytes : bytes.subarray(0, 0);
      const lostBefore = i === 0 ? lost : 0;
      const sequence = this.lostFirst + lost;
      done.push(...this.pictures.push({ payload, sequence, timestamp, marker: false, frame, lostBefore, missing: 0 }));
    });
  }
}
