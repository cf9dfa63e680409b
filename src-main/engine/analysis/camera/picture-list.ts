import type { ScannedPicture } from '../../containers/jpeg-scanner';
import type { HttpField } from '../../protocols/http/index';
import type { ExtentStore, StoredExtents } from '../http/extent-store';

/** Fields of numbers that say nothing of when a picture was taken. */
const ignored =
  /^(content-length|age|expires|keep-alive|max-forwards|upgrade-insecure-requests|access-control-max-age|x-content-duration|dnt)$/i;
const number = /^\s*-?\d{1,16}(\.\d{1,12})?\s*$/;
/** Fields that are followed for one source. */
const maxFields = 8;

/** A picture as it is remembered. */
export interface Picture {
  readonly stored: StoredExtents;
  readonly frame: number;
  /** When its last byte came. */
  readonly endNs: number;
  readonly width: number;
  readonly height: number;
  readonly isWhole: boolean;
}

/** Pictures of one source in the order in which they came, with the numbers that stood in the fields before them. */
export class PictureList {
  readonly pictures: Picture[] = [];
  /** By name: one number a picture, NaN where there was none. */
  readonly numbers = new Map<string, number[]>();
  bytes = 0;
  missing = 0;
  broken = 0;

  /** `store` is for the pictures of all sources: its chunks are large. */
  constructor(private readonly store: ExtentStore) {}

  add(scanned: ScannedPicture, fields: readonly HttpField[]): void {
    const index = this.pictures.length;
    const { extents } = scanned;
    this.pictures.push({
      stored: this.store.add(extents),
      frame: scanned.firstFrame,
      endNs: scanned.lastTimeNs,
      width: scanned.width,
      height: scanned.height,
      isWhole: scanned.isWhole,
    });
    this.bytes += extents.total;
    this.missing += extents.missing;
    if (!scanned.isWhole) this.broken += 1;
    for (const { name, value } of fields) {
      if (!number.test(value) || ignored.test(name)) continue;
      let values = this.numbers.get(name);
      if (!values) {
        if (this.numbers.size >= maxFields) continue;
        values = [];
        this.numbers.set(name, values);
      }
      while (values.length < index) values.push(Number.NaN);
      values[index] = Number(value);
    }
  }

  extentsOf(picture: Picture) {
    return this.store.get(picture.stored);
  }
}
