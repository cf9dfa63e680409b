import { latin1Text } from '../../bytes/text';
import type { Direction, StreamChannel, StreamDissector, StreamProtocol } from '../../flow/stream-dissector';
import type { HttpSink } from './exchange';
import { Http1Dissector } from './http1-dissector';
import type { ConnectionCounter } from './http-protocol';

/** A chunk's size, perhaps; a line end, perhaps; a delimiter; a field that parts have. */
const beginning =
  /^(?:([0-9a-f]{1,8})[^\r\n]{0,64}\r\n)?(?:\r?\n)?--[\x21-\x7e ]{1,72}\r?\n(?:[\w-]+: ?[^\r\n]*\r?\n){0,4}?content-(?:type|length):/i;
const dash = 0x2d;
const longest = 1024;

/**
 * Recognises parts of a multipart body in a connection whose beginning was not captured: a camera that somebody had
 * been watching for hours.
 */
export class EnteredMultipartProtocol implements StreamProtocol {
  readonly name = 'HTTP';

  constructor(
    private readonly sink: HttpSink,
    private readonly counter: ConnectionCounter,
  ) {}

  probe(bytes: Uint8Array, start: number, end: number, isStart: boolean): 'yes' | 'no' {
    return !isStart && framingAt(bytes, start, end) !== null ? 'yes' : 'no';
  }

  open(channel: StreamChannel): StreamDissector {
    return new EnteredConnection(
      new Http1Dissector(
        channel,
        this.sink,
        this.counter.next(),
        (exchange) => {
          return channel.inside(exchange.request?.method === 'CONNECT' ? 'CONNECT' : 'Upgrade');
        },
        false,
      ),
    );
  }
}

/** Waits for the first part; what comes before it may still hold a head. */
class EnteredConnection implements StreamDissector {
  private hasEntered = false;

  constructor(private readonly inner: Http1Dissector) {}

  onData(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void {
    const framing = this.hasEntered ? null : framingAt(bytes, start, end);
    if (framing !== null) {
      this.hasEntered = true;
      this.inner.enterMultipart(direction, framing, frame, timeNs);
    }
    this.inner.onData(direction, bytes, start, end, frame, timeNs, address);
  }

  onGap(direction: Direction, length: number, frame: number, timeNs: number): void {
    this.inner.onGap(direction, length, frame, timeNs);
  }

  onEnd(direction: Direction, timeNs: number): void {
    this.inner.onEnd(direction, timeNs);
  }
}

/** How a body is framed that a part begins in; null when none does. */
function framingAt(bytes: Uint8Array, start: number, end: number): 'chunked' | 'close' | null {
  // Almost everything that is asked for has no dash among its first bytes.
  const limit = Math.min(end, start + 12);
  let at = start;
  while (at < limit && bytes[at] !== dash) at += 1;
  if (at === limit || bytes[at + 1] !== dash) return null;
  const match = beginning.exec(latin1Text(bytes, start, Math.min(end, start + longest)));
  if (!match) return null;
  return match[1] === undefined ? 'close' : 'chunked';
}
