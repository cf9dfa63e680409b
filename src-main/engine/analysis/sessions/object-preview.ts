import type { ObjectPreview } from '#shared/model/session';
import { u16be, u16le, u32be } from '../../bytes/integers';
import { readExtents } from '../../bytes/extents';
import type { CaptureBytes } from '../../store/capture-bytes';
import type { MediaFile } from './media-samples';

/** What is shown of an object at once. */
const maxBytes = 4 << 20;
/** A picture of more pixels is not decoded: it would take gigabytes of memory. */
const maxPixels = 64_000_000;

/** The beginning of an object, for a look at it. */
export function previewOf({ extents, mime, sourceId }: MediaFile, bytes: CaptureBytes): ObjectPreview {
  let total = 0;
  for (let i = 0; i < extents.count; i += 1) total += extents.length[i];
  const shown = readExtents(bytes, extents, 0, maxBytes);
  const size = pictureSize(shown);
  const isTooLarge = size !== null && size.width * size.height > maxPixels;
  return {
    objectId: sourceId,
    mime,
    bytes: shown,
    totalBytes: total,
    note: isTooLarge ? `The picture claims ${size.width} × ${size.height} pixels: it is not decoded.` : null,
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Width and height that a picture claims; null for what is none that is known. */
function pictureSize(bytes: Uint8Array): Size | null {
  if (bytes.length < 30) return null;
  const ascii = (at: number, length: number): string => String.fromCharCode(...bytes.subarray(at, at + length));
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegSize(bytes);
  // Portable Network Graphics (W3C), section 11.2.1.
  if (ascii(1, 3) === 'PNG') return { width: u32be(bytes, 16), height: u32be(bytes, 20) };
  if (ascii(0, 3) === 'GIF') return { width: u16le(bytes, 6), height: u16le(bytes, 8) };
  if (ascii(0, 2) === 'BM') return { width: u16le(bytes, 18), height: u16le(bytes, 22) };
  // WebP container: the canvas of an extended file (RFC 9649, section 2.7); simple ones are at most 16383 wide and high.
  if (ascii(8, 8) === 'WEBPVP8X') {
    const of = (at: number): number => u16le(bytes, at) + (bytes[at + 2] << 16) + 1;
    return { width: of(24), height: of(27) };
  }
  return null;
}

/** The first frame header (ITU-T T.81, B.2.2). */
function jpegSize(bytes: Uint8Array): Size | null {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1];
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: u16be(bytes, at + 5), width: u16be(bytes, at + 7) };
    at += 2 + Math.max(2, u16be(bytes, at + 2));
  }
  return null;
}
