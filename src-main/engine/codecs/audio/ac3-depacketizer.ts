import type { AccessUnit, AudioCoding, CodecParameters, Depacketizer, MediaPacket } from '../definition';
import { concatenate } from '../picture/coded-picture';
import { ac3Header } from './ac3-header';
import { audioUnit } from './frame-depacketizer';

/** What the two bytes before the frames say. */
export type Ac3PacketKind = 'whole' | 'first-fragment' | 'later-fragment';

const headerBytes = 2;
const maxFrameBytes = 65_536;

/**
 * Synchronization frames of AC-3 (RFC 4184) and E-AC-3 (RFC 4598): whole ones, or fragments of one with one timestamp,
 * the last of them marked. A dependent substream is part of the unit of the frame before it.
 */
export class Ac3Depacketizer implements Depacketizer {
  private pieces: Uint8Array[] = [];
  private length = 0;
  private first: MediaPacket | null = null;
  private frames: number[] = [];

  constructor(
    private readonly clockRateHz: number,
    /** Fragments of E-AC-3 do not say which is the first: the one at a new timestamp is. */
    private readonly kindOf: (payload: Uint8Array, isContinued: boolean) => Ac3PacketKind,
  ) {}

  push(packet: MediaPacket): readonly AccessUnit[] {
    const { payload, missing, lostBefore, timestamp } = packet;
    const isContinued = this.first?.timestamp === timestamp && lostBefore === 0;
    const kind = payload.length > headerBytes && missing === 0 ? this.kindOf(payload, isContinued) : null;
    const before = this.first && !(kind === 'later-fragment' && isContinued) ? this.abandon() : [];
    if (kind === 'whole') return [...before, ...this.split(packet, payload.subarray(headerBytes), [packet.frame])];
    if (kind === null || (kind === 'later-fragment' && !this.first)) {
      return [...before, audioUnit(packet, timestamp, [], { isDamaged: true })];
    }
    this.first ??= packet;
    this.frames.push(packet.frame);
    this.pieces.push(payload.slice(headerBytes));
    this.length += payload.length - headerBytes;
    if (this.length > maxFrameBytes) return [...before, ...this.abandon()];
    return packet.marker ? [...before, ...this.finish()] : before;
  }

  reset(): readonly AccessUnit[] {
    return this.abandon();
  }

  flush(): readonly AccessUnit[] {
    return this.abandon();
  }

  private finish(): AccessUnit[] {
    const { first, frames } = this;
    if (!first) return [];
    const bytes = concatenate(this.pieces, this.length);
    this.forget();
    return this.split(first, bytes, frames);
  }

  private split(packet: MediaPacket, bytes: Uint8Array, frames: readonly number[]): AccessUnit[] {
    const units: AccessUnit[] = [];
    let ticks = 0;
    for (let at = 0; at < bytes.length; ) {
      const header = ac3Header(bytes, at);
      const timestamp = packet.timestamp + Math.round(ticks);
      if (!header || at + header.frameBytes > bytes.length) {
        units.push({ ...audioUnit(packet, timestamp, [], { isFirst: units.length === 0, isDamaged: true }), frames });
        break;
      }
      const frame = bytes.slice(at, at + header.frameBytes);
      const last = units.at(-1);
      if (header.isDependent && last) {
        units[units.length - 1] = { ...last, units: [...last.units, frame] };
      } else {
        units.push({ ...audioUnit(packet, timestamp, [frame], { isFirst: units.length === 0 }), frames });
        ticks += (header.samples * this.clockRateHz) / header.sampleRateHz;
      }
      at += header.frameBytes;
    }
    return units;
  }

  private abandon(): AccessUnit[] {
    const { first, frames } = this;
    this.forget();
    return first ? [{ ...audioUnit(first, first.timestamp, [], { isDamaged: true }), frames }] : [];
  }

  private forget(): void {
    this.pieces = [];
    this.length = 0;
    this.first = null;
    this.frames = [];
  }
}

/** Of both formats: the clock is the sampling rate (RFC 4184, section 5.1; RFC 4598, section 5.1). */
export function ac3Coding({ clockRateHz, channels }: CodecParameters): AudioCoding {
  return {
    sampleRateHz: clockRateHz,
    channels,
    measure: ({ units: [frame] }) => ac3Header(frame, 0) ?? { samples: 0, sampleRateHz: clockRateHz },
  };
}
