import type { CodecDefinition, MediaPacket } from './definition';
import { type BitPiece, BitPictureDepacketizer } from './picture/bit-picture';
import { H263Inspector, hasH263StartCode, parseH263Picture } from './picture/h263-picture';
import type { OpenPicture } from './picture/picture-depacketizer';

/**
 * Header of a packet in mode A, four bytes (RFC 2190, section 5.1); mode B has eight, mode C twelve.
 * ```
 * |F|P|SBIT |EBIT | SRC |I|U|S|A|R      |DBQ| TRB |    TR         |
 * ```
 */
function headerLength(payload: Uint8Array): number {
  const length = payload[0] & 0x80 ? (payload[0] & 0x40 ? 12 : 8) : 4;
  return payload.length > length ? length : -1;
}

class H263Depacketizer extends BitPictureDepacketizer {
  protected override pieceOf(payload: Uint8Array): BitPiece | null {
    const start = headerLength(payload);
    return start < 0 ? null : { start, startBits: (payload[0] >> 3) & 7, endBits: payload[0] & 7 };
  }

  protected override beginsPicture({ payload }: MediaPacket): boolean {
    const start = headerLength(payload);
    return start > 0 && ((payload[0] >> 3) & 7) === 0 && hasH263StartCode(payload, start);
  }

  protected override beginsAnother(packet: MediaPacket): boolean {
    return this.beginsPicture(packet);
  }

  protected override complete(bytes: Uint8Array, picture: OpenPicture): void {
    picture.isKey = parseH263Picture(bytes)?.isIntra ?? false;
  }
}

/** H.263 of 1996 (RFC 2190). */
export const h263: CodecDefinition = {
  id: 'h263',
  encodingName: 'H263',
  media: 'video',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [34],
  elementaryFormat: 'h263',
  createDepacketizer: () => new H263Depacketizer(),
  createInspector: () => new H263Inspector(),
};
