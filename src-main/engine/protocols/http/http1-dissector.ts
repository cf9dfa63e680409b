import { Extents } from '../../bytes/extents';
import type { Direction, StreamChannel, StreamDissector } from '../../flow/stream-dissector';
import { type BodyFacts, isUpgrade, requestBody, responseBody } from './body-plan';
import { type HttpConnection, HttpExchange, type HttpSink, type MessageSide } from './exchange';
import type { BodyPlan } from './http1-handler';
import { Http1Parser } from './http1-parser';
import { fieldValue, type HttpField, type HttpHead } from './message';

/** What a connection is turned into by `101` or a tunnel. */
export type UpgradeHandler = (exchange: HttpExchange, client: Direction) => StreamDissector;

/** Requests that wait for their responses; a peer that never answers costs no more. */
const maxPending = 1024;

const noBody: BodyPlan = { framing: 'none', length: 0, isDoubtful: false, then: 'message' };

/** One connection of HTTP/1.x: pairs requests and responses in the order in which they were sent (RFC 9112, section 9.3). */
export class Http1Dissector implements StreamDissector {
  private readonly sides: readonly [Side, Side];
  private connection: HttpConnection | null = null;
  /** Requests without a final response yet, oldest first. */
  private readonly pending: HttpExchange[] = [];
  /** Responses were lost: which request the next one answers is not sure. */
  private isPairingLost = false;
  /** When the last response without a request began. */
  private orphanTimeNs = -1;
  private inner: StreamDissector | null = null;

  constructor(
    private readonly channel: StreamChannel,
    private readonly sink: HttpSink,
    private readonly connectionId: number,
    private readonly upgrade: UpgradeHandler,
    isStart = true,
  ) {
    this.sides = [new Side(this, 0, channel, isStart), new Side(this, 1, channel, isStart)];
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
    this.sides[direction].parser.push(bytes, start, end, frame, timeNs, address);
  }

  onGap(direction: Direction, length: number, frame: number, timeNs: number): void {
    this.sides[direction].parser.gap(length, frame, timeNs);
  }

  onEnd(direction: Direction, timeNs: number): void {
    const side = this.sides[direction];
    if (side.hasEnded) return;
    side.hasEnded = true;
    side.parser.end(timeNs);
    this.inner?.onEnd(direction, timeNs);
    const canAnswer = this.sides.some(({ name, hasEnded }) => name === 'response' && !hasEnded);
    if (canAnswer) return;
    for (const exchange of this.pending.splice(0)) this.close(exchange);
  }

  /** What comes next is the multipart body of a response whose head was not captured. */
  enterMultipart(direction: Direction, framing: 'chunked' | 'close', frame: number, timeNs: number): void {
    const side = this.sides[direction];
    if (this.connection === null) this.begin((direction ^ 1) as Direction, frame);
    const exchange = this.newExchange();
    side.exchange = exchange;
    exchange.requestBody.isOver = true;
    exchange.response = {
      isRequest: false,
      method: '',
      target: '',
      status: 0,
      reason: '',
      version: 'HTTP/1.1',
      fields: [{ name: 'Content-Type', value: 'multipart/x-mixed-replace' }],
      trailers: [],
      frame,
      timeNs,
      endFrame: frame,
      endTimeNs: timeNs,
      extents: new Extents(0),
      isTruncated: true,
    };
    exchange.responseBody.framing = framing;
    this.sink.onResponse(exchange);
    side.parser.enterBody(framing);
  }

  /** A head was read on one side. */
  head(side: Side, head: HttpHead): BodyPlan {
    const { connection } = this;
    if (connection === null)
      this.begin(head.isRequest ? side.direction : ((side.direction ^ 1) as Direction), head.frame);
    return head.isRequest ? this.request(side, head) : this.response(side, head);
  }

  lost(side: Side): void {
    if (side.parser.kind === 'response' && this.pending.length > 0) this.isPairingLost = true;
  }

