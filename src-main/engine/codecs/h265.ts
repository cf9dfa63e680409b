import { u16be } from '../bytes/integers';
import type { AccessUnit, CodecDefinition, CodecParameters, Depacketizer, MediaPacket } from './definition';
import { concatenate } from './picture/coded-picture';
import { DecodingOrderQueue } from './picture/decoding-order';
import { formatParameters } from './picture/format-parameters';
import { H265Inspector, H265Type, h265Type } from './picture/h265-parameter-sets';
import { HeadMemory, NalDepacketizer } from './picture/nal-units';
import type { OpenPicture } from './picture/picture-depacketizer';

/** Payload structures (RFC 7798, section 4.4). */
const aggregation = 48;
const fragmentation = 49;
const paci = 50;
const headerBytes = 2;

/** NAL units in decoding order, alone, aggregated or fragmented, without decoding order numbers. */
class H265Pictures extends NalDepacketizer {
  private readonly heads = new HeadMemory(h265Type, [H265Type.vps, H265Type.delimiter]);

  protected override unpack({ payload, missing }: MediaPacket, picture: OpenPicture): void {
    const bytes = withoutPaci(payload);
    if (bytes.length === 0) return;
    const type = h265Type(bytes);
    if (type === aggregation) this.unpackAggregate(bytes, picture);
    else if (type === fragmentation) this.unpackFragment(bytes, picture, missing);
    else if (type < aggregation && bytes.length > headerBytes && missing === 0) {
      this.addUnit(picture, bytes, 0, bytes.length);
    } else picture.isDamaged = true;
  }

  protected override beginsPicture({ payload }: MediaPacket): boolean {
    return beginsH265Picture(withoutPaci(payload));
  }

  protected override beginsAnother({ payload }: MediaPacket, picture: OpenPicture): boolean {
    return beginsH265Picture(withoutPaci(payload)) && picture.units.some((unit) => h265Type(unit) < H265Type.vps);
  }

  protected override keep(picture: OpenPicture, unit: Uint8Array): void {
    super.keep(picture, unit);
    if (isIrap(h265Type(unit))) picture.isKey = true;
  }

  protected override finish(picture: OpenPicture): void {
    super.finish(picture);
    this.heads.check(picture);
  }

  protected override forget(): void {
    this.heads.clear();
    this.dropFragments();
  }

  /**
   * RFC 7798, section 4.4.2:
   * ```
   * | PayloadHdr (Type=48) (16) | NALU 1 Size (16) | NALU 1 | NALU 2 Size (16) | NALU 2 | ...
   * ```
   */
  private unpackAggregate(payload: Uint8Array, picture: OpenPicture): void {
    for (let at = headerBytes; at < payload.length; ) {
      const size = at + 2 <= payload.length ? u16be(payload, at) : 0;
      at += 2;
      if (size === 0 || at + size > payload.length) {
        picture.isDamaged = true;
        return;
      }
      this.addUnit(picture, payload, at, at + size);
      at += size;
    }
  }

  /**
   * RFC 7798, section 4.4.3:
   * ```
   * | PayloadHdr (Type=49) (16) |S|E| FuType (6) | FU payload
   * ```
   */
  private unpackFragment(payload: Uint8Array, picture: OpenPicture, missing: number): void {
    if (payload.length < 3 || missing > 0) {
      picture.isDamaged = true;
      this.dropFragments();
      return;
    }
    const piece = payload.subarray(3);
    // Also of a unit that will not come whole.
    if (isIrap(payload[2] & 0x3f)) picture.isKey = true;
    if (payload[2] & 0x80) this.beginFragments(picture, fragmentHeader(payload), piece);
    else this.addFragment(picture, piece);
    if (payload[2] & 0x40) this.endFragments(picture);
  }
}

/** Of a picture that decoding can begin with (Rec. ITU-T H.265, 3.69). */
const isIrap = (type: number): boolean => type >= H265Type.firstIrap && type <= H265Type.lastIrap;

/** Header of the NAL unit that a fragment belongs to. */
function fragmentHeader(payload: Uint8Array): Uint8Array {
  return Uint8Array.of((payload[0] & 0x81) | ((payload[2] & 0x3f) << 1), payload[1]);
}

/**
 * The packet inside a PACI packet; its header extension is passed over (RFC 7798, section 4.4.4).
 * ```
 * | PayloadHdr (Type=50) (16) |A| cType (6) | PHSsize (5) |F0..2|Y| PHES | PACI payload
 * ```
 */
function withoutPaci(payload: Uint8Array): Uint8Array {
  if (payload.length < 4 || h265Type(payload) !== paci) return payload;
  const fields = u16be(payload, 2);
  const start = 4 + ((fields >> 4) & 0x1f);
  if (start > payload.length) return payload.subarray(0, 0);
  const inner = new Uint8Array(headerBytes + payload.length - start);
  inner[0] = ((fields >> 15) << 7) | (((fields >> 9) & 0x3f) << 1) | (payload[0] & 1);
  inner[1] = payload[1];
  inner.set(payload.subarray(start), headerBytes);
  return inner;
}

