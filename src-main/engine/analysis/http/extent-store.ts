import { Extents } from '../../bytes/extents';
import { Float64Column, Uint32Column } from '../../store/columns';

/** Where a list of extents lies in the store. */
export interface StoredExtents {
  readonly start: number;
  readonly count: number;
  readonly total: number;
  readonly missing: number;
}

/** Extents of many things one after the other: 12 bytes a piece and nothing else. */
export class ExtentStore {
  private readonly address = new Float64Column();
  private readonly length = new Uint32Column();

  add(extents: Extents): StoredExtents {
    const start = this.length.length;
    for (let i = 0; i < extents.count; i += 1) {
      this.address.push(extents.address[i]);
      this.length.push(extents.length[i]);
    }
    return { start, count: extents.count, total: extents.total, missing: extents.missing };
  }

  get({ start, count }: StoredExtents): Extents {
    const extents = new Extents(count);
    for (let i = start; i < start + count; i += 1) extents.push(this.address.get(i), this.length.get(i));
    return extents;
  }
}
