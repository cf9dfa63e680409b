import { closeSync, openSync, readSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SpillStore } from '#engine/store/capture-bytes';

/** Bytes that are gathered before they are written. */
const gatherBytes = 1 << 20;
/** How often free space is asked for, bytes written. */
const spaceCheckBytes = 64 << 20;
/** Bytes of the disk that stay free. */
const reserveBytes = 1 << 30;

/**
 * A private temporary file for bytes that lie nowhere in the capture as they are: made when the first ones come, gone
 * when it is closed.
 */
export class FileSpill implements SpillStore {
  size = 0;
  private descriptor: number | null = null;
  /** The end of the store, not yet in the file. */
  private readonly gathered = new Uint8Array(gatherBytes);
  private gatheredLength = 0;
  private spaceCheckedAt = -spaceCheckBytes;
  private isFull = false;

  constructor(readonly path: string) {}

  append(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.isFull || !this.hasSpace()) return false;
    if (this.gatheredLength + (end - start) > gatherBytes) this.flush();
    if (end - start > gatherBytes) this.write(bytes.subarray(start, end), this.size);
    else {
      this.gathered.set(bytes.subarray(start, end), this.gatheredLength);
      this.gatheredLength += end - start;
    }
    if (this.isFull) return false;
    this.size += end - start;
    return true;
  }

  read(offset: number, target: Uint8Array): number {
    const written = this.size - this.gatheredLength;
    let done = 0;
    const fromFile = Math.min(target.length, Math.max(0, written - offset));
    while (done < fromFile && this.descriptor !== null) {
      const count = readSync(this.descriptor, target, done, fromFile - done, offset + done);
      if (count === 0) return done;
      done += count;
    }
    const from = offset + done - written;
    if (from < 0 || from >= this.gatheredLength) return done;
    const rest = this.gathered.subarray(from, Math.min(this.gatheredLength, from + target.length - done));
    target.set(rest, done);
    return done + rest.length;
  }

  /** Everything is in the file from now on, where another thread can read it. */
  flush(): void {
    if (this.gatheredLength === 0) return;
    this.write(this.gathered.subarray(0, this.gatheredLength), this.size - this.gatheredLength);
    this.gatheredLength = 0;
  }

  close(): void {
    if (this.descriptor !== null) closeSync(this.descriptor);
    this.descriptor = null;
    rmSync(this.path, { force: true });
  }

  private write(bytes: Uint8Array, position: number): void {
    try {
      // Nobody else may read it.
      this.descriptor ??= openSync(this.path, 'wx+', 0o600);
      let done = 0;
      while (done < bytes.length) {
        done += writeSync(this.descriptor, bytes, done, bytes.length - done, position + done);
      }
    } catch {
      this.isFull = true;
    }
  }

  private hasSpace(): boolean {
    if (this.size - this.spaceCheckedAt < spaceCheckBytes) return true;
    this.spaceCheckedAt = this.size;
    try {
      const { bavail, blocks, bsize } = statfsSync(dirname(this.path));
      // Of a small disk a twentieth is enough.
      this.isFull = bavail * bsize < Math.min(reserveBytes, (blocks * bsize) / 20);
    } catch {
      this.isFull = true;
    }
    return !this.isFull;
  }
}
