import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeakCollector } from './peaks';

describe('PeakCollector', () => {
  it('finds lowest and highest sample of each stretch, for each channel', () => {
    // 5 ms a bucket: 5 samples at 1000 Hz; the stretches share 12 samples as 4 + 4 + 4.
    const peaks = new PeakCollector(12, 1000, 2);
    const left = [0, 8192, -16384, 0, 100, 200, 300, 400, -400, -300, -200, -100];
    peaks.push(Int16Array.from(left.flatMap((sample) => [sample, 16384])));
    expect([...peaks.channel(0)].map((v) => v * 32768)).toEqual([-16384, 8192, 100, 400, -400, -100]);
    expect([...peaks.channel(1)]).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
  });

  it('does not mind how the samples are cut into blocks', () => {
    fc.assert(
      fc.property(
        fc.int16Array({ minLength: 1, maxLength: 3000 }),
        fc.integer({ min: 1, max: 500 }),
        (samples, size) => {
          const whole = new PeakCollector(samples.length, 8000, 1);
          whole.push(samples);
          const pieces = new PeakCollector(samples.length, 8000, 1);
          for (let i = 0; i < samples.length; i += size) pieces.push(samples.subarray(i, i + size));
          expect(pieces.channel(0)).toEqual(whole.channel(0));
          const all = whole.channel(0);
          expect(Math.max(...all) * 32768).toBe(Math.max(...samples));
          expect(Math.min(...all) * 32768).toBe(Math.min(...samples));
        },
      ),
    );
  });

  it('draws a long recording with a bounded number of stretches', () => {
    expect(new PeakCollector(8000 * 86_400, 8000, 1).channel(0).length).toBe(2 * (1 << 18));
  });
});
