import type { ByteSource } from './byte-source';

/** A copy of the `length` bytes at `offset`, such as those of a frame; null when the source has not all of them. */
export function readAt(source: ByteSource, offset: number, length: number): Uint8Array | null {
  if (offset < 0 || length < 0 || offset + length > source.size) return null;
  const bytes = new Uint8Array(length);
  let filled = 0;
  try {
    while (filled < length) {
      const got = source.read(offset + filled, bytes.subarray(filled));
      if (got <= 0) return null;
      filled += got;
    }
  } catch {
    return null;
  }
  return bytes;
}
