import { BitReader } from '../bytes/bit-reader';
import type { AccessUnit, CodecDefinition, MediaPacket, VideoDescription, VideoInspector } from './definition';
import { CodedPictureDepacketizer } from './picture/coded-picture';
import type { OpenPicture } from './picture/picture-depacketizer';
import { nextStartCode } from './picture/start-codes';

/** Start codes (ISO/IEC 13818-2, table 6-1). */
const Code = { picture: 0x00, sequence: 0xb3, extension: 0xb5, group: 0xb8 } as const;
const sequenceExtension = 1;
/** frame_rate_code (ISO/IEC 13818-2, table 6-4). */
const frameRates = [null, 24_000 / 1001, 24, 25, 30_000 / 1001, 30, 50, 60_000 / 1001, 60];

/**
 * Header of a packet (RFC 2250, section 3.4); T says that four bytes of MPEG-2 follow.
 * ```
 * |   MBZ   |T|         TR        |AN|N|S|B|E|  P  | | BFC | | FFC |
 * ```
 */
class MpvDepacketizer extends CodedPictureDepacketizer {
  protected override pieceStart({ payload }: MediaPacket): number {
    const start = payload[0] & 0x04 ? 8 : 4;
    return payload.length >= start ? start : -1;
  }

  protected override beginsPicture(packet: MediaPacket): boolean {
    const { payload } = packet;
    const at = this.pieceStart(packet);
    if (at < 0 || at + 3 >= payload.length) return false;
    if (payload[at] !== 0 || payload[at + 1] !== 0 || payload[at + 2] !== 1) return false;
    const code = payload[at + 3];
    return code === Code.picture || code === Code.sequence || code === Code.group;
  }

  protected override beginsAnother(packet: MediaPacket): boolean {
    return this.beginsPicture(packet);
  }

  /** picture_coding_type 1 is intra (ISO/IEC 13818-2, 6.3.9). */
  protected override complete(bytes: Uint8Array, picture: OpenPicture): void {
    for (let at = nextStartCode(bytes, 0); at >= 0; at = nextStartCode(bytes, at + 3)) {
      if (bytes[at + 3] !== Code.picture) continue;
      picture.isKey = at + 5 < bytes.length && ((bytes[at + 5] >> 3) & 7) === 1;
      return;
    }
  }
}

class MpvInspector implements VideoInspector {
  description: VideoDescription | null = null;
  readonly parameterSets = [];

  push({ units }: AccessUnit): void {
    const [picture] = units;
    if (!picture) return;
    for (let at = nextStartCode(picture, 0); at >= 0; at = nextStartCode(picture, at + 3)) {
      const code = picture[at + 3];
      if (code === Code.sequence) this.takeSequence(new BitReader(picture, at + 4));
      else if (code === Code.extension) this.takeExtension(new BitReader(picture, at + 4));
      else if (code > 0 && code < 0xb0) return;
    }
  }

  /** sequence_header (ISO/IEC 13818-2, 6.2.2.1): the same in MPEG-1, which has no extension behind it. */
  private takeSequence(reader: BitReader): void {
    const width = reader.bits(12);
    const height = reader.bits(12);
    reader.skip(4);
    const frameRate = frameRates[reader.bits(4)] ?? null;
    if (reader.isTruncated || width === 0 || height === 0) return;
    this.description = { width, height, profile: 'MPEG-1', codecString: null, frameRate, maxReorder: null };
  }

  /** sequence_extension (ISO/IEC 13818-2, 6.2.2.3). */
  private takeExtension(reader: BitReader): void {
    const { description } = this;
    if (!description || description.profile !== 'MPEG-1' || reader.bits(4) !== sequenceExtension) return;
    reader.skip(8 + 1 + 2); // profile and level, progressive_sequence, chroma_format
    const width = description.width + 4096 * reader.bits(2);
    const height = description.height + 4096 * reader.bits(2);
    reader.skip(12 + 1 + 8); // bit rate, marker, vbv buffer
    const isLowDelay = reader.flag();
    if (reader.isTruncated) return;
    this.description = { ...description, width, height, profile: 'MPEG-2', maxReorder: isLowDelay ? 0 : null };
  }
}

/** MPEG-1 and MPEG-2 video elementary streams (RFC 2250, section 3). */
export const mpv: CodecDefinition = {
  id: 'mpv',
  encodingName: 'MPV',
  media: 'video',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [32],
  elementaryFormat: 'mpv',
  createDepacketizer: () => new MpvDepacketizer(),
  createInspector: () => new MpvInspector(),
};
