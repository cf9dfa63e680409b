import { u32be } from '../../../bytes/integers';
import { missingBytes } from '../../../bytes/extents';

/** Frame types of RFC 9113, section 6. */
export const FrameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FrameFlag = { endStream: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

export interface FrameHeader {
  length: number;
  type: number;
  flags: number;
  stream: number;
}

export interface FrameHandler {
  /** A whole frame other than DATA; its payload is borrowed. `address` of its first byte. */
  onFrame(header: FrameHeader, payload: Uint8Array, frame: number, timeNs: number): void;
  /** Content of a DATA frame, its padding left out, as it comes. */
  onData(
    stream: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void;
  onDataGap(stream: number, length: number, frame: number, timeNs: number): void;
  onDataEnd(stream: number, isLast: boolean): void;
  /** Frames were lost, `length` bytes of them. */
  onLost(length: number, frame: number, timeNs: number): void;
  /** Whether a stream is open. */
  isStream(stream: number): boolean;
}

export const headerLength = 9;
/** Payloads of frames other than DATA that are kept; longer ones are passed over. */
const maxKept = 256 * 1024;
/** Default and, as far as anybody has seen, actual limit of frames (RFC 9113, section 6.5.2). */
const plausibleLength = 1 << 20;

export function readFrameHeader(bytes: Uint8Array, at: number, into: FrameHeader): void {
  into.length = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
  into.type = bytes[at + 3];
  into.flags = bytes[at + 4];
  into.stream = u32be(bytes, at + 5) & 0x7fff_ffff;
}

/** Whether a frame may have this header: lengths, flags and streams as its type has them (RFC 9113, section 6). */
export function isPlausible({ length, type, flags, stream }: FrameHeader, reserved: number): boolean {
  if (reserved !== 0 || length > plausibleLength) return false;
  switch (type) {
    case FrameType.data:
      return stream !== 0 && (flags & ~0x9) === 0;
    case FrameType.headers:
      return stream !== 0 && length > 0 && (flags & ~0x2d) === 0;
    case FrameType.priority:
      return stream !== 0 && length === 5 && flags === 0;
    case FrameType.rstStream:
      return stream !== 0 && length === 4 && flags === 0;
    case FrameType.settings:
      return stream === 0 && length % 6 === 0 && length <= 600 && flags <= 1;
    case FrameType.ping:
      return stream === 0 && length === 8 && flags <= 1;
    case FrameType.goAway:
      return stream === 0 && length >= 8 && flags === 0;
    case FrameType.windowUpdate:
      return length === 4 && flags === 0;
    case FrameType.pushPromise:
      return stream !== 0 && length > 4 && (flags & ~0xc) === 0;
    default:
      return type === FrameType.continuation && stream !== 0 && (flags & ~0x4) === 0;
  }
}

/** Cuts one direction of HTTP/2 into frames (RFC 9113, section 4.1). DATA is handed on as it comes. */
export class FrameReader {
  private readonly buffer = new Uint8Array(headerLength);
  private have = 0;
  private readonly header: FrameHeader = { length: 0, type: 0, flags: 0, stream: 0 };
  private isInPayload = false;
  /** Bytes of the payload, and of its content without padding, that are still to come. */
  private remaining = 0;
  private content = 0;
  private padding = -1;
  private kept: Uint8Array | null = null;
  private keptLength = 0;
  private isLost = false;
  /** Bytes passed over since the loss. */
  private skipped = 0;

  constructor(private readonly handler: FrameHandler) {}

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    for (let at = start; at < end; ) {
      if (!this.isInPayload) {
        this.buffer[this.have] = bytes[at];
        this.have += 1;
        at += 1;
        if (this.have === headerLength) this.onHeader(frame, timeNs);
        continue;
      }
      const next = Math.min(end, at + this.remaining);
      const where = address === missingBytes ? missingBytes : address + at - start;
      this.take(bytes, at, next, frame, timeNs, where);
      at = next;
    }
  }

  gap(length: number, frame: number, timeNs: number): void {
    const isWithin = this.isInPayload && this.header.type === FrameType.data && length <= this.remaining;
    if (isWithin && this.padding >= 0) {
      const hole = Math.min(length, this.content);
      this.content -= hole;
      this.remaining -= length;
      if (hole > 0) this.handler.onDataGap(this.header.stream, hole, frame, timeNs);
      this.endIfDone(frame, timeNs);
      return;
    }
    if (!this.isLost) this.skipped = 0;
    if (this.isInPayload && this.header.type === FrameType.data && this.content > 0) {
      this.handler.onDataGap(this.header.stream, this.content, frame, timeNs);
    }
    this.isLost = true;
    this.skipped += length;
    this.isInPayload = false;
    this.have = 0;
    this.kept = null;
  }

  private onHeader(frame: number, timeNs: number): void {
    const { header, buffer } = this;
    readFrameHeader(buffer, 0, header);
    if (this.isLost) {
      if (!this.isExpected(header) || !isPlausible(header, buffer[5] & 0x80)) {
        // Not here: one byte on.
        buffer.copyWithin(0, 1);
        this.have = headerLength - 1;
        this.skipped += 1;
        return;
      }
      this.isLost = false;
      this.handler.onLost(this.skipped, frame, timeNs);
    }
    this.have = 0;
    this.isInPayload = true;
    this.remaining = header.length;
    this.content = header.length;
    this.padding = header.type === FrameType.data && (header.flags & FrameFlag.padded) !== 0 ? -1 : 0;
    this.keptLength = 0;
    const isKept = header.type !== FrameType.data && header.length <= maxKept;
    this.kept = isKept ? new Uint8Array(header.length) : null;
    this.endIfDone(frame, timeNs);
  }

  /** Of a stream that is known, or the beginning of one: anything else may be chance. */
  private isExpected({ type, stream }: FrameHeader): boolean {
    if (stream === 0) return type === FrameType.ping || type === FrameType.settings;
    if (type === FrameType.headers) return stream < 1 << 16 && (stream & 1) === 1;
    return this.handler.isStream(stream);
  }

  private take(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    const { header } = this;
    this.remaining -= end - start;
    if (header.type !== FrameType.data) {
      this.kept?.set(bytes.subarray(start, end), this.keptLength);
      this.keptLength += end - start;
    } else {
      let at = start;
      if (this.padding < 0) {
        this.padding = bytes[at];
        // Padding that is longer than the frame breaks the protocol; nothing is left then.
        this.content = Math.max(0, header.length - 1 - this.padding);
        at += 1;
      }
      const stop = Math.min(end, at + this.content);
      if (stop > at) {
        this.content -= stop - at;
        const where = address === missingBytes ? missingBytes : address + at - start;
        this.handler.onData(header.stream, bytes, at, stop, frame, timeNs, where);
      }
    }
    this.endIfDone(frame, timeNs);
  }

  private endIfDone(frame: number, timeNs: number): void {
    if (this.remaining > 0) return;
    const { header } = this;
    this.isInPayload = false;
    if (header.type === FrameType.data) {
      this.handler.onDataEnd(header.stream, (header.flags & FrameFlag.endStream) !== 0);
    } else if (this.kept) this.handler.onFrame(header, this.kept, frame, timeNs);
    else this.handler.onLost(0, frame, timeNs);
    this.kept = null;
  }
}
