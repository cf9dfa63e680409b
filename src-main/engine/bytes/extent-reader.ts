import { type AddressedBytes, type ExtentColumns, Extents, missingBytes } from './extents';

const windowBytes = 64 << 10;

/** Random access to bytes that lie in pieces. Holes read as zeros; `missingIn` tells of them. */
export class ExtentReader {
  readonly size: number;
  /** Position of the first byte of each piece, and the end. */
  private readonly starts: Float64Array;
  private window: Uint8Array = new Uint8Array(0);
  private windowStart = 0;

  constructor(
    private readonly source: AddressedBytes,
    private readonly extents: ExtentColumns,
  ) {
    this.starts = new Float64Array(extents.count + 1);
    let at = 0;
    for (let i = 0; i < extents.count; i += 1) {
      this.starts[i] = at;
      at += extents.length[i];
    }
    this.starts[extents.count] = at;
    this.size = at;
  }

  /** Bytes `[offset, offset + length)`, fewer at the end. Borrowed until the next call; ask for little at once. */
  read(offset: number, length: number): Uint8Array {
    const end = Math.min(this.size, offset + length);
    if (offset < 0 || offset >= end) return this.window.subarray(0, 0);
    if (offset < this.windowStart || end > this.windowStart + this.window.length) {
      this.windowStart = offset;
      this.window = this.fill(offset, Math.min(this.size - offset, Math.max(windowBytes, length)));
    }
    return this.window.subarray(offset - this.windowStart, end - this.windowStart);
  }

  /** Where bytes `[offset, offset + length)` lie, appended to `into`; answers how many of them are missing. */
  pushTo(into: Extents, offset: number, length: number): number {
    const { address, length: lengths } = this.extents;
    let missing = 0;
    let at = offset;
    const end = Math.min(this.size, offset + length);
    for (let i = this.pieceAt(offset); i < this.extents.count && at < end; i += 1) {
      const skip = at - this.starts[i];
      const taken = Math.min(lengths[i] - skip, end - at);
      if (address[i] === missingBytes) missing += taken;
      into.push(address[i] === missingBytes ? missingBytes : address[i] + skip, taken);
      at += taken;
    }
    return missing + (length - Math.max(0, end - offset));
  }

  /** How many of the bytes are lost, or behind the end. */
  missingIn(offset: number, length: number): number {
    return this.pushTo(new Extents(), offset, length);
  }

  /** Address of a byte; `missingBytes` in a hole and behind the end. */
  addressOf(offset: number): number {
    const i = this.pieceAt(offset);
    if (i >= this.extents.count || offset < 0) return missingBytes;
    const address = this.extents.address[i];
    return address === missingBytes ? missingBytes : address + offset - this.starts[i];
  }

  /** The piece that the byte at `offset` lies in. */
  private pieceAt(offset: number): number {
    let low = 0;
    let high = this.extents.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle + 1] > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private fill(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const { address } = this.extents;
    let done = 0;
    for (let i = this.pieceAt(offset); done < length; i += 1) {
      const skip = offset + done - this.starts[i];
      const taken = Math.min(this.extents.length[i] - skip, length - done);
      if (address[i] !== missingBytes) this.source.read(address[i] + skip, bytes.subarray(done, done + taken));
      done += taken;
    }
    return bytes;
  }
}
