import type { ByteSource } from './byte-source';

/** Enough to make reads rare, small enough that what was read is still in the processor's own cache when it is decoded. */
const CAPACITY = 512 * 1024;
/** Whoever wants much at a time, to look for a place to go on, gets more, or every step would move all of it. */
const SURPLUS = 4 * 1024 * 1024;

/**
 * The part of a source that is in memory. It slides forward with the reader; views into `bytes` are valid
 * until the next `load`.
 */
export class SourceWindow {
  bytes: Uint8Array<ArrayBuffer>;
  /** `bytes` again: its integers are single instructions, where putting bytes together calls functions. */
  view: DataView;
  /** File offset of `bytes[0]`. */
  base = 0;
  /** What went wrong in the last read of the source; null when nothing did. */
  failure: string | null = null;
  private length = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly capacity = source.readAhead ?? CAPACITY,
  ) {
    const { size, isGrowing = false } = source;
    this.bytes = new Uint8Array(isGrowing ? capacity : Math.max(1, Math.min(capacity, size)));
    this.view = new DataView(this.bytes.buffer);
  }

  get size(): number {
    return this.source.size;
  }

  /** Whether the `length` bytes at `offset` may still come: they lie behind the end of a source that grows. */
  mayCome(offset: number, length: number): boolean {
    return this.failure === null && this.source.isGrowing === true && offset + length > this.source.size;
  }

  /**
   * Position in `bytes` of the `length` bytes at file offset `offset`; -1 when the source does not have them
   * all (then `failure` tells whether it should have had them).
   */
  load(offset: number, length: number): number {
    const at = offset - this.base;
    if (at >= 0 && at + length <= this.length) return at;
    return this.slide(offset, length);
  }

  private slide(offset: number, length: number): number {
    if (this.failure !== null || offset + length > this.source.size) return -1;
    const ahead = Math.max(this.capacity, Math.min(4 * length, length + SURPLUS));
    const wanted = Math.min(ahead, this.source.size - offset);
    const at = offset - this.base;
    const kept = at >= 0 && at < this.length ? this.length - at : 0;
    if (wanted > this.bytes.length) {
      const grown = new Uint8Array(wanted);
      grown.set(this.bytes.subarray(at, at + kept));
      this.show(grown);
    } else if (this.bytes.length > this.capacity && wanted <= this.capacity) {
      const shrunk = new Uint8Array(this.capacity);
      // What is kept can be more than the ordinary capacity: the rest is read again when its turn comes.
      shrunk.set(this.bytes.subarray(at, at + Math.min(kept, this.capacity)));
      this.show(shrunk);
    } else if (kept > 0) {
      this.bytes.copyWithin(0, at, this.length);
    }
    this.base = offset;
    this.length = Math.min(kept, this.bytes.length);
    while (this.length < wanted) {
      let got = 0;
      try {
        got = this.source.read(offset + this.length, this.bytes.subarray(this.length, wanted));
      } catch (error) {
        this.failure = error instanceof Error ? error.message : String(error);
        break;
      }
      if (got <= 0) {
        this.failure = 'the file is shorter than it was when it was opened';
        break;
      }
      this.length += got;
    }
    return this.length >= length ? 0 : -1;
  }

  private show(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
