import { BitReader } from '../bytes/bit-reader';
import type { AccessUnit, CodecDefinition, MediaPacket, VideoDescription, VideoInspector } from './definition';
import { concatenate } from './picture/coded-picture';
import { type OpenPicture, PictureDepacketizer } from './picture/picture-depacketizer';

/** Types of open bitstream units (AV1 specification, 6.2.2). */
const Obu = { sequenceHeader: 1, temporalDelimiter: 2, frameHeader: 3, tileGroup: 4, frame: 6, tileList: 8 } as const;

const obuType = (unit: Uint8Array): number => (unit[0] >> 3) & 0xf;

/** A number in little-endian base 128 (AV1 specification, 4.10.5), and where it ends; null when it is cut off. */
function readLeb128(bytes: Uint8Array, start: number): { value: number; end: number } | null {
  let value = 0;
  for (let i = 0; i < 8; i += 1) {
    if (start + i >= bytes.length) return null;
    value += (bytes[start + i] & 0x7f) * 2 ** (7 * i);
    if (!(bytes[start + i] & 0x80)) return { value, end: start + i + 1 };
  }
  return null;
}

function leb128(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) | 0x80 : rest);
    if (rest < 128) return Uint8Array.from(bytes);
  }
}

/** OBU with its size in the header, as files have it (AV1 specification, 5.3); empty when it is malformed. */
function withSize(obu: Uint8Array): Uint8Array {
  const header = obu[0] & 0x04 ? 2 : 1;
  if (obu.length < header) return obu.subarray(0, 0);
  if (obu[0] & 0x02) return obu;
  const head = obu.slice(0, header);
  head[0] |= 0x02;
  const size = leb128(obu.length - header);
  return concatenate([head, size, obu.subarray(header)], obu.length + size.length);
}

/**
 * The OBUs of a temporal unit come as elements of packets, perhaps in fragments (RTP payload format for AV1, section
 * 4). Temporal delimiters and tile lists are no part of it (section 5).
 */
class Av1Depacketizer extends PictureDepacketizer {
  private obus: Uint8Array[] = [];
  private pieces: Uint8Array[] = [];
  private length = 0;

  /**
   * Aggregation header (section 4.4); W elements, the last one without its length, or with W 0 all with theirs.
   * ```
   * |Z|Y| W |N|-|-|-|
   * ```
   */
  protected override take({ payload, missing }: MediaPacket, picture: OpenPicture, isAfterGap: boolean): void {
    if (isAfterGap) this.dropFragment();
    if (payload.length < 2) {
      picture.isDamaged = true;
      return;
    }
    const header = payload[0];
    const count = (header >> 4) & 3;
    let isContinued = (header & 0x80) !== 0;
    // Without a gap a fragment that nothing continues was whole.
    if (!isContinued) this.endFragment();
    let at = 1;
    for (let i = 1; at < payload.length; i += 1) {
      const isLast = count > 0 && i === count;
      const size = isLast ? { value: payload.length - at, end: at } : readLeb128(payload, at);
      if (!size || size.end + size.value > payload.length) {
        picture.isDamaged = true;
        this.dropFragment();
        return;
      }
      const end = size.end + size.value;
      this.element(
        payload.subarray(size.end, end),
        isContinued,
        end === payload.length && (header & 0x40) !== 0,
        picture,
      );
      isContinued = false;
      at = end;
      if (isLast) break;
    }
    if (missing > 0) {
      this.dropFragment();
      if (this.obus.length > 0 && !(header & 0x40)) this.obus.pop();
    }
  }

  protected override beginsPicture({ payload }: MediaPacket): boolean {
    if (payload.length < 2 || payload[0] & 0x80) return false;
    const start = (payload[0] & 0x30) === 0x10 ? 1 : (readLeb128(payload, 1)?.end ?? payload.length);
    return start < payload.length && ((payload[start] >> 3) & 0xf) !== Obu.tileGroup;
  }

  protected override beginsAnother(packet: MediaPacket): boolean {
    return this.beginsPicture(packet);
  }

  protected override finish(picture: OpenPicture): void {
    if (picture.isDamaged) this.dropFragment();
    else this.endFragment();
    const { obus } = this;
    this.obus = [];
    if (obus.length === 0) return;
    picture.isKey = obus.some(isKeyFrame);
    const sized = obus.map(withSize);
    picture.units.push(
      concatenate(
        sized,
        sized.reduce((sum, { length }) => sum + length, 0),
      ),
    );
  }

  protected override forget(): void {
    this.obus = [];
    this.dropFragment();
  }

  private element(bytes: Uint8Array, isContinued: boolean, goesOn: boolean, picture: OpenPicture): void {
    if (isContinued && this.length === 0) {
      picture.isDamaged = true;
      return;
    }
    this.pieces.push(bytes.slice());
    this.length += bytes.length;
    picture.bytes += bytes.length;
    if (!goesOn) this.endFragment();
  }

  private endFragment(): void {
    const { pieces, length } = this;
    this.dropFragment();
    if (length === 0) return;
    const obu = concatenate(pieces, length);
    const type = obuType(obu);
    if (type !== Obu.temporalDelimiter && type !== Obu.tileList) this.obus.push(obu);
  }

