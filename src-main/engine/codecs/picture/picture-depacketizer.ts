import type { AccessUnit, Depacketizer, MediaPacket, SequenceGap } from '../definition';

/** Bytes of one picture past which it is no picture any more. */
const maxPictureBytes = 32 << 20;
const maxPicturePackets = 32_768;
const none: readonly AccessUnit[] = [];

/** The picture that packets are being collected for. */
export interface OpenPicture {
  readonly timestamp: number;
  readonly followsGap: boolean;
  /** Nothing shows that its first packet came. */
  isHeadDoubtful: boolean;
  isDamaged: boolean;
  isKey: boolean;
  /** The marker said that its last packet came. */
  isEnded: boolean;
  bytes: number;
  readonly units: Uint8Array[];
  readonly gaps: SequenceGap[];
  readonly frames: number[];
}

/**
 * What all video formats share: the packets of one timestamp are a picture, the marker stands on its last one (RFC
 * 3550, section 5.1), and a gap in the sequence damages what it touches:
 *
 * - the picture under way, when its marker has not come, or when the packet behind the gap still belongs to it;
 * - the next picture, unless the first packet that came shows that it is the first of its picture.
 *
 * A format says how payloads become units, and what the beginning of a picture looks like.
 */
export abstract class PictureDepacketizer implements Depacketizer {
  private picture: OpenPicture | null = null;
  private sawMarker = false;
  /** Nothing has come yet since the beginning or a restart: what was sent before is not known. */
  private isAtStart = true;
  private done: AccessUnit[] = [];

  push(packet: MediaPacket): readonly AccessUnit[] {
    const isAfterGap = packet.lostBefore > 0;
    let { picture } = this;
    const gap = isAfterGap ? { first: packet.sequence - packet.lostBefore, count: packet.lostBefore } : null;
    if (picture && (packet.timestamp !== picture.timestamp || this.isNext(packet, picture) || isTooLarge(picture))) {
      if (gap && !picture.isEnded) this.damage(picture, gap);
      this.close();
      picture = null;
    }
    if (picture) {
      if (gap) this.damage(picture, gap);
    } else {
      picture = this.open(packet, gap);
    }
    picture.frames.push(packet.frame);
    if (packet.missing > 0) picture.isDamaged = true;
    this.take(packet, picture, isAfterGap);
    if (packet.marker) {
      picture.isEnded = true;
      this.sawMarker = true;
    }
    return this.takeDone();
  }

  reset(_reason: 'restart' | 'format'): readonly AccessUnit[] {
    return this.flush();
  }

  flush(): readonly AccessUnit[] {
    const { picture } = this;
    // A stream that marks its pictures would have marked this one.
    if (picture && this.sawMarker && !picture.isEnded) picture.isDamaged = true;
    if (picture) this.close();
    this.isAtStart = true;
    this.forget();
    return this.takeDone();
  }

  /** The packet begins another picture although its timestamp is the same: only asked behind a marker. */
  protected beginsAnother(_packet: MediaPacket, _picture: OpenPicture): boolean {
    return false;
  }

  /** The packet shows that it is the first one of its picture. */
  protected abstract beginsPicture(packet: MediaPacket): boolean;

  /** Adds the payload to the picture. `isAfterGap`: the packet before is missing, whatever was begun is lost. */
  protected abstract take(packet: MediaPacket, picture: OpenPicture, isAfterGap: boolean): void;

  /** The picture is over: what was begun is finished or given up. */
  protected finish(_picture: OpenPicture): void {}

  /** State that outlives a picture does not outlive a restart. */
  protected forget(): void {}

  protected add(picture: OpenPicture, unit: Uint8Array): void {
    picture.units.push(unit);
    picture.bytes += unit.length;
  }

  private isNext(packet: MediaPacket, picture: OpenPicture): boolean {
    return picture.isEnded && this.beginsAnother(packet, picture);
  }

  private open(packet: MediaPacket, gap: SequenceGap | null): OpenPicture {
    const isHeadDoubtful = gap !== null || this.isAtStart;
    const picture: OpenPicture = {
      timestamp: packet.timestamp,
      followsGap: gap !== null || this.isAtStart,
      isHeadDoubtful,
      isDamaged: isHeadDoubtful && !this.beginsPicture(packet),
      isKey: false,
      isEnded: false,
      bytes: 0,
      units: [],
      gaps: gap ? [gap] : [],
      frames: [],
    };
    this.isAtStart = false;
    this.picture = picture;
    return picture;
  }

  private damage(picture: OpenPicture, gap: SequenceGap): void {
    picture.isDamaged = true;
    picture.gaps.push(gap);
  }

  private close(): void {
    const { picture } = this;
    if (!picture) return;
    this.picture = null;
    this.finish(picture);
    const { timestamp, units, isKey, followsGap, gaps, frames } = picture;
    const isDamaged = picture.isDamaged || isTooLarge(picture);
    this.done.push({ timestamp, units, isKey, isDamaged, followsGap, gaps, frames });
  }

  private takeDone(): readonly AccessUnit[] {
    const { done } = this;
    if (done.length === 0) return none;
    this.done = [];
    return done;
  }
}

function isTooLarge({ bytes, frames }: OpenPicture): boolean {
  return bytes > maxPictureBytes || frames.length > maxPicturePackets;
}
