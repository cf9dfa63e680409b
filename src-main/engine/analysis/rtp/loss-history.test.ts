import { describe, expect, it } from 'vitest';
import { LossHistory } from './loss-history';

/** A packet every 20 ms, but for those in `missing`. */
function history(packets: number, missing: (n: number) => boolean): LossHistory {
  const losses = new LossHistory();
  let highest = -1;
  for (let n = 0; n < packets; n += 1) {
    if (missing(n)) continue;
    losses.take(n * 20e6, n - highest - 1, false);
    highest = n;
  }
  return losses;
}

describe('LossHistory', () => {
  it('is cold without loss', () => {
    expect([...history(500, () => false).heat(8)]).toEqual(Array(8).fill(0));
    expect([...new LossHistory().heat(2)]).toEqual([0, 0]);
  });

  it('shows a lost stretch over the whole of its time', () => {
    // 64 s in slices of 4 s: from 16 s to 24 s nothing came.
    const heat = history(3200, (n) => n >= 800 && n < 1200).heat(16);
    expect(heat[4]).toBeGreaterThan(0.8);
    expect(heat[5]).toBeGreaterThan(0.8);
    for (const i of [0, 1, 2, 7, 8, 15]) expect(heat[i]).toBeLessThan(0.02);
  });

  it('keeps the share of evenly spread losses', () => {
    for (const share of history(100_000, (n) => n % 10 === 5).heat(32)) expect(share).toBeCloseTo(0.1, 1);
  });

  it('takes late packets off again', () => {
    const losses = new LossHistory();
    losses.take(0, 0, false);
    losses.take(60e6, 1, false);
    losses.take(70e6, 0, true);
    expect([...losses.heat(4)].filter((share) => share > 0)).toEqual([]);
  });
});
