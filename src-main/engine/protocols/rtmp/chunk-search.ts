import { SearchWindow } from '../../bytes/search-window';
import { type Boundary, findBoundary } from './chain';
import type { ChunkStream } from './chunk-stream';
import { continuation } from './gap-place';
import type { MessageAssembler } from './message-assembler';

/** Bytes that the next chunk is looked for in; of a full window so many last ones are kept. */
const maxSearchBytes = 256 << 10;
const keptSearchBytes = 64 << 10;
/** So many without a chunk of the size that was known make the size doubtful. */
const doubtfulBytes = 16 << 10;

/**
 * Finds the place in the stream again where bytes were lost or not understood: within the message that was coming in, or
 * at the next chunk by what it looks like.
 */
export class ChunkSearch {
  readonly window = new SearchWindow(maxSearchBytes);
  /** Lost bytes that stand before the waiting bytes. */
  lostBefore = 0;
  /** The message that was coming in when bytes were lost, to be tried as one that goes on. */
  private interrupted: ChunkStream | null = null;
  private lostInInterrupted = 0;

  constructor(private readonly messages: MessageAssembler) {}

  /** Bytes of a full window in which nothing was found, and that are given up. */
  get surplus(): number {
    return this.window.buffer.length - keptSearchBytes;
  }

  /** A gap before the waiting bytes. `unfinished`: the one message that may reach across; null where none does. */
  addGap(length: number, unfinished: ChunkStream | null): void {
    this.lostBefore += length;
    this.interrupted = this.interrupted ? null : unfinished;
    if (this.interrupted) this.lostInInterrupted = length;
  }

  /** No message reaches across the gap: all that were coming in are cut. */
  cutMessages(): void {
    this.interrupted = null;
    this.messages.cutAll();
    this.messages.forgetTimes();
  }

  /** The next chunk in the waiting bytes. `isLast`: no more of them come. */
  find(isLast: boolean): Boundary | null {
    const { chunkFloor, chunkSize } = this.messages;
    const { buffer, from } = this.window;
    const { bytes, length } = buffer;
    const boundary = findBoundary(bytes, from, length, chunkSize, chunkFloor, isLast);
    // Another chunk size may have been set where bytes are lost.
    const isSizeDoubtful = chunkSize > 0 && (isLast || length >= doubtfulBytes);
    return boundary ?? (isSizeDoubtful ? findBoundary(bytes, from, length, 0, 0, isLast) : null);
  }

  /**
   * Nothing else may have come in the gap than chunks of the message that was coming in. Then it is known where its next
   * chunk begins, and that must lead to the chunk that was found at `boundary` (-1: none). Answers whether it does; then
   * the waiting bytes go on with the message.
   */
  resume(boundary: number, isLast: boolean): boolean {
    const { interrupted, messages } = this;
    if (!interrupted) return false;
    const place = continuation({
      waiting: this.window.buffer,
      stream: interrupted,
      others: messages.known,
      chunkLeft: messages.chunkLeft,
      gap: this.lostInInterrupted,
      chunkSize: messages.chunkSize,
      boundary,
      isLast,
    });
    if (place === null) return false;
    // The gap is the message's own but for the headers of its chunks.
    messages.lost -= this.lostInInterrupted;
    this.lostBefore -= this.lostInInterrupted;
    this.interrupted = null;
    messages.reenterChunk(interrupted, place.lost, place.chunkLeft);
    return true;
  }
}
