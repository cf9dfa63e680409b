import { looksLikePacket, syncByte, type TsStride, tsStrides } from '../../containers/mpeg-ts';

/** Datagrams that make a transport stream believed, and packets in them. */
const minDatagrams = 2;
const minPackets = 5;
/** So many sync bytes, several in a datagram, are no accident; else counters have to go on so often. */
const surePackets = 12;
const surePerDatagram = 3;
const minContinued = 3;
/** Datagrams kept until it is decided. */
const maxWaiting = 12;

export interface WaitingDatagram {
  readonly bytes: Uint8Array;
  readonly missing: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly address: number;
}

/**
 * The kind of packets that a datagram consists of; 0 when it does not. `missing`: bytes of it that were not captured.
 */
export function datagramStride(bytes: Uint8Array, start: number, end: number, missing: number): TsStride | 0 {
  for (const stride of tsStrides) {
    if ((end - start + missing) % stride !== 0) continue;
    const first = start + (stride === 192 ? 4 : 0);
    if (first >= end) continue;
    let at = first;
    while (at < end && bytes[at] === syncByte) at += stride;
    if (at >= end) return stride;
  }
  return 0;
}

/** Watches the datagrams of one flow until they prove to be a transport stream: never one alone. */
export class DatagramProbe {
  readonly waiting: WaitingDatagram[] = [];
  stride: TsStride | 0 = 0;
  private packets = 0;
  private isContinuous = true;
  private continued = 0;
  private readonly counters = new Map<number, number>();

  /** Answers whether they have proved it. The bytes are copied. */
  push(bytes: Uint8Array, start: number, end: number, stride: TsStride, rest: Omit<WaitingDatagram, 'bytes'>): boolean {
    if (stride !== this.stride || !this.isContinuous || this.waiting.length >= maxWaiting) this.reset(stride);
    this.waiting.push({ bytes: bytes.slice(start, end), ...rest });
    for (let at = start + (stride === 192 ? 4 : 0); at + 4 <= end; at += stride) {
      if (looksLikePacket(bytes, at, end)) this.follow(bytes, at);
      else this.isContinuous = false;
    }
    if (this.waiting.length < minDatagrams || this.packets < minPackets) return false;
    const isSure = this.packets >= surePackets && this.packets >= surePerDatagram * this.waiting.length;
    return isSure || (this.isContinuous && this.continued >= minContinued);
  }

  private follow(bytes: Uint8Array, at: number): void {
    this.packets += 1;
    const pid = ((bytes[at + 1] & 0x1f) << 8) | bytes[at + 2];
    const control = bytes[at + 3];
    if (pid === 0x1fff || (control & 0x10) === 0) return;
    const last = this.counters.get(pid);
    const counter = control & 15;
    if (last !== undefined && counter === ((last + 1) & 15)) this.continued += 1;
    else if (last !== undefined && counter !== last) this.isContinuous = false;
    this.counters.set(pid, counter);
  }

  private reset(stride: TsStride): void {
    this.stride = stride;
    this.waiting.length = 0;
    this.packets = 0;
    this.isContinuous = true;
    this.continued = 0;
    this.counters.clear();
  }
}
