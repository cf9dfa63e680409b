import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { RpcFailure } from '../workers/rpc/protocol';

const windowBytes = 1 << 20;

/** What locates a payload: the columns of a media index that a reader needs. */
export type PayloadColumns = Pick<RtpMediaIndex, 'payloadOffset' | 'payloadLength' | 'side'>;

/**
 * Reads RTP payloads out of the capture file through a window: packets lie close to each other and are asked
 * for nearly in the order of the file. Blocking, as it runs in a worker.
 */
export class PayloadReader {
  private readonly window = new Uint8Array(windowBytes);
  private windowStart = 0;
  private windowEnd = 0;

  private constructor(
    private readonly path: string,
    private readonly fd: number,
  ) {}

  /** Fails with `capture-vanished` when the file cannot be opened, `capture-changed` when it is shorter than it was. */
  static open(path: string, captureBytes: number): PayloadReader {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch {
      throw new RpcFailure({
        code: 'capture-vanished',
        message: 'The capture file can no longer be read.',
        where: path,
        hint: 'Put it back, or open it where it lies now.',
      });
    }
    const reader = new PayloadReader(path, fd);
    if (fstatSync(fd).size < captureBytes) {
      reader.close();
      throw reader.changed();
    }
    return reader;
  }

  /** Captured payload of one packet: borrowed, valid until the next call. */
  read(columns: PayloadColumns, packet: number): Uint8Array {
    const length = columns.payloadLength[packet];
    const offset = columns.payloadOffset[packet];
    if (offset < 0) return columns.side.subarray(-offset - 1, -offset - 1 + length);
    if (length > windowBytes / 2) throw new Error(`payload of ${length} bytes`);
    if (offset < this.windowStart || offset + length > this.windowEnd) {
      this.fill(Math.max(0, offset - windowBytes / 8));
      if (offset + length > this.windowEnd) throw this.changed();
    }
    return this.window.subarray(offset - this.windowStart, offset - this.windowStart + length);
  }

  close(): void {
    closeSync(this.fd);
  }

  /** Streams of both directions lie interleaved, so a window begins a little before what was asked for. */
  private fill(start: number): void {
    let filled = 0;
    while (filled < windowBytes) {
      const n = this.readAt(filled, windowBytes - filled, start + filled);
      if (n === 0) break;
      filled += n;
    }
    this.windowStart = start;
    this.windowEnd = start + filled;
  }

  private readAt(target: number, length: number, position: number): number {
    try {
      return readSync(this.fd, this.window, target, length, position);
    } catch {
      throw this.changed();
    }
  }

  private changed(): RpcFailure {
    return new RpcFailure({
      code: 'capture-changed',
      message: 'The capture file is not the one that was opened: bytes are missing from it.',
      where: this.path,
      hint: 'Open it again.',
    });
  }
}
