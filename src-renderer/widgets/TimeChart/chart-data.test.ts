import { describe, expect, it } from 'vitest';
import { nearestIndex, timeRange, toPlotValues } from './chart-data';

describe('toPlotValues', () => {
  it('draws through short silences and breaks at long ones', () => {
    const time = [0, 1, 2, 3, 4, 5, 6, 7];
    const values = [Number.NaN, 1, Number.NaN, 2, Number.NaN, Number.NaN, Number.NaN, 3];
    expect(toPlotValues(time, values, 2)).toEqual([null, 1, undefined, 2, null, null, null, 3]);
    expect(toPlotValues(time, values, 4)).toEqual([null, 1, undefined, 2, undefined, undefined, undefined, 3]);
  });
  it('keeps as many values as there are times', () => {
    expect(toPlotValues([0, 1], [Number.NaN, Number.POSITIVE_INFINITY], 9)).toEqual([null, null]);
    expect(toPlotValues([], [], 1)).toEqual([]);
  });
});

describe('timeRange', () => {
  it('leaves room for half a bar at either end', () => {
    expect(timeRange([1, 2, 3])).toEqual([0.5, 3.5]);
    expect(timeRange([4])).toEqual([3.5, 4.5]);
    expect(timeRange([])).toEqual([0, 1]);
  });
});

describe('nearestIndex', () => {
  it('finds the closest value', () => {
    const time = [0, 1, 2, 4];
    expect(nearestIndex(time, -5)).toBe(0);
    expect(nearestIndex(time, 1.4)).toBe(1);
    expect(nearestIndex(time, 3.1)).toBe(3);
    expect(nearestIndex(time, 99)).toBe(3);
    expect(nearestIndex([], 1)).toBe(-1);
  });
});
