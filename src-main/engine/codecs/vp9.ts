import { BitReader } from '../bytes/bit-reader';
import type { AccessUnit, CodecDefinition, MediaPacket, VideoDescription, VideoInspector } from './definition';
import { concatenate } from './picture/coded-picture';
import { type OpenPicture, PictureDepacketizer } from './picture/picture-depacketizer';

/** Frames of one picture: VP9 has at most 8 spatial layers. */
const maxLayers = 8;

interface Descriptor {
  /** Offset of the VP9 bits. */
  readonly length: number;
  readonly layer: number;
  readonly beginsFrame: boolean;
}

/**
 * VP9 payload descriptor (RFC 9628, section 4.2); null when it is cut off.
 * ```
 * |I|P|L|F|B|E|V|Z|   I: |M| picture ID (7 or 15) |   L: | TID |U| SID |D|   L, not F: TL0PICIDX
 * F and P: up to three | P_DIFF |N|   V: scalability structure
 * ```
 */
function readDescriptor(payload: Uint8Array): Descriptor | null {
  const flags = payload[0] ?? 0;
  let at = 1;
  if (flags & 0x80) at += (payload[at] ?? 0) & 0x80 ? 2 : 1;
  let layer = 0;
  const isFlexible = (flags & 0x10) !== 0;
  if (flags & 0x20) {
    layer = ((payload[at] ?? 0) >> 1) & 7;
    at += isFlexible ? 1 : 2;
  }
  if (isFlexible && flags & 0x40) {
    for (let i = 0; i < 3; i += 1) {
      const hasMore = (payload[at] ?? 0) & 1;
      at += 1;
      if (!hasMore) break;
    }
  }
  if (flags & 0x02) at = skipStructure(payload, at);
  return at < payload.length ? { length: at, layer, beginsFrame: (flags & 0x08) !== 0 } : null;
}

/** Scalability structure (RFC 9628, section 4.2.1). */
function skipStructure(payload: Uint8Array, start: number): number {
  const head = payload[start] ?? 0;
  let at = start + 1;
  if (head & 0x10) at += 4 * ((head >> 5) + 1);
  if (!(head & 0x08)) return at;
  const pictures = payload[at] ?? 0;
  at += 1;
  for (let i = 0; i < pictures && at < payload.length; i += 1) at += 1 + (((payload[at] ?? 0) >> 2) & 3);
  return at;
}

interface LayerFrame {
  readonly pieces: Uint8Array[];
  length: number;
}

/**
 * The frames of all spatial layers of a picture belong together. Each layer needs the one below, so of a picture that
 * lost packets the whole layers under the first gap remain: the best that can be decoded.
 */
class Vp9Depacketizer extends PictureDepacketizer {
  private layers: LayerFrame[] = [];
  private isBroken = false;

  protected override beginsPicture({ payload }: MediaPacket): boolean {
    const descriptor = readDescriptor(payload);
    return descriptor !== null && descriptor.beginsFrame && descriptor.layer === 0;
  }

  protected override beginsAnother(packet: MediaPacket): boolean {
    return this.beginsPicture(packet);
  }

  protected override take({ payload, missing }: MediaPacket, picture: OpenPicture, isAfterGap: boolean): void {
    const descriptor = readDescriptor(payload);
    const isFirst = this.layers.length === 0;
    if ((isAfterGap && !isFirst) || (isFirst && picture.isDamaged)) this.breakOff();
    if (descriptor === null || (descriptor.beginsFrame && this.layers.length >= maxLayers)) {
      picture.isDamaged = true;
      this.breakOff();
      return;
    }
    if (this.isBroken) return;
    if (descriptor.beginsFrame || isFirst) this.layers.push({ pieces: [], length: 0 });
    const layer = this.layers[this.layers.length - 1];
    const piece = payload.slice(descriptor.length);
    layer.pieces.push(piece);
    layer.length += piece.length;
    picture.bytes += piece.length;
    if (missing > 0) this.breakOff();
  }

