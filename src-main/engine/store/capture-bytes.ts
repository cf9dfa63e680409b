import type { ByteSource } from '../capture/byte-source';
import { missingBytes } from '../bytes/extents';

/** Addresses from here on lie in the spill: no capture is as long. */
export const spillBase = 2 ** 50;

/** Keeps bytes that lie nowhere in the capture. The engine's owner decides where: a private file, or memory. */
export interface SpillStore extends ByteSource {
  /** Appends a copy; false when there is no room left for it. */
  append(bytes: Uint8Array, start: number, end: number): boolean;
}

/** Memory as a spill, up to a limit. */
export class MemorySpill implements SpillStore {
  size = 0;
  private readonly pieces: { readonly offset: number; readonly bytes: Uint8Array }[] = [];

  constructor(private readonly limit = 256 << 20) {}

  append(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.size + end - start > this.limit) return false;
    this.pieces.push({ offset: this.size, bytes: bytes.slice(start, end) });
    this.size += end - start;
    return true;
  }

  read(offset: number, target: Uint8Array): number {
    let low = 0;
    let high = this.pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.pieces[middle].offset <= offset) low = middle;
      else high = middle - 1;
    }
    let done = 0;
    for (let i = low; i < this.pieces.length && done < target.length; i += 1) {
      const piece = this.pieces[i];
      const part = piece.bytes.subarray(offset + done - piece.offset);
      target.set(part.subarray(0, target.length - done), done);
      done += Math.min(part.length, target.length - done);
    }
    return done;
  }
}

/** The capture's bytes and those of its spill under one range of addresses. */
export class CaptureBytes {
  constructor(
    private readonly source: ByteSource,
    private readonly spill: SpillStore,
  ) {}

  /** Fills `target` from `address` on; fewer bytes than asked where they end or cannot be read any more. */
  read(address: number, target: Uint8Array): number {
    try {
      return address >= spillBase ? this.spill.read(address - spillBase, target) : this.source.read(address, target);
    } catch {
      return 0;
    }
  }

  /** A copy of `length` bytes at `address`; shorter where they end. */
  slice(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, this.read(address, bytes));
  }

  /** Keeps a copy and answers its address; `missingBytes` when there is no room. */
  keep(bytes: Uint8Array, start: number, end: number): number {
    const address = spillBase + this.spill.size;
    return this.spill.append(bytes, start, end) ? address : missingBytes;
  }
}
