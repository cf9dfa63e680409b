import type { DiagnosticSink } from '#shared/model/diagnostic';
import { latin1Text } from '../../../bytes/text';
import type { Direction, StreamChannel, StreamDissector, StreamProtocol } from '../../../flow/stream-dissector';
import type { HttpExchange, HttpSink, MessageSide } from '../exchange';

/** What one side sent: text (one byte a character), or a number of bytes that were lost. */
export type Sent = readonly [Direction, string | number];

export interface SeenBody {
  text: string;
  /** Positions and lengths of its holes. */
  readonly holes: [number, number][];
  complete: boolean | null;
}

export interface SeenExchange {
  readonly request: string | null;
  readonly status: number | null;
  readonly stream: number;
  readonly requestBody: SeenBody;
  readonly responseBody: SeenBody;
}

export interface Transcript {
  readonly exchanges: SeenExchange[];
  readonly codes: string[];
  /** What went inside, by layer and direction. */
  readonly inside: Record<string, string>;
}

export const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 0xff);

/** Feeds a dissector with what both sides sent, cut into pieces as `pieceLength` says, and writes down what it tells. */
export function transcribe(
  create: (sink: HttpSink) => StreamProtocol,
  sent: readonly Sent[],
  pieceLength: (left: number) => number = (left) => left,
): Transcript {
  const exchanges: SeenExchange[] = [];
  const codes: string[] = [];
  const inside: Record<string, string> = {};
  const bodies = new Map<HttpExchange, Record<MessageSide, SeenBody>>();
  const bodyOf = (exchange: HttpExchange, side: MessageSide): SeenBody => {
    let known = bodies.get(exchange);
    if (!known) {
      const empty = (): SeenBody => ({ text: '', holes: [], complete: null });
      known = { request: empty(), response: empty() };
      bodies.set(exchange, known);
    }
    return known[side];
  };
  const http: HttpSink = {
    onRequest: () => undefined,
    onResponse: () => undefined,
    onBody: (exchange, side, bytes, start, end) => {
      bodyOf(exchange, side).text += latin1Text(bytes, start, end);
    },
    onBodyGap: (exchange, side, length) => {
      const body = bodyOf(exchange, side);
      const last = body.holes.at(-1);
      if (last && last[0] + last[1] === body.text.length) last[1] += length;
      else body.holes.push([body.text.length, length]);
      body.text += '\0'.repeat(Math.min(length, 1 << 16));
    },
    onBodyEnd: (exchange, side) => {
      bodyOf(exchange, side).complete = exchange.body(side).isComplete;
    },
    onExchange: (exchange) => {
      const { request, response, stream } = exchange;
      exchanges.push({
        request: request && `${request.method} ${request.target}`,
        status: response?.status ?? null,
        stream,
        requestBody: bodyOf(exchange, 'request'),
        responseBody: bodyOf(exchange, 'response'),
      });
    },
  };
  const sink: DiagnosticSink = { report: (_severity, code) => codes.push(code) };
  const channel = channelOf(sink, inside, []);
  const dissector = create(http).open(channel);
  let time = 0;
  let address = 0;
  for (const [direction, what] of sent) {
    time += 1;
    if (typeof what === 'number') {
      dissector.onGap(direction, what, time, time);
      continue;
    }
    const bytes = bytesOf(what);
    for (let at = 0; at < bytes.length; ) {
      const end = at + Math.max(1, Math.min(bytes.length - at, pieceLength(bytes.length - at)));
      dissector.onData(direction, bytes, at, end, time, time, address + at);
      at = end;
    }
    address += bytes.length;
  }
  dissector.onEnd(0, time);
  dissector.onEnd(1, time);
  return { exchanges, codes, inside };
}

function channelOf(sink: DiagnosticSink, inside: Record<string, string>, layers: readonly string[]): StreamChannel {
  const side = (port: number) => ({ address: '192.0.2.1', port });
  let kept = 2 ** 50;
  return {
    flow: 0,
    layers,
    sink,
    endpoints: (direction) => ({ source: side(1 + direction), destination: side(2 - direction) }),
    claim: () => undefined,
    keep: (_bytes, start, end) => {
      kept += end - start;
      return kept - (end - start);
    },
    inside: (layer): StreamDissector => {
      const note = (direction: Direction, text: string): void => {
        const key = `${[...layers, layer].join('/')} ${direction}`;
        inside[key] = (inside[key] ?? '') + text;
      };
      return {
        onData: (direction, bytes, start, end) => note(direction, latin1Text(bytes, start, end)),
        onGap: (direction, length) => note(direction, `[${length}]`),
        onEnd: () => undefined,
      };
    },
  };
}
