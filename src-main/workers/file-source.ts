import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { ByteSource, SourceFault } from '#engine/capture/byte-source';

/** A file as the engine reads it. Throws the system's error when the file cannot be opened. */
export class FileSource implements ByteSource {
  size: number;
  isGrowing: boolean;
  fault: SourceFault | null = null;
  private readonly descriptor: number;
  private readonly inode: number;

  /** @param follows whether the file is still being written: `refresh` then looks for what has come */
  constructor(
    private readonly path: string,
    follows = false,
  ) {
    this.descriptor = openSync(path, 'r');
    const { ino, size } = fstatSync(this.descriptor);
    this.inode = ino;
    this.size = size;
    this.isGrowing = follows;
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

  /** Looks how far a growing file has come. A file that shrank or was replaced grows no more. */
  refresh(): void {
    if (!this.isGrowing) return;
    const { size } = fstatSync(this.descriptor);
    if (size < this.size) {
      this.endWith('error', 'capture-file-shrank', 'was cut shorter while it was followed; following it has ended.');
      // What was read of it is gone: asking for it again would give something else.
      this.size = size;
      return;
    }
    this.size = size;
    if (this.isReplaced()) {
      this.endWith('warning', 'capture-file-replaced', 'was replaced by another one; following it has ended.');
    }
  }

  /** What is there now is all of it. */
  stopGrowing(): void {
    this.refresh();
    this.isGrowing = false;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private endWith(severity: SourceFault['severity'], code: string, what: string): void {
    this.isGrowing = false;
    this.fault = { severity, code, message: `The file ${what}` };
  }

  /** Capturing programs that keep a ring of files begin a new one under the same name. */
  private isReplaced(): boolean {
    try {
      return statSync(this.path).ino !== this.inode;
    } catch {
      return true;
    }
  }
}
