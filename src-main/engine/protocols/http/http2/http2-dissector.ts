import { Extents } from '../../../bytes/extents';
import { utf8Bytes } from '../../../bytes/text';
import type { Direction, StreamChannel, StreamDissector } from '../../../flow/stream-dissector';
import { contentCodings } from '../body-plan';
import { type HttpConnection, HttpExchange, type HttpSink, type MessageSide } from '../exchange';
import { fieldValue, type HttpHead } from '../message';
import { type Http2Handler, Http2Side } from './http2-side';

/** Streams that are open at once; the oldest goes. */
const maxStreams = 4096;

/** One connection of HTTP/2 (RFC 9113): an exchange a stream. Windows and priorities are nobody's business here. */
export class Http2Dissector implements StreamDissector, Http2Handler {
  private readonly sides: readonly [Http2Side, Http2Side];
  private readonly streams = new Map<number, HttpExchange>();
  private connection: HttpConnection | null = null;
  private client: Direction | null = null;

  constructor(
    private readonly channel: StreamChannel,
    private readonly sink: HttpSink,
    private readonly connectionId: number,
  ) {
    this.sides = [new Http2Side(this, 0), new Http2Side(this, 1)];
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
