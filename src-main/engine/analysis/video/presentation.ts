import type { PictureTable } from './picture-table';

/** Media clock and arrival may part by this much before arrival is believed. */
const resyncSeconds = 0.5;
/** Sender's and capturer's clocks may drift apart: seconds a second. */
const driftAllowance = 0.0005;
/** Pictures looked at to tell a pause of the sender from a stall of the network. */
const lookahead = 250;

type TimedPictures = Pick<PictureTable, 'count' | 'timestamp' | 'segment' | 'arrivalSeconds'>;

/**
 * When each picture is to be shown, in decoding order, on the time axis of the capture (seconds since its first
 * frame). RTP timestamps are instants of presentation (RFC 3550, section 5.1), so pictures that are sent before others
 * that they follow stand where they belong.
 *
 * - Within a segment times follow the timestamps, from the arrival of its first picture on: variable rates stay so.
 * - A sender that pauses and lets its timestamp stand shows in the arrival: the picture is placed by that, unless the
 *   following ones catch up, which is a stall of the network.
 * - A timestamp that leaps ahead is not followed, and after a restart of the sender arrival gives the place anew.
 * - Where the timestamp stands still from picture to picture, arrival tells how far they are apart, at least a tick.
 */
export function presentationTimes(pictures: TimedPictures, clockRateHz: number): Float64Array {
  const { count, timestamp, segment, arrivalSeconds } = pictures;
  const times = new Float64Array(count);
  let anchorTime = 0;
  let anchorTimestamp = 0;
  let anchorLagSeconds = 0;
  let lag = 0;
  let latest = Number.NEGATIVE_INFINITY;
  let stallEnd = 0;
  /** Time since the timestamp stands still. */
  let standing = 0;
  const tick = 1 / clockRateHz;
  const byClock = (i: number): number => anchorTime + (timestamp[i] - anchorTimestamp) / clockRateHz;
  const anchor = (i: number, time: number): number => {
    anchorTime = time;
    anchorTimestamp = timestamp[i];
    anchorLagSeconds = arrivalSeconds[i] - time;
    lag = anchorLagSeconds;
    standing = 0;
    return time;
  };
  for (let i = 0; i < count; i += 1) {
    let time: number;
    if (i === 0 || segment[i] !== segment[i - 1]) {
      time = anchor(i, Math.max(arrivalSeconds[i], latest + tick));
    } else {
      const isStanding = timestamp[i] === timestamp[i - 1];
      standing = isStanding ? standing + Math.max(tick, arrivalSeconds[i] - arrivalSeconds[i - 1]) : 0;
      time = byClock(i) + standing;
      const before = lag;
      lag = arrivalSeconds[i] - time;
      const limit = resyncSeconds + driftAllowance * Math.abs(time - anchorTime);
      const isLate = lag - anchorLagSeconds > limit && i >= stallEnd;
      const leapsAhead = lag - anchorLagSeconds < -limit && lag - before < -resyncSeconds;
      if (isLate) {
        const caughtUp = catchesUp(pictures, i, byClock, anchorLagSeconds + (lag - anchorLagSeconds) / 2);
        if (caughtUp > 0) stallEnd = caughtUp;
      }
      if ((isLate && i >= stallEnd) || leapsAhead) time = anchor(i, Math.max(arrivalSeconds[i], latest + tick));
    }
    times[i] = time;
    latest = Math.max(latest, time);
  }
  return times;
}

/** First picture behind `from` that lags less than `lagSeconds`; 0 when none of the next does. */
function catchesUp(
  { count, segment, arrivalSeconds }: TimedPictures,
  from: number,
  byClock: (i: number) => number,
  lagSeconds: number,
): number {
  const last = Math.min(count, from + lookahead);
  for (let i = from + 1; i < last && segment[i] === segment[from]; i += 1) {
    if (arrivalSeconds[i] - byClock(i) < lagSeconds) return i;
  }
  return 0;
}

/** Positions in decoding order, sorted by time of presentation. */
export function presentationOrder(times: Float64Array): Uint32Array {
  const order = Uint32Array.from(times, (_, i) => i);
  return order.sort((a, b) => times[a] - times[b] || a - b);
}

/**
 * Pictures that a file can be entered at: keys that no picture behind them, in decoding order, precedes in
 * presentation what came before them. The first picture always is one, there is nothing before it.
 */
export function entryPoints(times: Float64Array, isKey: Uint8Array): Uint8Array {
  const entries = new Uint8Array(times.length);
  const earliestFrom = new Float64Array(times.length + 1).fill(Number.POSITIVE_INFINITY);
  for (let i = times.length - 1; i >= 0; i -= 1) earliestFrom[i] = Math.min(times[i], earliestFrom[i + 1]);
  let latest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < times.length; i += 1) {
    if (i === 0 || (isKey[i] && earliestFrom[i] >= latest)) entries[i] = 1;
    latest = Math.max(latest, times[i]);
  }
  return entries;
}
