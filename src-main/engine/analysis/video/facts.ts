import type { VideoFacts } from '#shared/model/stream';
import type { RtpMediaIndex } from '../rtp/media-index';
import { type PayloadSource, streamFormat } from './access-units';
import { type PictureTable, surveyPictures } from './picture-table';
import { presentationTimes } from './presentation';

/** Facts of a video stream, all its packets read; null when its format cannot be taken apart. */
export function videoFacts(index: RtpMediaIndex, payloads: PayloadSource): VideoFacts | null {
  const format = streamFormat(index);
  if (!format) return null;
  const table = surveyPictures(index, format, payloads);
  return factsOfPictures(table, presentationTimes(table, format.parameters.clockRateHz));
}

/** `times` of presentation, in decoding order. */
export function factsOfPictures(table: PictureTable, times: Float64Array): VideoFacts {
  const { description } = table.descriptions[0] ?? { description: null };
  return {
    width: description?.width ?? null,
    height: description?.height ?? null,
    frames: table.count,
    keyFrames: sum(table.isKey),
    damagedFrames: sum(table.isDamaged),
    frameRate: rateOf(times, description?.frameRate ?? null),
  };
}

/** A rate that the bits claim is exact where the times agree with it; arrivals scatter. */
export function rateOf(times: Float64Array, claimed: number | null): number | null {
  const usual = usualRate(times);
  const agrees = usual !== null && claimed !== null && Math.abs(usual / claimed - 1) < 0.05;
  return agrees ? Math.round(1000 * claimed) / 1000 : usual;
}

/** Pictures a second by the usual step between two of them, which losses and pauses do not change. */
function usualRate(times: Float64Array): number | null {
  const sorted = Float64Array.from(times).sort();
  const steps = sorted
    .subarray(1)
    .map((time, i) => time - sorted[i])
    .sort();
  const middle = steps[steps.length >> 1];
  return middle > 0 ? Math.round(1000 / middle) / 1000 : null;
}

function sum(flags: Uint8Array): number {
  return flags.reduce((total, flag) => total + flag, 0);
}
