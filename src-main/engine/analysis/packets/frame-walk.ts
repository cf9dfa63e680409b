import type { FilterNode } from '#shared/query/filter';
import type { FrameStore } from '../../store/frame-store';

/** Frames that can match: those of some directed flows, and single ones in ascending order. */
export interface Candidates {
  readonly flows: readonly number[];
  readonly frames: readonly number[];
}

const linkFields: ReadonlySet<string> = new Set(['conversation', 'stream', 'call']);

/**
 * The conversation, stream or call that a packet must belong to for the filter to hold; null when it names none. So
 * a jump from a stream to its packets does not read the whole capture.
 */
export function requiredLink(filter: FilterNode | null): string | null {
  if (filter?.kind === 'and') {
    for (const operand of filter.operands) {
      const link = requiredLink(operand);
      if (link !== null) return link;
    }
    return null;
  }
  if (filter?.kind !== 'compare' || !linkFields.has(filter.field.toLowerCase())) return null;
  const isEqual = filter.comparison === ':' || filter.comparison === '=';
  return isEqual && !/[*?]/.test(filter.value) ? filter.value.toLowerCase() : null;
}

/** Walks over frames in ascending order, also over those that come while it walks. */
export interface FrameWalk {
  /** Number of the next frame; 0 when there is none (yet). */
  next(): number;
}

export class WholeWalk implements FrameWalk {
  private last = 0;

  constructor(private readonly store: FrameStore) {}

  next(): number {
    if (this.last >= this.store.count) return 0;
    this.last += 1;
    return this.last;
  }
}

/** Merges the chains of some flows with single frames. */
export class ChainWalk implements FrameWalk {
  /** Next frame of each chain; 0 where it is at its end. */
  private readonly heads: number[];
  private frameIndex = 0;
  private last = 0;

  constructor(
    private readonly store: FrameStore,
    private readonly candidates: Candidates,
  ) {
    this.heads = candidates.flows.map((flow) => store.firstFrame(flow));
  }

  next(): number {
    const { heads, store } = this;
    const { flows, frames } = this.candidates;
    while (this.frameIndex < frames.length && frames[this.frameIndex] <= this.last) this.frameIndex += 1;
    let least = frames[this.frameIndex] ?? 0;
    let chain = -1;
    for (let i = 0; i < heads.length; i += 1) {
      while (heads[i] !== 0 && heads[i] <= this.last) heads[i] = store.nextFrame(heads[i], flows[i]);
      if (heads[i] !== 0 && (least === 0 || heads[i] <= least)) {
        least = heads[i];
        chain = i;
      }
    }
    if (chain >= 0) heads[chain] = store.nextFrame(least, flows[chain]);
    if (least !== 0) this.last = least;
    return least;
  }
}
