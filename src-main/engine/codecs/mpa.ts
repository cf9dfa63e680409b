import { u16be, u32be } from '../bytes/integers';
import { audioUnit } from './audio/frame-depacketizer';
import { type MpegAudioHeader, mpegAudioHeader } from './audio/mpeg-audio-header';
import type { AccessUnit, CodecDefinition, Depacketizer, MediaPacket } from './definition';
import { concatenate } from './picture/coded-picture';

/** `MBZ (16) | Frag_offset (16)` (RFC 2250, section 3.5). */
const headerBytes = 4;

/**
 * Frames of MPEG-1 and MPEG-2 audio (RFC 2250, section 3): a packet holds whole ones, or a piece of one, whose offset
 * in the frame its header tells.
 */
class MpegAudioDepacketizer implements Depacketizer {
  private pieces: Uint8Array[] = [];
  private filled = 0;
  private needed = 0;
  private first: MediaPacket | null = null;
  private frames: number[] = [];

  push(packet: MediaPacket): readonly AccessUnit[] {
    const { payload, missing } = packet;
    const offset = payload.length > headerBytes ? u16be(payload, 2) : 0;
    const continues = this.first !== null && offset > 0 && offset === this.filled && packet.lostBefore === 0;
    const before = this.first && !continues ? this.abandon() : [];
    if (payload.length <= headerBytes || missing > 0 || (offset > 0 && !continues)) {
      return [...before, ...this.abandon(), damaged(packet)];
    }
    return [...before, ...(continues ? this.add(packet) : this.unpack(packet))];
  }

  reset(): readonly AccessUnit[] {
    return this.flush();
  }

  flush(): readonly AccessUnit[] {
    return this.abandon();
  }

  private unpack(packet: MediaPacket): AccessUnit[] {
    const { payload, timestamp } = packet;
    const units: AccessUnit[] = [];
    let ticks = 0;
    for (let at = headerBytes; at < payload.length; ) {
      const header = payload.length - at >= 4 ? mpegAudioHeader(u32be(payload, at)) : null;
      if (!header) return [...units, { ...damaged(packet), timestamp: timestamp + Math.round(ticks) }];
      if (at + header.frameBytes > payload.length) {
        // Only a frame that is alone in its packet may go on in the next.
        if (at > headerBytes) return [...units, damaged(packet)];
        this.begin(packet, header);
        return this.add(packet);
      }
      const frame = payload.slice(at, at + header.frameBytes);
      units.push(audioUnit(packet, timestamp + Math.round(ticks), [frame], { isFirst: at === headerBytes }));
      ticks += (header.samples * 90_000) / header.sampleRateHz;
      at += header.frameBytes;
    }
    return units;
  }

  private begin(packet: MediaPacket, header: MpegAudioHeader): void {
    this.first = packet;
    this.needed = header.frameBytes;
  }

  private add(packet: MediaPacket): AccessUnit[] {
    const piece = packet.payload.slice(headerBytes);
    this.pieces.push(piece);
    this.filled += piece.length;
    this.frames.push(packet.frame);
    const { first, frames } = this;
    if (!first || this.filled < this.needed) return [];
    if (this.filled > this.needed) return this.abandon();
    const unit = audioUnit(first, first.timestamp, [concatenate(this.pieces, this.filled)]);
    this.forget();
    return [{ ...unit, frames }];
  }

  private abandon(): AccessUnit[] {
    const { first, frames } = this;
    this.forget();
    return first ? [{ ...damaged(first), frames }] : [];
  }

  private forget(): void {
    this.pieces = [];
    this.filled = 0;
    this.needed = 0;
    this.first = null;
    this.frames = [];
  }
}

function damaged(packet: MediaPacket): AccessUnit {
  return audioUnit(packet, packet.timestamp, [], { isDamaged: true });
}

/** MPEG-1 and MPEG-2 audio, layers I to III (RFC 2250, section 3; RFC 3551, section 4.5.13). */
export const mpa: CodecDefinition = {
  id: 'mpa',
  encodingName: 'MPA',
  media: 'audio',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [14],
  elementaryFormat: 'mp3',
  createDepacketizer: () => new MpegAudioDepacketizer(),
  // What stands in each frame cannot be known before; 44.1 kHz and two channels are what is usually sent.
  createCoding: () => ({
    sampleRateHz: 44_100,
    channels: 2,
    measure: ({ units: [frame] }) => mpegAudioHeader(u32be(frame, 0)) ?? { samples: 0, sampleRateHz: 44_100 },
  }),
};
