import type { SampleTrack } from '#engine/analysis/sessions/media-samples';
import { BitReader } from '#engine/bytes/bit-reader';
import { type AacConfig, plainAacConfig } from '#engine/codecs/index';

const rates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000];
const frameSamples = 1024;
/** Frames over which a step is measured: times in milliseconds tell it well enough then. */
const spanFrames = 32;
/** Neighbouring rates are 8 % apart. */
const tolerance = 0.02;

/**
 * AAC LC as its frames look like, for a track whose configuration was never captured: the rate by the usual distance of
 * frames, the channels by the first element (ISO/IEC 14496-3, table 4.85: 0 one channel, 1 a pair). Null when they fit
 * nothing.
 */
export function assumedAac({ timeSeconds, count }: SampleTrack, firstFrame: Uint8Array): AacConfig | null {
  const steps: number[] = [];
  const last = Math.min(count, timeSeconds.length) - 1;
  const span = Math.min(spanFrames, last);
  for (let i = span; span > 0 && i <= last; i += span) steps.push((timeSeconds[i] - timeSeconds[i - span]) / span);
  const step = steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0;
  const rate = rates.find((candidate) => Math.abs((step * candidate) / frameSamples - 1) < tolerance);
  const element = firstElement(firstFrame);
  return rate && (element === 0 || element === 1) ? plainAacConfig(rate, element + 1) : null;
}

const fill = 6;

/** Identifier of the first element that sounds: encoders put their name before it (4.4.2.1 and 4.4.2.7). */
function firstElement(frame: Uint8Array): number {
  const reader = new BitReader(frame);
  let element = reader.bits(3);
  while (element === fill && !reader.isTruncated) {
    let bytes = reader.bits(4);
    if (bytes === 15) bytes += reader.bits(8) - 1;
    reader.skip(8 * bytes);
    element = reader.bits(3);
  }
  return reader.isTruncated ? -1 : element;
}
