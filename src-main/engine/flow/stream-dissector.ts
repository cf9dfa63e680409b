import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { Endpoint } from '../net/endpoint';

/** 0: from the first to the second side of the conversation, as its key has them; 1: back. Who is client, content says. */
export type Direction = 0 | 1;

/**
 * Takes what both directions of a byte stream carry, each in order: a TCP connection, or the inside of one (TLS, a
 * WebSocket, a tunnel). `bytes` is borrowed until the call returns. `address` is where `bytes[start]` lies in the bytes
 * of the capture (`CaptureBytes`): what is to be found again later is kept as an address and a length, not as a copy.
 */
export interface StreamDissector {
  /** The next bytes of a direction, with the frame that carried them and its time. Never empty. */
  onData(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void;
  /** `length` bytes of a direction are lost; what follows lies behind them. `frame` is the one that showed it. */
  onGap(direction: Direction, length: number, frame: number, timeNs: number): void;
  /** A direction has ended (FIN, RST, or the end of the capture): at most once each. */
  onEnd(direction: Direction, timeNs: number): void;
}

/** A byte stream in two directions, as the dissector of its contents sees it. */
export interface StreamChannel {
  /** Directed flow of direction 0; `flow + 1` is the other's. Conversation: `flow >>> 1`. */
  readonly flow: number;
  /** What lies between the transport and this stream, from the outside in: `['TLS']`; empty for plain TCP. */
  readonly layers: readonly string[];
  readonly sink: DiagnosticSink;
  /** Sender (`source`) and receiver of a direction. */
  endpoints(direction: Direction): { readonly source: Endpoint; readonly destination: Endpoint };
  /** States what the conversation carries, for its row: the innermost claim counts. `reason` names a frame. */
  claim(protocol: string, reason: string): void;
  /**
   * Keeps a copy of bytes that lie nowhere in the capture as they are (decrypted, decompressed) and answers their
   * address; `missingBytes` when there is no room left, which has then been reported.
   */
  keep(bytes: Uint8Array, start: number, end: number): number;
  /** The inside of this stream: bytes given to it are recognised as those of any connection. */
  inside(layer: string): StreamDissector;
}

export type ProbeVerdict = 'yes' | 'no' | 'more';

/** A protocol over byte streams, recognised by content on any port. */
export interface StreamProtocol {
  /** `HTTP`, `RTMP`. */
  readonly name: string;
  /**
   * Do these bytes begin a stream of this protocol? `isStart`: they are the first of their direction; otherwise they
   * are the beginning of a segment somewhere in a connection whose beginning was not seen (or not recognised), and
   * `more` counts as `no`. Cheap: it is asked for each segment of unknown connections. Never says `yes` by port.
   */
  probe(bytes: Uint8Array, start: number, end: number, isStart: boolean): ProbeVerdict;
  /** Begins to dissect. The bytes probed come first; the other direction may begin anywhere. */
  open(channel: StreamChannel): StreamDissector;
}
