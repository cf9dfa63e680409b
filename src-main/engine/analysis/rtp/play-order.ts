import type { RtpMediaIndex } from './media-index';

export interface PlayOrder {
  /** Packets in the order in which they are played; of duplicates the first copy. */
  readonly packets: Uint32Array;
  /** Packets left out because their sequence number came before. */
  readonly duplicates: Uint32Array;
  /** Packets that came after one with a higher sequence number. */
  readonly reordered: Uint32Array;
}

/** Orders the packets of a stream by sequence number within each segment (between restarts of the sender). */
export function playOrder({ count, segment, sequence }: RtpMediaIndex): PlayOrder {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) order[i] = i;
  if (!isAscending(count, segment, sequence)) {
    order.sort((a, b) => segment[a] - segment[b] || sequence[a] - sequence[b] || a - b);
  }
  const duplicates = new Uint32Array(count);
  let kept = 0;
  let dropped = 0;
  for (let k = 0; k < count; k += 1) {
    const packet = order[k];
    const previous = kept > 0 ? order[kept - 1] : -1;
    if (previous >= 0 && segment[previous] === segment[packet] && sequence[previous] === sequence[packet]) {
      duplicates[dropped++] = packet;
    } else {
      order[kept++] = packet;
    }
  }
  return {
    packets: order.subarray(0, kept),
    duplicates: duplicates.subarray(0, dropped),
    reordered: findReordered(order.subarray(0, kept), { count, segment, sequence }),
  };
}

type OrderColumns = Pick<RtpMediaIndex, 'count' | 'segment' | 'sequence'>;

function isAscending(count: number, segment: Uint32Array, sequence: Float64Array): boolean {
  for (let i = 1; i < count; i += 1) {
    const isNext = segment[i] > segment[i - 1] || (segment[i] === segment[i - 1] && sequence[i] >= sequence[i - 1]);
    if (!isNext) return false;
  }
  return true;
}

/** A kept packet is late when a packet captured before it stands after it in the order of play. */
function findReordered(kept: Uint32Array, { count }: OrderColumns): Uint32Array {
  const late = new Uint32Array(kept.length);
  let found = 0;
  let earliestAfter = count;
  for (let k = kept.length - 1; k >= 0; k -= 1) {
    if (earliestAfter < kept[k]) late[found++] = kept[k];
    earliestAfter = Math.min(earliestAfter, kept[k]);
  }
  return late.subarray(0, found).reverse();
}
