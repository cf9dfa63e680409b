import { describe, expect, it } from 'vitest';
import { estimateMos, mosOfR } from './e-model';

describe('E-model', () => {
  it.each([
    [93.2, 4.41],
    [90, 4.34],
    [80, 4.024],
    [70, 3.6],
    [60, 3.1],
    [50, 2.575],
    [6, 1],
    [0, 1],
    [100, 4.5],
  ])('maps R %f to MOS %f (G.107, annex B)', (r, mos) => {
    expect(mosOfR(r)).toBeCloseTo(mos, 2);
  });

  it('never goes below 1, where the cubic dips', () => {
    for (let r = 0; r <= 100; r += 0.1) expect(mosOfR(r)).toBeGreaterThanOrEqual(1);
  });

  it('impairs G.711 by loss (G.107, equation 7-29, with Ie 0 and Bpl 4.3)', () => {
    expect(estimateMos('PCMU', 0)).toMatchObject({ r: 93.2, ie: 0, bpl: 4.3, burstR: 1, delayMs: 0 });
    const two = estimateMos('PCMA', 2);
    // 95 * 2 / (2 + 4.3) = 30.159
    expect(two?.r).toBeCloseTo(63.041, 3);
    expect(two?.value).toBeCloseTo(3.26, 2);
    expect(estimateMos('PCMU', 100)?.value).toBe(1);
  });

  it('impairs G.729 by itself, and less by loss', () => {
    expect(estimateMos('G729', 0)?.r).toBeCloseTo(82.2, 3);
    // 11 + 84 * 2 / (2 + 19) = 19
    expect(estimateMos('g729', 2)?.r).toBeCloseTo(74.2, 3);
  });

  it('says nothing of codecs that G.113 does not tabulate', () => {
    for (const codec of ['opus', 'G722', 'AMR', 'L16', 'G723', 'H264']) expect(estimateMos(codec, 0)).toBeNull();
  });
});
