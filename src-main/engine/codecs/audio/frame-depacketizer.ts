import type { AccessUnit, Depacketizer, MediaPacket } from '../definition';

/** A frame of audio in a payload. */
export interface PayloadFrame {
  /** Its own bytes. */
  readonly bytes: Uint8Array;
  /** Instant of its first sample, in ticks of the RTP clock after that of the packet. */
  readonly offset: number;
}

/** One frame as an access unit: audio frames can all be decoded without those before them. */
export function audioUnit(
  packet: MediaPacket,
  timestamp: number,
  units: readonly Uint8Array[],
  { isFirst = true, isDamaged = false }: { readonly isFirst?: boolean; readonly isDamaged?: boolean } = {},
): AccessUnit {
  const followsGap = isFirst && packet.lostBefore > 0;
  return {
    timestamp,
    units,
    isKey: true,
    isDamaged,
    followsGap,
    gaps: followsGap ? [{ first: packet.sequence - packet.lostBefore, count: packet.lostBefore }] : [],
    frames: [packet.frame],
  };
}

/**
 * Formats whose packets hold whole frames and nothing of their neighbours. A malformed payload gives its whole frames
 * and behind them a damaged access unit without any, one that the capture cut short gives only that.
 */
export class FrameDepacketizer implements Depacketizer {
  /** `split` gives the frames of a payload; null behind them when what follows is none. */
  constructor(private readonly split: (payload: Uint8Array) => readonly (PayloadFrame | null)[]) {}

  push(packet: MediaPacket): readonly AccessUnit[] {
    const { timestamp, payload, missing } = packet;
    if (payload.length === 0 && missing === 0) return [];
    // Where frames begin cannot always be told without the end of the payload: what was cut short gives none.
    const found = missing > 0 ? [null] : this.split(payload);
    return found.map((frame, i) =>
      audioUnit(packet, timestamp + (frame?.offset ?? 0), frame ? [frame.bytes] : [], {
        isFirst: i === 0,
        isDamaged: frame === null,
      }),
    );
  }

  reset(): readonly AccessUnit[] {
    return [];
  }

  flush(): readonly AccessUnit[] {
    return [];
  }
}

/** Frames of one size, one after the other: each lasts `ticks`. A rest that is no frame is damage. */
export function framesOfSize(payload: Uint8Array, size: number, ticks: number): (PayloadFrame | null)[] {
  const frames: (PayloadFrame | null)[] = [];
  for (let at = 0; at < payload.length; at += size) {
    frames.push(
      at + size <= payload.length ? { bytes: payload.slice(at, at + size), offset: frames.length * ticks } : null,
    );
  }
  return frames;
}
