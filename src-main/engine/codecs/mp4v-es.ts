import { BitReader } from '../bytes/bit-reader';
import { concatenate } from './picture/coded-picture';
import { formatParameters, hexBytes } from './picture/format-parameters';
import type {
  AccessUnit,
  CodecDefinition,
  CodecParameters,
  MediaPacket,
  VideoDescription,
  VideoInspector,
} from './definition';
import { CodedPictureDepacketizer } from './picture/coded-picture';
import type { OpenPicture } from './picture/picture-depacketizer';
import { nextStartCode } from './picture/start-codes';

/** Start codes (ISO/IEC 14496-2, table 6-3); 0x20 to 0x2f begin a video object layer. */
const Code = {
  layerFirst: 0x20,
  layerLast: 0x2f,
  sequence: 0xb0,
  userData: 0xb2,
  group: 0xb3,
  object: 0xb5,
  plane: 0xb6,
};

class Mp4vDepacketizer extends CodedPictureDepacketizer {
  /** There is no header: the payload is the elementary stream (RFC 6416, section 5). */
  protected override pieceStart(): number {
    return 0;
  }

  protected override beginsPicture({ payload }: MediaPacket): boolean {
    return payload.length > 3 && payload[0] === 0 && payload[1] === 0 && payload[2] === 1;
  }

  protected override beginsAnother(packet: MediaPacket): boolean {
    return this.beginsPicture(packet);
  }

  /** vop_coding_type 0 is intra (6.3.5). */
  protected override complete(bytes: Uint8Array, picture: OpenPicture): void {
    for (let at = nextStartCode(bytes, 0); at >= 0; at = nextStartCode(bytes, at + 3)) {
      if (bytes[at + 3] !== Code.plane) continue;
      picture.isKey = at + 4 < bytes.length && bytes[at + 4] >> 6 === 0;
      return;
    }
  }
}

/** Begin of a video object layer (ISO/IEC 14496-2, 6.2.3); `start` is behind its start code. */
function parseLayer(bytes: Uint8Array, start: number): VideoDescription | null {
  const reader = new BitReader(bytes, start);
  reader.skip(9); // random_accessible_vol, video_object_type_indication
  let version = 1;
  if (reader.flag()) {
    version = reader.bits(4);
    reader.skip(3);
  }
  if (reader.bits(4) === 15) reader.skip(16); // pixel aspect ratio
  let isLowDelay = false;
  if (reader.flag()) {
    reader.skip(2);
    isLowDelay = reader.flag();
    if (reader.flag()) reader.skip(79); // vbv parameters
  }
  const shape = reader.bits(2);
  if (shape === 3 && version !== 1) reader.skip(4);
  reader.skip(1);
  const resolution = reader.bits(16);
  reader.skip(1);
  let frameRate: number | null = null;
  if (reader.flag()) {
    const increment = reader.bits(Math.max(1, Math.ceil(Math.log2(Math.max(1, resolution)))));
    if (increment > 0) frameRate = resolution / increment;
  }
  if (shape !== 0) return null;
  reader.skip(1);
  const width = reader.bits(13);
  reader.skip(1);
  const height = reader.bits(13);
  if (reader.isTruncated || width === 0 || height === 0) return null;
  return { width, height, profile: null, codecString: null, frameRate, maxReorder: isLowDelay ? 0 : null };
}

/** Keeps the headers before the first picture: a decoder needs them, and a container wants them apart. */
class Mp4vInspector implements VideoInspector {
  description: VideoDescription | null = null;
  private configuration: Uint8Array | null = null;

  constructor({ fmtp }: CodecParameters) {
    const config = hexBytes(formatParameters(fmtp).get('config'));
    if (config.length > 0) this.take(config, config.length);
  }

  get parameterSets(): readonly Uint8Array[] {
    return this.configuration ? [this.configuration] : [];
  }

  push({ units }: AccessUnit): void {
    const [picture] = units;
    if (!picture) return;
    for (let at = nextStartCode(picture, 0); at >= 0; at = nextStartCode(picture, at + 3)) {
      const code = picture[at + 3];
      if (code !== Code.plane && code !== Code.group) continue;
      if (at > 0) this.take(picture, at);
      return;
    }
  }

  private take(bytes: Uint8Array, end: number): void {
    for (let at = nextStartCode(bytes, 0); at >= 0 && at < end; at = nextStartCode(bytes, at + 3)) {
      const code = bytes[at + 3];
      if (code < Code.layerFirst || code > Code.layerLast) continue;
      const description = parseLayer(bytes.subarray(0, end), at + 4);
      if (!description) continue;
      this.description = description;
      this.configuration = concatenate([bytes.subarray(0, end)], end);
    }
  }
}

/** MPEG-4 Visual (RFC 6416, and RFC 3016 before it). */
export const mp4vEs: CodecDefinition = {
  id: 'mp4v-es',
  encodingName: 'MP4V-ES',
  media: 'video',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [],
  elementaryFormat: 'm4v',
  createDepacketizer: () => new Mp4vDepacketizer(),
  createInspector: (parameters) => new Mp4vInspector(parameters),
};
