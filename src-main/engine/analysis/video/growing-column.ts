type Column = Uint8Array | Uint32Array | Float64Array;

/** A typed array that grows. */
export class GrowingColumn<T extends Column> {
  length = 0;
  private data: T;

  constructor(private readonly create: new (length: number) => T) {
    this.data = new create(1024);
  }

  push(value: number): void {
    if (this.length === this.data.length) {
      const larger = new this.create(2 * this.length);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length] = value;
    this.length += 1;
  }

  at(index: number): number {
    return this.data[index];
  }

  /** The values so far, in memory of their own. */
  values(): T {
    return this.data.slice(0, this.length) as T;
  }
}
