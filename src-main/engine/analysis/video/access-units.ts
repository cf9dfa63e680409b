import type { StreamKind } from '#shared/model/stream';
import { type AccessUnit, type CodecDefinition, type CodecParameters, codecs, findCodec } from '../../codecs/index';
import type { RtpMediaIndex } from '../rtp/media-index';
import { type PlayOrder, playOrder } from '../rtp/play-order';

/** Gives the captured payload of one packet: borrowed, valid until the next call. */
export interface PayloadSource {
  read(columns: Pick<RtpMediaIndex, 'payloadOffset' | 'payloadLength' | 'side'>, packet: number): Uint8Array;
}

/** What the packets of a stream are taken apart with. */
export interface StreamFormat {
  readonly codec: CodecDefinition;
  readonly parameters: CodecParameters;
  /** The types that carry it; others (retransmissions, error correction) are passed over. */
  readonly payloadTypes: ReadonlySet<number>;
}

/**
 * The format of most packets of a stream among those that make access units of that kind; null when there is none. A
 * stream whose payload cannot be read (SRTP) has none.
 */
export function streamFormat(index: RtpMediaIndex, kind: StreamKind = 'video'): StreamFormat | null {
  if (index.isEncrypted) return null;
  const packets = new Map<number, number>();
  for (let i = 0; i < index.count; i += 1) {
    packets.set(index.payloadType[i], (packets.get(index.payloadType[i]) ?? 0) + 1);
  }
  let best: StreamFormat | null = null;
  let most = 0;
  const byCodec = new Map<string, { readonly types: Set<number>; packets: number }>();
  for (const [payloadType, count] of packets) {
    const format = formatOf(index, payloadType);
    if (!format || format.codec.media !== kind || !format.codec.createDepacketizer) continue;
    const known = byCodec.get(format.codec.id) ?? { types: new Set<number>(), packets: 0 };
    known.types.add(payloadType);
    known.packets += count;
    byCodec.set(format.codec.id, known);
    if (known.packets > most) {
      most = known.packets;
      best = { ...format, payloadTypes: known.types };
    }
  }
  return best;
}

function formatOf({ bindings }: RtpMediaIndex, payloadType: number): Omit<StreamFormat, 'payloadTypes'> | null {
  const binding = bindings.find((candidate) => candidate.payloadType === payloadType);
  const codec = binding
    ? findCodec(binding.encodingName)
    : codecs.values().find(({ staticTypes }) => staticTypes.includes(payloadType));
  if (!codec) return null;
  const clockRateHz = binding && binding.clockRateHz > 0 ? binding.clockRateHz : codec.clockRateHz;
  return { codec, parameters: { clockRateHz, channels: binding?.channels ?? 1, fmtp: binding?.fmtp } };
}

/** An access unit with the segment (between restarts of the sender) that its timestamp is counted in. */
export interface SegmentUnit {
  readonly unit: AccessUnit;
  readonly segment: number;
  /** The packet of the index that came when it was complete. */
  readonly packet: number;
}

/** The access units of a stream in decoding order, read packet by packet. */
export function* accessUnits(
  index: RtpMediaIndex,
  { codec, parameters, payloadTypes }: StreamFormat,
  payloads: PayloadSource,
  order: PlayOrder = playOrder(index),
): Generator<SegmentUnit> {
  const depacketizer = codec.createDepacketizer?.(parameters);
  if (!depacketizer) return;
  let segment = 0;
  let previous = -1;
  let lostBefore = 0;
  for (const packet of order.packets) {
    if (previous >= 0 && index.segment[packet] !== index.segment[previous]) {
      for (const unit of depacketizer.reset('restart')) yield { unit, segment, packet: previous };
      lostBefore = 0;
    } else if (previous >= 0) {
      lostBefore += index.sequence[packet] - index.sequence[previous] - 1;
    }
    previous = packet;
    segment = index.segment[packet];
    if (!payloadTypes.has(index.payloadType[packet])) continue;
    const units = depacketizer.push({
      payload: payloads.read(index, packet),
      sequence: index.sequence[packet],
      timestamp: index.timestamp[packet],
      marker: index.marker[packet] === 1,
      frame: index.frame[packet],
      lostBefore,
      missing: index.payloadMissing[packet],
    });
    lostBefore = 0;
    for (const unit of units) yield { unit, segment, packet };
  }
  for (const unit of depacketizer.flush()) yield { unit, segment, packet: previous };
}

/** When a frame of the stream was captured, seconds since the first frame of the capture. */
export function arrivalSeconds({ frame, timeNs, count }: RtpMediaIndex, wanted: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (frame[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return count > 0 ? timeNs[low] / 1e9 : 0;
}