  body(
    side: Side,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void {
    const { exchange } = side;
    if (exchange === null) return;
    exchange.body(side.name).append(bytes, start, end, frame, timeNs, address);
    this.sink.onBody(exchange, side.name, bytes, start, end, frame, timeNs, address);
  }

  bodyGap(side: Side, length: number, frame: number, timeNs: number): void {
    const { exchange } = side;
    if (exchange === null) return;
    exchange.body(side.name).appendGap(length, frame, timeNs);
    this.sink.onBodyGap(exchange, side.name, length, frame, timeNs);
  }

  messageEnd(side: Side, isComplete: boolean): void {
    const { exchange } = side;
    if (exchange === null) return;
    side.exchange = null;
    const body = exchange.body(side.name);
    body.isOver = true;
    body.isComplete = isComplete;
    this.sink.onBodyEnd(exchange, side.name);
    if (side.name === 'response') {
      // A request may still be sent when it was answered.
      if (!this.isSending(exchange)) this.sink.onExchange(exchange);
      return;
    }
    if (exchange.responseBody.isOver) this.sink.onExchange(exchange);
    if (exchange.response !== null || exchange.responseBody.isOver) side.parser.resume();
  }

  raw(side: Side, bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    this.inner?.onData(side.direction, bytes, start, end, frame, timeNs, address);
  }

  rawGap(side: Side, length: number, frame: number, timeNs: number): void {
    this.inner?.onGap(side.direction, length, frame, timeNs);
  }

  private begin(client: Direction, frame: number): void {
    const { channel } = this;
    channel.claim('HTTP', `HTTP start line in frame ${frame}`);
    const { source, destination } = channel.endpoints(client);
    this.connection = {
      id: this.connectionId,
      flow: channel.flow + client,
      client: source,
      server: destination,
      layers: channel.layers,
    };
    this.sides[client].setKind('request');
    this.sides[client ^ 1].setKind('response');
  }

  private newExchange(): HttpExchange {
    if (this.connection === null) throw new Error('a head comes first');
    return new HttpExchange(this.connection, 0);
  }

  private request(side: Side, head: HttpHead): BodyPlan {
    const exchange = this.newExchange();
    side.exchange = exchange;
    exchange.request = head;
    // Delivered late: its response came when nobody knew of it.
    if (head.timeNs >= this.orphanTimeNs) this.pending.push(exchange);
    else exchange.responseBody.isOver = true;
    if (this.pending.length > maxPending) {
      const [oldest] = this.pending.splice(0, 1);
      this.close(oldest);
    }
    const facts = head.isTruncated ? null : requestBody(head);
    this.apply(facts, exchange, 'request', head);
    this.sides[side.direction ^ 1].watch(head.endFrame);
    this.sink.onRequest(exchange);
    return facts?.plan ?? noBody;
  }

  private response(side: Side, head: HttpHead): BodyPlan {
    if (this.isPairingLost) this.realign(head);
    const exchange = this.pending[0] ?? null;
    const isInterim = head.status >= 100 && head.status < 200 && head.status !== 101;
    if (isInterim) {
      exchange?.interim.push(head);
      side.exchange = null;
      return noBody;
    }
    const own = exchange ?? this.newExchange();
    if (exchange === null) {
      own.requestBody.isOver = true;
      this.orphanTimeNs = head.timeNs;
    } else this.pending.shift();
    side.exchange = own;
    own.response = head;
    const facts = head.isTruncated ? null : responseBody(head, own.request?.method ?? null);
    this.apply(facts, own, 'response', head);
    this.sink.onResponse(own);
    if (facts?.plan.then === 'raw') this.switchOver(own);
    else if (own.request !== null && this.isHolding(own.request)) this.sides[side.direction ^ 1].parser.resume();
    return facts?.plan ?? noBody;
  }

  private apply(facts: BodyFacts | null, exchange: HttpExchange, side: MessageSide, head: HttpHead): void {
    if (facts === null) return;
    const body = exchange.body(side);
    body.framing = facts.plan.framing;
    body.announced = facts.announced;
    body.codings = facts.codings;
    if (!facts.isLengthWrong) return;
    const text = 'Content-Length fields of an HTTP message contradict each other or are no numbers.';
    this.channel.sink.report('warning', 'http-content-length', head.frame, text);
  }

  /** A client that does not pipeline asked last what is answered next. */
  private realign(head: HttpHead): void {
    this.isPairingLost = false;
    let last = this.pending.length - 1;
    while (last > 0 && (this.pending[last].request?.endTimeNs ?? 0) > head.timeNs) last -= 1;
    for (const exchange of this.pending.splice(0, Math.max(0, last))) this.close(exchange);
  }

  private isHolding(request: HttpHead): boolean {
    return request.method === 'CONNECT' || isUpgrade(request.fields);
  }

  /** The connection is another protocol's from here on, in both directions. */
  private switchOver(exchange: HttpExchange): void {
    const client = (this.sides[0].name === 'request' ? 0 : 1) as Direction;
    this.inner = this.upgrade(exchange, client);
    this.sides[client].parser.turnRaw();
  }

  private isSending(exchange: HttpExchange): boolean {
    return this.sides.some((side) => side.name === 'request' && side.exchange === exchange);
  }

  /** An exchange without a response. */
  private close(exchange: HttpExchange): void {
    exchange.responseBody.isOver = true;
    if (this.isSending(exchange)) return;
    this.sink.onExchange(exchange);
  }
}

/** One direction with its parser. */
class Side {
  readonly parser: Http1Parser;
  name: MessageSide = 'request';
  /** Whose message is being read. */
  exchange: HttpExchange | null = null;
  hasEnded = false;

  constructor(
    owner: Http1Dissector,
    readonly direction: Direction,
    channel: StreamChannel,
    isStart: boolean,
  ) {
    this.parser = new Http1Parser(
      channel.sink,
      {
        onHead: (head) => owner.head(this, head),
        onBody: (...piece) => owner.body(this, ...piece),
        onBodyGap: (length, frame, timeNs) => owner.bodyGap(this, length, frame, timeNs),
        onTrailers: (fields) => this.setTrailers(fields),
        onMessageEnd: (isComplete) => owner.messageEnd(this, isComplete),
        onRaw: (...piece) => owner.raw(this, ...piece),
        onRawGap: (length, frame, timeNs) => owner.rawGap(this, length, frame, timeNs),
        onLost: () => owner.lost(this),
      },
      isStart,
    );
  }

  /** The other side asks again. */
  watch(frame: number): void {
    if (this.exchange !== null && (this.exchange.response?.frame ?? frame) < frame) this.parser.isWatching = true;
  }

  setKind(kind: 'request' | 'response'): void {
    this.name = kind;
    this.parser.kind = kind;
  }

  private setTrailers(trailers: readonly HttpField[]): void {
    const head = this.name === 'request' ? this.exchange?.request : this.exchange?.response;
    if (head) head.trailers = trailers;
  }
}

/** Protocol that `101 Switching Protocols` agreed on, lower case; empty when it does not say. */
export const upgradedProtocol = (exchange: HttpExchange): string =>
  (fieldValue(exchange.response?.fields ?? [], 'upgrade') ?? '').trim().toLowerCase();
