import type { Frame } from '../capture/frame';
import { Float64Column, Uint32Column } from './columns';

/** Frames of a chunk: rows grow without being copied. */
const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;
const MASK = CHUNK - 1;
/** Words of a frame: where it lies, its two lengths, its flow, the next frame of that. */
const WORDS = 5;
const LENGTH = 1;
const WIRE_LENGTH = 2;
const FLOW = 3;
const NEXT = 4;

/** Half of what 32 bits hold: distances may go either way. */
const reach = 2 ** 31;

interface Chunk {
  readonly times: Float64Array;
  readonly words: Uint32Array;
  /** File offset of its first frame. */
  readonly base: number;
}

/**
 * What is kept of each frame, 28 bytes: the time, and side by side what else there is, so that adding a frame touches
 * two places of the memory and not six.
 *
 * Offsets seldom move far within a chunk: they are kept as distances from that of its first frame, in 4 bytes. Those out
 * of reach (frames of large files that are merged) are kept whole, aside.
 */
export class FrameRows {
  length = 0;
  private readonly chunks: Chunk[] = [];
  private last: Chunk | null = null;
  /** Ascending, as frames are only added. */
  private readonly farIndexes = new Uint32Column();
  private readonly farOffsets = new Float64Column();

  push(frame: Frame, flow: number, next: number): void {
    const at = this.length & MASK;
    const chunk = at === 0 || this.last === null ? this.addChunk(frame.fileOffset) : this.last;
    const { words } = chunk;
    const row = at * WORDS;
    const distance = frame.fileOffset - chunk.base + reach;
    const isNear = distance > 0 && distance <= 0xffff_ffff;
    if (!isNear) {
      this.farIndexes.push(this.length);
      this.farOffsets.push(frame.fileOffset);
    }
    chunk.times[at] = frame.timeNs;
    words[row] = isNear ? distance : 0;
    words[row + LENGTH] = frame.end - frame.start;
    words[row + WIRE_LENGTH] = frame.wireLength;
    words[row + FLOW] = flow;
    words[row + NEXT] = next;
    this.length += 1;
  }

  timeNs(index: number): number {
    return this.chunks[index >>> CHUNK_BITS].times[index & MASK];
  }

  fileOffset(index: number): number {
    const distance = this.word(index, 0);
    return distance === 0 ? this.farOffset(index) : this.chunks[index >>> CHUNK_BITS].base + distance - reach;
  }

  capturedLength(index: number): number {
    return this.word(index, LENGTH);
  }

  wireLength(index: number): number {
    return this.word(index, WIRE_LENGTH);
  }

  flow(index: number): number {
    return this.word(index, FLOW);
  }

  next(index: number): number {
    return this.word(index, NEXT);
  }

  setNext(index: number, next: number): void {
    this.chunks[index >>> CHUNK_BITS].words[(index & MASK) * WORDS + NEXT] = next;
  }

  private word(index: number, word: number): number {
    return this.chunks[index >>> CHUNK_BITS].words[(index & MASK) * WORDS + word];
  }

  private addChunk(base: number): Chunk {
    const chunk = { times: new Float64Array(CHUNK), words: new Uint32Array(CHUNK * WORDS), base };
    this.chunks.push(chunk);
    this.last = chunk;
    return chunk;
  }

  private farOffset(index: number): number {
    let low = 0;
    let high = this.farIndexes.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.farIndexes.get(middle) < index) low = middle + 1;
      else high = middle;
    }
    return this.farOffsets.get(low);
  }
}
