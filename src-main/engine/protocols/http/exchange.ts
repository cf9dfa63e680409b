import { Extents } from '../../bytes/extents';
import type { Endpoint } from '../../net/endpoint';
import type { BodyFraming } from './http1-handler';
import { fieldValue, type HttpHead } from './message';

/** One byte stream with HTTP in it. */
export interface HttpConnection {
  /** Counted from 1 in a capture. */
  readonly id: number;
  /** Directed flow that carries the requests; `flow ^ 1` is the other's. */
  readonly flow: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** `['TLS']`; what lies between transport and HTTP. */
  readonly layers: readonly string[];
}

export type MessageSide = 'request' | 'response';

/** First bytes of a body that are kept to tell what it is. */
const sampleLength = 512;

/** A body without its transfer coding, as far as it came. */
export class HttpBody {
  framing: BodyFraming | 'frames' = 'none';
  /** Bytes that the head says it has; null when it does not say. */
  announced: number | null = null;
  /** Content (and inner transfer) codings in the order in which they were applied: `gzip`. Empty when none. */
  codings: readonly string[] = [];
  /** Where it lies; holes are bytes that were lost. */
  readonly extents = new Extents(0);
  /** First bytes as sent; no longer than they are known without a hole. */
  sample = new Uint8Array(0);
  /** Frames and times of its first and last bytes; -1 while there is none. */
  firstFrame = -1;
  firstTimeNs = -1;
  lastFrame = -1;
  lastTimeNs = -1;
  isOver = false;
  /** It came to its end; holes may be in it all the same. */
  isComplete = false;

  get bytes(): number {
    return this.extents.total;
  }

  append(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    const { extents, sample } = this;
    if (sample.length < sampleLength && sample.length === extents.total) {
      const grown = new Uint8Array(Math.min(sampleLength, sample.length + end - start));
      grown.set(sample);
      grown.set(bytes.subarray(start, start + grown.length - sample.length), sample.length);
      this.sample = grown;
    }
    extents.push(address, end - start);
    this.touch(frame, timeNs);
  }

  appendGap(length: number, frame: number, timeNs: number): void {
    this.extents.pushGap(length);
    this.touch(frame, timeNs);
  }

  private touch(frame: number, timeNs: number): void {
    if (this.firstFrame < 0) {
      this.firstFrame = frame;
      this.firstTimeNs = timeNs;
    }
    this.lastFrame = frame;
    this.lastTimeNs = timeNs;
  }
}

/** A request and its response; either may be missing. Lives until both are over. */
export class HttpExchange {
  request: HttpHead | null = null;
  /** The final response; `101` counts as one. */
  response: HttpHead | null = null;
  /** Interim responses before it (RFC 9110, section 15.2). */
  readonly interim: HttpHead[] = [];
  readonly requestBody = new HttpBody();
  readonly responseBody = new HttpBody();
  /** Session that claimed what was transferred: the first one counts. */
  sessionId: string | null = null;

  constructor(
    readonly connection: HttpConnection,
    /** Stream of HTTP/2; 0 in HTTP/1.x. */
    readonly stream: number,
  ) {}

  body(side: MessageSide): HttpBody {
    return side === 'request' ? this.requestBody : this.responseBody;
  }

  claim(sessionId: string): void {
    this.sessionId ??= sessionId;
  }

  /** Absolute URL of what was asked for; empty without a request. */
  get url(): string {
    const { request, connection } = this;
    return request === null ? '' : absoluteUrl(request, connection);
  }

  /** Host that was asked, with its port as sent. */
  get host(): string {
    const { request, connection } = this;
    return request === null ? authority(connection.server) : hostOf(request, connection);
  }
}

/** Takes what happens in HTTP connections. Bytes are borrowed until the call returns. */
export interface HttpSink {
  /** The head of a request was read. */
  onRequest(exchange: HttpExchange): void;
  /** The head of its final response was read. Responses without a request come in exchanges of their own. */
  onResponse(exchange: HttpExchange): void;
  /** After `exchange.body(side)` has taken it. */
  onBody(
    exchange: HttpExchange,
    side: MessageSide,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void;
  onBodyGap(exchange: HttpExchange, side: MessageSide, length: number, frame: number, timeNs: number): void;
  onBodyEnd(exchange: HttpExchange, side: MessageSide): void;
  /** Nothing more comes of it: once for each exchange. */
  onExchange(exchange: HttpExchange): void;
}

function absoluteUrl(request: HttpHead, connection: HttpConnection): string {
  const { target, method } = request;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target) || method === 'CONNECT') return target;
  const scheme = fieldValue(request.fields, ':scheme') ?? (connection.layers.includes('TLS') ? 'https' : 'http');
  const path = target === '*' ? '' : target.startsWith('/') ? target : `/${target}`;
  return `${scheme}://${hostOf(request, connection)}${path}`;
}

function hostOf(request: HttpHead, connection: HttpConnection): string {
  const match = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(request.target);
  const asked = fieldValue(request.fields, ':authority') ?? fieldValue(request.fields, 'host');
  return match?.[1] || asked || authority(connection.server);
}

const authority = ({ address, port }: Endpoint): string => {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === 80 ? host : `${host}:${port}`;
};
