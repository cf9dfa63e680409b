import type { Direction, StreamChannel, StreamDissector, StreamProtocol } from '../../flow/stream-dissector';
import type { Endpoint } from '../../net/endpoint';
import { looksLikeSip, type SipMessage, SipStreamParser, skipLineEnds } from '../../protocols/sip';
import type { SipTransport } from './message-log';

type OnSipMessage = (message: SipMessage, source: Endpoint, destination: Endpoint, transport: SipTransport) => void;

/** SIP over byte streams: TCP (RFC 3261, section 18), TLS and WebSockets (RFC 7118). */
export function sipStreams(onMessage: OnSipMessage): StreamProtocol {
  return {
    name: 'SIP',
    probe: (bytes, start, end, isStart) => {
      const from = skipLineEnds(bytes, start, end);
      // Keep-alives of line ends alone (RFC 5626, section 4.4.1) say nothing yet.
      if (from >= end) return isStart ? 'more' : 'no';
      if (looksLikeSip(bytes, from, end)) return 'yes';
      return isStart && isShortText(bytes, from, end) ? 'more' : 'no';
    },
    open: (channel) => new SipConnection(channel, onMessage),
  };
}

/** Shorter text may yet become a start line. */
const fewBytes = 16;

function isShortText(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start >= fewBytes) return false;
  for (let i = start; i < end; i += 1) if (bytes[i] < 0x20 || bytes[i] > 0x7e) return false;
  return true;
}

class SipConnection implements StreamDissector {
  private readonly parsers: readonly [SipStreamParser, SipStreamParser];
  private hasClaimed = false;

  constructor(
    private readonly channel: StreamChannel,
    private readonly onMessage: OnSipMessage,
  ) {
    this.parsers = [this.parser(0), this.parser(1)];
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
    this.parsers[direction].push(bytes, start, end, frame, timeNs, address);
  }

  onGap(direction: Direction, length: number, frame: number): void {
    this.parsers[direction].gap(length, frame);
  }

  onEnd(direction: Direction): void {
    this.parsers[direction].end();
  }

  private parser(direction: Direction): SipStreamParser {
    const { channel } = this;
    const transport = channel.layers.includes('TLS') ? 'tls' : channel.layers.includes('WebSocket') ? 'ws' : 'tcp';
    return new SipStreamParser(channel.sink, (message) => {
      if (!this.hasClaimed) {
        this.hasClaimed = true;
        channel.claim('SIP', `SIP start line in frame ${message.frame}`);
      }
      const { source, destination } = channel.endpoints(direction);
      this.onMessage(message, source, destination, transport);
    });
  }
}
