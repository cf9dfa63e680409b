/** A picture with its place in time. */
export interface LanePicture {
  readonly seconds: number;
  readonly url: string;
}

/** By `sourceId` of the lane. */
export type LanePictures = ReadonlyMap<string, readonly LanePicture[]>;
