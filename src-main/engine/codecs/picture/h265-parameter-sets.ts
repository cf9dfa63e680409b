import { BitReader } from '../../bytes/bit-reader';
import type { AccessUnit, CodecParameters, VideoDescription, VideoInspector } from '../definition';
import { base64Units, formatParameters } from './format-parameters';
import { rbspOf } from './nal-units';

export const H265Type = { firstIrap: 16, lastIrap: 23, vps: 32, sps: 33, pps: 34, delimiter: 35 } as const;

export const h265Type = (unit: Uint8Array): number => (unit[0] >> 1) & 0x3f;

const maxSide = 16_384;
const profiles = new Map([
  [1, 'Main'],
  [2, 'Main 10'],
  [3, 'Main Still Picture'],
  [4, 'Range Extensions'],
]);

/** What a sequence parameter set says; null when it is malformed (Rec. ITU-T H.265, 7.3.2.2). */
export function parseH265Sps(unit: Uint8Array): (VideoDescription & { readonly id: number }) | null {
  const reader = new BitReader(rbspOf(unit, 2));
  reader.skip(4); // sps_video_parameter_set_id
  const subLayers = reader.bits(3);
  reader.skip(1);
  const { profile, codecString } = parseProfile(reader, subLayers);
  const id = reader.ue();
  const chromaFormat = reader.ue();
  const isSeparatePlanes = chromaFormat === 3 && reader.flag();
  const codedWidth = reader.ue();
  const codedHeight = reader.ue();
  const crop = [0, 0, 0, 0];
  if (reader.flag()) for (let i = 0; i < 4; i += 1) crop[i] = reader.ue();
  const cropX = !isSeparatePlanes && (chromaFormat === 1 || chromaFormat === 2) ? 2 : 1;
  const cropY = !isSeparatePlanes && chromaFormat === 1 ? 2 : 1;
  const width = codedWidth - cropX * (crop[0] + crop[1]);
  const height = codedHeight - cropY * (crop[2] + crop[3]);
  reader.ue(); // bit_depth_luma_minus8
  reader.ue(); // bit_depth_chroma_minus8
  const orderBits = reader.ue() + 4;
  const hasAllLayers = reader.flag();
  let maxReorder = 0;
  for (let layer = hasAllLayers ? 0 : subLayers; layer <= subLayers; layer += 1) {
    reader.ue();
    maxReorder = reader.ue();
    reader.ue();
  }
  if (reader.isTruncated || id > 15 || !(width > 0 && height > 0 && width <= maxSide && height <= maxSide)) return null;
  return { id, width, height, profile, codecString, maxReorder, frameRate: parseFrameRate(reader, orderBits) };
}

/** profile_tier_level (Rec. ITU-T H.265, 7.3.3); the name is that of ISO/IEC 14496-15, E.3. */
function parseProfile(reader: BitReader, subLayers: number): { profile: string; codecString: string } {
  const space = reader.bits(2);
  const tier = reader.bit();
  const idc = reader.bits(5);
  let compatibility = 0;
  for (let i = 0; i < 32; i += 1) compatibility += reader.bit() * 2 ** i;
  const constraints = Array.from({ length: 6 }, () => reader.bits(8));
  const level = reader.bits(8);
  const present = Array.from({ length: subLayers }, () => [reader.flag(), reader.flag()]);
  if (subLayers > 0) reader.skip(2 * (8 - subLayers));
  for (const [hasProfile, hasLevel] of present) reader.skip((hasProfile ? 88 : 0) + (hasLevel ? 8 : 0));
  while (constraints.length > 0 && constraints[constraints.length - 1] === 0) constraints.pop();
  const parts = [
    `hvc1.${['', 'A', 'B', 'C'][space]}${idc}`,
    compatibility.toString(16),
    `${tier ? 'H' : 'L'}${level}`,
    ...constraints.map((value) => value.toString(16)),
  ];
  return { profile: profiles.get(idc) ?? `profile ${idc}`, codecString: parts.join('.') };
}