  protected override finish(picture: OpenPicture): void {
    const frames = this.layers.map(({ pieces, length }) => concatenate(pieces, length));
    this.forget();
    if (frames.length === 0) return;
    picture.units.push(frames.length === 1 ? frames[0] : superframe(frames));
    picture.isKey = readFrameHeader(frames[0])?.isKey ?? false;
  }

  protected override forget(): void {
    this.layers = [];
    this.isBroken = false;
  }

  /** What follows is not to be had any more; a layer that is not whole is left out when there is one below it. */
  private breakOff(): void {
    if (!this.isBroken && this.layers.length > 1) this.layers.pop();
    this.isBroken = true;
  }
}

/** Several frames as one, with the index that tells them apart (VP9 bitstream specification, annex B). */
function superframe(frames: readonly Uint8Array[]): Uint8Array {
  const marker = 0xc0 | (3 << 3) | (frames.length - 1);
  const index = new Uint8Array(2 + 4 * frames.length).fill(marker);
  frames.forEach(({ length }, i) => {
    for (let byte = 0; byte < 4; byte += 1) index[1 + 4 * i + byte] = (length >>> (8 * byte)) & 0xff;
  });
  const parts = [...frames, index];
  return concatenate(
    parts,
    parts.reduce((sum, { length }) => sum + length, 0),
  );
}

interface FrameHeader {
  readonly isKey: boolean;
  readonly profile: number;
  readonly bitDepth: number;
  readonly width: number;
  readonly height: number;
}

/** Begin of the uncompressed header (VP9 bitstream specification, 6.2); the size is 0 where the frame has none. */
function readFrameHeader(frame: Uint8Array): FrameHeader | null {
  const reader = new BitReader(frame, 0, Math.min(frame.length, 32));
  if (reader.bits(2) !== 2) return null;
  const low = reader.bit();
  const profile = low + 2 * reader.bit();
  if (profile === 3) reader.skip(1);
  const none = { isKey: false, profile, bitDepth: 8, width: 0, height: 0 };
  if (reader.flag()) return none; // show_existing_frame
  const isKey = reader.bit() === 0;
  reader.skip(2); // show_frame, error_resilient_mode
  if (!isKey) return none;
  if (reader.bits(24) !== 0x498342) return null;
  const bitDepth = profile >= 2 ? (reader.flag() ? 12 : 10) : 8;
  const isRgb = reader.bits(3) === 7;
  if (!isRgb) reader.skip(1);
  if (profile === 1 || profile === 3) reader.skip(isRgb ? 1 : 3);
  const width = reader.bits(16) + 1;
  const height = reader.bits(16) + 1;
  return reader.isTruncated ? null : { isKey, profile, bitDepth, width, height };
}

/** Largest luma picture of each level (VP9 levels). */
const levels = [
  [10, 36_864],
  [11, 73_728],
  [20, 122_880],
  [21, 245_760],
  [30, 552_960],
  [31, 983_040],
  [40, 2_228_224],
  [50, 8_912_896],
] as const;

class Vp9Inspector implements VideoInspector {
  description: VideoDescription | null = null;
  readonly parameterSets = [];

  push({ units, isKey }: AccessUnit): void {
    const header = isKey && units[0] ? readFrameHeader(units[0]) : null;
    if (!header || header.width === 0) return;
    const { width, height, profile, bitDepth } = header;
    const level = levels.find(([, samples]) => width * height <= samples)?.[0] ?? 60;
    const codecString = `vp09.0${profile}.${level}.${String(bitDepth).padStart(2, '0')}`;
    this.description = { width, height, profile: `Profile ${profile}`, codecString, frameRate: null, maxReorder: 0 };
  }
}

/** VP9 (RFC 9628). */
export const vp9: CodecDefinition = {
  id: 'vp9',
  encodingName: 'VP9',
  media: 'video',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [],
  elementaryFormat: 'ivf',
  createDepacketizer: () => new Vp9Depacketizer(),
  createInspector: () => new Vp9Inspector(),
};
