/** A file that holds the bytes from `offset` on, as a merged or decompressed capture counts them. */
export interface CaptureFilePart {
  readonly path: string;
  /** The file as the person knows it: `path` may be a private copy. */
  readonly name: string;
  readonly offset: number;
  /** Bytes of it when it was read: fewer now mean that it was changed. */
  readonly bytes: number;
}

/** Where the offsets of a capture lead: into its file, or into several. */
export type CaptureLocation = string | readonly CaptureFilePart[];

export function captureParts(location: CaptureLocation, bytes: number): readonly CaptureFilePart[] {
  return typeof location === 'string' ? [{ path: location, name: location, offset: 0, bytes }] : location;
}
