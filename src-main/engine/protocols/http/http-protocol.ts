import { startsWithAscii } from '../../bytes/text';
import type { Direction, StreamChannel, StreamDissector, StreamProtocol } from '../../flow/stream-dissector';
import type { HttpExchange, HttpSink } from './exchange';
import { Http1Dissector, upgradedProtocol } from './http1-dissector';
import { Http2Dissector } from './http2/http2-dissector';
import { preface } from './http2/http2-side';
import { type FrameHeader, FrameType, headerLength, isPlausible, readFrameHeader } from './http2/frame-reader';
import { indexOfLineFeed, isCutStartLine, isRequestLine, isStatusLine } from './start-line';
import { WebSocketDissector } from './websocket';

const CR = 0x0d;
const LF = 0x0a;
/** A first line that is longer is not waited for. */
const maxProbe = 16 * 1024;

/** Connections of HTTP are counted whatever their version. */
export class ConnectionCounter {
  private count = 0;

  next(): number {
    this.count += 1;
    return this.count;
  }
}

/** Recognises HTTP/1.x by its start lines, and reads it and what it is turned into. */
export class Http1Protocol implements StreamProtocol {
  readonly name = 'HTTP';

  constructor(
    private readonly sink: HttpSink,
    private readonly counter = new ConnectionCounter(),
  ) {}

  probe(bytes: Uint8Array, start: number, end: number, isStart: boolean): 'yes' | 'no' | 'more' {
    let at = start;
    while (at < end && (bytes[at] === CR || bytes[at] === LF)) at += 1;
    if (at === end) return isStart ? 'more' : 'no';
    // Most of what comes here is no text: the first byte tells.
    if (bytes[at] < 0x41 || bytes[at] > 0x5a) return 'no';
    const lineFeed = indexOfLineFeed(bytes, at, Math.min(end, at + maxProbe));
    if (lineFeed >= 0) return isStatusLine(bytes, at, lineFeed) || isRequestLine(bytes, at, lineFeed) ? 'yes' : 'no';
    return isStart && end - at < maxProbe && isCutStartLine(bytes, at, end) ? 'more' : 'no';
  }

  open(channel: StreamChannel): StreamDissector {
    return new Http1Dissector(channel, this.sink, this.counter.next(), (exchange, client) =>
      this.turn(channel, exchange, client),
    );
  }

  /** What a connection is turned into by `101` or a tunnel. */
  private turn(channel: StreamChannel, exchange: HttpExchange, client: Direction): StreamDissector {
    if (exchange.request?.method === 'CONNECT') return channel.inside('CONNECT');
    switch (upgradedProtocol(exchange)) {
      case 'websocket':
        return new WebSocketDissector(channel, exchange.response);
      case 'h2c': {
        const dissector = new Http2Dissector(channel, this.sink, this.counter.next());
        dissector.upgraded(exchange.request, client);
        return dissector;
      }
      default:
        return channel.inside('Upgrade');
    }
  }
}

/** Recognises HTTP/2 by its preface, by a server's settings, or in its middle by frames that follow each other. */
export class Http2Protocol implements StreamProtocol {
  readonly name = 'HTTP/2';
  private readonly header: FrameHeader = { length: 0, type: 0, flags: 0, stream: 0 };

  constructor(
    private readonly sink: HttpSink,
    private readonly counter = new ConnectionCounter(),
  ) {}

  probe(bytes: Uint8Array, start: number, end: number, isStart: boolean): 'yes' | 'no' | 'more' {
    const length = Math.min(end - start, preface.length);
    if (startsWithAscii(bytes, start, end, preface.slice(0, length))) {
      return length === preface.length ? 'yes' : isStart ? 'more' : 'no';
    }
    if (!isStart) return this.isMiddle(bytes, start, end) ? 'yes' : 'no';
    return this.isServerStart(bytes, start, end);
  }

  open(channel: StreamChannel): StreamDissector {
    return new Http2Dissector(channel, this.sink, this.counter.next());
  }

  /** A server's first frame is SETTINGS (RFC 9113, section 3.4). */
  private isServerStart(bytes: Uint8Array, start: number, end: number): 'yes' | 'no' | 'more' {
    const { header } = this;
    if (bytes[start] !== 0 || (end - start > 1 && bytes[start + 1] > 1)) return 'no';
    if (end - start < headerLength) return end - start < 4 || bytes[start + 3] === FrameType.settings ? 'more' : 'no';
    readFrameHeader(bytes, start, header);
    const { type, length, flags } = header;
    if (type !== FrameType.settings || flags !== 0 || length === 0) return 'no';
    if (!isPlausible(header, bytes[start + 5] & 0x80)) return 'no';
    if (end - start < headerLength + length) return 'more';
    for (let at = start + headerLength; at < start + headerLength + length; at += 6) {
      // Settings that are registered have small numbers; GREASE ones end in 0x0a.
      if ((bytes[at] !== 0 || bytes[at + 1] > 16) && (bytes[at + 1] & 0x0f) !== 0x0a) return 'no';
    }
    return 'yes';
  }

  /** Two whole frames and the header of a third, or the end, of streams that a client began or that answer it. */
  private isMiddle(bytes: Uint8Array, start: number, end: number): boolean {
    const { header } = this;
    let frames = 0;
    let hasContent = false;
    for (let at = start; at + headerLength <= end; frames += 1) {
      readFrameHeader(bytes, at, header);
      const { length, stream, type } = header;
      if (length > 16_384 || stream > 1 << 20 || !isPlausible(header, bytes[at + 5] & 0x80)) return false;
      hasContent ||= (type === FrameType.headers || type === FrameType.data) && (stream & 1) === 1 && length > 0;
      at += headerLength + length;
      if (at > end) break;
      if (at === end && frames >= 1) return hasContent;
    }
    return frames >= 2 && hasContent;
  }
}
