/** Puts pieces of a bit stream together that begin and end within bytes. */
export class BitJoiner {
  private bytes = new Uint8Array(4096);
  /** Bits so far. */
  private length = 0;

  get bitLength(): number {
    return this.length;
  }

  /** Adds the bits of `piece` but the first `startBits` and the last `endBits` (0..7). */
  append(piece: Uint8Array, startBits: number, endBits: number): void {
    const added = 8 * piece.length - startBits - endBits;
    if (added <= 0) return;
    this.grow((this.length + added + 7) >> 3);
    const shift = this.length & 7;
    if (shift === startBits) {
      const at = this.length >> 3;
      const kept = shift === 0 ? 0 : this.bytes[at] & (0xff << (8 - shift));
      this.bytes.set(piece, at);
      this.bytes[at] = kept | (piece[0] & (0xff >> startBits));
    } else {
      for (let i = 0; i < added; i += 1) this.put((piece[(startBits + i) >> 3] >> (7 - ((startBits + i) & 7))) & 1, i);
    }
    this.length += added;
  }

  /** All bits, the last byte filled with zeros, in memory of their own; forgets them. */
  take(): Uint8Array {
    const bytes = this.bytes.slice(0, (this.length + 7) >> 3);
    if (this.length & 7) bytes[bytes.length - 1] &= 0xff << (8 - (this.length & 7));
    this.length = 0;
    return bytes;
  }

  private put(bit: number, offset: number): void {
    const position = this.length + offset;
    const mask = 0x80 >> (position & 7);
    if (bit) this.bytes[position >> 3] |= mask;
    else this.bytes[position >> 3] &= ~mask;
  }

  private grow(length: number): void {
    if (length <= this.bytes.length) return;
    const larger = new Uint8Array(2 * length);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
