import type { DiagnosticSink } from '#shared/model/diagnostic';
import { latin1Text } from '../../bytes/text';
import type { Direction, StreamChannel, StreamDissector } from '../../flow/stream-dissector';
import { type Endpoint, formatEndpoint } from '../../net/endpoint';
import type { HttpExchange } from '../../protocols/http';
import type { BodyListener, HttpConsumer } from '../http';

const maxTunnels = 4096;
/** Of an identifier; servers use some sixteen characters. */
const maxIdentifier = 128;
/** `/open/1`, `/send/<session>/<number>`, with whatever a proxy put before it. */
const path = /\/(open|send|idle|close)\/([\w.~-]{1,128})(?:\/(\d{1,10}))?$/;

interface Tunnel {
  readonly dissector: StreamDissector;
  readonly flows: Set<number>;
  client: Endpoint;
  /** Of what was carried so far: told to the exchanges. */
  readonly sessionId: () => string | null;
}

export interface TunnelParts {
  readonly sink: DiagnosticSink;
  keep(bytes: Uint8Array, start: number, end: number): number;
  /** Begins to read an RTMP connection; `sessionId` is its first session's, as soon as there is one. */
  open(
    channel: StreamChannel,
    flows: ReadonlySet<number>,
  ): { readonly dissector: StreamDissector; readonly sessionId: () => string | null };
}

/**
 * RTMPT: RTMP in HTTP. The client's side is the bodies of POST requests to `/send`, the server's the bodies of the
 * responses to `/send` and `/idle`, each behind a byte that says how often to ask. `/open` answers the identifier of the
 * connection, which stands in the paths that follow, on any TCP connection.
 */
export class RtmptTunnels implements HttpConsumer {
  private readonly byIdentifier = new Map<string, Tunnel>();

  constructor(private readonly parts: TunnelParts) {}

  onRequest(exchange: HttpExchange): BodyListener | null {
    const command = commandOf(exchange);
    if (command?.verb !== 'send') return null;
    const tunnel = this.tunnelOf(exchange, command.identifier);
    return tunnel && new TunnelBody(exchange, tunnel, 0, 0);
  }

  onResponse(exchange: HttpExchange): BodyListener | null {
    const command = commandOf(exchange);
    if (!command || exchange.response?.status !== 200) return null;
    if (command.verb === 'open') return new IdentifierBody((identifier) => void this.tunnelOf(exchange, identifier));
    const tunnel = this.tunnelOf(exchange, command.identifier);
    return tunnel && new TunnelBody(exchange, tunnel, 1, 1);
  }

  private tunnelOf({ connection }: HttpExchange, identifier: string): Tunnel | null {
    const { client, flow, layers, server } = connection;
    const key = `${formatEndpoint(server)} ${client.address} ${identifier}`;
    const known = this.byIdentifier.get(key);
    if (known) {
      known.flows.add(flow).add(flow ^ 1);
      known.client = client;
      return known;
    }
    if (this.byIdentifier.size >= maxTunnels) return null;
    const flows = new Set([flow, flow ^ 1]);
    const { keep, sink } = this.parts;
    const channel: StreamChannel = {
      flow,
      layers: [...layers, 'HTTP'],
      sink,
      endpoints: (direction) =>
        direction === 0
          ? { source: tunnel.client, destination: server }
          : { source: server, destination: tunnel.client },
      // The conversation carries HTTP; its exchanges say what is in them.
      claim: () => undefined,
      keep,
      inside: () => silent,
    };
    const tunnel: Tunnel = { ...this.parts.open(channel, flows), flows, client };
    this.byIdentifier.set(key, tunnel);
    return tunnel;
  }
}

/** Nothing is inside of RTMP. */
const silent: StreamDissector = { onData: () => undefined, onGap: () => undefined, onEnd: () => undefined };

function commandOf({ request, url }: HttpExchange): { readonly verb: string; readonly identifier: string } | null {
  if (request?.method !== 'POST') return null;
  const match = path.exec(url.split('?')[0] ?? '');
  // `/open/1` has no number behind it, all others have.
  if (!match || (match[1] === 'open') !== (match[3] === undefined)) return null;
  return { verb: match[1], identifier: match[2] };
}

/** A body that carries one direction, behind `skip` bytes that do not belong to it. */
class TunnelBody implements BodyListener {
  constructor(
    private readonly exchange: HttpExchange,
    private readonly tunnel: Tunnel,
    private readonly direction: Direction,
    private skip: number,
  ) {}

  onData(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    const from = Math.min(end, start + this.skip);
    this.skip -= from - start;
    if (from === end) return;
    const at = address < 0 ? address : address + from - start;
    this.tunnel.dissector.onData(this.direction, bytes, from, end, frame, timeNs, at);
    const sessionId = this.tunnel.sessionId();
    if (sessionId !== null) this.exchange.claim(sessionId);
  }

  onGap(length: number, frame: number, timeNs: number): void {
    const skipped = Math.min(this.skip, length);
    this.skip -= skipped;
    if (length > skipped) this.tunnel.dissector.onGap(this.direction, length - skipped, frame, timeNs);
  }

  onEnd(): void {}
}

/** The response to `/open`: a line with the identifier. */
class IdentifierBody implements BodyListener {
  private text = '';

  constructor(private readonly found: (identifier: string) => void) {}

  onData(bytes: Uint8Array, start: number, end: number): void {
    if (this.text.length < maxIdentifier) {
      this.text += latin1Text(bytes, start, Math.min(end, start + maxIdentifier - this.text.length));
    }
  }

  onGap(): void {
    this.text = '';
  }

  onEnd(): void {
    const identifier = this.text.trim();
    if (/^[\w.~-]+$/.test(identifier)) this.found(identifier);
  }
}
