import { BitReader } from '../bytes/bit-reader';
import { u16be } from '../bytes/integers';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Of Sorenson H.263 (Flash Video File Format 10.1, E.4.3.1: H263VIDEOPACKET), by code. */
const fixedSizes: readonly (readonly [number, number] | null)[] = [
  null,
  null,
  [352, 288],
  [176, 144],
  [128, 96],
  [320, 240],
  [160, 120],
];

/**
 * Size of a key picture of the codecs that have it in their first bytes, `bytes[start..end)`; null when it is not there.
 * `adjustment` is the byte before pictures of VP6: what is cut off at the right and at the bottom.
 */
export function flvPictureSize(
  codec: string,
  bytes: Uint8Array,
  start: number,
  end: number,
  adjustment: number,
): PictureSize | null {
  switch (codec) {
    case 'FLV1':
      return sorensonSize(bytes.subarray(start, end));
    case 'SCREEN-VIDEO':
    case 'SCREEN-VIDEO-2':
      return end - start < 4 ? null : sized(u16be(bytes, start) & 0xfff, u16be(bytes, start + 2) & 0xfff);
    case 'VP6F':
      return vp6Size(bytes, start, end, adjustment);
    case 'VP6A':
      // Behind the offset of the alpha plane.
      return vp6Size(bytes, start + 3, end, adjustment);
    default:
      return null;
  }
}

function sorensonSize(bytes: Uint8Array): PictureSize | null {
  const reader = new BitReader(bytes);
  if (reader.bits(17) !== 1) return null;
  reader.skip(5 + 8); // version, temporal reference
  const code = reader.bits(3);
  const fixed = fixedSizes[code];
  const width = fixed?.[0] ?? (code < 2 ? reader.bits(8 * (code + 1)) : 0);
  const height = fixed?.[1] ?? (code < 2 ? reader.bits(8 * (code + 1)) : 0);
  return reader.isTruncated ? null : sized(width, height);
}

/** Of a key frame's header: macroblocks down and across. */
function vp6Size(bytes: Uint8Array, start: number, end: number, adjustment: number): PictureSize | null {
  if (start >= end || bytes[start] >= 0x80) return null;
  const hasOffset = (bytes[start] & 1) !== 0 || (bytes[start + 1] & 6) === 0;
  const at = start + (hasOffset ? 4 : 2);
  if (at + 2 > end) return null;
  return sized(16 * bytes[at + 1] - (adjustment >> 4), 16 * bytes[at] - (adjustment & 0x0f));
}

function sized(width: number, height: number): PictureSize | null {
  return width > 0 && height > 0 ? { width, height } : null;
}
