import { BitReader } from '../../bytes/bit-reader';
import type { AccessUnit, CodecParameters, VideoDescription, VideoInspector } from '../definition';
import { base64Units, formatParameters } from './format-parameters';
import { rbspOf } from './nal-units';

export const H264Type = { slice: 1, partitionA: 2, idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9 } as const;

export const h264Type = (unit: Uint8Array): number => unit[0] & 0x1f;

const maxSide = 16_384;
/** Profiles with the chroma format in their parameter set (Rec. ITU-T H.264, 7.3.2.1.1). */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** What a sequence parameter set says; null when it is malformed. */
export function parseH264Sps(unit: Uint8Array): (VideoDescription & { readonly id: number }) | null {
  const reader = new BitReader(rbspOf(unit, 1));
  const profileIdc = reader.bits(8);
  const constraints = reader.bits(8);
  const levelIdc = reader.bits(8);
  const id = reader.ue();
  let chromaFormat = 1;
  let isSeparatePlanes = false;
  if (highProfiles.has(profileIdc)) {
    chromaFormat = reader.ue();
    if (chromaFormat === 3) isSeparatePlanes = reader.flag();
    reader.ue(); // bit_depth_luma_minus8
    reader.ue(); // bit_depth_chroma_minus8
    reader.skip(1); // qpprime_y_zero_transform_bypass_flag
    if (reader.flag()) skipScalingMatrix(reader, chromaFormat === 3 ? 12 : 8);
  }
  reader.ue(); // log2_max_frame_num_minus4
  const orderType = reader.ue();
  if (orderType === 0) {
    reader.ue(); // log2_max_pic_order_cnt_lsb_minus4
  } else if (orderType === 1) {
    reader.skip(1);
    reader.se();
    reader.se();
    const cycle = reader.ue();
    for (let i = 0; i < cycle && !reader.isTruncated; i += 1) reader.se();
  }
  reader.ue(); // max_num_ref_frames
  reader.skip(1); // gaps_in_frame_num_value_allowed_flag
  const widthInMbs = reader.ue() + 1;
  const heightInMapUnits = reader.ue() + 1;
  const isFrameOnly = reader.flag();
  if (!isFrameOnly) reader.skip(1); // mb_adaptive_frame_field_flag
  reader.skip(1); // direct_8x8_inference_flag
  const crop = [0, 0, 0, 0];
  if (reader.flag()) for (let i = 0; i < 4; i += 1) crop[i] = reader.ue();
  // Rec. ITU-T H.264, 7.4.2.1.1, equations 7-19 to 7-22.
  const isMonochrome = chromaFormat === 0 || isSeparatePlanes;
  const cropX = isMonochrome || chromaFormat === 3 ? 1 : 2;
  const cropY = (isMonochrome || chromaFormat !== 1 ? 1 : 2) * (isFrameOnly ? 1 : 2);
  const width = 16 * widthInMbs - cropX * (crop[0] + crop[1]);
  const height = 16 * heightInMapUnits * (isFrameOnly ? 1 : 2) - cropY * (crop[2] + crop[3]);
  const hasVui = reader.flag();
  if (reader.isTruncated || id > 31 || !(width > 0 && height > 0 && width <= maxSide && height <= maxSide)) return null;
  const vui = hasVui ? parseVui(reader) : null;
  return {
    id,
    width,
    height,
    profile: profileName(profileIdc, constraints),
    codecString: `avc1.${[profileIdc, constraints, levelIdc].map((v) => v.toString(16).padStart(2, '0')).join('')}`,
    frameRate: vui?.frameRate ?? null,
    // Pictures are presented in decoding order where their order follows from it (8.2.1.3).
    maxReorder: orderType === 2 ? 0 : (vui?.maxReorder ?? null),
  };
}

function skipScalingMatrix(reader: BitReader, lists: number): void {
  for (let list = 0; list < lists && !reader.isTruncated; list += 1) {
    if (!reader.flag()) continue;
    let next = 8;
    for (let i = 0; i < (list < 6 ? 16 : 64) && next !== 0; i += 1) next = (next + reader.se() + 256) % 256;
  }
}

/** Video usability information (Rec. ITU-T H.264, E.1.1): timing and reordering, as far as it goes. */
function parseVui(reader: BitReader): { frameRate: number | null; maxReorder: number | null } {
  if (reader.flag() && reader.bits(8) === 255) reader.skip(32); // aspect_ratio_idc, sar_width, sar_height
  if (reader.flag()) reader.skip(1); // overscan
  if (reader.flag()) {
    reader.skip(4);
    if (reader.flag()) reader.skip(24); // colour description
  }
  if (reader.flag()) {
    reader.ue();
    reader.ue();
  }
  let frameRate: number | null = null;
  if (reader.flag()) {
    const ticks = reader.bits(32);
    const scale = reader.bits(32);
    reader.skip(1);
    // A tick is the time of a field (table E-6).
    if (ticks > 0 && scale > 0 && !reader.isTruncated) frameRate = scale / (2 * ticks);
  }
  const hasNalHrd = reader.flag();
  if (hasNalHrd) skipHrd(reader);
  const hasVclHrd = reader.flag();
  if (hasVclHrd) skipHrd(reader);
  if (hasNalHrd || hasVclHrd) reader.skip(1);
  reader.skip(1); // pic_struct_present_flag
  let maxReorder: number | null = null;
  if (reader.flag()) {
    reader.skip(1);
    for (let i = 0; i < 4; i += 1) reader.ue();
    const value = reader.ue();
    if (!reader.isTruncated && value <= 16) maxReorder = value;
  }
  return { frameRate, maxReorder };
}

function skipHrd(reader: BitReader): void {
  const count = reader.ue() + 1;
  reader.skip(8);
  for (let i = 0; i < count && i < 32; i += 1) {
    reader.ue();
    reader.ue();
    reader.skip(1);
  }
  reader.skip(20);
}

function profileName(profileIdc: number, constraints: number): string {
  switch (profileIdc) {
    case 66:
      return constraints & 0x40 ? 'Constrained Baseline' : 'Baseline';
    case 77:
      return 'Main';
    case 88:
      return 'Extended';
    case 100:
      return (constraints & 0x0c) === 0x0c ? 'Constrained High' : 'High';
    case 110:
      return 'High 10';
    case 122:
      return 'High 4:2:2';
    case 244:
      return 'High 4:4:4 Predictive';
    default:
      return `profile ${profileIdc}`;
  }
}

/** Collects parameter sets: those of the stream where it has some, else those that were signalled. */
export class H264Inspector implements VideoInspector {
  description: VideoDescription | null = null;
  private readonly sequenceSets = new Map<number, Uint8Array>();
  private readonly pictureSets = new Map<number, Uint8Array>();

  constructor({ fmtp }: CodecParameters) {
    for (const unit of base64Units(formatParameters(fmtp).get('sprop-parameter-sets'))) this.take(unit);
  }

  get parameterSets(): readonly Uint8Array[] {
    return [...this.sequenceSets.values(), ...this.pictureSets.values()];
  }

  push({ units }: AccessUnit): void {
    for (const unit of units) this.take(unit);
  }

  private take(unit: Uint8Array): void {
    const type = h264Type(unit);
    if (type === H264Type.sps) {
      const parsed = parseH264Sps(unit);
      if (!parsed) return;
      const { id, ...description } = parsed;
      this.sequenceSets.set(id, unit);
      this.description = description;
    } else if (type === H264Type.pps) {
      const id = new BitReader(rbspOf(unit, 1, 16)).ue();
      if (id <= 255) this.pictureSets.set(id, unit);
    }
  }
}
