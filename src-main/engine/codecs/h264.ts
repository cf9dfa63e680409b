import { BitReader } from '../bytes/bit-reader';
import { u16be } from '../bytes/integers';
import type { CodecDefinition, CodecParameters, Depacketizer, MediaPacket } from './definition';
import { formatParameters } from './picture/format-parameters';
import { H264Interleaved } from './picture/h264-interleaving';
import { H264Inspector, H264Type, h264Type } from './picture/h264-parameter-sets';
import { HeadMemory, NalDepacketizer, rbspOf, seiMessages } from './picture/nal-units';
import type { OpenPicture } from './picture/picture-depacketizer';

/** Payload structures (RFC 6184, section 5.2, table 1). */
const stapA = 24;
const stapB = 25;
const fuA = 28;
const fuB = 29;
const recoveryPoint = 6;

/**
 * Packetization modes 0 and 1 (RFC 6184, sections 6.2 and 6.3): NAL units come in decoding order, alone, aggregated
 * (STAP-A) or fragmented (FU-A).
 */
class H264Pictures extends NalDepacketizer {
  private readonly heads = new HeadMemory(h264Type, [H264Type.sps, H264Type.delimiter]);

  protected override unpack({ payload, missing }: MediaPacket, picture: OpenPicture): void {
    if (payload.length === 0) return;
    const type = payload[0] & 0x1f;
    if (type === stapA) this.unpackAggregate(payload, picture);
    else if (type === fuA) this.unpackFragment(payload, picture, missing);
    else if (type >= 1 && type <= 23 && missing === 0) this.addUnit(picture, payload, 0, payload.length);
    else picture.isDamaged = true;
  }

  protected override beginsPicture({ payload }: MediaPacket): boolean {
    return beginsH264Picture(payload);
  }

  protected override beginsAnother({ payload }: MediaPacket, picture: OpenPicture): boolean {
    return beginsH264Picture(payload) && picture.units.some((unit) => isSlice(h264Type(unit)));
  }

  protected override keep(picture: OpenPicture, unit: Uint8Array): void {
    super.keep(picture, unit);
    if (!picture.isKey) picture.isKey = isKeyUnit(unit, picture.units);
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
   * RFC 6184, section 5.7.1:
   * ```
   * |STAP-A NAL HDR| NALU 1 Size (16) | NALU 1 HDR | NALU 1 Data | NALU 2 Size (16) | ...
   * ```
   */
  private unpackAggregate(payload: Uint8Array, picture: OpenPicture): void {
    for (let at = 1; at < payload.length; ) {
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
   * RFC 6184, section 5.8: the NAL unit header is split over both bytes.
   * ```
   * |F|NRI|  28  | |S|E|R|  Type  | FU payload
   * ```
   */
  private unpackFragment(payload: Uint8Array, picture: OpenPicture, missing: number): void {
    if (payload.length < 2 || missing > 0) {
      picture.isDamaged = true;
      this.dropFragments();
      return;
    }
    const piece = payload.subarray(2);
    // Also of a unit that will not come whole.
    if ((payload[1] & 0x1f) === H264Type.idr) picture.isKey = true;
    if (payload[1] & 0x80) {
      this.beginFragments(picture, Uint8Array.of((payload[0] & 0xe0) | (payload[1] & 0x1f)), piece);
    } else {
      this.addFragment(picture, piece);
    }
    if (payload[1] & 0x40) this.endFragments(picture);
  }
}

const isSlice = (type: number): boolean => type >= H264Type.slice && type <= H264Type.idr;

/** The payload begins with a NAL unit that stands at the beginning of an access unit (Rec. ITU-T H.264, 7.4.1.2.3). */
function beginsH264Picture(payload: Uint8Array): boolean {
  let at = 0;
  let type = payload[0] & 0x1f;
  if (type === stapA) {
    at = 3;
    type = payload[at] & 0x1f;
  } else if (type === fuA) {
    if (!(payload[1] & 0x80)) return false;
    at = 1;
    type = payload[1] & 0x1f;
  }
  if (at + 1 >= payload.length) return type === H264Type.delimiter;
  // first_mb_in_slice is 0: its code is a single 1.
  if (type === H264Type.slice || type === H264Type.partitionA || type === H264Type.idr) return payload[at + 1] >= 0x80;
  return (type >= H264Type.sei && type <= H264Type.delimiter) || (type >= 14 && type <= 18);
}

/**
 * Decoding can begin with an IDR picture, with a recovery point that needs no further pictures (D.2.8), or, as cameras
 * send it, with an I picture behind parameter sets.
 */
function isKeyUnit(unit: Uint8Array, units: readonly Uint8Array[]): boolean {
  const type = h264Type(unit);
  if (type === H264Type.idr) return true;
  if (type === H264Type.sei) {
    const rbsp = rbspOf(unit, 1);
    for (const { type: message, start, end } of seiMessages(rbsp)) {
      if (message === recoveryPoint && new BitReader(rbsp, start, end).ue() === 0) return true;
    }
    return false;
  }
  if (type !== H264Type.slice || !units.some((other) => h264Type(other) === H264Type.sps)) return false;
  const reader = new BitReader(rbspOf(unit, 1, 16));
  reader.ue(); // first_mb_in_slice
  return reader.ue() % 5 === 2 && !reader.isTruncated;
}

/** Chooses the way by what was signalled, or by what comes: modes 0 and 1 have no decoding order numbers. */
class H264Depacketizer implements Depacketizer {
  private readonly pictures = new H264Pictures();
  private interleaved: H264Interleaved | null;

  constructor(private readonly parameters: ReadonlyMap<string, string>) {
    this.interleaved = parameters.get('packetization-mode') === '2' ? this.interleave() : null;
  }

  push(packet: MediaPacket) {
    const type = packet.payload[0] & 0x1f;
    if (!this.interleaved && type >= stapB && type <= fuB && type !== fuA) this.interleaved = this.interleave();
    return (this.interleaved ?? this.pictures).push(packet);
  }

  reset(reason: 'restart' | 'format') {
    return (this.interleaved ?? this.pictures).reset(reason);
  }

  flush() {
    return (this.interleaved ?? this.pictures).flush();
  }

  private interleave(): H264Interleaved {
    return new H264Interleaved(this.pictures, Number(this.parameters.get('sprop-interleaving-depth')));
  }
}

/** H.264 / AVC (RFC 6184). */
export const h264: CodecDefinition = {
  id: 'h264',
  encodingName: 'H264',
  media: 'video',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [],
  elementaryFormat: 'h264',
  createDepacketizer: ({ fmtp }: CodecParameters) => new H264Depacketizer(formatParameters(fmtp)),
  createInspector: (parameters) => new H264Inspector(parameters),
};
