import { type Extents, missingBytes } from './extents';

/** Takes bytes as a dissector does. */
export type PieceSink = (
  bytes: Uint8Array,
  start: number,
  end: number,
  frame: number,
  timeNs: number,
  address: number,
) => void;

/** Bytes that wait until it is known what they are, each piece with its frame, its time and its address. */
export class PieceBuffer {
  bytes = new Uint8Array(0);
  length = 0;
  private starts: number[] = [];
  private frames: number[] = [];
  private times: number[] = [];
  private addresses: number[] = [];

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    if (end <= start) return;
    const length = this.length + end - start;
    if (length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(256, length, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(bytes.subarray(start, end), this.length);
    const last = this.starts.length - 1;
    const goesOn =
      last >= 0 && this.frames[last] === frame && this.addressAt(last, this.length) === address && address >= 0;
    if (!goesOn) {
      this.starts.push(this.length);
      this.frames.push(frame);
      this.times.push(timeNs);
      this.addresses.push(address);
    }
    this.length = length;
  }

  /** Hands bytes `[from, to)` on, piece by piece. */
  replay(from: number, to: number, sink: PieceSink): void {
    const { starts } = this;
    for (let i = 0; i < starts.length; i += 1) {
      const start = Math.max(from, starts[i]);
      const end = Math.min(to, i + 1 < starts.length ? starts[i + 1] : this.length);
      if (start >= end) continue;
      sink(this.bytes, start, end, this.frames[i], this.times[i], this.addressAt(i, start));
    }
  }

  /** Hands everything on, piece by piece, and forgets it; what the sink puts in then stays. */
  release(sink: PieceSink): void {
    const { bytes, length, starts, frames, times } = this;
    const addresses = starts.map((start, i) => this.addressAt(i, start));
    this.clear();
    for (let i = 0; i < starts.length; i += 1) {
      sink(bytes, starts[i], i + 1 < starts.length ? starts[i + 1] : length, frames[i], times[i], addresses[i]);
    }
  }

  /** Forgets everything, and its memory: thousands of idle connections keep none. */
  clear(): void {
    this.bytes = new Uint8Array(0);
    this.length = 0;
    this.starts = [];
    this.frames = [];
    this.times = [];
    this.addresses = [];
  }

  /** Forgets the first `count` bytes. */
  dropFront(count: number): void {
    if (count <= 0) return;
    const { length } = this;
    const kept = new PieceBuffer();
    this.replay(count, length, (...piece) => kept.push(...piece));
    this.bytes = kept.bytes;
    this.length = kept.length;
    this.starts = kept.starts;
    this.frames = kept.frames;
    this.times = kept.times;
    this.addresses = kept.addresses;
  }

  /** Appends where the bytes lie. */
  locate(into: Extents): void {
    for (let i = 0; i < this.starts.length; i += 1) {
      const end = i + 1 < this.starts.length ? this.starts[i + 1] : this.length;
      into.push(this.addresses[i], end - this.starts[i]);
    }
  }

  /** Frame and time of the first byte; 0 when there is none. */
  get first(): { readonly frame: number; readonly timeNs: number } {
    return { frame: this.frames[0] ?? 0, timeNs: this.times[0] ?? 0 };
  }

  get last(): { readonly frame: number; readonly timeNs: number } {
    return { frame: this.lastFrame, timeNs: this.times[this.times.length - 1] ?? 0 };
  }

  /** Frame that brought the last byte; 0 when there is none. */
  get lastFrame(): number {
    return this.frames[this.frames.length - 1] ?? 0;
  }

  private addressAt(piece: number, offset: number): number {
    const address = this.addresses[piece];
    return address === missingBytes ? missingBytes : address + offset - this.starts[piece];
  }
}
