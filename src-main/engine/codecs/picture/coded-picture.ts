import type { MediaPacket } from '../definition';
import { type OpenPicture, PictureDepacketizer } from './picture-depacketizer';

/**
 * Base of the formats whose packets carry consecutive pieces of one coded picture behind a header of their own: the
 * picture is their concatenation. When pieces are missing only what came before the first gap is kept, since what
 * follows could not be told from it.
 */
export abstract class CodedPictureDepacketizer extends PictureDepacketizer {
  private pieces: Uint8Array[] = [];
  private length = 0;
  private isBroken = false;

  /** Offset of the coded bits in the payload; -1 when the payload is malformed or has none of this picture. */
  protected abstract pieceStart(packet: MediaPacket, picture: OpenPicture): number;

  /** Bytes that the format leaves out before a piece; null for none. */
  protected piecePrefix(_packet: MediaPacket): Uint8Array | null {
    return null;
  }

  /** Facts of the whole picture; `picture.isKey` is to be set here. */
  protected abstract complete(bytes: Uint8Array, picture: OpenPicture): void;

  protected override take(packet: MediaPacket, picture: OpenPicture, isAfterGap: boolean): void {
    if (isAfterGap && this.length > 0) this.isBroken = true;
    // The first piece of all decides what the rest means.
    if (picture.isDamaged && this.length === 0 && picture.frames.length === 1 && !this.beginsPicture(packet)) {
      this.isBroken = true;
    }
    const start = this.pieceStart(packet, picture);
    if (start < 0) {
      picture.isDamaged = true;
      this.isBroken = true;
      return;
    }
    if (this.isBroken || start >= packet.payload.length) return;
    const prefix = this.piecePrefix(packet);
    const piece = packet.payload.slice(start);
    if (prefix) this.pieces.push(prefix);
    this.pieces.push(piece);
    this.length += piece.length + (prefix?.length ?? 0);
    picture.bytes += piece.length;
    if (packet.missing > 0) this.isBroken = true;
  }

  protected override finish(picture: OpenPicture): void {
    const { pieces, length } = this;
    this.pieces = [];
    this.length = 0;
    this.isBroken = false;
    if (length === 0) return;
    const bytes = pieces.length === 1 ? pieces[0] : concatenate(pieces, length);
    picture.units.push(bytes);
    this.complete(bytes, picture);
  }
}

export function concatenate(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
