import { Extents } from '../../../bytes/extents';
import { u16be, u32be } from '../../../bytes/integers';
import { utf8Bytes } from '../../../bytes/text';
import type { Direction, StreamChannel, StreamDissector } from '../../../flow/stream-dissector';
import { contentCodings } from '../body-plan';
import { type HttpConnection, HttpExchange, type HttpSink, type MessageSide } from '../exchange';
import { fieldValue, type HttpField, type HttpHead } from '../message';
import { FrameFlag, type FrameHeader, FrameReader, FrameType } from './frame-reader';
import { HpackDecoder } from './hpack';

/** What a client sends first (RFC 9113, section 3.4). */
export const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** A head in more bytes is not read. */
const maxBlock = 256 * 1024;
/** Streams that are open at once; the oldest goes. */
const maxStreams = 4096;
const headerTableSize = 1;

/** One connection of HTTP/2 (RFC 9113): an exchange a stream. Windows and priorities are nobody's business here. */
export class Http2Dissector implements StreamDissector {
  private readonly sides: readonly [Side, Side];
  private readonly streams = new Map<number, HttpExchange>();
  private connection: HttpConnection | null = null;
  private client: Direction | null = null;

  constructor(
    private readonly channel: StreamChannel,
    private readonly sink: HttpSink,
    private readonly connectionId: number,
  ) {
    this.sides = [new Side(this, 0), new Side(this, 1)];
  }

