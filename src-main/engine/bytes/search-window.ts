import { PieceBuffer } from './piece-buffer';

/** Bytes at which a search is made at first; each time nothing was found it is made again with twice as many. */
const firstSearch = 64;

/**
 * Bytes in which the beginning of something is looked for. When they are looked at depends on how many there are alone,
 * not on how they came: the same bytes give the same result.
 */
export class SearchWindow {
  buffer = new PieceBuffer();
  /** What stands before this one begins nothing. */
  from = 0;
  private next = firstSearch;

  /** @param limit bytes at which it is full: a power of two */
  constructor(private readonly limit: number) {}

  /** A search is to be made. */
  get isDue(): boolean {
    return this.buffer.length >= this.next;
  }

  get isFull(): boolean {
    return this.buffer.length >= this.limit;
  }

  /** Takes bytes up to the next search, and answers how many. */
  take(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): number {
    const count = Math.min(end - start, Math.max(1, this.next - this.buffer.length));
    this.buffer.push(bytes, start, start + count, frame, timeNs, address);
    return count;
  }

  /** Nothing was found: there have to be more. */
  wait(): void {
    this.next = Math.min(this.limit, 2 * this.next);
  }

  /** Empties the window for what comes next, and gives the bytes away. */
  restart(from = 0): PieceBuffer {
    const { buffer } = this;
    this.buffer = new PieceBuffer();
    this.from = from;
    this.next = firstSearch;
    return buffer;
  }

  /** Gives the bytes away; the next search is made when the window is full again. */
  drain(): PieceBuffer {
    const buffer = this.restart();
    this.next = this.limit;
    return buffer;
  }
}
