/**
 * Append-only numeric columns in chunks of 64 Ki values: they grow without copying, so that a capture of
 * millions of packets costs its bytes and no more.
 */
export const chunkBits = 16;
const chunkSize = 1 << chunkBits;
const chunkMask = chunkSize - 1;

abstract class Column<Chunk extends Float64Array | Uint32Array> {
  private readonly chunks: Chunk[] = [];
  private last: Chunk | null = null;
  length = 0;

  protected abstract createChunk(): Chunk;

  push(value: number): void {
    const at = this.length & chunkMask;
    if (at === 0 || this.last === null) {
      this.last = this.createChunk();
      this.chunks.push(this.last);
    }
    this.last[at] = value;
    this.length += 1;
  }

  get(index: number): number {
    return this.chunks[index >>> chunkBits][index & chunkMask];
  }

  set(index: number, value: number): void {
    this.chunks[index >>> chunkBits][index & chunkMask] = value;
  }
}

export class Float64Column extends Column<Float64Array> {
  protected createChunk(): Float64Array {
    return new Float64Array(chunkSize);
  }
}

export class Uint32Column extends Column<Uint32Array> {
  protected createChunk(): Uint32Array {
    return new Uint32Array(chunkSize);
  }
}

/** Half of what 32 bits hold: distances may go either way. */
const reach = 2 ** 31;

/**
 * Numbers that seldom move far within a chunk, such as file offsets: 4 bytes each, as the distance from the first
 * value of their chunk. Those out of that range (frames of large files that are merged) are kept whole, aside.
 */
export class OffsetColumn {
  private readonly distances = new Uint32Column();
  private readonly bases: number[] = [];
  /** Ascending, as values are only appended. */
  private readonly farIndexes = new Uint32Column();
  private readonly farValues = new Float64Column();

  get length(): number {
    return this.distances.length;
  }

  push(value: number): void {
    const index = this.distances.length;
    if ((index & chunkMask) === 0) this.bases.push(value);
    const distance = value - this.bases[this.bases.length - 1] + reach;
    const isNear = distance > 0 && distance <= 0xffffffff;
    if (!isNear) {
      this.farIndexes.push(index);
      this.farValues.push(value);
    }
    this.distances.push(isNear ? distance : 0);
  }

  get(index: number): number {
    const distance = this.distances.get(index);
    return distance === 0 ? this.far(index) : this.bases[index >>> chunkBits] + distance - reach;
  }

  private far(index: number): number {
    let low = 0;
    let high = this.farIndexes.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.farIndexes.get(middle) < index) low = middle + 1;
      else high = middle;
    }
    return this.farValues.get(low);
  }
}
