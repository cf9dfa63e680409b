import { u24be, u32be } from '../../bytes/integers';
import {
  basicHeaderBytes,
  chunkStreamId,
  extendedMark,
  headerBytes,
  HeaderLook,
  isPayloadStart,
  lookAtHeader,
} from './chunk-header';

/** What is known of a chunk stream: what its last header said, and how much of its message is still to come. */
export interface KnownStream {
  readonly id: number;
  readonly type: number;
  readonly length: number;
  readonly hasExtended: boolean;
  readonly remaining: number;
}

/** How far a row of chunks goes that begins at some byte. */
export interface Chain {
  /** How little it can be chance. */
  readonly points: number;
  /** Headers of format 0 and 1, and all headers. */
  readonly strong: number;
  readonly headers: number;
  /** Longest payload that came in one chunk, and whether one came in several: then the chunk size is proven. */
  readonly longestSingle: number;
  readonly provesSize: boolean;
  /** Where it met a byte that begins no chunk; -1 when it went to the end of the bytes. */
  readonly brokenAt: number;
  /** The last chunk ended with the bytes. */
  readonly isExact: boolean;
}

/** Sizes that senders use; the last stands for messages in one piece. */
export const usualChunkSizes = [
  128, 256, 512, 1024, 2048, 4096, 5000, 8192, 10_000, 16_384, 32_768, 60_000, 65_536, 131_072, 0xff_ff_ff,
];

/** Chunks that are looked at: more make nothing surer. */
const maxHeaders = 256;

const look = new HeaderLook();

interface OpenStream {
  type: number;
  length: number;
  hasExtended: boolean;
  remaining: number;
}

/**
 * Walks chunk by chunk from `at` on, as far as every header is one that a sender may have written there. `known` tells
 * what is known of chunk streams before that byte; `visit` is told where chunks begin.
 */
export function walkChunks(
  bytes: Uint8Array,
  at: number,
  end: number,
  chunkSize: number,
  known: readonly KnownStream[],
  visit?: (offset: number) => boolean,
): Chain {
  const streams = new Map<number, OpenStream>();
  for (const { id, type, length, hasExtended, remaining } of known) {
    streams.set(id, { type, length, hasExtended, remaining });
  }
  const chain = { points: 0, strong: 0, headers: 0, longestSingle: 0, provesSize: false, brokenAt: -1, isExact: false };
  let offset = at;
  while (offset < end && chain.headers < maxHeaders) {
    if (visit?.(offset)) break;
    const first = bytes[offset];
    const format = first >>> 6;
    if (offset + headerBytes(first) > end) break;
    const id = chunkStreamId(bytes, offset);
    let stream = streams.get(id);
    let body: number;
    if (format <= 1) {
      const header = lookAtHeader(bytes, offset, end, look);
      if (header === null) break;
      // A message is never given up for another one on its chunk stream.
      if (header.points === 0 || (stream && stream.remaining > 0)) return { ...chain, brokenAt: offset };
      chain.points += header.points + (stream ? 1 : 0);
      chain.strong += 1;
      body = offset + header.bytes;
      stream = { type: header.type, length: header.length, hasExtended: header.hasExtended, remaining: header.length };
      streams.set(id, stream);
    } else {
      if (!stream || (format === 2 && stream.remaining > 0)) return { ...chain, brokenAt: offset };
      body = offset + headerBytes(first);
      if (format === 2) {
        const delta = u24be(bytes, offset + basicHeaderBytes(first));
        stream.hasExtended = delta === extendedMark;
        if (stream.hasExtended) body += 4;
        else if (delta > 600_000) return { ...chain, brokenAt: offset };
      } else if (stream.hasExtended) {
        // Repeated or not (section 5.3.1.3): a large number that is repeated is no payload.
        if (body + 4 > end) break;
        if (u32be(bytes, body) >= extendedMark && u32be(bytes, body) < 0x8000_0000) body += 4;
      }
      if (stream.remaining === 0) {
        stream.remaining = stream.length;
        if (body >= end) break;
        if (!isPayloadStart(stream.type, bytes[body])) return { ...chain, brokenAt: offset };
      }
      chain.points += 1;
    }
    chain.headers += 1;
    const size = Math.min(chunkSize, stream.remaining);
    if (stream.remaining === stream.length && size === stream.length) {
      chain.longestSingle = Math.max(chain.longestSingle, size);
    }
    stream.remaining -= size;
    if (format === 3 && size + stream.remaining < stream.length) chain.provesSize = true;
    offset = body + size;
  }
  chain.isExact = offset === end;
  return chain;
}

/** Enough to believe that chunks begin there; less suffices of all that is left of a connection. */
export function isConvincing({ points, headers }: Chain, isLast: boolean): boolean {
  return isLast ? points >= 6 && headers >= 1 : points >= 9 && headers >= 2;
}

/** A place where chunks begin. */
export interface Boundary {
  readonly offset: number;
  /** Proven by the chunks behind it; 0 when it is not. */
  readonly chunkSize: number;
  /** The chunk size is at least that: a payload as long came in one piece. */
  readonly chunkFloor: number;
}

/**
 * The first byte from `from` on where a row of chunks begins with a header of format 0 or 1 and goes on convincingly.
 * `chunkSize` 0: unknown, but at least `chunkFloor`.
 */
export function findBoundary(
  bytes: Uint8Array,
  from: number,
  end: number,
  chunkSize: number,
  chunkFloor: number,
  isLast: boolean,
): Boundary | null {
  for (let offset = from; offset < end; offset += 1) {
    if (bytes[offset] >= 0x80) continue;
    const header = lookAtHeader(bytes, offset, end, look);
    if (header === null || header.points === 0) continue;
    const boundary = chunkSize > 0 ? tryOne(offset, chunkSize) : trySizes(offset);
    if (boundary) return boundary;
  }
  return null;

  function tryOne(offset: number, size: number): Boundary | null {
    const chain = walkChunks(bytes, offset, end, size, []);
    return chain.brokenAt < 0 && isConvincing(chain, isLast) ? { offset, chunkSize: size, chunkFloor: 0 } : null;
  }

  function trySizes(offset: number): Boundary | null {
    let best: Chain | null = null;
    let bestSize = 0;
    for (const size of usualChunkSizes) {
      if (size < chunkFloor) continue;
      const chain = walkChunks(bytes, offset, end, size, []);
      if (chain.brokenAt >= 0 || !isConvincing(chain, isLast)) continue;
      if (best === null || chain.points > best.points) {
        best = chain;
        bestSize = size;
      }
    }
    if (best === null) return null;
    if (best.provesSize) return { offset, chunkSize: bestSize, chunkFloor: 0 };
    const floor = Math.max(chunkFloor, best.longestSingle);
    if (u24be(bytes, offset + basicHeaderBytes(bytes[offset]) + 3) <= floor) {
      return { offset, chunkSize: 0, chunkFloor: floor };
    }
    // Its first message ends behind the bytes.
    return isLast ? { offset, chunkSize: bestSize, chunkFloor: 0 } : null;
  }
}
