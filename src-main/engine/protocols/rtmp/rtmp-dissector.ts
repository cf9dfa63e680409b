import type {
  Direction,
  ProbeVerdict,
  StreamChannel,
  StreamDissector,
  StreamProtocol,
} from '../../flow/stream-dissector';
import { isConvincing, usualChunkSizes, walkChunks } from './chain';
import { HeaderLook, lookAtHeader } from './chunk-header';
import { type ChunkListener, ChunkReader } from './chunk-reader';
import { type HandshakeFacts, isEncryptedVersion, probeHandshake } from './handshake';
import type { RtmpMessage } from './message';

/** `digest`: both sides proved that they are a Flash player and a server; `unknown`: its end was not captured. */
export type HandshakeKind = 'plain' | 'digest' | 'unknown';

/** Told what an RTMP connection carries, in the order in which it came in each direction. All is borrowed. */
export interface RtmpListener {
  /** C0 and C1, or S0 and S1: the direction that says it first is the client's. */
  onHandshake(direction: Direction, facts: HandshakeFacts, frame: number, timeNs: number): void;
  /** C2 or S2. */
  onHandshakeEnd(direction: Direction, kind: HandshakeKind, frame: number, timeNs: number): void;
  onMessage(message: RtmpMessage): void;
  /** `lost` bytes never came, `skipped` bytes behind them could not be understood, before the next message. */
  onLoss(direction: Direction, lost: number, skipped: number, frame: number): void;
  onEnd(direction: Direction, timeNs: number): void;
}

/** RTMP on any port. `open` gives the listener of a connection. */
export function rtmpProtocol(open: (channel: StreamChannel) => RtmpListener): StreamProtocol {
  return {
    name: 'RTMP',
    probe,
    open: (channel) => openRtmp(channel, open(channel)),
  };
}

/** Reads a stream that is known to carry RTMP. */
export function openRtmp(channel: StreamChannel, listener: RtmpListener): StreamDissector {
  return new RtmpDissector(channel, listener);
}

const look = new HeaderLook();

function probe(bytes: Uint8Array, start: number, end: number, isStart: boolean): ProbeVerdict {
  const verdict = probeHandshake(bytes, start, end);
  if (verdict === 'yes') return 'yes';
  if (isStart) return verdict;
  return isChunkStart(bytes, start, end) ? 'yes' : 'no';
}

/**
 * A segment in the middle of a connection that begins with a chunk, as most do: with several of them, or with one that
 * ends where the segment does.
 */
function isChunkStart(bytes: Uint8Array, start: number, end: number): boolean {
  const header = lookAtHeader(bytes, start, end, look);
  if (header === null || header.points === 0) return false;
  return usualChunkSizes.some((size) => {
    const chain = walkChunks(bytes, start, end, size, []);
    return chain.brokenAt < 0 && (chain.isExact || isConvincing(chain, false));
  });
}

class RtmpDissector implements StreamDissector, ChunkListener {
  private readonly readers: readonly [ChunkReader, ChunkReader];
  private isClaimed = false;

  constructor(
    private readonly channel: StreamChannel,
    private readonly listener: RtmpListener,
  ) {
    this.readers = [new ChunkReader(0, this, channel.sink), new ChunkReader(1, this, channel.sink)];
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
    this.readers[direction].push(bytes, start, end, frame, timeNs, address);
  }

  onGap(direction: Direction, length: number, frame: number, timeNs: number): void {
    this.readers[direction].gap(length, frame, timeNs);
  }

  onEnd(direction: Direction, timeNs: number): void {
    this.readers[direction].end(timeNs);
    this.listener.onEnd(direction, timeNs);
  }

  onHandshake(direction: Direction, facts: HandshakeFacts, frame: number, timeNs: number): void {
    const isEncrypted = isEncryptedVersion(facts.version);
    this.claim(isEncrypted ? 'RTMPE' : 'RTMP', `RTMP handshake of version ${facts.version} in frame ${frame}`);
    if (isEncrypted) {
      const message = 'An RTMPE connection: its content is encrypted with a key that the capture does not tell.';
      this.channel.sink.report('warning', 'rtmpe', frame, message);
    }
    this.listener.onHandshake(direction, facts, frame, timeNs);
  }

  onHandshakeEnd(direction: Direction, frame: number, timeNs: number): void {
    this.listener.onHandshakeEnd(direction, this.kindOf(direction), frame, timeNs);
  }

  onMessage(message: RtmpMessage): void {
    this.claim('RTMP', `RTMP chunks from frame ${message.firstFrame} on`);
    this.listener.onMessage(message);
  }

  onLoss(direction: Direction, lost: number, skipped: number, frame: number): void {
    const bytes = lost > 0 ? `${lost} bytes are missing` : `${skipped} bytes before the first chunk that is whole`;
    const message = `RTMP: ${bytes}; messages that lay there are not shown.`;
    this.channel.sink.report(lost > 0 ? 'warning' : 'note', 'rtmp-bytes-missing', frame, message);
    this.listener.onLoss(direction, lost, skipped, frame);
  }

  private claim(protocol: string, reason: string): void {
    if (this.isClaimed) return;
    this.isClaimed = true;
    this.channel.claim(protocol, reason);
  }

  /** The plain handshake sends the random bytes of the other side back; with digests they are others. */
  private kindOf(direction: Direction): HandshakeKind {
    const own = this.readers[direction].handshake;
    const other = this.readers[direction === 0 ? 1 : 0];
    if (!own.isWhole || !other.handshake.isWhole || other.isUnknown) return 'unknown';
    return own.echo.every((value, i) => value === other.handshake.sample[i]) ? 'plain' : 'digest';
  }
}
