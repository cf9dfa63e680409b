import type { ByteSource } from '../capture/byte-source';
import type { Frame } from '../capture/frame';
import type { FrameStore } from './frame-store';

const windowSize = 256 << 10;
/** Frames further apart than this are read one by one: reading what lies between would cost more. */
const nearby = 16 << 10;
/** What is read for a frame on its own: most frames fit. */
const single = 2 << 10;

/**
 * Reads frames again from the file through one small window: cheap for neighbours, possible for any. A frame's bytes
 * are borrowed until the next one is read.
 */
export class FrameReader {
  private readonly window = new Uint8Array(windowSize);
  private windowStart = 0;
  private windowLength = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly store: FrameStore,
  ) {}

  /** Puts frame `number` with its bytes into `frame`; false when the file does not have them any more. */
  read(number: number, frame: Frame): boolean {
    this.store.describe(number, frame);
    const length = frame.end - frame.start;
    const { fileOffset } = frame;
    const end = this.windowStart + this.windowLength;
    if (fileOffset < this.windowStart || fileOffset + length > end) {
      const isNear = fileOffset >= this.windowStart && fileOffset - end < nearby;
      const wanted = Math.max(length, isNear ? windowSize : single);
      if (wanted > windowSize) return this.readAlone(frame, length);
      this.windowLength = this.fill(fileOffset, this.window.subarray(0, wanted));
      this.windowStart = fileOffset;
      if (this.windowLength < length) return false;
    }
    frame.bytes = this.window;
    frame.start = fileOffset - this.windowStart;
    frame.end = frame.start + length;
    return true;
  }

  /** A copy of `length` bytes of the file; shorter when the file has become so. */
  readBytes(fileOffset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, this.fill(fileOffset, bytes));
  }

  private readAlone(frame: Frame, length: number): boolean {
    frame.bytes = this.readBytes(frame.fileOffset, length);
    frame.start = 0;
    frame.end = length;
    return frame.bytes.length === length;
  }

  private fill(fileOffset: number, target: Uint8Array): number {
    try {
      return this.source.read(fileOffset, target);
    } catch {
      return 0;
    }
  }
}
