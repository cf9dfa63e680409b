import { extendSequence, extendTimestamp } from '#shared/base/sequence';
import { RtpHeader } from '../../protocols/rtp';
import type { PacketSource } from '../rtp/packet-source';
import { parseMedia } from '../rtp/rtp-flow';
import type { RtpStream } from '../rtp/rtp-stream';
import { type SampledPacket, StreamSample } from './sample';

type RawPacket = Omit<SampledPacket, 'step' | 'begins' | 'ends'>;

/** Packets of all samples together: what looking at them may cost, however many streams there are. */
const maxPackets = 200_000;
const maxPacketsOfStream = 256;
const minPacketsOfStream = 16;
/** Bytes kept of the packets of one flow at a time. */
const maxBytes = 64 << 20;
/** Other packets passed over for each one that is wanted. */
const patience = 16;
/** Packets whose numbers are further apart belong to different parts of the stream (RFC 3550, appendix A.1). */
const maxDropout = 3000;

/** Packets to look at of each of so many streams. */
export function sampleSize(streams: number): number {
  return Math.max(minPacketsOfStream, Math.min(maxPacketsOfStream, Math.floor(maxPackets / Math.max(1, streams))));
}

class Collector {
  readonly packets: RawPacket[] = [];
  private sequence = -1;
  private timestamp = 0;

  constructor(
    readonly stream: RtpStream,
    readonly payloadType: number,
  ) {}

  /** Returns the bytes taken. */
  take(header: RtpHeader, bytes: Uint8Array, frame: number, missing: number): number {
    const isFirst = this.sequence < 0;
    // Room below, so that late packets stay above zero.
    const sequence = isFirst ? header.sequence + 0x10000 : extendSequence(header.sequence, this.sequence);
    if (!isFirst && Math.abs(sequence - this.sequence) > maxDropout) return 0;
    this.sequence = isFirst ? sequence : Math.max(this.sequence, sequence);
    this.timestamp = isFirst ? header.timestamp + 2 ** 32 : extendTimestamp(header.timestamp, this.timestamp);
    const payload = bytes.slice(header.payloadStart, header.payloadEnd);
    this.packets.push({ payload, sequence, timestamp: this.timestamp, marker: header.marker, frame, missing });
    return payload.length;
  }

  sample(): StreamSample {
    const { slope } = this.stream.statistics;
    return new StreamSample(this.packets, slope.ticksPerSecond, slope.coveredSeconds);
  }
}

/** What is wanted of one flow. */
export interface WantedSample {
  readonly stream: RtpStream;
  readonly payloadType: number;
}

/** Reads the first `size` packets of each wanted payload type, all of one flow, in one pass over it. */
export function collectSamples(
  flow: number,
  wanted: readonly WantedSample[],
  size: number,
  source: PacketSource,
): StreamSample[] {
  const collectors = wanted.map(({ stream, payloadType }) => new Collector(stream, payloadType));
  const bySource = new Map<number, Collector[]>();
  for (const collector of collectors) {
    const same = bySource.get(collector.stream.ssrc);
    if (same) same.push(collector);
    else bySource.set(collector.stream.ssrc, [collector]);
  }
  const header = new RtpHeader();
  let visits = patience * size * wanted.length;
  let open = wanted.length;
  let bytesLeft = maxBytes;
  source.forEachPacket(flow, (packet, frame) => {
    visits -= 1;
    if (packet.payloadEnd > packet.payloadStart && parseMedia(packet, header)) {
      const collector = bySource.get(header.ssrc)?.find((c) => c.payloadType === header.payloadType);
      if (collector && collector.packets.length < size && frame >= collector.stream.firstFrame) {
        bytesLeft -= collector.take(header, packet.bytes, frame, packet.payloadMissing);
        if (collector.packets.length === size) open -= 1;
      }
    }
    return open > 0 && visits > 0 && bytesLeft > 0;
  });
  return collectors.map((collector) => collector.sample());
}
