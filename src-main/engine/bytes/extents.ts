/** Address of bytes that are nowhere: they were lost, or never captured. */
export const missingBytes = -1;

/** Bytes that lie in pieces, in order: columns that can be transferred to another thread. */
export interface ExtentColumns {
  readonly count: number;
  /** Where each piece lies in the bytes of the capture (`CaptureBytes`); `missingBytes` for a hole. */
  readonly address: Float64Array;
  readonly length: Uint32Array;
}

/**
 * Where the bytes of something lie in the capture, piece by piece, holes included: 12 bytes a piece, whatever its
 * length. Pieces that touch become one.
 */
export class Extents implements ExtentColumns {
  address: Float64Array;
  length: Uint32Array;
  count = 0;
  /** Bytes, holes included. */
  total = 0;
  /** Bytes of holes. */
  missing = 0;
  /** Pieces before this one grow no more. */
  private sealed = 0;

  constructor(room = 4) {
    this.address = new Float64Array(room);
    this.length = new Uint32Array(room);
  }

  /** Appends `length` bytes at `address`. */
  push(address: number, length: number): void {
    if (length <= 0) return;
    this.total += length;
    if (address === missingBytes) this.missing += length;
    const last = this.count - 1;
    if (last >= this.sealed && this.length[last] + length <= 0xffff_ffff && this.touches(last, address)) {
      this.length[last] += length;
      return;
    }
    if (this.count === this.address.length) this.grow();
    this.address[this.count] = address;
    this.length[this.count] = length;
    this.count += 1;
  }

  /** Appends a hole. */
  pushGap(length: number): void {
    this.push(missingBytes, length);
  }

  /** Appends `length` bytes of another list, from its byte `from` on; what it does not have is left out. */
  pushFrom(other: ExtentColumns, from = 0, length = Number.POSITIVE_INFINITY): void {
    let skip = from;
    let left = length;
    for (let i = 0; i < other.count && left > 0; i += 1) {
      const own = other.length[i];
      if (skip >= own) {
        skip -= own;
        continue;
      }
      const taken = Math.min(own - skip, left);
      const address = other.address[i];
      this.push(address === missingBytes ? missingBytes : address + skip, taken);
      skip = 0;
      left -= taken;
    }
  }

  /** What is appended next begins a piece of its own, so that things which touch can be told apart. */
  seal(): void {
    this.sealed = this.count;
  }

  /** Forgets all pieces, keeps the room. */
  clear(): void {
    this.count = 0;
    this.sealed = 0;
    this.total = 0;
    this.missing = 0;
  }

  /** The same without spare room. */
  trimmed(): Extents {
    const copy = new Extents(0);
    copy.address = this.address.slice(0, this.count);
    copy.length = this.length.slice(0, this.count);
    copy.count = this.count;
    copy.total = this.total;
    copy.missing = this.missing;
    return copy;
  }

  private touches(last: number, address: number): boolean {
    const known = this.address[last];
    if (known === missingBytes || address === missingBytes) return known === address;
    return known + this.length[last] === address;
  }

  private grow(): void {
    const room = Math.max(4, this.address.length * 2);
    const address = new Float64Array(room);
    address.set(this.address);
    this.address = address;
    const length = new Uint32Array(room);
    length.set(this.length);
    this.length = length;
  }
}

/** Random access to bytes by address. Fewer than asked come where the bytes end or are gone. */
export interface AddressedBytes {
  read(address: number, target: Uint8Array): number;
}

/**
 * Bytes `[from, from + length)` of what lies in `extents`, at most as many as there are; holes read as zeros. The
 * caller bounds `length`.
 */
export function readExtents(source: AddressedBytes, extents: ExtentColumns, from: number, length: number): Uint8Array {
  const pieces = new Extents();
  pieces.pushFrom(extents, from, length);
  const bytes = new Uint8Array(pieces.total);
  let at = 0;
  for (let i = 0; i < pieces.count; i += 1) {
    const end = at + pieces.length[i];
    if (pieces.address[i] !== missingBytes) source.read(pieces.address[i], bytes.subarray(at, end));
    at = end;
  }
  return bytes;
}
