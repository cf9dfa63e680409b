import { closeSync, readSync } from 'node:fs';
import type { PayloadReader } from '../payload-reader';
import type { Sound } from './sound';

/** Where the pieces of a decoded stream lie, in the order of play; columns have one entry a piece. */
export interface PieceTable {
  /** By packet of the media index: number of its first piece, and how many it has. */
  readonly first: Uint32Array;
  readonly counts: Uint32Array;
  /** By packet: 1 when it brought only silence descriptors. */
  readonly silence: Uint8Array;
  readonly timestamps: Float64Array;
  /** First sample in the file, and number of samples, per channel. */
  readonly starts: Float64Array;
  readonly lengths: Uint32Array;
}

export interface PcmFile {
  readonly fd: number;
  readonly sampleRateHz: number;
  readonly channels: number;
}

const windowSamples = 1 << 17;

/** Samples that a decoder has written into a file, 16 bits, lowest byte first; read through a window. */
export class DecodedSound implements Sound {
  private window = new Int16Array(0);
  /** What the window holds: samples of all channels, counted from the beginning of the file. */
  private windowStart = 0;
  private windowEnd = 0;

  constructor(
    private readonly file: PcmFile,
    private readonly pieces: PieceTable,
  ) {}

  get sampleRateHz(): number {
    return this.file.sampleRateHz;
  }

  get channels(): number {
    return this.file.channels;
  }

  get hasRoundedTimestamps(): boolean {
    return true;
  }

  firstPiece(packet: number): number {
    return this.pieces.first[packet];
  }

  pieceCount(packet: number): number {
    return this.pieces.counts[packet];
  }

  isSilence(packet: number): boolean {
    return this.pieces.silence[packet] === 1;
  }

  timestamp(piece: number): number {
    return this.pieces.timestamps[piece];
  }

  samples(piece: number): number {
    return this.pieces.lengths[piece];
  }

  fullSamples(piece: number): number {
    return this.pieces.lengths[piece];
  }

  read(piece: number, _reader: PayloadReader, target: Int16Array): void {
    const { channels } = this.file;
    const start = this.pieces.starts[piece] * channels;
    const length = this.pieces.lengths[piece] * channels;
    if (start < this.windowStart || start + length > this.windowEnd) this.fill(start, length);
    target.set(this.window.subarray(start - this.windowStart, start - this.windowStart + length));
  }

  close(): void {
    closeSync(this.file.fd);
  }

  private fill(start: number, length: number): void {
    if (this.window.length < length) this.window = new Int16Array(Math.max(windowSamples, length));
    const bytes = new Uint8Array(this.window.buffer);
    let filled = 0;
    while (filled < bytes.length) {
      const n = readSync(this.file.fd, bytes, filled, bytes.length - filled, 2 * start + filled);
      if (n === 0) break;
      filled += n;
    }
    // What the file lacks is silence: the disk may have been full.
    bytes.fill(0, filled);
    this.windowStart = start;
    this.windowEnd = start + this.window.length;
  }
}
