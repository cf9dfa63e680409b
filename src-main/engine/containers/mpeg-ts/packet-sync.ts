import { missingBytes } from '../../bytes/extents';

export const packetBytes = 188;
export const syncByte = 0x47;

/** Bytes from one packet to the next: plain, with a time code before each (M2TS), with 16 bytes of Reed-Solomon code. */
export type TsStride = 188 | 192 | 204;
export const tsStrides: readonly TsStride[] = [188, 192, 204];

/** Sync bytes in a row that make a stream believed (ETSI TR 101 290, 5.2.1: TS_sync_loss). */
const syncsToLock = 5;
/** Enough for five packets of the longest kind from wherever the first one begins. */
const roomBytes = 4 * 204 + 2 * 204;

/** Whether what begins at `at` may be a packet: sync byte, and an adaptation field that fits (ISO/IEC 13818-1, 2.4.3). */
export function looksLikePacket(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at] !== syncByte) return false;
  if (at + 4 >= end) return true;
  const control = (bytes[at + 3] >> 4) & 3;
  if (control === 2) return bytes[at + 4] === 183;
  return control === 1 || (control === 3 && bytes[at + 4] <= 182);
}

/** Where a packet came from: it may lie in several pieces. */
export interface TsPacketOrigin {
  /** Frame of the packet's first byte, and its time. */
  readonly frame: number;
  readonly timeNs: number;
  readonly pieces: number;
  readonly pieceAddress: Float64Array;
  readonly pieceLength: Uint32Array;
}

export interface TsPacketSink {
  /** `bytes[at..at + 188)` is a packet: borrowed. */
  onPacket(bytes: Uint8Array, at: number, origin: TsPacketOrigin): void;
  /** Where a packet should begin there is no sync byte. */
  onSyncByteError(frame: number, timeNs: number): void;
  /** Two sync bytes in a row are wrong: packets are looked for anew. */
  onSyncLoss(frame: number, timeNs: number): void;
}

/**
 * Finds the packets in a byte stream, however it is cut. What is whole in the bytes given is handed on from where it
 * lies; nothing is allocated for it.
 */
export class TsPacketSync implements TsPacketOrigin {
  frame = 0;
  timeNs = 0;
  pieces = 0;
  readonly pieceAddress = new Float64Array(packetBytes);
  readonly pieceLength = new Uint32Array(packetBytes);
  /** 0 while packets are looked for. */
  stride: TsStride | 0 = 0;
  /** Bytes that belong to no packet, and packets of which only a part came. */
  strayBytes = 0;
  cutPackets = 0;
  private readonly carry = new Uint8Array(roomBytes);
  private carried = 0;
  /** Runs of the carried bytes. */
  private readonly runLength = new Uint32Array(roomBytes);
  private readonly runAddress = new Float64Array(roomBytes);
  private readonly runFrame = new Float64Array(roomBytes);
  private readonly runTime = new Float64Array(roomBytes);
  private runs = 0;
  /** Bytes to pass over: what stands between packets. */
  private skip = 0;
  /** Bytes that have to be there before the carried ones tell more. */
  private needed = packetBytes;

  constructor(private readonly sink: TsPacketSink) {}