/** Reads on to the timing of the VUI; null when there is none or the way there is malformed. */
function parseFrameRate(reader: BitReader, orderBits: number): number | null {
  for (let i = 0; i < 6; i += 1) reader.ue(); // block and transform sizes and depths
  if (reader.flag() && reader.flag()) skipScalingLists(reader);
  reader.skip(2); // amp_enabled_flag, sample_adaptive_offset_enabled_flag
  if (reader.flag()) {
    reader.skip(8);
    reader.ue();
    reader.ue();
    reader.skip(1);
  }
  const sets = reader.ue();
  if (sets > 64) return null;
  const sizes: number[] = [];
  for (let i = 0; i < sets && !reader.isTruncated; i += 1) sizes.push(skipReferenceSet(reader, i, sizes));
  if (reader.flag()) {
    const longTerm = reader.ue();
    for (let i = 0; i < longTerm && i <= 32; i += 1) reader.skip(orderBits + 1);
  }
  reader.skip(2); // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
  if (!reader.flag()) return null;
  // Rec. ITU-T H.265, E.2.1.
  if (reader.flag() && reader.bits(8) === 255) reader.skip(32);
  if (reader.flag()) reader.skip(1);
  if (reader.flag()) {
    reader.skip(4);
    if (reader.flag()) reader.skip(24);
  }
  if (reader.flag()) {
    reader.ue();
    reader.ue();
  }
  reader.skip(3);
  if (reader.flag()) for (let i = 0; i < 4; i += 1) reader.ue();
  if (!reader.flag()) return null;
  const ticks = reader.bits(32);
  const scale = reader.bits(32);
  return ticks > 0 && scale > 0 && !reader.isTruncated ? scale / ticks : null;
}

function skipScalingLists(reader: BitReader): void {
  for (let size = 0; size < 4; size += 1) {
    for (let matrix = 0; matrix < 6 && !reader.isTruncated; matrix += size === 3 ? 3 : 1) {
      if (!reader.flag()) {
        reader.ue();
        continue;
      }
      if (size > 1) reader.se();
      for (let i = 0; i < Math.min(64, 1 << (4 + (size << 1))); i += 1) reader.se();
    }
  }
}

/** st_ref_pic_set (Rec. ITU-T H.265, 7.3.7): returns its number of delta POCs. */
function skipReferenceSet(reader: BitReader, index: number, sizes: readonly number[]): number {
  if (index > 0 && reader.flag()) {
    reader.skip(1);
    reader.ue();
    let size = 0;
    for (let i = 0; i <= sizes[index - 1]; i += 1) {
      if (reader.flag()) size += 1;
      else if (reader.flag()) size += 1;
    }
    return size;
  }
  const negative = reader.ue();
  const positive = reader.ue();
  if (negative > 16 || positive > 16) {
    reader.isTruncated = true;
    return 0;
  }
  for (let i = 0; i < negative + positive; i += 1) {
    reader.ue();
    reader.skip(1);
  }
  return negative + positive;
}

/** Collects parameter sets: those of the stream where it has some, else those that were signalled. */
export class H265Inspector implements VideoInspector {
  description: VideoDescription | null = null;
  private readonly sets = new Map<number, Map<number, Uint8Array>>(
    [H265Type.vps, H265Type.sps, H265Type.pps].map((type) => [type, new Map()]),
  );

  constructor({ fmtp }: CodecParameters) {
    const parameters = formatParameters(fmtp);
    for (const name of ['sprop-vps', 'sprop-sps', 'sprop-pps']) {
      for (const unit of base64Units(parameters.get(name))) this.take(unit);
    }
  }

  get parameterSets(): readonly Uint8Array[] {
    return [...this.sets.values()].flatMap((byId) => [...byId.values()]);
  }

  push({ units }: AccessUnit): void {
    for (const unit of units) this.take(unit);
  }

  private take(unit: Uint8Array): void {
    const type = h265Type(unit);
    const byId = this.sets.get(type);
    if (!byId) return;
    const reader = new BitReader(rbspOf(unit, 2, 16));
    if (type === H265Type.sps) {
      const parsed = parseH265Sps(unit);
      if (!parsed) return;
      const { id, ...description } = parsed;
      byId.set(id, unit);
      this.description = description;
    } else {
      const id = type === H265Type.vps ? reader.bits(4) : reader.ue();
      if (id <= 63) byId.set(id, unit);
    }
  }
}
