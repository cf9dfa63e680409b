import type { AccessUnit, CodecDefinition, MediaPacket, VideoDescription, VideoInspector } from './definition';
import { type BitPiece, BitPictureDepacketizer } from './picture/bit-picture';
import type { OpenPicture } from './picture/picture-depacketizer';

/** Picture start code, 20 bits (Rec. ITU-T H.261, 4.2.1.1). */
function hasStartCode(bytes: Uint8Array, at: number): boolean {
  return at + 2 < bytes.length && bytes[at] === 0 && bytes[at + 1] === 1 && bytes[at + 2] >> 4 === 0;
}

/**
 * Header of a packet (RFC 4587, section 4.1):
 * ```
 * |SBIT |EBIT |I|V| GOBN  |   MBAP  |  QUANT  |  HMVD   |  VMVD   |
 * ```
 */
class H261Depacketizer extends BitPictureDepacketizer {
  /** All packets of the picture said that they hold intra-coded blocks only. */
  private isIntra = true;
  private isFirst = true;

  protected override pieceOf(payload: Uint8Array): BitPiece | null {
    if (payload.length < 5) return null;
    if (!(payload[0] & 0x02)) this.isIntra = false;
    return { start: 4, startBits: payload[0] >> 5, endBits: (payload[0] >> 2) & 7 };
  }

  protected override beginsPicture({ payload }: MediaPacket): boolean {
    return payload.length > 4 && payload[0] >> 5 === 0 && hasStartCode(payload, 4);
  }

  protected override beginsAnother(packet: MediaPacket): boolean {
    return this.beginsPicture(packet);
  }

  /** The picture header has no type; a sender can only begin with blocks that need no picture before. */
  protected override complete(_bytes: Uint8Array, picture: OpenPicture): void {
    picture.isKey = this.isIntra || this.isFirst;
    this.isIntra = true;
    this.isFirst = false;
  }

  protected override forget(): void {
    super.forget();
    this.isIntra = true;
    this.isFirst = true;
  }
}

class H261Inspector implements VideoInspector {
  description: VideoDescription | null = null;
  readonly parameterSets = [];

  push({ units }: AccessUnit): void {
    const [picture] = units;
    if (!picture || !hasStartCode(picture, 0) || picture.length < 4) return;
    // PTYPE follows 5 bits of temporal reference; its fourth bit is 0 for QCIF (4.2.1.3).
    const isCif = (picture[3] & 0x08) !== 0;
    const [width, height] = isCif ? [352, 288] : [176, 144];
    this.description = { width, height, profile: null, codecString: null, frameRate: null, maxReorder: 0 };
  }
}

/** H.261 (RFC 4587). */
export const h261: CodecDefinition = {
  id: 'h261',
  encodingName: 'H261',
  media: 'video',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [31],
  elementaryFormat: 'h261',
  createDepacketizer: () => new H261Depacketizer(),
  createInspector: () => new H261Inspector(),
};
