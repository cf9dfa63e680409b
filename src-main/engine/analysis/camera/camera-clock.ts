/** What a camera says of when it took its pictures. */
export interface CameraClock {
  /** `X-Timestamp`. */
  readonly field: string;
  readonly kind: 'clock' | 'frame-number';
  /** When each picture was taken, in seconds from the first one; as captured where the camera did not say. */
  readonly seconds: Float64Array;
  /** How far the camera's time and the capture's are apart: the largest distance from their mean. */
  readonly maxDifferenceMs: number;
  /** First and last number; of frame numbers, those in between that never came. */
  readonly first: number;
  readonly last: number;
  readonly skipped: number;
}

/** Ticks a second that clocks in header fields have. */
const tickRates = [1, 1000, 1_000_000, 90_000];
/** A clock goes as fast as the capture's, this far. */
const tolerance = 0.05;
const minPictures = 3;

/**
 * Finds the clock, or else the counter of frames, among the numbers that came with the pictures. A clock goes up with
 * the time of capture; a counter goes up by whole steps. `endSeconds` are times of capture.
 */
export function findCameraClock(
  numbers: ReadonlyMap<string, readonly number[]>,
  endSeconds: Float64Array,
): CameraClock | null {
  const rising = [...numbers].filter(([, values]) => isRising(values, endSeconds.length));
  for (const [field, values] of rising) {
    const rate = tickRateOf(values, endSeconds);
    if (rate > 0) return clockOf(field, 'clock', values, endSeconds, rate, 0);
  }
  for (const [field, values] of rising) {
    const known = values.filter((value) => !Number.isNaN(value));
    if (!known.every(Number.isInteger)) continue;
    const [first, last] = [known[0], known[known.length - 1]];
    const duration = endSeconds[endSeconds.length - 1] - endSeconds[0];
    const rate = framerateOf(numbers) ?? (duration > 0 ? (last - first) / duration : 0);
    const skipped = last - first + 1 - known.length;
    // More than a hundred steps a picture is no counter of pictures.
    if (rate > 0 && skipped < 100 * known.length)
      return clockOf(field, 'frame-number', values, endSeconds, rate, skipped);
  }
  return null;
}

function isRising(values: readonly number[], count: number): boolean {
  if (count < minPictures || values.length < count * 0.9) return false;
  let rises = 0;
  let known = 0;
  let last = Number.NaN;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (value > last) rises += 1;
    known += 1;
    last = value;
  }
  return known >= count * 0.9 && rises >= (known - 1) * 0.95;
}

/** Ticks a second; 0 when it is no clock. Times a second apart or more are not needed to tell: whole seconds will do. */
function tickRateOf(values: readonly number[], endSeconds: Float64Array): number {
  const first = values.findIndex((value) => !Number.isNaN(value));
  const last = values.length - 1;
  const duration = endSeconds[last] - endSeconds[first];
  if (duration <= 0) return 0;
  const slope = (values[last] - values[first]) / duration;
  return tickRates.find((rate) => Math.abs(slope / rate - 1) <= tolerance) ?? 0;
}

/** `X-Framerate: 25`: the same with every picture. */
function framerateOf(numbers: ReadonlyMap<string, readonly number[]>): number | null {
  for (const [name, values] of numbers) {
    if (/frame-?rate/i.test(name) && values[0] > 0 && values[0] <= 1000) return values[0];
  }
  return null;
}

function clockOf(
  field: string,
  kind: CameraClock['kind'],
  values: readonly number[],
  endSeconds: Float64Array,
  rate: number,
  skipped: number,
): CameraClock {
  const start = values.findIndex((value) => !Number.isNaN(value));
  const seconds = new Float64Array(endSeconds.length);
  let sum = 0;
  let known = 0;
  for (let i = 0; i < seconds.length; i += 1) {
    const value = values[i];
    const isKnown = value !== undefined && !Number.isNaN(value);
    seconds[i] = isKnown ? (value - values[start]) / rate : endSeconds[i] - endSeconds[0];
    if (!isKnown) continue;
    sum += seconds[i] - (endSeconds[i] - endSeconds[0]);
    known += 1;
  }
  const mean = sum / known;
  let largest = 0;
  for (let i = 0; i < seconds.length; i += 1) {
    largest = Math.max(largest, Math.abs(seconds[i] - (endSeconds[i] - endSeconds[0]) - mean));
  }
  const given = values.filter((value) => !Number.isNaN(value));
  return {
    field,
    kind,
    seconds,
    maxDifferenceMs: largest * 1000,
    first: given[0],
    last: given[given.length - 1],
    skipped,
  };
}
