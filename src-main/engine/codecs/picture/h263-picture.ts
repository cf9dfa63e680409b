import { BitReader } from '../../bytes/bit-reader';
import type { AccessUnit, VideoDescription, VideoInspector } from '../definition';

/** Sizes of the source formats (Rec. ITU-T H.263, 5.1.3). */
const sizes = [
  [0, 0],
  [128, 96],
  [176, 144],
  [352, 288],
  [704, 576],
  [1408, 1152],
] as const;
const extended = 7;
const custom = 6;

export interface H263Picture {
  readonly isIntra: boolean;
  /** Null where this picture does not repeat it. */
  readonly size: readonly [width: number, height: number] | null;
}

/** Picture start code, 22 bits (Rec. ITU-T H.263, 5.1.1). */
export function hasH263StartCode(bytes: Uint8Array, at: number): boolean {
  return at + 2 < bytes.length && bytes[at] === 0 && bytes[at + 1] === 0 && (bytes[at + 2] & 0xfc) === 0x80;
}

/** Begin of the picture header (Rec. ITU-T H.263, 5.1); null when there is none. */
export function parseH263Picture(bytes: Uint8Array): H263Picture | null {
  if (!hasH263StartCode(bytes, 0)) return null;
  const reader = new BitReader(bytes, 0, Math.min(bytes.length, 32));
  reader.skip(22 + 8 + 5); // start code, temporal reference, the first five bits of PTYPE
  const format = reader.bits(3);
  if (format !== extended) {
    const isIntra = reader.bit() === 0;
    return reader.isTruncated ? null : { isIntra, size: sizes[format] ?? null };
  }
  // PLUSPTYPE (5.1.4).
  const hasFull = reader.bits(3) === 1;
  const plusFormat = hasFull ? reader.bits(3) : 0;
  if (hasFull) reader.skip(15);
  const isIntra = reader.bits(3) === 0;
  reader.skip(6);
  let size: H263Picture['size'] = hasFull ? (sizes[plusFormat] ?? null) : null;
  if (reader.flag()) reader.skip(2); // CPM, PSBI
  if (hasFull && plusFormat === custom) {
    reader.skip(4); // pixel aspect ratio
    const width = 4 * (reader.bits(9) + 1);
    reader.skip(1);
    size = [width, 4 * reader.bits(9)];
  }
  return reader.isTruncated ? null : { isIntra, size };
}

export class H263Inspector implements VideoInspector {
  description: VideoDescription | null = null;
  readonly parameterSets = [];

  push({ units }: AccessUnit): void {
    const size = units[0] ? parseH263Picture(units[0])?.size : null;
    if (!size || size[0] === 0 || size[1] === 0) return;
    const [width, height] = size;
    this.description = { width, height, profile: null, codecString: null, frameRate: null, maxReorder: 0 };
  }
}
