import type { MediaPacket } from '../definition';
import { BitJoiner } from './bit-joiner';
import { type OpenPicture, PictureDepacketizer } from './picture-depacketizer';

/** Where the bits of a packet lie. */
export interface BitPiece {
  /** Bytes of the header before them. */
  readonly start: number;
  /** Bits of the first and of the last byte that belong to the neighbours. */
  readonly startBits: number;
  readonly endBits: number;
}

/** Base of the formats whose packets may end within a byte that the next one begins with: H.261, and H.263 of 1996. */
export abstract class BitPictureDepacketizer extends PictureDepacketizer {
  private readonly bits = new BitJoiner();
  private isBroken = false;

  /** Null when the payload is malformed. */
  protected abstract pieceOf(payload: Uint8Array, picture: OpenPicture): BitPiece | null;

  protected abstract complete(bytes: Uint8Array, picture: OpenPicture): void;

  protected override take({ payload, missing }: MediaPacket, picture: OpenPicture, isAfterGap: boolean): void {
    const isFirst = picture.frames.length === 1;
    if ((isAfterGap && !isFirst) || (isFirst && picture.isDamaged)) this.isBroken = true;
    const piece = this.pieceOf(payload, picture);
    if (!piece) {
      picture.isDamaged = true;
      this.isBroken = true;
    }
    if (this.isBroken || !piece) return;
    const { start, startBits, endBits } = piece;
    this.bits.append(payload.subarray(start), startBits, missing > 0 ? 0 : endBits);
    picture.bytes += payload.length - start;
    if (missing > 0) this.isBroken = true;
  }

  protected override finish(picture: OpenPicture): void {
    this.isBroken = false;
    if (this.bits.bitLength === 0) return;
    const bytes = this.bits.take();
    picture.units.push(bytes);
    this.complete(bytes, picture);
  }

  protected override forget(): void {
    this.bits.take();
    this.isBroken = false;
  }
}
