import type { AccessUnit, CodecParameters, MediaPacket } from '../definition';
import { findCodec } from '../index';

/** A packet whose unsaid facts follow from its place: 20 ms at 8000 Hz after the one before, frame numbers from 1. */
export function mediaPacket(
  payload: readonly number[] | Uint8Array,
  rest: Partial<MediaPacket> = {},
  i = 0,
): MediaPacket {
  return {
    payload: Uint8Array.from(payload),
    sequence: 100 + i,
    timestamp: 1000 + 160 * i,
    marker: false,
    frame: 1 + i,
    lostBefore: 0,
    missing: 0,
    ...rest,
  };
}

/** All access units of packets of a format. */
export function depacketize(
  encodingName: string,
  packets: readonly MediaPacket[],
  parameters: Partial<CodecParameters> = {},
): AccessUnit[] {
  const codec = findCodec(encodingName);
  const all = { clockRateHz: codec?.clockRateHz ?? 8000, channels: 1, ...parameters };
  const depacketizer = codec?.createDepacketizer?.(all);
  if (!depacketizer) throw new Error(`${encodingName} has no depacketizer`);
  return [...packets.flatMap((packet) => [...depacketizer.push(packet)]), ...depacketizer.flush()];
}

/** Samples that a format says are in an access unit. */
export function samplesOf(encodingName: string, unit: AccessUnit, parameters: Partial<CodecParameters> = {}): number {
  const codec = findCodec(encodingName);
  const all = { clockRateHz: codec?.clockRateHz ?? 8000, channels: 1, ...parameters };
  return codec?.createCoding?.(all).measure(unit).samples ?? 0;
}
