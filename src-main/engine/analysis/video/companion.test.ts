import { expect, it } from 'vitest';
import type { RtpMediaIndex } from '../rtp/media-index';
import type { SenderReport } from '../rtp/rtcp-log';
import { type ClockSide, relateClocks } from './companion';

/** Packets every 20 ms from `start` on; the network delays them by `delay` seconds. */
function side(
  clockRateHz: number,
  firstTimestamp: number,
  delay: number,
  reports: readonly SenderReport[] = [],
): ClockSide {
  const count = 100;
  const index = {
    count,
    timeNs: Float64Array.from({ length: count }, (_, i) => (i * 0.02 + delay) * 1e9),
    timestamp: Float64Array.from({ length: count }, (_, i) => firstTimestamp + i * 0.02 * clockRateHz),
    sequence: Float64Array.from({ length: count }, (_, i) => i),
    segment: new Uint32Array(count),
  } as unknown as RtpMediaIndex;
  return { index, clockRateHz, reports };
}

const report = (seconds: number, rtpTimestamp: number): SenderReport => ({
  frame: 1,
  timeNs: 0,
  ntpSeconds: 3_900_000_000 + Math.floor(seconds),
  ntpFraction: (seconds % 1) * 2 ** 32,
  rtpTimestamp,
});

it('brings media together by the wallclocks of their sender, across wraps of the timestamp', () => {
  // Both were taken at the same moments; the picture came 80 ms later than the sound.
  const video = side(90_000, 2 ** 32 - 45_000, 0.1, [report(10, 45_000), report(15, 45_000 + 450_000)]);
  const audio = side(8000, 4000, 0.02, [report(9.5, 8000 - 4000 + 0), report(14.5, 44_000)]);
  const { basis, audioShiftSeconds, uncertaintyMs } = relateClocks(video, audio);
  expect(basis).toBe('rtcp');
  // Wallclock of the first picture is 9 s, of the first sample 9.5 s; they came 80 ms apart.
  expect(audioShiftSeconds).toBeCloseTo(0.1 - 9 - (0.02 - 9.5), 6);
  expect(uncertaintyMs).toBe(2);
});

it('says how far the reports of a sender disagree', () => {
  const video = side(90_000, 0, 0, [report(10, 0), report(15, 450_000 + 2700)]);
  const audio = side(8000, 0, 0, [report(10, 0)]);
  const { uncertaintyMs } = relateClocks(video, audio);
  expect([31, 32]).toContain(uncertaintyMs);
});

it('goes by arrival without reports, or with wallclocks that have nothing to do with each other', () => {
  const without = relateClocks(side(90_000, 0, 0), side(8000, 0, 0.05));
  expect(without).toEqual({ basis: 'arrival', audioShiftSeconds: 0, uncertaintyMs: expect.any(Number) });
  const apart = relateClocks(side(90_000, 0, 0, [report(10, 0)]), side(8000, 0, 0, [report(5000, 0)]));
  expect(apart.basis).toBe('arrival');
});
