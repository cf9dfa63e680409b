import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { RpcFailure } from '../workers/rpc/protocol';
import { type CaptureFilePart, type CaptureLocation, captureParts } from './capture-location';

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

  private constructor(private readonly files: readonly OpenFile[]) {}

  /** Fails with `capture-vanished` when a file cannot be opened, `capture-changed` when it is shorter than it was. */
  static open(location: CaptureLocation, captureBytes: number): PayloadReader {
    const files: OpenFile[] = [];
    const reader = new PayloadReader(files);
    try {
      for (const part of captureParts(location, captureBytes)) {
        const file = { ...part, descriptor: openPart(part) };
        files.push(file);
        if (fstatSync(file.descriptor).size < part.bytes) throw changed(part);
      }
    } catch (error) {
      reader.close();
      throw error;
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
      const { offset: start } = this.fileAt(offset);
      this.fill(Math.max(start, offset - windowBytes / 8));
      if (offset + length > this.windowEnd) throw changed(this.fileAt(offset));
    }
    return this.window.subarray(offset - this.windowStart, offset - this.windowStart + length);
  }

  /** Whether these bytes lie in the capture, or in what was kept beside it. */
  holds(address: number, length: number): boolean {
    if (!Number.isSafeInteger(address) || address < 0 || this.files.length === 0) return false;
    const { offset, bytes } = this.fileAt(address);
    return address >= offset && address + length <= offset + bytes;
  }

  /** Fills `target` from `address` on; answers how many bytes there were. */
  copy(address: number, target: Uint8Array): number {
    if (!this.holds(address, 0)) return 0;
    const file = this.fileAt(address);
    const length = Math.min(target.length, file.offset + file.bytes - address);
    if (length > windowBytes / 2) return this.readWhole(file, target.subarray(0, length), address - file.offset);
    if (address < this.windowStart || address + length > this.windowEnd) {
      this.fill(Math.max(file.offset, address - windowBytes / 8));
    }
    const from = address - this.windowStart;
    const found = this.window.subarray(from, Math.min(from + length, this.windowEnd - this.windowStart));
    target.set(found);
    return found.length;
  }

  close(): void {
    for (const { descriptor } of this.files) closeSync(descriptor);
  }

  private readWhole({ descriptor }: OpenFile, target: Uint8Array, position: number): number {
    let done = 0;
    while (done < target.length) {
      const n = readSync(descriptor, target, done, target.length - done, position + done);
      if (n === 0) break;
      done += n;
    }
    return done;
  }

  /** Streams of both directions lie interleaved, so a window begins a little before what was asked for. */
  private fill(start: number): void {
    const file = this.fileAt(start);
    let filled = 0;
    while (filled < windowBytes) {
      const n = this.readAt(file, filled, start - file.offset + filled);
      if (n === 0) break;
      filled += n;
    }
    this.windowStart = start;
    this.windowEnd = start + filled;
  }

  private readAt(file: OpenFile, target: number, position: number): number {
    try {
      return readSync(file.descriptor, this.window, target, windowBytes - target, position);
    } catch {
      throw changed(file);
    }
  }

  /** The file that holds the byte at `offset`: the last one that begins there or before. */
  private fileAt(offset: number): OpenFile {
    let found = this.files[0];
    for (const file of this.files) if (file.offset <= offset) found = file;
    return found;
  }
}

interface OpenFile extends CaptureFilePart {
  readonly descriptor: number;
}

function openPart({ name, path }: CaptureFilePart): number {
  try {
    return openSync(path, 'r');
  } catch {
    throw new RpcFailure({
      code: 'capture-vanished',
      message: 'The capture file can no longer be read.',
      where: name,
      hint: 'Put it back, or open it where it lies now.',
    });
  }
}

function changed({ name }: CaptureFilePart): RpcFailure {
  return new RpcFailure({
    code: 'capture-changed',
    message: 'The capture file is not the one that was opened: bytes are missing from it.',
    where: name,
    hint: 'Open it again.',
  });
}
