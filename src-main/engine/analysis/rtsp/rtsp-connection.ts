import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { Direction } from '../../flow/stream-dissector';
import type { Endpoint } from '../../net/endpoint';
import { type RtspMessage, RtspStreamParser, sessionIdOf } from '../../protocols/rtsp';
import type { OpenRequest, RtspSession } from './rtsp-session';

/** What a connection needs of the tracker. */
export interface ConnectionParts {
  readonly sink: DiagnosticSink;
  readonly layers: readonly string[];
  endpoints(direction: Direction): { readonly source: Endpoint; readonly destination: Endpoint };
  /** The session of an identifier at a server; a new one where `current` cannot be it. */
  sessionOf(connection: RtspConnection, identifier: string, message: RtspMessage): RtspSession;
  onMessage(connection: RtspConnection, message: RtspMessage, direction: Direction, request: OpenRequest | null): void;
  onInterleaved(
    connection: RtspConnection,
    direction: Direction,
    channel: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void;
}

/** Requests that wait for their response, in each direction. */
const maxOpenRequests = 256;
/** Sent by a server to its client (RFC 2326, section 10; RFC 7826, section 13). */
const serverMethods: ReadonlySet<string> = new Set(['REDIRECT', 'PLAY_NOTIFY']);

/** One byte stream of RTSP, or the datagrams between two endpoints: its parsers, and which request is answered. */
export class RtspConnection {
  readonly parsers: readonly [RtspStreamParser, RtspStreamParser];
  session: RtspSession | null = null;
  /** Direction of what the client sends; -1 while unknown. */
  private clientDirection: Direction | -1 = -1;
  /** No message has told it yet. */
  private isGuessed = false;
  private readonly open: [Map<string, OpenRequest>, Map<string, OpenRequest>] = [new Map(), new Map()];
  /** Framed flow of each channel and direction. */
  readonly channels = new Map<number, number>();
  /** Framed flows whose session was told. */
  readonly told = new Set<number>();

  constructor(readonly parts: ConnectionParts) {
    const parser = (direction: Direction): RtspStreamParser =>
      new RtspStreamParser(parts.sink, {
        onMessage: (message) => this.take(message, direction),
        onInterleaved: (channel, bytes, start, end, frame, timeNs, address) =>
          parts.onInterleaved(this, direction, channel, bytes, start, end, frame, timeNs, address),
      });
    this.parsers = [parser(0), parser(1)];
  }

  /** Client and server, as far as messages told; the first sender is taken for the client before. */
  get ends(): { readonly client: Endpoint; readonly server: Endpoint } {
    const { source, destination } = this.parts.endpoints(this.clientDirection === 1 ? 1 : 0);
    return { client: source, server: destination };
  }

  isFromClient(direction: Direction): boolean {
    return direction === (this.clientDirection === 1 ? 1 : 0);
  }

  /** Media came before any message: whoever sends it is taken for the server. */
  guessServer(direction: Direction): void {
    if (this.clientDirection !== -1) return;
    this.clientDirection = direction === 0 ? 1 : 0;
    this.isGuessed = true;
  }

  private take(message: RtspMessage, direction: Direction): void {
    this.learnRoles(message, direction);
    let request: OpenRequest | null = null;
    const key = message.headers.get('cseq') ?? '';
    if (message.isRequest) {
      const open = this.open[direction];
      if (open.size < maxOpenRequests) open.set(key, { method: message.method, url: message.url, message });
    } else {
      const open = this.open[1 - direction];
      request = open.get(key) ?? null;
      if (message.statusCode >= 200) open.delete(key);
    }
    const identifier = sessionIdOf(message) || (request ? sessionIdOf(request.message) : '');
    this.session = this.parts.sessionOf(this, identifier, message);
    this.parts.onMessage(this, message, direction, request);
  }

  private learnRoles(message: RtspMessage, direction: Direction): void {
    if (this.clientDirection !== -1 && !this.isGuessed) return;
    this.isGuessed = false;
    const isClient = message.isRequest && !serverMethods.has(message.method);
    this.clientDirection = isClient ? direction : direction === 0 ? 1 : 0;
  }
}