  private dropFragment(): void {
    this.pieces = [];
    this.length = 0;
  }
}

/** Payload of an OBU, with or without its size. */
function payloadStart(obu: Uint8Array): number {
  const header = obu[0] & 0x04 ? 2 : 1;
  return obu[0] & 0x02 ? (readLeb128(obu, header)?.end ?? obu.length) : header;
}

/** show_existing_frame 0 and frame_type KEY_FRAME (AV1 specification, 5.9.2). */
function isKeyFrame(obu: Uint8Array): boolean {
  const type = obuType(obu);
  if (type !== Obu.frame && type !== Obu.frameHeader) return false;
  const start = payloadStart(obu);
  return start < obu.length && (obu[start] & 0xe0) === 0;
}

/** Begin of the sequence header (AV1 specification, 5.5.1); null when it is malformed. */
function parseSequenceHeader(bytes: Uint8Array, start: number, end: number): VideoDescription | null {
  const reader = new BitReader(bytes, start, end);
  const profile = reader.bits(3);
  reader.skip(1);
  const isReduced = reader.flag();
  let level = 0;
  let tier = 0;
  let frameRate: number | null = null;
  if (isReduced) {
    level = reader.bits(5);
  } else {
    let hasDecoderModel = false;
    let delayBits = 0;
    if (reader.flag()) {
      const ticks = reader.bits(32);
      const scale = reader.bits(32);
      const isEqual = reader.flag();
      const perPicture = isEqual ? reader.ue() + 1 : 0;
      if (isEqual && ticks > 0 && scale > 0) frameRate = scale / ticks / perPicture;
      hasDecoderModel = reader.flag();
      if (hasDecoderModel) {
        delayBits = reader.bits(5) + 1;
        reader.skip(42);
      }
    }
    const hasDisplayDelay = reader.flag();
    const points = reader.bits(5) + 1;
    for (let i = 0; i < points; i += 1) {
      reader.skip(12);
      const pointLevel = reader.bits(5);
      const pointTier = pointLevel > 7 ? reader.bit() : 0;
      if (i === 0) [level, tier] = [pointLevel, pointTier];
      if (hasDecoderModel && reader.flag()) reader.skip(2 * delayBits + 1);
      if (hasDisplayDelay && reader.flag()) reader.skip(4);
    }
  }
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const width = reader.bits(widthBits) + 1;
  const height = reader.bits(heightBits) + 1;
  if (reader.isTruncated) return null;
  const bitDepth = readBitDepth(reader, profile, isReduced);
  const parts = [
    `av01.${profile}`,
    `${String(level).padStart(2, '0')}${tier ? 'H' : 'M'}`,
    String(bitDepth).padStart(2, '0'),
  ];
  const name = ['Main', 'High', 'Professional'][profile] ?? `profile ${profile}`;
  return { width, height, profile: name, codecString: parts.join('.'), frameRate, maxReorder: 0 };
}

/** Goes on from the size of the frames to the color config (AV1 specification, 5.5.1 and 5.5.2). */
function readBitDepth(reader: BitReader, profile: number, isReduced: boolean): number {
  if (!isReduced && reader.flag()) reader.skip(7); // lengths of frame ids
  reader.skip(3); // use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
  if (!isReduced) {
    reader.skip(4); // interintra and masked compounds, warped motion, dual filter
    const hasOrderHint = reader.flag();
    if (hasOrderHint) reader.skip(2); // enable_jnt_comp, enable_ref_frame_mvs
    // seq_choose_screen_content_tools, seq_force_screen_content_tools, the same of integer motion vectors
    const forcesTools = reader.flag() ? true : reader.flag();
    if (forcesTools && !reader.flag()) reader.skip(1);
    if (hasOrderHint) reader.skip(3);
  }
  reader.skip(3); // enable_superres, enable_cdef, enable_restoration
  const isHigh = reader.flag();
  if (profile === 2 && isHigh) return reader.flag() ? 12 : 10;
  return isHigh ? 10 : 8;
}

class Av1Inspector implements VideoInspector {
  description: VideoDescription | null = null;
  readonly parameterSets = [];

  push({ units }: AccessUnit): void {
    const [unit] = units;
    for (let at = 0; unit && at < unit.length; ) {
      const header = unit[at] & 0x04 ? 2 : 1;
      const size = readLeb128(unit, at + header);
      if (!size || size.end + size.value > unit.length) return;
      const end = size.end + size.value;
      if (((unit[at] >> 3) & 0xf) === Obu.sequenceHeader) {
        this.description = parseSequenceHeader(unit, size.end, end) ?? this.description;
      }
      at = end;
    }
  }
}

/** AV1 (RTP Payload Format For AV1, Alliance for Open Media). */
export const av1: CodecDefinition = {
  id: 'av1',
  encodingName: 'AV1',
  media: 'video',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [],
  elementaryFormat: 'ivf',
  createDepacketizer: () => new Av1Depacketizer(),
  createInspector: () => new Av1Inspector(),
};