  /** What kind of packets comes is known: the next bytes begin one. */
  lock(stride: TsStride): void {
    this.stride = stride;
    this.skip = stride === 192 ? 4 : 0;
  }

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    let at = start;
    while (at < end) {
      if (this.skip > 0) {
        const passed = Math.min(this.skip, end - at);
        this.skip -= passed;
        at += passed;
      } else if (this.carried === 0 && this.stride > 0 && end - at >= packetBytes && bytes[at] === syncByte) {
        this.frame = frame;
        this.timeNs = timeNs;
        this.pieces = 1;
        this.pieceAddress[0] = address === missingBytes ? missingBytes : address + at - start;
        this.pieceLength[0] = packetBytes;
        this.sink.onPacket(bytes, at, this);
        at += packetBytes;
        this.skip = this.stride - packetBytes;
      } else {
        const room = this.stride > 0 ? Math.max(1, this.needed - this.carried) : roomBytes - this.carried;
        const taken = Math.min(room, end - at);
        const from = address === missingBytes ? missingBytes : address + at - start;
        this.keep(bytes, at, taken, frame, timeNs, from);
        at += taken;
        this.drain(false);
      }
    }
  }

  /** `length` bytes are lost; 0: nobody knows how many, and what follows begins with a packet. */
  gap(length: number): void {
    if (this.stride === 0) this.drain(true);
    const { stride } = this;
    const into = this.skip > 0 ? stride - this.skip : this.carried;
    if (this.carried > 0 && stride > 0) this.cutPackets += 1;
    this.forget();
    if (stride === 0) return;
    if (length === 0) this.skip = stride === 192 ? 4 : 0;
    else this.skip = (stride - ((into + length) % stride)) % stride;
  }

  /** Nothing more comes. */
  finish(): void {
    this.drain(true);
    if (this.carried > 0 && this.stride > 0) this.cutPackets += 1;
    this.forget();
  }

  /** Takes packets out of what is carried. */
  private drain(isFinal: boolean): void {
    while (this.carried >= this.needed || (this.carried > 0 && (this.skip > 0 || isFinal))) {
      if (this.skip > 0) {
        const passed = Math.min(this.skip, this.carried);
        this.skip -= passed;
        this.drop(passed);
      } else if (this.stride === 0) {
        if (!this.hunt(isFinal)) return;
      } else if (this.carried < packetBytes) {
        return;
      } else if (this.carry[0] === syncByte) {
        this.needed = packetBytes;
        this.give();
        this.skip = this.stride - packetBytes;
        this.drop(packetBytes);
      } else if (this.carried <= this.stride && !isFinal) {
        this.needed = this.stride + 1;
      } else {
        this.miss();
      }
    }
  }

  /** No sync byte where one should be. */
  private miss(): void {
    this.needed = packetBytes;
    const { stride } = this;
    const isLost = stride > 0 && this.carried > stride && this.carry[stride] !== syncByte;
    this.sink.onSyncByteError(this.runFrame[0], this.runTime[0]);
    if (!isLost) {
      const passed = Math.min(stride, this.carried);
      this.strayBytes += passed;
      this.drop(passed);
      return;
    }
    this.sink.onSyncLoss(this.runFrame[0], this.runTime[0]);
    this.stride = 0;
    this.strayBytes += 1;
    this.drop(1);
  }

  /** Looks for packets in what is carried; false when more bytes are needed. */
  private hunt(isFinal: boolean): boolean {
    let at = 0;
    for (; at < this.carried; at += 1) {
      if (this.carry[at] !== syncByte) continue;
      const found = this.strideAt(at, isFinal);
      if (found === 0) continue;
      if (found === null) break;
      this.stride = found;
      this.needed = packetBytes;
      this.strayBytes += at;
      this.drop(at);
      return true;
    }
    this.strayBytes += at;
    this.drop(at);
    this.needed = this.carried + 1;
    return false;
  }

  /** The stride of packets that begin at `at`; 0 when there are none, null when more bytes are needed. */
  private strideAt(at: number, isFinal: boolean): TsStride | 0 | null {
    for (const stride of tsStrides) {
      let syncs = 1;
      while (
        syncs < syncsToLock &&
        at + syncs * stride < this.carried &&
        this.carry[at + syncs * stride] === syncByte
      ) {
        syncs += 1;
      }
      if (syncs === syncsToLock) return stride;
      if (at + syncs * stride < this.carried) continue;
      if (!isFinal) return null;
      // At the end fewer do, of which the last one is whole or nearly so.
      if (syncs >= 2 || (at === 0 && this.carried >= packetBytes)) return stride;
    }
    return 0;
  }

  private give(): void {
    this.frame = this.runFrame[0];
    this.timeNs = this.runTime[0];
    let left = packetBytes;
    let piece = 0;
    for (; left > 0; piece += 1) {
      const length = Math.min(left, this.runLength[piece]);
      this.pieceAddress[piece] = this.runAddress[piece];
      this.pieceLength[piece] = length;
      left -= length;
    }
    this.pieces = piece;
    this.sink.onPacket(this.carry, 0, this);
  }

  private keep(bytes: Uint8Array, at: number, length: number, frame: number, timeNs: number, address: number): void {
    for (let i = 0; i < length; i += 1) this.carry[this.carried + i] = bytes[at + i];
    this.carried += length;
    const last = this.runs - 1;
    const isNext =
      last >= 0 &&
      this.runFrame[last] === frame &&
      address !== missingBytes &&
      this.runAddress[last] !== missingBytes &&
      this.runAddress[last] + this.runLength[last] === address;
    if (isNext) {
      this.runLength[last] += length;
      return;
    }
    this.runLength[this.runs] = length;
    this.runAddress[this.runs] = address;
    this.runFrame[this.runs] = frame;
    this.runTime[this.runs] = timeNs;
    this.runs += 1;
  }

  /** Forgets the first carried bytes. */
  private drop(count: number): void {
    if (count === 0) return;
    this.carry.copyWithin(0, count, this.carried);
    this.carried -= count;
    let left = count;
    let first = 0;
    while (first < this.runs && left >= this.runLength[first]) {
      left -= this.runLength[first];
      first += 1;
    }
    this.runs -= first;
    for (let i = 0; i < this.runs; i += 1) {
      const cut = i === 0 ? left : 0;
      const address = this.runAddress[i + first];
      this.runLength[i] = this.runLength[i + first] - cut;
      this.runAddress[i] = address === missingBytes ? missingBytes : address + cut;
      this.runFrame[i] = this.runFrame[i + first];
      this.runTime[i] = this.runTime[i + first];
    }
  }

  private forget(): void {
    this.carried = 0;
    this.runs = 0;
    this.skip = 0;
    this.needed = packetBytes;
  }
}
