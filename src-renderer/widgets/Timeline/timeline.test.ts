import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimelineLane } from '#shared/model/timeline';
import { placeLanes } from './order';
import { axisTicks, panned, percentOf, wholeView, zoomed } from './view';

describe('time axis', () => {
  it('has round ticks no closer than asked for', () => {
    expect(axisTicks({ start: 0, end: 12 }, 800)).toEqual({ seconds: [0, 2, 4, 6, 8, 10, 12], decimals: 0 });
    expect(axisTicks({ start: 0.05, end: 0.25 }, 500).decimals).toBe(2);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0.02, max: 1e6, noNaN: true }),
        fc.integer({ min: 100, max: 3000 }),
        (start, span, width) => {
          const { seconds } = axisTicks({ start, end: start + span }, width);
          expect(seconds.length).toBeLessThanOrEqual(Math.floor(width / 80) + 2);
        },
      ),
    );
  });

  it('zooms around a point and stays within the capture', () => {
    const view = zoomed(wholeView(100), 0.5, 25, 100);
    expect(view).toEqual({ start: 12.5, end: 62.5 });
    expect(percentOf(view, 25)).toBe(25);
    expect(zoomed(view, 10, 25, 100)).toEqual({ start: 0, end: 100 });
    expect(panned(view, 1000, 100)).toEqual({ start: 50, end: 100 });
    expect(panned(view, -1000, 100)).toEqual({ start: 0, end: 50 });
  });

  it('has an axis for a capture of one instant', () => expect(wholeView(0)).toEqual({ start: 0, end: 1 }));
});

describe('lanes', () => {
  const lane = (id: string, startSeconds: number, parentId: string | null = null): TimelineLane => ({
    id,
    kind: parentId === null ? 'call' : 'audio',
    sourceId: id,
    label: id,
    detail: '',
    startSeconds,
    endSeconds: startSeconds + 1,
    parentId,
    lossHeat: new Float32Array(0),
  });

  it('stand by their start, streams below their call, orphans by themselves', () => {
    const placed = placeLanes([
      lane('s2', 6, 'b'),
      lane('b', 5),
      lane('a', 1),
      lane('x', 0, 'gone'),
      lane('s1', 2, 'a'),
    ]);
    expect(placed.map((entry) => `${entry.lane.id}${entry.level}`)).toEqual(['x1', 'a1', 's12', 'b1', 's22']);
  });
});
