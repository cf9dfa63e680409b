import { doubled } from '../../bytes/doubled';
import { type AddressedBytes, Extents, missingBytes } from '../../bytes/extents';

/** Takes pieces of a byte stream in order; `TsDemuxer` and `PsDemuxer` do. */
export interface PieceSink {
  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void;
  gap(length: number, frame: number, timeNs: number): void;
}

const windowBytes = 128 << 10;

/** Where the bytes of a stream lie in the capture and when they came: 24 bytes for each datagram or segment. */
export class PieceLog {
  count = 0;
  /** Bytes that are there. */
  bytes = 0;
  /** Bytes known to be missing. */
  missing = 0;
  private address = new Float64Array(16);
  private length = new Uint32Array(16);
  private frame = new Uint32Array(16);
  private timeNs = new Float64Array(16);

  push(length: number, frame: number, timeNs: number, address: number): void {
    this.add(length, frame, timeNs, address);
    this.bytes += length;
  }

  /** `length` 0: nobody knows how many. */
  gap(length: number, frame: number, timeNs: number): void {
    this.add(length, frame, timeNs, missingBytes);
    this.missing += length;
  }

  /** The bytes as they came, holes left out. */
  extents(): Extents {
    const extents = new Extents(this.count);
    for (let i = 0; i < this.count; i += 1) {
      if (this.address[i] !== missingBytes) extents.push(this.address[i], this.length[i]);
    }
    return extents;
  }

  /** Frames that carried them, each once, ascending. */
  frames(): number[] {
    const frames = new Set<number>();
    for (let i = 0; i < this.count; i += 1) if (this.address[i] !== missingBytes) frames.add(this.frame[i]);
    return [...frames].sort((a, b) => a - b);
  }

  /** Gives everything to `sink` again. */
  replay(source: AddressedBytes, sink: PieceSink): void {
    let window = new Uint8Array(windowBytes);
    let windowStart = 0;
    let windowEnd = 0;
    for (let i = 0; i < this.count; i += 1) {
      const address = this.address[i];
      const length = this.length[i];
      if (address === missingBytes) {
        sink.gap(length, this.frame[i], this.timeNs[i]);
        continue;
      }
      if (address < windowStart || address + length > windowEnd) {
        if (length > window.length) window = new Uint8Array(length);
        windowStart = address;
        windowEnd = address + source.read(address, window);
      }
      const start = address - windowStart;
      const end = Math.min(start + length, windowEnd - windowStart);
      sink.push(window, start, end, this.frame[i], this.timeNs[i], address);
      // What was there when it was captured cannot be read any more.
      if (end - start < length) sink.gap(length - (end - start), this.frame[i], this.timeNs[i]);
    }
  }

  private add(length: number, frame: number, timeNs: number, address: number): void {
    const { count } = this;
    if (count === this.address.length) {
      this.address = doubled(this.address);
      this.length = doubled(this.length);
      this.frame = doubled(this.frame);
      this.timeNs = doubled(this.timeNs);
    }
    this.address[count] = address;
    this.length[count] = length;
    this.frame[count] = frame;
    this.timeNs[count] = timeNs;
    this.count += 1;
  }
}
