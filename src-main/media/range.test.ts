import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentRange, parseRange } from './range';

describe('parseRange', () => {
  it.each([
    ['bytes=0-0', 1000, { start: 0, end: 0 }],
    ['bytes=0-499', 1000, { start: 0, end: 499 }],
    ['bytes=500-', 1000, { start: 500, end: 999 }],
    ['bytes=0-', 1000, { start: 0, end: 999 }],
    ['bytes=-1', 1000, { start: 999, end: 999 }],
    ['bytes=-5000', 1000, { start: 0, end: 999 }],
    ['bytes=900-99999999999999999999', 1000, { start: 900, end: 999 }],
    ['BYTES= 1-2 ', 1000, { start: 1, end: 2 }],
    ['bytes=1000-', 1000, 'unsatisfiable'],
    ['bytes=-0', 1000, 'unsatisfiable'],
    ['bytes=0-', 0, 'unsatisfiable'],
    ['bytes=-1', 0, 'unsatisfiable'],
    ['bytes=5-4', 1000, 'all'],
    ['bytes=0-1,3-4', 1000, 'all'],
    ['bytes=-', 1000, 'all'],
    ['bytes=a-b', 1000, 'all'],
    ['seconds=0-1', 1000, 'all'],
    ['', 1000, 'all'],
    [null, 1000, 'all'],
    [undefined, 0, 'all'],
  ] as const)('%s of %d bytes', (header, size, expected) => {
    expect(parseRange(header, size)).toEqual(expected);
  });

  it('always stays within the resource', () => {
    const anything = fc.oneof(fc.string(), fc.stringMatching(/^bytes=[0-9]{0,25}-[0-9]{0,25}$/));
    fc.assert(
      fc.property(anything, fc.nat(), (header, size) => {
        const range = parseRange(header, size);
        if (typeof range === 'string') return;
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThan(size);
      }),
    );
  });
});

describe('contentRange', () => {
  it('names the range, or only the size', () => {
    expect(contentRange({ start: 1, end: 2 }, 10)).toBe('bytes 1-2/10');
    expect(contentRange(null, 10)).toBe('bytes */10');
  });
});
