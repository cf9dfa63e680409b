import type { Extents } from '../../../bytes/extents';
import { u16be, u32be } from '../../../bytes/integers';
import type { Direction } from '../../../flow/stream-dissector';
import type { HttpField, HttpHead } from '../message';
import { FrameFlag, type FrameHeader, FrameReader, FrameType } from './frame-reader';
import { HpackDecoder } from './hpack';

/** What a client sends first (RFC 9113, section 3.4). */
export const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** A head in more bytes is not read. */
const maxBlock = 256 * 1024;
const headerTableSize = 1;

/** Takes what one direction of a connection carries. */
export interface Http2Handler {
  /** A head or trailers, decoded. */
  head(direction: Direction, stream: number, head: HttpHead, isLast: boolean): void;
  /** The request that a server will answer unasked. */
  promise(stream: number, head: HttpHead): void;
  body(
    direction: Direction,
    stream: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void;
  bodyGap(direction: Direction, stream: number, length: number, frame: number, timeNs: number): void;
  bodyEnd(direction: Direction, stream: number, isLast: boolean): void;
  /** Frames were lost, `length` bytes of them. */
  lost(direction: Direction, length: number, frame: number, timeNs: number): void;
  reset(stream: number): void;
  isStream(stream: number): boolean;
  report(code: string, frame: number, message: string): void;
  /** Keeps a text and answers where it lies. */
  keep(text: string): Extents;
}

/** A head whose frames are not all there yet. */
interface OpenBlock {
  readonly stream: number;
  readonly isPromise: boolean;
  readonly isLast: boolean;
  readonly pieces: Uint8Array[];
  length: number;
  readonly frame: number;
  readonly timeNs: number;
}

/** One direction of HTTP/2: its frames and its fields. */
export class Http2Side {
  hasEnded = false;
  private readonly frames: FrameReader;
  private readonly hpack = new HpackDecoder();
  private hasFrames = false;
  private block: OpenBlock | null = null;
  /** Bytes of the preface that came so far; -1 when there is none (any more). */
  private prefaceAt = 0;

  constructor(
    private readonly owner: Http2Handler,
    private readonly direction: Direction,
  ) {
    this.frames = new FrameReader({
      onFrame: (header, payload, frame, timeNs) => this.frame(header, payload, frame, timeNs),
      onData: (stream, ...piece) => owner.body(direction, stream, ...piece),
      onDataGap: (stream, length, frame, timeNs) => owner.bodyGap(direction, stream, length, frame, timeNs),
      onDataEnd: (stream, isLast) => owner.bodyEnd(direction, stream, isLast),
      onLost: (length, frame, timeNs) => this.lost(length, frame, timeNs),
      isStream: (stream) => owner.isStream(stream),
    });
  }

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    let at = start;
    while (at < end && this.prefaceAt >= 0) {
      if (bytes[at] !== preface.charCodeAt(this.prefaceAt)) {
        // A server has none; of `PRI` no frame begins with the first letter.
        this.prefaceAt = -1;
        break;
      }
      at += 1;
      this.prefaceAt = this.prefaceAt + 1 === preface.length ? -1 : this.prefaceAt + 1;
    }
    if (at < end) this.frames.push(bytes, at, end, frame, timeNs, address < 0 ? address : address + at - start);
  }

  gap(length: number, frame: number, timeNs: number): void {
    this.prefaceAt = -1;
    this.hasFrames = true;
    this.frames.gap(length, frame, timeNs);
  }

  private lost(length: number, frame: number, timeNs: number): void {
    this.block = null;
    this.hpack.lose();
    this.owner.lost(this.direction, length, frame, timeNs);
  }

  private frame(header: FrameHeader, payload: Uint8Array, frame: number, timeNs: number): void {
    const { type, flags } = header;
    // Each side begins with its settings (section 3.4): then nothing was before.
    if (!this.hasFrames && type === FrameType.settings && (flags & 1) === 0) this.hpack.begin();
    this.hasFrames = true;
    switch (type) {
      case FrameType.headers:
      case FrameType.pushPromise:
        this.beginBlock(header, payload, frame, timeNs);
        return;
      case FrameType.continuation:
        if (!this.block) return;
        this.addToBlock(payload);
        if ((flags & FrameFlag.endHeaders) !== 0) this.endBlock(frame, timeNs);
        return;
      case FrameType.rstStream:
        this.owner.reset(header.stream);
        return;
      case FrameType.settings:
        this.settings(payload, flags, frame);
        return;
      default:
        return;
    }
  }

