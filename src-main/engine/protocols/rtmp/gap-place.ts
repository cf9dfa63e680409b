import type { PieceBuffer } from '../../bytes/piece-buffer';
import { isConvincing, walkChunks } from './chain';
import type { ChunkStream } from './chunk-stream';

/** Where a gap ends within a message. */
export interface GapPlace {
  /** Bytes of the message that are lost. */
  readonly lost: number;
  /** Bytes of its chunk behind them. */
  readonly chunkLeft: number;
}

export interface Interruption {
  /** What came behind the gap. */
  readonly waiting: PieceBuffer;
  /** Of the message that was coming in, and of all others. */
  readonly stream: ChunkStream;
  readonly others: Iterable<ChunkStream>;
  /** Bytes of its chunk that had not come. */
  readonly chunkLeft: number;
  readonly gap: number;
  /** 0: unknown. */
  readonly chunkSize: number;
  /** Where chunks were found behind the gap; -1 while they were not. */
  readonly boundary: number;
  /** Nothing more comes. */
  readonly isLast: boolean;
}

/**
 * Supposes that nothing but chunks of one message came in a gap. Then it is known where its next chunk begins, and that
 * must lead to the chunks that were found, or far enough; null when it does not, or not yet.
 */
export function continuation(interruption: Interruption): GapPlace | null {
  const { boundary, chunkSize, gap, isLast, others, stream, waiting } = interruption;
  if (chunkSize === 0 || stream.hasExtended) return null;
  const place = placeBehindGap(stream.remaining, interruption.chunkLeft, gap, chunkSize, stream.id);
  if (place === null || place.chunkLeft > waiting.length) return null;
  const { chunkLeft, lost } = place;
  const known = Array.from(others, ({ hasExtended, id, length, type, remaining }) => ({
    id,
    type,
    length,
    hasExtended,
    remaining: id === stream.id ? remaining - lost - chunkLeft : remaining,
  }));
  let meets = false;
  const chain = walkChunks(waiting.bytes, chunkLeft, waiting.length, chunkSize, known, (offset) => {
    meets ||= offset === boundary;
    return meets;
  });
  const convinces = boundary >= 0 ? meets || chunkLeft === boundary : isConvincing(chain, isLast);
  return chain.brokenAt < 0 && convinces ? place : null;
}

/**
 * Where a gap of `gap` bytes ends when it has nothing but chunks of one message: how many bytes of the message are lost,
 * and how many of the chunk follow. Null when the message ends within it, or it ends in a header.
 */
function placeBehindGap(
  remaining: number,
  chunkLeft: number,
  gap: number,
  chunkSize: number,
  id: number,
): GapPlace | null {
  const header = id < 64 ? 1 : id < 320 ? 2 : 3;
  let lost = Math.min(chunkLeft, gap);
  let left = gap - lost;
  let inChunk = chunkLeft - lost;
  while (left > 0) {
    if (lost >= remaining || left < header) return null;
    left -= header;
    inChunk = Math.min(chunkSize, remaining - lost);
    const step = Math.min(inChunk, left);
    lost += step;
    inChunk -= step;
    left -= step;
  }
  return { lost, chunkLeft: inChunk };
}
