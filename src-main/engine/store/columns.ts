/**
 * Append-only numeric columns in chunks of 64 Ki values: they grow without copying, so that a capture of
 * millions of packets costs its bytes and no more.
 */
const chunkBits = 16;
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
