import type { Severity } from '#shared/model/diagnostic';

/**
 * Random access to the bytes of a capture. Synchronous: the engine runs in a worker, where a blocking read
 * is the fastest and simplest one.
 */
export interface ByteSource {
  /** Bytes in the source when it was opened; of one that grows, those that are there by now. */
  readonly size: number;
  /** More bytes may still come: `size` is not the end. Once false it stays false. */
  readonly isGrowing?: boolean;
  /** How many bytes are worth reading at once; some MiB when it says nothing. */
  readonly readAhead?: number;
  /** Why the source ended before its time; null when it did not. Final once it has stopped growing. */
  readonly fault?: SourceFault | null;
  /**
   * Fills `target` from `offset` on and returns how many bytes came: fewer than asked at the end, 0 past it.
   * Throws when the source has become unreadable; the caller turns that into a diagnostic.
   */
  read(offset: number, target: Uint8Array): number;
}

/** What cut a source short: a broken compressed stream, a file that was replaced. What came before it stands. */
export interface SourceFault {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
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