/** The payload begins with what stands at the beginning of an access unit (Rec. ITU-T H.265, 7.4.2.4.4). */
function beginsH265Picture(payload: Uint8Array): boolean {
  let at = 0;
  let type = h265Type(payload);
  if (type === aggregation) {
    at = 4;
    type = at < payload.length ? (payload[at] >> 1) & 0x3f : aggregation;
  } else if (type === fragmentation) {
    if (!(payload[2] & 0x80)) return false;
    type = payload[2] & 0x3f;
    at = 1;
  }
  // first_slice_segment_in_pic_flag
  if (type < H265Type.vps) return payload[at + headerBytes] >= 0x80;
  return (type >= H265Type.vps && type <= 35) || type === 39 || (type >= 41 && type <= 44);
}

/** Streams with `sprop-max-don-diff` above 0: every NAL unit has a decoding order number (RFC 7798, section 4.4). */
class H265Ordered implements Depacketizer {
  private readonly pictures = new H265Pictures();
  private readonly queue: DecodingOrderQueue;
  private fragments: { order: number; pieces: Uint8Array[]; frames: number[]; length: number } | null = null;

  /** `depth`: `sprop-depack-buf-nalus`. */
  constructor(depth: number) {
    this.queue = new DecodingOrderQueue(this.pictures, depth);
  }

  push(packet: MediaPacket): readonly AccessUnit[] {
    const { sequence, lostBefore, missing, timestamp, frame } = packet;
    const payload = withoutPaci(packet.payload);
    if (lostBefore > 0) {
      this.fragments = null;
      this.queue.lose(sequence - lostBefore, lostBefore);
    }
    if (missing > 0) this.queue.lose(sequence, 1);
    const type = payload.length > 3 ? h265Type(payload) : -1;
    if (type === aggregation) this.unpackAggregate(payload, timestamp, frame);
    else if (type === fragmentation) this.unpackFragment(payload, timestamp, frame, missing);
    else if (type >= 0 && type < aggregation && payload.length > 4 && missing === 0) {
      const order = this.queue.extend(u16be(payload, headerBytes));
      const bytes = concatenate([payload.subarray(0, headerBytes), payload.subarray(4)], payload.length - 2);
      this.queue.wait({ order, bytes, timestamp, frames: [frame] });
    }
    return this.queue.release();
  }

  reset(reason: 'restart' | 'format'): readonly AccessUnit[] {
    this.fragments = null;
    return [...this.queue.drain(), ...this.pictures.reset(reason)];
  }

  flush(): readonly AccessUnit[] {
    this.fragments = null;
    return [...this.queue.drain(), ...this.pictures.flush()];
  }

  /** DONL (16 bits) before the first NAL unit, DOND (8 bits) before the others. */
  private unpackAggregate(payload: Uint8Array, timestamp: number, frame: number): void {
    let order = this.queue.extend(u16be(payload, headerBytes));
    for (let at = 4; at + 2 <= payload.length; ) {
      const size = u16be(payload, at);
      if (size === 0 || at + 2 + size > payload.length) return;
      this.queue.wait({ order, bytes: payload.slice(at + 2, at + 2 + size), timestamp, frames: [frame] });
      at += 2 + size;
      if (at < payload.length) order += payload[at] + 1;
      at += 1;
    }
  }

  /** The first fragment has a DONL behind its FU header. */
  private unpackFragment(payload: Uint8Array, timestamp: number, frame: number, missing: number): void {
    const isFirst = (payload[2] & 0x80) !== 0;
    if (isFirst) {
      const order = this.queue.extend(u16be(payload, 3));
      this.fragments = { order, pieces: [fragmentHeader(payload)], frames: [], length: headerBytes };
    }
    const { fragments } = this;
    if (!fragments) return;
    const piece = payload.slice(isFirst ? 5 : 3);
    fragments.pieces.push(piece);
    fragments.frames.push(frame);
    fragments.length += piece.length;
    const isLast = (payload[2] & 0x40) !== 0;
    if (missing > 0 || isLast || fragments.length > 1 << 24) this.fragments = null;
    if (missing > 0 || !isLast) return;
    const bytes = concatenate(fragments.pieces, fragments.length);
    this.queue.wait({ order: fragments.order, bytes, timestamp, frames: fragments.frames });
  }
}

function createH265Depacketizer({ fmtp }: CodecParameters): Depacketizer {
  const parameters = formatParameters(fmtp);
  const hasOrder = Number(parameters.get('sprop-max-don-diff') ?? 0) > 0;
  return hasOrder ? new H265Ordered(Number(parameters.get('sprop-depack-buf-nalus'))) : new H265Pictures();
}

/** H.265 / HEVC (RFC 7798). */
export const h265: CodecDefinition = {
  id: 'h265',
  encodingName: 'H265',
  media: 'video',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [],
  elementaryFormat: 'h265',
  createDepacketizer: createH265Depacketizer,
  createInspector: (parameters) => new H265Inspector(parameters),
};
