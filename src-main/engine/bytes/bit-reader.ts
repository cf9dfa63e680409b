/**
 * Reads bits, highest first. Reading past the end never throws: it gives zeros and sets `isTruncated`, so a parser
 * reads a whole structure and asks once.
 */
export class BitReader {
  isTruncated = false;
  /** Bits read so far. */
  position: number;
  private readonly end: number;

  constructor(
    private readonly bytes: Uint8Array,
    start = 0,
    end = bytes.length,
  ) {
    this.position = 8 * start;
    this.end = 8 * Math.min(end, bytes.length);
  }

  get remaining(): number {
    return this.end - this.position;
  }

  bit(): number {
    const { position } = this;
    if (position >= this.end) {
      this.isTruncated = true;
      return 0;
    }
    this.position += 1;
    return (this.bytes[position >> 3] >> (7 - (position & 7))) & 1;
  }

  flag(): boolean {
    return this.bit() === 1;
  }

  /** Up to 32 bits, unsigned. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) value = value * 2 + this.bit();
    return value;
  }

  skip(count: number): void {
    if (count > this.remaining) this.isTruncated = true;
    this.position = Math.min(this.end, this.position + count);
  }

  /** Exp-Golomb code, unsigned (Rec. ITU-T H.264, 9.1); a code of more than 32 leading zeros is no code. */
  ue(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      zeros += 1;
      if (zeros > 32 || this.isTruncated) {
        this.isTruncated = true;
        return 0;
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** Exp-Golomb code, signed (Rec. ITU-T H.264, 9.1.1). */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}
