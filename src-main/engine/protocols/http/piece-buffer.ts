import { type Extents, missingBytes } from '../../bytes/extents';

interface Piece {
  /** Where it begins in the buffer. */
  at: number;
  length: number;
  readonly address: number;
  readonly frame: number;
  readonly timeNs: number;
}

export type PieceVisitor = (
  bytes: Uint8Array,
  start: number,
  end: number,
  frame: number,
  timeNs: number,
  address: number,
) => void;

/** Bytes of a stream that wait until more of them came, and where and when each of them was captured. */
export class PieceBuffer {
  bytes = new Uint8Array(0);
  length = 0;
  private pieces: Piece[] = [];

  append(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    const length = end - start;
    if (length <= 0) return;
    this.makeRoom(length);
    this.bytes.set(bytes.subarray(start, end), this.length);
    const last = this.pieces.at(-1);
    const touches =
      last !== undefined &&
      last.frame === frame &&
      (last.address === missingBytes ? address === missingBytes : last.address + last.length === address);
    if (touches) last.length += length;
    else this.pieces.push({ at: this.length, length, address, frame, timeNs });
    this.length += length;
  }

  /** Frame and time of the first and the last byte. */
  get first(): { readonly frame: number; readonly timeNs: number } {
    return this.pieces[0];
  }

  get last(): { readonly frame: number; readonly timeNs: number } {
    return this.pieces[this.pieces.length - 1];
  }

  clear(): void {
    this.length = 0;
    this.pieces = [];
    // Thousands of idle connections keep no buffer.
    this.bytes = new Uint8Array(0);
  }

  /** Forgets the first `count` bytes. */
  dropFront(count: number): void {
    if (count <= 0) return;
    if (count >= this.length) {
      this.clear();
      return;
    }
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
    const kept: Piece[] = [];
    for (const piece of this.pieces) {
      const cut = Math.max(0, count - piece.at);
      if (cut >= piece.length) continue;
      const address = piece.address === missingBytes ? missingBytes : piece.address + cut;
      kept.push({ ...piece, at: Math.max(0, piece.at - count), length: piece.length - cut, address });
    }
    this.pieces = kept;
  }

  /** Appends where the bytes lie. */
  locate(into: Extents): void {
    for (const { address, length } of this.pieces) into.push(address, length);
  }

  /** Hands the bytes on, piece by piece, and forgets them. */
  release(visit: PieceVisitor): void {
    const { bytes, pieces } = this;
    this.clear();
    for (const { at, length, frame, timeNs, address } of pieces) visit(bytes, at, at + length, frame, timeNs, address);
  }

  private makeRoom(length: number): void {
    if (this.length + length <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(512, 2 * (this.length + length)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
