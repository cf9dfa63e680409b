import type { StreamChannel, StreamDissector, StreamProtocol } from '../../flow/stream-dissector';
import type { HttpSink } from './exchange';
import { Http1Dissector } from './http1-dissector';
import { indexOfLineFeed, isCutStartLine, isRequestLine, isStatusLine } from './start-line';

const CR = 0x0d;
const LF = 0x0a;
/** A first line that is longer is not waited for. */
const maxProbe = 16 * 1024;

/** Recognises HTTP/1.x by its start lines, and reads it. */
export class Http1Protocol implements StreamProtocol {
  readonly name = 'HTTP';
  private connections = 0;

  constructor(private readonly sink: HttpSink) {}

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
    this.connections += 1;
    return new Http1Dissector(channel, this.sink, this.connections, (exchange) => {
      const layer = exchange.request?.method === 'CONNECT' ? 'CONNECT' : 'Upgrade';
      return channel.inside(layer);
    });
  }
}
