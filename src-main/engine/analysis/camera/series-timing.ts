import { type CameraClock, findCameraClock } from './camera-clock';
import { ownTimeSuffix } from './picture-samples';
import type { PictureList } from './picture-list';
import type { PictureSeries } from './picture-series';

/** When the pictures of a series came, and when the camera says it took them. */
export interface SeriesTiming {
  readonly count: number;
  /** Arrival of the last byte of each picture, seconds since the first frame of the capture. */
  readonly endSeconds: Float64Array;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  /** Times between pictures that are longer than usual, and the longest of all. */
  readonly gaps: number;
  readonly longestGapSeconds: number;
  readonly clock: CameraClock | null;
}

/** A time between pictures counts as a gap from so many usual ones on, and from so many seconds on. */
const gapFactor = 2.5;
const gapSeconds = 0.2;

export function timingOf(list: PictureList): SeriesTiming {
  const endSeconds = Float64Array.from(list.pictures, ({ endNs }) => endNs / 1e9);
  const count = endSeconds.length;
  const between = endSeconds.slice(1).map((end, i) => end - endSeconds[i]);
  const usual = between.slice().sort()[between.length >>> 1] ?? 0;
  const limit = Math.max(gapSeconds, gapFactor * usual);
  let gaps = 0;
  let longest = 0;
  for (const seconds of between) {
    if (seconds > limit) gaps += 1;
    if (seconds > longest) longest = seconds;
  }
  return {
    count,
    endSeconds,
    startSeconds: endSeconds[0],
    durationSeconds: endSeconds[count - 1] - endSeconds[0],
    gaps,
    longestGapSeconds: longest,
    clock: findCameraClock(list.numbers, endSeconds),
  };
}

/** Pictures a second as they were captured; null for one alone. */
export function frameRateOf({ count, durationSeconds }: SeriesTiming): number | null {
  return count > 1 && durationSeconds > 0 ? (count - 1) / durationSeconds : null;
}

const transfers = {
  request: 'one request a picture',
  multipart: 'multipart body',
  endless: 'pictures one after the other in one body',
} as const;

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** What the details of a camera session show, in their order. */
export function cameraDetails(
  series: PictureSeries,
  timing: SeriesTiming,
): Readonly<Record<string, string | number | boolean | null>> {
  const { clock } = timing;
  const { width, height, share } = series.size;
  const rate = frameRateOf(timing);
  const own = clock ? clock.seconds[clock.seconds.length - 1] : 0;
  return {
    frames: timing.count,
    frameRate: rate === null ? null : rounded(rate, 3),
    size: `${width}x${height}${share < 1 ? `, ${Math.round(share * 100)} % of the pictures` : ''}`,
    transfer: transfers[series.transfer],
    gaps: timing.gaps,
    longestGapSeconds: rounded(timing.longestGapSeconds, 3),
    brokenFrames: series.list.broken,
    firstSeconds: rounded(timing.startSeconds, 6),
    lastSeconds: rounded(timing.startSeconds + timing.durationSeconds, 6),
    timing: 'capture: the last byte of each picture',
    server: series.product,
    ...(clock && {
      cameraTimingId: `${series.id}${ownTimeSuffix}`,
      cameraTiming: clock.kind === 'clock' ? `clock in ${clock.field}` : `frame numbers in ${clock.field}`,
      cameraFirst: clock.first,
      cameraLast: clock.last,
      ...(clock.kind === 'frame-number' && { cameraFramesSkipped: clock.skipped }),
      cameraDurationSeconds: rounded(own, 6),
      cameraFrameRate: own > 0 ? rounded((timing.count - 1) / own, 3) : null,
      cameraDifferenceMs: rounded(clock.maxDifferenceMs, 3),
    }),
  };
}