  /** HTTP/1.1 was switched to HTTP/2: its request is that of stream 1 (RFC 7540, section 3.2). */
  upgraded(request: HttpHead | null, client: Direction): void {
    this.begin(client, request?.frame ?? 0);
    const exchange = this.open(1);
    exchange.request = request;
    exchange.requestBody.isOver = true;
    exchange.requestBody.isComplete = true;
    this.sink.onRequest(exchange);
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

  onEnd(direction: Direction, _timeNs: number): void {
    const side = this.sides[direction];
    if (side.hasEnded) return;
    side.hasEnded = true;
    const name = this.nameOf(direction);
    for (const [id, exchange] of [...this.streams]) if (name) this.endMessage(id, exchange, name, false);
    if (!this.sides[direction ^ 1].hasEnded) return;
    for (const [id, exchange] of [...this.streams]) this.finish(id, exchange);
  }

  isStream(stream: number): boolean {
    return this.streams.has(stream);
  }

  /** A head or trailers, decoded. */
  head(direction: Direction, stream: number, head: HttpHead, isLast: boolean): void {
    const isResponse = head.status > 0;
    // Without a known method or status nobody can tell who is who.
    if (this.client === null && !isResponse && head.method === '') return;
    if (this.client === null) this.begin((isResponse ? direction ^ 1 : direction) as Direction, head.frame);
    const name = this.nameOf(direction);
    if (name === null) return;
    const exchange = this.streams.get(stream) ?? this.open(stream);
    const known = name === 'request' ? exchange.request : exchange.response;
    const body = exchange.body(name);
    if (known !== null) known.trailers = head.fields;
    else if (name === 'response' && head.status >= 100 && head.status < 200) exchange.interim.push(head);
    else {
      if (name === 'request') exchange.request = head;
      else exchange.response = head;
      body.framing = 'frames';
      body.codings = contentCodings(head.fields);
      const length = fieldValue(head.fields, 'content-length');
      body.announced = length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null;
      if (name === 'request') this.sink.onRequest(exchange);
      else this.sink.onResponse(exchange);
    }
    if (isLast) this.endMessage(stream, exchange, name, true);
  }

  /** A server will answer what nobody asked (RFC 9113, section 8.4). */
  promise(stream: number, head: HttpHead): void {
    if (this.client === null || this.streams.has(stream)) return;
    const exchange = this.open(stream);
    exchange.request = head;
    exchange.requestBody.isOver = true;
    exchange.requestBody.isComplete = true;
    this.sink.onRequest(exchange);
  }

  body(
    direction: Direction,
    stream: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void {
    const name = this.nameOf(direction);
    if (name === null) return;
    const exchange = this.streams.get(stream) ?? this.headless(stream, name);
    exchange.body(name).append(bytes, start, end, frame, timeNs, address);
    this.sink.onBody(exchange, name, bytes, start, end, frame, timeNs, address);
  }

  bodyGap(direction: Direction, stream: number, length: number, frame: number, timeNs: number): void {
    const name = this.nameOf(direction);
    const exchange = this.streams.get(stream);
    if (name === null || !exchange) return;
    exchange.body(name).appendGap(length, frame, timeNs);
    this.sink.onBodyGap(exchange, name, length, frame, timeNs);
  }

  bodyEnd(direction: Direction, stream: number, isLast: boolean): void {
    const name = this.nameOf(direction);
    const exchange = this.streams.get(stream);
    if (name !== null && exchange && isLast) this.endMessage(stream, exchange, name, true);
  }

  /** Frames were lost: which streams miss something is only known when there is but one. */
  lost(direction: Direction, length: number, frame: number, timeNs: number): void {
    const name = this.nameOf(direction);
    const open = [...this.streams].filter(([, exchange]) => name !== null && !exchange.body(name).isOver);
    if (open.length === 1 && length > 0) this.bodyGap(direction, open[0][0], length, frame, timeNs);
    const text = 'Frames of an HTTP/2 connection were lost: holes in its bodies are estimates, fields may be unknown.';
    this.channel.sink.report('warning', 'http2-frames-lost', frame, text);
  }

  reset(stream: number): void {
    const exchange = this.streams.get(stream);
    if (exchange) this.finish(stream, exchange);
  }

  report(code: string, frame: number, message: string): void {
    this.channel.sink.report('warning', code, frame, message);
  }

  /** Keeps a decoded head as the text that it would have been in HTTP/1.1. */
  keep(text: string): Extents {
    const bytes = utf8Bytes(text);
    const extents = new Extents(1);
    extents.push(this.channel.keep(bytes, 0, bytes.length), bytes.length);
    return extents;
  }

  private begin(client: Direction, frame: number): void {
    const { channel } = this;
    const { source, destination } = channel.endpoints(client);
    channel.claim('HTTP/2', `HTTP/2 fields in frame ${frame}`);
    this.client = client;
    this.connection = {
      id: this.connectionId,
      flow: channel.flow + client,
      client: source,
      server: destination,
      layers: channel.layers,
    };
  }

  private nameOf(direction: Direction): MessageSide | null {
    return this.client === null ? null : direction === this.client ? 'request' : 'response';
  }

  private open(stream: number): HttpExchange {
    if (this.connection === null) throw new Error('sides are known by now');
    const exchange = new HttpExchange(this.connection, stream);
    this.streams.set(stream, exchange);
    const [oldest] = this.streams;
    if (this.streams.size > maxStreams) this.finish(oldest[0], oldest[1]);
    return exchange;
  }

  /** Data of a stream whose head was not seen. */
  private headless(stream: number, name: MessageSide): HttpExchange {
    const exchange = this.open(stream);
    exchange.body(name).framing = 'frames';
    return exchange;
  }

  private endMessage(stream: number, exchange: HttpExchange, name: MessageSide, isComplete: boolean): void {
    const body = exchange.body(name);
    if (body.isOver) return;
    body.isOver = true;
    body.isComplete = isComplete;
    this.sink.onBodyEnd(exchange, name);
    const other = exchange.body(name === 'request' ? 'response' : 'request');
    // A server may answer before the request was seen to its end, not the reverse.
    if (other.isOver || (name === 'response' && exchange.request === null)) this.finish(stream, exchange);
  }

  private finish(stream: number, exchange: HttpExchange): void {
    if (!this.streams.delete(stream)) return;
    for (const name of ['request', 'response'] as const) {
      const body = exchange.body(name);
      if (body.isOver) continue;
      body.isOver = true;
      this.sink.onBodyEnd(exchange, name);
    }
    this.sink.onExchange(exchange);
  }
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

/** One direction: its frames and its fields. */
class Side {
  hasEnded = false;
  private readonly frames: FrameReader;
  private readonly hpack = new HpackDecoder();
  private hasFrames = false;
  private block: OpenBlock | null = null;
  /** Bytes of the preface that came so far; -1 when there is none (any more). */
  private prefaceAt = 0;

  constructor(
    private readonly owner: Http2Dissector,
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
