import { findCodec } from '../../codecs';
import type { StreamSample } from './sample';

/** What taking the packets apart as a format gave. */
export interface Confirmation {
  /** Whole access units; those beside a gap do not count. */
  readonly intact: number;
  readonly damaged: number;
  /** `640 x 480, High`; null when no picture told its size. */
  readonly picture: string | null;
}

/** Takes the sample apart with the format's own depacketizer, and asks its inspector what the pictures are. */
export function confirmPictures(encodingName: string, sample: StreamSample): Confirmation {
  const codec = findCodec(encodingName);
  const parameters = { clockRateHz: 90_000, channels: 1 };
  const depacketizer = codec?.createDepacketizer?.(parameters);
  const inspector = codec?.createInspector?.(parameters);
  if (!depacketizer) return { intact: 0, damaged: 0, picture: null };
  const units = [];
  let expected = sample.packets[0]?.sequence ?? 0;
  for (const packet of sample.packets) {
    units.push(...depacketizer.push({ ...packet, lostBefore: packet.sequence - expected }));
    expected = packet.sequence + 1;
  }
  units.push(...depacketizer.flush());
  let intact = 0;
  let damaged = 0;
  for (const unit of units) {
    inspector?.push(unit);
    if (!unit.isDamaged) intact += 1;
    else if (unit.gaps.length === 0) damaged += 1;
  }
  const found = inspector?.description ?? null;
  const isSane =
    found !== null && found.width >= 16 && found.height >= 16 && found.width <= 16_384 && found.height <= 16_384;
  const picture = isSane ? `${found.width} x ${found.height}${found.profile ? `, ${found.profile}` : ''}` : null;
  return { intact, damaged, picture };
}
