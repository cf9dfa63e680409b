import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '#engine/capture/byte-source';

/** A file as the engine reads it. Throws the system's error when the file cannot be opened. */
export class FileSource implements ByteSource {
  readonly size: number;
  private readonly descriptor: number;

  constructor(path: string) {
    this.descriptor = openSync(path, 'r');
    this.size = fstatSync(this.descriptor).size;
  }

  read(offset: number, target: Uint8Array): number {
    let done = 0;
    while (done < target.length) {
      const count = readSync(this.descriptor, target, done, target.length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
