/**
 * Random access to the bytes of a capture. Synchronous: the engine runs in a worker, where a blocking read
 * is the fastest and simplest one.
 */
export interface ByteSource {
  /** Bytes in the source when it was opened. */
  readonly size: number;
  /**
   * Fills `target` from `offset` on and returns how many bytes came: fewer than asked at the end, 0 past it.
   * Throws when the source has become unreadable; the caller turns that into a diagnostic.
   */
  read(offset: number, target: Uint8Array): number;
}

/** A source that lies in memory. */
export class MemorySource implements ByteSource {
  readonly size: number;

  constructor(private readonly bytes: Uint8Array) {
    this.size = bytes.length;
  }

  read(offset: number, target: Uint8Array): number {
    const end = Math.min(offset + target.length, this.bytes.length);
    if (end <= offset) return 0;
    target.set(this.bytes.subarray(offset, end));
    return end - offset;
  }
}
