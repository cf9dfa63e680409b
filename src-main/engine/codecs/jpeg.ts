import { u16be } from '../bytes/integers';
import type { AccessUnit, CodecDefinition, MediaPacket, VideoDescription, VideoInspector } from './definition';
import { concatenate } from './picture/coded-picture';
import { type JpegFrame, jpegHeaders, scaledTables } from './picture/jpeg-tables';
import { type OpenPicture, PictureDepacketizer } from './picture/picture-depacketizer';

const headerLength = 8;
const restartHeaderLength = 4;
const tableHeaderLength = 4;
/** From this quality on the tables travel in the packets (RFC 2435, section 4.2). */
const firstInBand = 128;
/** The tables of this one change with every picture. */
const neverKept = 255;

const offsetOf = (payload: Uint8Array): number => (payload[1] << 16) | u16be(payload, 2);

/**
 * Motion JPEG: headers of the pictures are made anew from a few bytes (RFC 2435, section 3.1).
 * ```
 * | Type-specific |              Fragment Offset                  |
 * |      Type     |       Q       |     Width     |     Height    |   sides in units of 8
 * | Restart Interval (16)         |F|L|  Restart Count            |   types 64 to 127
 * |      MBZ      |   Precision   |             Length            |   Q from 128 on, offset 0
 * ```
 */
class JpegDepacketizer extends PictureDepacketizer {
  private frame: JpegFrame | null = null;
  private pieces: Uint8Array[] = [];
  private length = 0;
  private isBroken = false;
  /** Tables that were sent once for a quality and not repeated since. */
  private readonly kept = new Map<number, Pick<JpegFrame, 'tables' | 'precision'>>();

  protected override beginsPicture({ payload }: MediaPacket): boolean {
    return payload.length >= headerLength && offsetOf(payload) === 0;
  }

  protected override beginsAnother(packet: MediaPacket): boolean {
    return this.beginsPicture(packet);
  }

  protected override take({ payload, missing }: MediaPacket, picture: OpenPicture, isAfterGap: boolean): void {
    const isFirst = picture.frames.length === 1;
    if ((isAfterGap && !isFirst) || (isFirst && picture.isDamaged)) this.isBroken = true;
    const start = this.isBroken ? -1 : this.scanStart(payload);
    // Each piece says where it belongs: right behind the one before.
    if (start < 0 || offsetOf(payload) !== this.length) {
      picture.isDamaged = true;
      this.isBroken = true;
      return;
    }
    const piece = payload.slice(start);
    this.pieces.push(piece);
    this.length += piece.length;
    picture.bytes += piece.length;
    if (missing > 0) this.isBroken = true;
  }

  protected override finish(picture: OpenPicture): void {
    const { frame, pieces, length } = this;
    this.dropPicture();
    if (!frame || length === 0) return;
    const scan = concatenate(pieces, length);
    const isEnded = length >= 2 && scan[length - 2] === 0xff && scan[length - 1] === 0xd9;
    const parts = [jpegHeaders(frame), scan, Uint8Array.from(isEnded ? [] : [0xff, 0xd9])];
    picture.isKey = true;
    picture.units.push(
      concatenate(
        parts,
        parts.reduce((sum, part) => sum + part.length, 0),
      ),
    );
  }

  protected override forget(): void {
    this.dropPicture();
    this.kept.clear();
  }

  private dropPicture(): void {
    this.frame = null;
    this.pieces = [];
    this.length = 0;
    this.isBroken = false;
  }

  /** Where the scan begins; -1 for what is malformed or has no meaning. The first packet of a picture describes it. */
  private scanStart(payload: Uint8Array): number {
    if (payload.length < headerLength) return -1;
    const [type, q] = [payload[4], payload[5]];
    const hasRestarts = type >= 64 && type <= 127;
    let at = headerLength + (hasRestarts ? restartHeaderLength : 0);
    if (at > payload.length) return -1;
    if (offsetOf(payload) > 0) return at;
    // Types 2 to 5 were never defined for good; from 128 on they are a matter of session setup (section 3.1.3).
    if ((type & 0x3f) > 1 || type >= 128) return -1;
    const restartInterval = hasRestarts ? u16be(payload, headerLength) : 0;
    const described = { type, width: 8 * payload[6], height: 8 * payload[7], restartInterval };
    if (described.width === 0 || described.height === 0) return -1;
    if (q < firstInBand) {
      if (q === 0) return -1;
      this.frame = { ...described, tables: scaledTables(q), precision: 0 };
      return at;
    }
    if (at + tableHeaderLength > payload.length) return -1;
    const precision = payload[at + 1];
    const length = u16be(payload, at + 2);
    at += tableHeaderLength;
    if (at + length > payload.length) return -1;
    const sent = length > 0 ? { tables: payload.slice(at, at + length), precision } : null;
    if (sent && q !== neverKept) this.kept.set(q, sent);
    const tables = sent ?? this.kept.get(q);
    if (!tables) return -1;
    this.frame = { ...described, ...tables };
    return at + length;
  }
}

/** Frame headers of the Huffman-coded processes (Rec. ITU-T T.81, table B.1). */
const jpegProfiles: Readonly<Record<number, string>> = { 0xc0: 'Baseline', 0xc1: 'Extended', 0xc2: 'Progressive' };

/** Reads the size, which stands in the frame header. */
class JpegInspector implements VideoInspector {
  description: VideoDescription | null = null;
  readonly parameterSets = [];

  push({ units }: AccessUnit): void {
    const [picture] = units;
    for (let at = 2; picture && at + 8 < picture.length && picture[at] === 0xff; at += 2 + u16be(picture, at + 2)) {
      const profile = jpegProfiles[picture[at + 1]];
      if (!profile) continue;
      const [height, width] = [u16be(picture, at + 5), u16be(picture, at + 7)];
      this.description = { width, height, profile, codecString: null, frameRate: null, maxReorder: 0 };
      return;
    }
  }
}

/** Motion JPEG (RFC 2435). */
export const jpeg: CodecDefinition = {
  id: 'jpeg',
  encodingName: 'JPEG',
  media: 'video',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [26],
  elementaryFormat: 'mjpeg',
  createDepacketizer: () => new JpegDepacketizer(),
  createInspector: () => new JpegInspector(),
};
