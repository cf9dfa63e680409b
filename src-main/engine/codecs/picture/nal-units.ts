import type { MediaPacket } from '../definition';
import { concatenate } from './coded-picture';
import { type OpenPicture, PictureDepacketizer } from './picture-depacketizer';

/** Base of the formats made of NAL units, which travel alone, several in a packet, or in fragments. */
export abstract class NalDepacketizer extends PictureDepacketizer {
  private pieces: Uint8Array[] = [];
  private length = 0;

  /** A whole NAL unit: borrowed bytes. */
  protected addUnit(picture: OpenPicture, bytes: Uint8Array, start: number, end: number): void {
    this.endFragments(picture);
    if (end > start) this.keep(picture, bytes.slice(start, end));
  }

  /** First fragment of a NAL unit with the header that the fragments leave out. */
  protected beginFragments(picture: OpenPicture, header: Uint8Array, piece: Uint8Array): void {
    this.endFragments(picture);
    this.pieces.push(header, piece.slice());
    this.length = header.length + piece.length;
    picture.bytes += this.length;
  }

  /** A further fragment; without the ones before it is worth nothing. */
  protected addFragment(picture: OpenPicture, piece: Uint8Array): void {
    if (this.length === 0) {
      picture.isDamaged = true;
      return;
    }
    this.pieces.push(piece.slice());
    this.length += piece.length;
    picture.bytes += piece.length;
  }

  /** The last fragment came, or another NAL unit shows that it did. */
  protected endFragments(picture: OpenPicture): void {
    const { pieces, length } = this;
    if (length === 0) return;
    this.dropFragments();
    picture.bytes -= length;
    this.keep(picture, concatenate(pieces, length));
  }

  protected dropFragments(): void {
    this.pieces = [];
    this.length = 0;
  }

  protected override take(packet: MediaPacket, picture: OpenPicture, isAfterGap: boolean): void {
    if (isAfterGap) this.dropFragments();
    this.unpack(packet, picture);
  }

  protected override finish(picture: OpenPicture): void {
    // Without the end bit only an undamaged picture tells that the fragments were all.
    if (picture.isDamaged) this.dropFragments();
    else this.endFragments(picture);
  }

  protected abstract unpack(packet: MediaPacket, picture: OpenPicture): void;

  /** A whole NAL unit that is the picture's own now. */
  protected keep(picture: OpenPicture, unit: Uint8Array): void {
    this.add(picture, unit);
  }
}

/**
 * Types of the NAL units that pictures of a stream begin with, learnt from those whose beginning is certain. Behind a
 * gap it tells a picture that is whole from one that lost, say, its parameter sets.
 */
export class HeadMemory {
  private readonly seen = [new Set<number>(), new Set<number>()];

  /** `firstTypes`: units of these types stand at the very beginning, wherever they come. */
  constructor(
    private readonly typeOf: (unit: Uint8Array) => number,
    private readonly firstTypes: readonly number[],
  ) {}

  /** To be asked when a picture is over. */
  check(picture: OpenPicture): void {
    const [first] = picture.units;
    if (first === undefined) return;
    const known = this.seen[picture.isKey ? 1 : 0];
    const type = this.typeOf(first);
    if (!picture.isHeadDoubtful || this.firstTypes.includes(type)) {
      if (!picture.isDamaged) known.add(type);
    } else if (known.size > 0 && !known.has(type)) {
      picture.isDamaged = true;
    }
  }

  clear(): void {
    for (const types of this.seen) types.clear();
  }
}

/** Payload of a NAL unit without its emulation prevention bytes (Rec. ITU-T H.264, 7.3.1), at most `limit` bytes. */
export function rbspOf(unit: Uint8Array, headerBytes: number, limit = 4096): Uint8Array {
  const rbsp = new Uint8Array(Math.min(limit, Math.max(0, unit.length - headerBytes)));
  let length = 0;
  let zeros = 0;
  for (let i = headerBytes; i < unit.length && length < rbsp.length; i += 1) {
    if (zeros >= 2 && unit[i] === 3) {
      zeros = 0;
      continue;
    }
    zeros = unit[i] === 0 ? zeros + 1 : 0;
    rbsp[length] = unit[i];
    length += 1;
  }
  return rbsp.subarray(0, length);
}

/** Payload types of the SEI messages of an RBSP with where their payloads lie (Rec. ITU-T H.264, 7.3.2.3.1). */
export function* seiMessages(rbsp: Uint8Array): Generator<{ type: number; start: number; end: number }> {
  let at = 0;
  // What follows the last message is the stop bit in a byte of its own.
  while (at + 2 < rbsp.length) {
    let type = 0;
    while (rbsp[at] === 0xff) {
      type += 255;
      at += 1;
    }
    type += rbsp[at] ?? 0;
    at += 1;
    let size = 0;
    while (rbsp[at] === 0xff) {
      size += 255;
      at += 1;
    }
    size += rbsp[at] ?? 0;
    at += 1;
    if (at + size > rbsp.length) return;
    yield { type, start: at, end: at + size };
    at += size;
  }
}
