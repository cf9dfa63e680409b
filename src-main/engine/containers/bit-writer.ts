/** Writes bits, highest first, into bytes that grow. */
export class BitWriter {
  private readonly out: number[] = [];
  private used = 0;

  bits(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i -= 1) this.bit(Math.floor(value / 2 ** i) % 2);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.out);
  }

  private bit(value: number): void {
    if (this.used % 8 === 0) this.out.push(0);
    if (value) this.out[this.out.length - 1] |= 0x80 >> (this.used % 8);
    this.used += 1;
  }

  /** Bits written so far. */
  get length(): number {
    return this.used;
  }
}
