import { describe, expect, it } from 'vitest';
import { formatDelta, formatPosition, formatSeconds } from './time-format';

describe('formatSeconds', () => {
  it('keeps its decimals and has no negative zero', () => {
    expect(formatSeconds(12.3456784)).toBe('12.345678');
    expect(formatSeconds(-0.0000001)).toBe('0.000000');
    expect(formatSeconds(Number.NaN)).toBe('–');
  });
});

describe('formatDelta', () => {
  it('signs what is not negative', () => {
    expect(formatDelta(0.02)).toBe('+0.020000');
    expect(formatDelta(-0.5, 1)).toBe('-0.5');
  });
});

describe('formatPosition', () => {
  it.each([
    [0, 1, '0:00.0'],
    [7.29, 1, '0:07.2'],
    [59.999, 1, '0:59.9'],
    [60, 1, '1:00.0'],
    [4.35, 2, '0:04.35'],
    [1.1, 1, '0:01.1'],
    [3723.5, 2, '1:02:03.50'],
    [61, 0, '1:01'],
    [-1, 1, '0:00.0'],
    [Number.NaN, 0, '0:00'],
  ])('writes %d s with %d decimals as %s', (seconds, decimals, text) => {
    expect(formatPosition(seconds, decimals)).toBe(text);
  });
});