  private beginBlock(header: FrameHeader, payload: Uint8Array, frame: number, timeNs: number): void {
    const { type, flags, stream } = header;
    let start = 0;
    let end = payload.length;
    if ((flags & FrameFlag.padded) !== 0 && end > 0) {
      end = Math.max(1, end - payload[0]);
      start = 1;
    }
    const isPromise = type === FrameType.pushPromise;
    const promised = isPromise && end - start >= 4 ? u32be(payload, start) & 0x7fff_ffff : stream;
    start += isPromise ? 4 : (flags & FrameFlag.priority) !== 0 ? 5 : 0;
    const isLast = !isPromise && (flags & FrameFlag.endStream) !== 0;
    this.block = { stream: promised, isPromise, isLast, pieces: [], length: 0, frame, timeNs };
    this.addToBlock(payload.subarray(Math.min(start, end), end));
    if ((flags & FrameFlag.endHeaders) !== 0) this.endBlock(frame, timeNs);
  }

  private addToBlock(piece: Uint8Array): void {
    const { block } = this;
    if (!block) return;
    block.length += piece.length;
    if (block.length <= maxBlock) block.pieces.push(piece.slice());
  }

  private endBlock(frame: number, timeNs: number): void {
    const { block } = this;
    this.block = null;
    if (!block) return;
    if (block.length > maxBlock) {
      this.owner.report('http-header-length', block.frame, 'The fields of an HTTP/2 message have more than 256 KiB.');
      this.hpack.lose();
      return;
    }
    const bytes = new Uint8Array(block.length);
    let at = 0;
    for (const piece of block.pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    const decoded = this.hpack.decode(bytes, 0, bytes.length);
    if (decoded.isBroken) {
      this.owner.report(
        'http2-fields',
        block.frame,
        'The fields of an HTTP/2 message are not coded as they should be.',
      );
      this.hpack.lose();
    }
    if (decoded.hasUnknown) {
      const text =
        'Fields of an HTTP/2 message refer to some that came before the capture or were lost: they are unknown.';
      this.owner.report('http2-fields-unknown', block.frame, text);
    }
    const head = this.headOf(decoded.fields, block, frame, timeNs, decoded.isBroken || decoded.hasUnknown);
    if (block.isPromise) this.owner.promise(block.stream, head);
    else this.owner.head(this.direction, block.stream, head, block.isLast);
  }

  private headOf(
    decoded: readonly HttpField[],
    block: OpenBlock,
    endFrame: number,
    endTimeNs: number,
    isTruncated: boolean,
  ): HttpHead {
    const pseudo = (name: string): string => decoded.find((field) => field.name === name)?.value ?? '';
    const status = pseudo(':status');
    const method = pseudo(':method');
    const target = method === 'CONNECT' ? pseudo(':authority') : pseudo(':path');
    const isResponse = /^[1-9]\d\d$/.test(status);
    const start = isResponse ? `HTTP/2 ${status}` : `${method || '-'} ${target || '-'} HTTP/2`;
    const lines = decoded.map(({ name, value }) => `${name}: ${value}\r\n`);
    return {
      isRequest: !isResponse,
      method,
      target,
      status: isResponse ? Number(status) : 0,
      reason: '',
      version: 'HTTP/2',
      fields: decoded,
      trailers: [],
      frame: block.frame,
      timeNs: block.timeNs,
      endFrame,
      endTimeNs,
      extents: this.owner.keep(`${start}\r\n${lines.join('')}\r\n`),
      isTruncated,
    };
  }

  /** Tables that a peer allows are as large as the other says in its blocks; only absurd values are worth a word. */
  private settings(payload: Uint8Array, flags: number, frame: number): void {
    if ((flags & 1) !== 0) return;
    for (let at = 0; at + 6 <= payload.length; at += 6) {
      if (u16be(payload, at) !== headerTableSize || u32be(payload, at + 2) <= 1 << 20) continue;
      this.owner.report('http2-table-size', frame, 'A peer allows a table of fields of more than 1 MiB; less is kept.');
    }
  }
}
