import { missingBytes } from './extents';

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
  bytes = new Uint8Array(256);
  length = 0;
  private readonly starts: number[] = [];
  private readonly frames: number[] = [];
  private readonly times: number[] = [];
  private readonly addresses: number[] = [];

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    if (end <= start) return;
    const length = this.length + end - start;
    if (length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.bytes.length));
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

  /** Frame that brought the last byte; 0 when there is none. */
  get lastFrame(): number {
    return this.frames[this.frames.length - 1] ?? 0;
  }

  private addressAt(piece: number, offset: number): number {
    const address = this.addresses[piece];
    return address === missingBytes ? missingBytes : address + offset - this.starts[piece];
  }
}
