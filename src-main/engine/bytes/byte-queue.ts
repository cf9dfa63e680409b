import { missingBytes } from './extents';
import type { Extents } from './extents';

const noBytes = new Uint8Array(0);

interface Piece {
  /** Offset in the buffer. */
  at: number;
  length: number;
  readonly address: number;
}

/** Bytes of a stream that were not taken yet, with their places in the bytes of the capture. */
export class ByteQueue {
  /** Waiting bytes are `bytes[head..tail)`. */
  bytes: Uint8Array = noBytes;
  head = 0;
  tail = 0;
  private pieces: Piece[] = [];

  get length(): number {
    return this.tail - this.head;
  }

  push(bytes: Uint8Array, start: number, end: number, address: number): void {
    const length = end - start;
    this.makeRoom(length);
    this.bytes.set(bytes.subarray(start, end), this.tail);
    const last = this.pieces.at(-1);
    if (last && last.address !== missingBytes && last.address + last.length === address) last.length += length;
    else this.pieces.push({ at: this.tail, length, address });
    this.tail += length;
  }

  /** Drops the next bytes; where they lay goes to `extents`. */
  take(count: number, extents: Extents | null = null): void {
    const end = this.head + count;
    let gone = 0;
    while (gone < this.pieces.length) {
      const { at, length, address } = this.pieces[gone];
      const from = Math.max(at, this.head);
      const to = Math.min(at + length, end);
      if (to > from) extents?.push(address === missingBytes ? missingBytes : address + from - at, to - from);
      if (at + length > end) break;
      gone += 1;
    }
    if (gone > 0) this.pieces.splice(0, gone);
    this.head = end;
    if (this.head < this.tail) return;
    // Thousands of idle connections keep no buffer.
    this.clear();
  }

  clear(): void {
    this.bytes = noBytes;
    this.head = 0;
    this.tail = 0;
    this.pieces = [];
  }

  /** Where `bytes[start..end)` lies; `missingBytes` when not in one piece. */
  addressOf(start: number, end: number): number {
    for (const { at, length, address } of this.pieces) {
      if (start >= at + length) continue;
      return start >= at && end <= at + length && address !== missingBytes ? address + start - at : missingBytes;
    }
    return missingBytes;
  }

  private makeRoom(length: number): void {
    if (this.tail + length <= this.bytes.length) return;
    const used = this.length;
    const needed = used + length;
    const target = needed > this.bytes.length ? new Uint8Array(Math.max(2048, 2 * needed)) : this.bytes;
    target.set(this.bytes.subarray(this.head, this.tail));
    for (const piece of this.pieces) piece.at -= this.head;
    this.bytes = target;
    this.head = 0;
    this.tail = used;
  }
}
