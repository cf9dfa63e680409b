import { missingBytes } from '../../bytes/extents';
import type { Direction, StreamChannel, StreamDissector } from '../../flow/stream-dissector';
import type { HttpHead } from './message';

/** Opcodes (RFC 6455, section 5.2). */
const continuation = 0;
const binary = 2;
const firstControl = 8;
const longestHeader = 14;
/** Masked bytes are unmasked so many at a time. */
const unmaskedAtOnce = 16 * 1024;

/**
 * A WebSocket (RFC 6455): what its binary messages carry is one byte stream in each direction, which may be anything
 * that is known. Text and control frames are passed over.
 */
export class WebSocketDissector implements StreamDissector {
  private readonly inner: StreamDissector;
  private readonly sides: readonly [FrameReader, FrameReader];

  constructor(channel: StreamChannel, response: HttpHead | null) {
    channel.claim('WebSocket', `101 Switching Protocols in frame ${response?.frame ?? 0}`);
    this.inner = channel.inside('WebSocket');
    this.sides = [new FrameReader(0, channel, this.inner), new FrameReader(1, channel, this.inner)];
  }

  onData(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void {
    this.sides[direction].push(bytes, start, end, frame, timeNs, address);
  }

  onGap(direction: Direction, length: number, frame: number, timeNs: number): void {
    this.sides[direction].gap(length, frame, timeNs);
  }

  onEnd(direction: Direction, timeNs: number): void {
    this.inner.onEnd(direction, timeNs);
  }
}

/** Frames of one direction. */
class FrameReader {
  private readonly header = new Uint8Array(longestHeader);
  private headerLength = 0;
  /** Bytes of the payload that are still to come. */
  private remaining = 0;
  private isInPayload = false;
  private opcode = 0;
  /** Opcode of the message that goes on in continuation frames, and whether it is compressed. */
  private messageOpcode = 0;
  private isCompressed = false;
  private isMasked = false;
  private readonly mask = new Uint8Array(4);
  private maskAt = 0;
  private isLost = false;

  constructor(
    private readonly direction: Direction,
    private readonly channel: StreamChannel,
    private readonly inner: StreamDissector,
  ) {}

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    for (let at = start; at < end && !this.isLost; ) {
      if (!this.isInPayload) {
        this.header[this.headerLength] = bytes[at];
        this.headerLength += 1;
        at += 1;
        if (this.headerLength === this.neededHeader()) this.beginPayload(frame);
        continue;
      }
      const next = Math.min(end, at + this.remaining);
      const where = address === missingBytes ? missingBytes : address + at - start;
      this.payload(bytes, at, next, frame, timeNs, where);
      this.consume(next - at);
      at = next;
    }
  }

  gap(length: number, frame: number, timeNs: number): void {
    if (this.isLost) return;
    const isWithin = this.isInPayload && length <= this.remaining;
    if (this.isMedia) this.inner.onGap(this.direction, Math.min(length, this.remaining), frame, timeNs);
    if (isWithin) {
      this.consume(length);
      return;
    }
    // Nothing marks where a frame begins.
    this.isLost = true;
    const text = 'Bytes of a WebSocket were lost where frames meet; what follows in this direction cannot be read.';
    this.channel.sink.report('warning', 'websocket-lost', frame, text);
  }

  private get isMedia(): boolean {
    return this.isInPayload && this.opcode < firstControl && this.messageOpcode === binary && !this.isCompressed;
  }

  private neededHeader(): number {
    if (this.headerLength < 2) return 2;
    const short = this.header[1] & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    return 2 + extended + ((this.header[1] & 0x80) === 0 ? 0 : 4);
  }

  private beginPayload(frame: number): void {
    const { header, headerLength } = this;
    this.headerLength = 0;
    this.opcode = header[0] & 0x0f;
    this.isMasked = (header[1] & 0x80) !== 0;
    const maskLength = this.isMasked ? 4 : 0;
    this.mask.set(header.subarray(headerLength - maskLength, headerLength));
    this.maskAt = 0;
    let length = header[1] & 0x7f;
    if (length >= 126) {
      length = 0;
      for (let i = 2; i < headerLength - maskLength; i += 1) length = length * 256 + header[i];
    }
    if (length > Number.MAX_SAFE_INTEGER) {
      this.isLost = true;
      this.channel.sink.report('warning', 'websocket-lost', frame, 'A WebSocket frame has an impossible length.');
      return;
    }
    this.remaining = length;
    this.isInPayload = true;
    if (this.opcode < firstControl && this.opcode !== continuation) {
      this.messageOpcode = this.opcode;
      // RSV1 of the first frame (RFC 7692, section 6).
      this.isCompressed = (header[0] & 0x40) !== 0;
      if (this.isCompressed) {
        const text = 'Messages of a WebSocket are compressed (permessage-deflate); what they carry is not read.';
        this.channel.sink.report('note', 'websocket-compressed', frame, text);
      }
    }
    if (length === 0) this.isInPayload = false;
  }

  private payload(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    if (!this.isMedia) return;
    const { inner, direction } = this;
    if (!this.isMasked) {
      inner.onData(direction, bytes, start, end, frame, timeNs, address);
      return;
    }
    for (let at = start; at < end; at += unmaskedAtOnce) {
      const plain = bytes.slice(at, Math.min(end, at + unmaskedAtOnce));
      for (let i = 0; i < plain.length; i += 1) plain[i] ^= this.mask[(this.maskAt + at - start + i) & 3];
      const kept = this.channel.keep(plain, 0, plain.length);
      inner.onData(direction, plain, 0, plain.length, frame, timeNs, kept);
    }
  }

  private consume(count: number): void {
    if (this.isMasked) this.maskAt = (this.maskAt + count) & 3;
    this.remaining -= count;
    if (this.remaining === 0) this.isInPayload = false;
  }
}
