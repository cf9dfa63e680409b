import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnRange, toChannels } from './peaks';

describe('toChannels', () => {
  it('makes all lanes one length and keeps them within full scale', () => {
    const [a, b] = toChannels([Float32Array.of(-0.5, 0.5, -2, Number.NaN), Float32Array.of(-0.25, 3)]);
    expect([...a]).toEqual([-0.5, 0.5, -1, 0]);
    expect([...b]).toEqual([-0.25, 1, 0, 0]);
  });
  it('draws silence for a lane without sound', () => {
    expect(toChannels([new Float32Array(0)])[0]).toHaveLength(2);
  });
});

describe('columnRange', () => {
  const pairs = (count: number): Float32Array => {
    const values = new Float32Array(count * 2);
    for (let i = 0; i < count; i++) {
      values[2 * i] = -(i + 1) / (count + 1);
      values[2 * i + 1] = (i + 1) / (count + 1);
    }
    return values;
  };

  it('keeps every extreme when many pairs share a pixel', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 1, max: 100 }),
        (list, width) => {
          const values = Float32Array.from(list);
          const ranges = Array.from({ length: width }, (_, x) => columnRange(values, x, width));
          expect(Math.min(...ranges.map(([low]) => low))).toBe(Math.min(...values));
          expect(Math.max(...ranges.map(([, high]) => high))).toBe(Math.max(...values));
        },
      ),
    );
  });

  it('shows a whole pair when one pair covers many pixels', () => {
    const values = pairs(4);
    for (let x = 0; x < 64; x++) {
      const [low, high] = columnRange(values, x, 64);
      if (x < 56) expect(high - low).toBeGreaterThan(0.3);
    }
  });

  it('is silent beyond the end', () => {
    expect(columnRange([], 0, 10)).toEqual([0, 0]);
  });
});
