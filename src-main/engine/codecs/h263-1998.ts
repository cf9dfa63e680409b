import type { CodecDefinition, MediaPacket } from './definition';
import { CodedPictureDepacketizer } from './picture/coded-picture';
import { H263Inspector, hasH263StartCode, parseH263Picture } from './picture/h263-picture';
import type { OpenPicture } from './picture/picture-depacketizer';

const zeros = Uint8Array.of(0, 0);

/**
 * Header of a packet (RFC 4629, section 5.1): P says that the two zero bytes of a start code were left out, V that a
 * byte of redundancy coding follows, PLEN the length of a repeated picture header that is passed over.
 * ```
 * |   RR    |P|V|   PLEN    |PEBIT|
 * ```
 */
class H263PlusDepacketizer extends CodedPictureDepacketizer {
  protected override pieceStart({ payload }: MediaPacket): number {
    if (payload.length < 2) return -1;
    const start = 2 + (payload[0] & 0x02 ? 1 : 0) + ((((payload[0] & 1) << 5) | (payload[1] >> 3)) & 0x3f);
    return start <= payload.length ? start : -1;
  }

  protected override piecePrefix({ payload }: MediaPacket): Uint8Array | null {
    return payload[0] & 0x04 ? zeros : null;
  }

  protected override beginsPicture(packet: MediaPacket): boolean {
    const start = this.pieceStart(packet);
    if (start < 2 || !(packet.payload[0] & 0x04)) return false;
    return hasH263StartCode(Uint8Array.of(0, 0, packet.payload[start] ?? 0), 0);
  }

  protected override beginsAnother(packet: MediaPacket): boolean {
    return this.beginsPicture(packet);
  }

  protected override complete(bytes: Uint8Array, picture: OpenPicture): void {
    picture.isKey = parseH263Picture(bytes)?.isIntra ?? false;
  }
}

/** H.263 of 1998, H.263+ (RFC 4629, and RFC 2429 before it). */
export const h2631998: CodecDefinition = {
  id: 'h263-1998',
  encodingName: 'H263-1998',
  media: 'video',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [],
  elementaryFormat: 'h263',
  createDepacketizer: () => new H263PlusDepacketizer(),
  createInspector: () => new H263Inspector(),
};
