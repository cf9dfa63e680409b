import { Base64Decoder } from '../../bytes/base64';
import type { Direction } from '../../flow/stream-dissector';
import { type Endpoint, formatEndpoint } from '../../net/endpoint';
import { fieldValue, type HttpExchange, mediaTypeOf } from '../../protocols/http';
import type { BodyListener, HttpConsumer } from '../http';
import type { RtspConnection } from './rtsp-connection';

/** Media type of both bodies. */
const tunnelled = 'application/x-rtsp-tunnelled';
const maxTunnels = 4096;

interface Tunnel {
  readonly connection: RtspConnection;
  readonly flows: Set<number>;
  client: Endpoint;
  /** What is open of a base64 group, over all requests. */
  readonly decoder: Base64Decoder;
}

export interface TunnelParts {
  /** Opens a connection whose ends are told by `endpoints` when somebody asks. */
  open(
    flows: ReadonlySet<number>,
    layers: readonly string[],
    endpoints: (direction: Direction) => { readonly source: Endpoint; readonly destination: Endpoint },
  ): RtspConnection;
  /** Keeps a copy of what was decoded and answers its address. */
  keep(bytes: Uint8Array, start: number, end: number): number;
}

/**
 * RTSP through HTTP proxies as QuickTime does it: the server's side is the body of the response to a GET, the client's
 * comes in base64 in the bodies of POST requests with the same `x-sessioncookie`.
 */
export class HttpTunnels implements HttpConsumer {
  private readonly byCookie = new Map<string, Tunnel>();

  constructor(private readonly parts: TunnelParts) {}

  onRequest(exchange: HttpExchange): BodyListener | null {
    if (exchange.request?.method !== 'POST') return null;
    const tunnel = this.tunnelOf(exchange);
    if (!tunnel) return null;
    tunnel.client = exchange.connection.client;
    const [parser] = tunnel.connection.parsers;
    return {
      onData: (bytes, start, end, frame, timeNs) => {
        const text = tunnel.decoder.decode(bytes, start, end);
        if (text.length === 0) return;
        parser.push(text, 0, text.length, frame, timeNs, this.parts.keep(text, 0, text.length));
        claim(exchange, tunnel);
      },
      // How many bytes they stood for is not known to the byte: what comes after begins anew.
      onGap: (length, frame, timeNs) => parser.gap(length, frame, timeNs),
      onEnd: () => {},
    };
  }

  onResponse(exchange: HttpExchange): BodyListener | null {
    const type = mediaTypeOf(fieldValue(exchange.response?.fields ?? [], 'content-type'));
    if (exchange.request?.method !== 'GET' || type !== tunnelled) return null;
    const tunnel = this.tunnelOf(exchange);
    if (!tunnel) return null;
    const [, parser] = tunnel.connection.parsers;
    return {
      onData: (bytes, start, end, frame, timeNs, address) => {
        parser.push(bytes, start, end, frame, timeNs, address);
        claim(exchange, tunnel);
      },
      onGap: (length, frame, timeNs) => parser.gap(length, frame, timeNs),
      onEnd: () => parser.end(),
    };
  }

  private tunnelOf({ request, connection }: HttpExchange): Tunnel | null {
    const cookie = fieldValue(request?.fields ?? [], 'x-sessioncookie');
    if (cookie === null) return null;
    const key = `${formatEndpoint(connection.server)} ${connection.client.address} ${cookie}`;
    const known = this.byCookie.get(key);
    if (known) {
      known.flows.add(connection.flow).add(connection.flow ^ 1);
      return known;
    }
    if (this.byCookie.size >= maxTunnels) return null;
    const flows = new Set([connection.flow, connection.flow ^ 1]);
    const { server } = connection;
    const opened = this.parts.open(flows, [...connection.layers, 'HTTP'], (direction) => {
      const { client } = tunnel;
      return direction === 0 ? { source: client, destination: server } : { source: server, destination: client };
    });
    const tunnel: Tunnel = { connection: opened, flows, client: connection.client, decoder: new Base64Decoder() };
    this.byCookie.set(key, tunnel);
    return tunnel;
  }
}

function claim(exchange: HttpExchange, { connection }: Tunnel): void {
  if (connection.session) exchange.claim(connection.session.id);
}
