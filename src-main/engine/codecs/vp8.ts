import { u16le } from '../bytes/integers';
import type { AccessUnit, CodecDefinition, MediaPacket, VideoDescription, VideoInspector } from './definition';
import { CodedPictureDepacketizer } from './picture/coded-picture';
import type { OpenPicture } from './picture/picture-depacketizer';

/**
 * VP8 payload descriptor (RFC 7741, section 4.2):
 * ```
 * |X|R|N|S|R| PID |   X: |I|L|T|K| RSV |   I: |M| PictureID (7 or 15) |   L: TL0PICIDX   T/K: |TID|Y| KEYIDX |
 * ```
 */
function descriptorLength(payload: Uint8Array): number {
  if (payload.length === 0) return -1;
  if (!(payload[0] & 0x80)) return 1;
  const extension = payload[1] ?? 0;
  let length = 2;
  if (extension & 0x80) length += (payload[length] ?? 0) & 0x80 ? 2 : 1;
  if (extension & 0x40) length += 1;
  if (extension & 0x30) length += 1;
  return length <= payload.length ? length : -1;
}

class Vp8Depacketizer extends CodedPictureDepacketizer {
  protected override pieceStart({ payload }: MediaPacket): number {
    return descriptorLength(payload);
  }

  /** Start of the first partition. */
  protected override beginsPicture({ payload }: MediaPacket): boolean {
    return payload.length > 0 && (payload[0] & 0x17) === 0x10;
  }

  protected override beginsAnother(packet: MediaPacket): boolean {
    return this.beginsPicture(packet);
  }

  protected override complete(bytes: Uint8Array, picture: OpenPicture): void {
    // Inverse key frame flag (RFC 6386, section 9.1).
    picture.isKey = (bytes[0] & 1) === 0;
  }
}

class Vp8Inspector implements VideoInspector {
  description: VideoDescription | null = null;
  readonly parameterSets = [];

  push({ units, isKey }: AccessUnit): void {
    const [frame] = units;
    // Start code of key frames (RFC 6386, section 9.1).
    if (!isKey || !frame || frame.length < 10 || frame[3] !== 0x9d || frame[4] !== 0x01 || frame[5] !== 0x2a) return;
    const [width, height] = [u16le(frame, 6) & 0x3fff, u16le(frame, 8) & 0x3fff];
    if (width === 0 || height === 0) return;
    this.description = { width, height, profile: null, codecString: 'vp8', frameRate: null, maxReorder: 0 };
  }
}

/** VP8 (RFC 7741). */
export const vp8: CodecDefinition = {
  id: 'vp8',
  encodingName: 'VP8',
  media: 'video',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [],
  elementaryFormat: 'ivf',
  createDepacketizer: () => new Vp8Depacketizer(),
  createInspector: () => new Vp8Inspector(),
};
