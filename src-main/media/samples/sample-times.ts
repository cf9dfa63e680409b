import type { SampleTrack } from '#engine/analysis/sessions/media-samples';

/** Times that no capture has: they come from nonsense. */
const maxSeconds = 1e7;

/** Times of presentation, on the axis of the capture; what is no time stands where the one before does. */
export function trackTimes({ timeSeconds }: Pick<SampleTrack, 'timeSeconds'>, count: number): Float64Array {
  const times = new Float64Array(count);
  let last = timeSeconds.subarray(0, count).find(isTime) ?? 0;
  for (let i = 0; i < count; i += 1) {
    if (isTime(timeSeconds[i])) last = timeSeconds[i];
    times[i] = last;
  }
  return times;
}

function isTime(seconds: number): boolean {
  return Math.abs(seconds) <= maxSeconds;
}
