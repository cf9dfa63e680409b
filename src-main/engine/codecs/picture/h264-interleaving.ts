import { u16be } from '../../bytes/integers';
import type { AccessUnit, Depacketizer, MediaPacket } from '../definition';
import { concatenate } from './coded-picture';
import { DecodingOrderQueue } from './decoding-order';

/** Payload structures of the interleaved mode (RFC 6184, section 5.4, table 3). */
const stapB = 25;
const mtap16 = 26;
const mtap24 = 27;
const fuA = 28;
const fuB = 29;

interface Fragments {
  readonly order: number;
  readonly timestamp: number;
  readonly pieces: Uint8Array[];
  readonly frames: number[];
  length: number;
}

/**
 * Packetization mode 2 (RFC 6184, section 6.4): NAL units carry decoding order numbers and come in any order within
 * the interleaving depth.
 */
export class H264Interleaved implements Depacketizer {
  private readonly queue: DecodingOrderQueue;
  private fragments: Fragments | null = null;

  /** `depth`: VCL NAL units that may stand before another one in transmission and follow it in decoding order. */
  constructor(
    private readonly pictures: Depacketizer,
    depth: number,
  ) {
    this.queue = new DecodingOrderQueue(pictures, depth);
  }

  push(packet: MediaPacket): readonly AccessUnit[] {
    const { payload, sequence, lostBefore, missing } = packet;
    if (lostBefore > 0) {
      this.fragments = null;
      this.queue.lose(sequence - lostBefore, lostBefore);
    }
    // What is cut off cannot be told from what never came.
    if (missing > 0) this.queue.lose(sequence, 1);
    switch (payload[0] & 0x1f) {
      case stapB:
        this.unpackAggregate(packet, 0);
        break;
      case mtap16:
        this.unpackAggregate(packet, 2);
        break;
      case mtap24:
        this.unpackAggregate(packet, 3);
        break;
      case fuA:
      case fuB:
        this.unpackFragment(packet);
        break;
    }
    return this.queue.release();
  }

  reset(reason: 'restart' | 'format'): readonly AccessUnit[] {
    this.fragments = null;
    return [...this.queue.drain(), ...this.pictures.reset(reason)];
  }

  flush(): readonly AccessUnit[] {
    this.fragments = null;
    return [...this.queue.drain(), ...this.pictures.flush()];
  }

  /**
   * STAP-B and MTAPs (RFC 6184, sections 5.7.1 and 5.7.2). `offsetBytes`: length of the timestamp offset, 0 in STAP-B.
   * ```
   * STAP-B  |HDR| DON (16)  | Size (16) | NALU | Size (16) | NALU | ...
   * MTAP    |HDR| DONB (16) | Size (16) | DOND (8) | TS offset (16 or 24) | NALU | ...
   * ```
   */
  private unpackAggregate({ payload, timestamp, frame }: MediaPacket, offsetBytes: number): void {
    if (payload.length < 3) return;
    const base = this.queue.extend(u16be(payload, 1));
    let inAggregate = 0;
    for (let at = 3; at + 2 <= payload.length; ) {
      const size = u16be(payload, at);
      at += 2;
      let order = base + inAggregate;
      let offset = 0;
      if (offsetBytes > 0) {
        if (at + 1 + offsetBytes > payload.length) return;
        order = base + payload[at];
        for (let i = 1; i <= offsetBytes; i += 1) offset = offset * 256 + payload[at + i];
        at += 1 + offsetBytes;
      }
      if (size === 0 || at + size > payload.length) return;
      const bytes = payload.slice(at, at + size);
      this.queue.wait({ order, bytes, timestamp: timestamp + offset, frames: [frame] });
      at += size;
      inAggregate += 1;
    }
  }

  /** FU-B begins a fragmented NAL unit with its number, FU-A goes on (RFC 6184, section 5.8). */
  private unpackFragment({ payload, timestamp, frame, missing }: MediaPacket): void {
    const isFirst = (payload[0] & 0x1f) === fuB;
    const start = isFirst ? 4 : 2;
    if (payload.length < start) return;
    if (isFirst) {
      const header = Uint8Array.of((payload[0] & 0xe0) | (payload[1] & 0x1f));
      const order = this.queue.extend(u16be(payload, 2));
      this.fragments = { order, timestamp, pieces: [header], frames: [], length: 1 };
    }
    const { fragments } = this;
    if (!fragments) return;
    const piece = payload.slice(start);
    fragments.pieces.push(piece);
    fragments.frames.push(frame);
    fragments.length += piece.length;
    const isLast = (payload[1] & 0x40) !== 0;
    if (missing > 0 || isLast || fragments.length > 1 << 24) this.fragments = null;
    if (missing > 0 || !isLast) return;
    const bytes = concatenate(fragments.pieces, fragments.length);
    this.queue.wait({ order: fragments.order, bytes, timestamp: fragments.timestamp, frames: fragments.frames });
  }
}
