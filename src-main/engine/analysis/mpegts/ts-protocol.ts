import type {
  Direction,
  ProbeVerdict,
  StreamChannel,
  StreamDissector,
  StreamProtocol,
} from '../../flow/stream-dissector';
import { looksLikePacket, syncByte, tsStrides } from '../../containers/mpeg-ts';

/** Sync bytes in a row that begin a stream, and those that are wanted where its beginning was not seen. */
const startSyncs = 3;
const middleSyncs = 5;

/** What takes the bytes of one direction. */
export interface TsByteSink {
  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void;
  gap(length: number, frame: number, timeNs: number): void;
  end(): void;
}

/** A transport stream that is sent over a byte stream without more ado. */
export function tsProtocol(open: (channel: StreamChannel, direction: Direction) => TsByteSink): StreamProtocol {
  return { name: 'MPEG-TS', probe: probeTransportStream, open: (channel) => new TsDissector(channel, open) };
}

export function probeTransportStream(bytes: Uint8Array, start: number, end: number, isStart: boolean): ProbeVerdict {
  if (!isStart) {
    for (let at = start; at < Math.min(end, start + 204); at += 1) {
      if (bytes[at] === syncByte && tsStrides.some((stride) => syncsAt(bytes, at, end, stride) >= middleSyncs))
        return 'yes';
    }
    return 'no';
  }
  let isOpen = false;
  for (const stride of tsStrides) {
    const at = start + (stride === 192 ? 4 : 0);
    if (at >= end) return 'more';
    if (syncsAt(bytes, at, end, stride) >= startSyncs) return 'yes';
    // Those that are there fit, but they are too few.
    if (bytes[at] === syncByte && at + syncsAt(bytes, at, end, stride) * stride >= end) isOpen = true;
  }
  return isOpen ? 'more' : 'no';
}

function syncsAt(bytes: Uint8Array, from: number, end: number, stride: number): number {
  let syncs = 0;
  for (let at = from; at < end && looksLikePacket(bytes, at, end); at += stride) syncs += 1;
  return syncs;
}

class TsDissector implements StreamDissector {
  private readonly sinks: [TsByteSink | null, TsByteSink | null] = [null, null];

  constructor(
    private readonly channel: StreamChannel,
    private readonly open: (channel: StreamChannel, direction: Direction) => TsByteSink,
  ) {}

  onData(
    direction: Direction,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void {
    let sink = this.sinks[direction];
    if (!sink) {
      // What the other side says is no transport stream for that.
      if (this.sinks[direction ^ 1] && probeTransportStream(bytes, start, end, true) !== 'yes') return;
      sink = this.open(this.channel, direction);
      this.sinks[direction] = sink;
      this.channel.claim('MPEG-TS', `Sync bytes 188 bytes apart in frame ${frame}`);
    }
    sink.push(bytes, start, end, frame, timeNs, address);
  }

  onGap(direction: Direction, length: number, frame: number, timeNs: number): void {
    this.sinks[direction]?.gap(length, frame, timeNs);
  }

  onEnd(direction: Direction): void {
    this.sinks[direction]?.end();
  }
}
