import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SequenceTracker, SequenceVerdict } from './sequence-tracker';

function track(numbers: readonly number[]): SequenceTracker {
  const tracker = new SequenceTracker();
  for (const n of numbers) tracker.push(n & 0xffff);
  tracker.settle();
  return tracker;
}

function figures(numbers: readonly number[]) {
  const { expected, received, duplicates, reordered, strays, segment, errors } = track(numbers);
  return { expected, lost: expected - received, duplicates, reordered, strays, restarts: segment, errors };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

const clean = { lost: 0, duplicates: 0, reordered: 0, strays: 0, restarts: 0, errors: 0 };

describe('SequenceTracker', () => {
  it('counts a stream in order, across wraps', () => {
    expect(figures(range(65_000, 65_000 + 200_000))).toEqual({ ...clean, expected: 200_000 });
  });

  it('counts gaps as one error each and every number as lost', () => {
    expect(figures([1, 2, 5, 6, 10])).toEqual({ ...clean, expected: 10, lost: 5, errors: 2 });
  });

  it('counts duplicates without hiding losses', () => {
    expect(figures([1, 1, 2, 4, 4, 2])).toEqual({ ...clean, expected: 4, lost: 1, duplicates: 3, errors: 4 });
  });

  it('takes a late packet for reordered, not for lost', () => {
    expect(figures([1, 2, 4, 3, 5])).toEqual({ ...clean, expected: 5, reordered: 1, errors: 2 });
    expect(figures([65_534, 65_535, 1, 0, 2])).toEqual({ ...clean, expected: 5, reordered: 1, errors: 2 });
  });

  it('lowers the base when the recording began between two swapped packets', () => {
    expect(figures([11, 10, 12])).toEqual({ ...clean, expected: 3, reordered: 1, errors: 1 });
  });

  it('begins a segment where two packets in sequence follow a jump', () => {
    expect(figures([...range(100, 350), ...range(40_000, 40_250)])).toEqual({
      ...clean,
      expected: 500,
      restarts: 1,
      errors: 1,
    });
  });

  it('gives the packets of a restart their place in the new segment', () => {
    const tracker = new SequenceTracker();
    for (const n of range(1010, 1020)) tracker.push(n);
    expect(tracker.push(65_535)).toBe(SequenceVerdict.jump);
    expect(tracker.push(0)).toBe(SequenceVerdict.restart);
    expect(tracker.jumpExtended).toBe(65_535);
    expect(tracker.extended).toBe(65_536);
    expect(tracker.segment).toBe(1);
  });

  it('takes a jump that nothing confirms for a late packet, a duplicate or a stray', () => {
    expect(figures([...range(0, 500), 100])).toEqual({ ...clean, expected: 500, duplicates: 1, errors: 1 });
    expect(figures([...range(0, 100), ...range(101, 500), 100, ...range(500, 600)])).toEqual({
      ...clean,
      expected: 600,
      reordered: 1,
      errors: 2,
    });
    expect(figures([...range(0, 10), 30_000, ...range(10, 20)])).toEqual({
      ...clean,
      expected: 20,
      strays: 1,
      errors: 1,
    });
  });

  it('takes a jump of MAX_DROPOUT for a restart and of one less for a loss', () => {
    expect(figures([1, 2, 2 + 2999, 3 + 2999])).toMatchObject({ restarts: 0, lost: 2998 });
    expect(figures([1, 2, 2 + 3000, 3 + 3000])).toMatchObject({ restarts: 1, lost: 0 });
  });

  it('does not take a doubled restart for two', () => {
    expect(figures([...range(0, 50), 9000, 9000, 9001, 9001])).toMatchObject({ restarts: 1, duplicates: 2, lost: 0 });
  });

  it('agrees with a set of all numbers under loss, duplication and reordering within MAX_MISORDER', () => {
    const packet = fc.record({ isLost: fc.nat(9), copies: fc.nat(9), delay: fc.nat(40) });
    fc.assert(
      fc.property(fc.nat(65_535), fc.array(packet, { minLength: 2, maxLength: 1500 }), (start, packets) => {
        const arrivals = packets.flatMap(({ isLost, copies, delay }, i) => {
          if (isLost === 0) return [];
          const one = { n: start + i, at: i + (delay > 35 ? delay : 0) };
          return copies === 0 ? [one, { ...one, at: one.at + 3 }] : [one];
        });
        const sent = [...arrivals].sort((a, b) => a.at - b.at || a.n - b.n).map(({ n }) => n);
        if (sent.length === 0) return;
        const unique = new Set(sent);
        const expected = Math.max(...sent) - Math.min(...sent) + 1;
        const seen = new Set<number>();
        let highest = sent[0];
        let reordered = 0;
        for (const n of sent) {
          if (n < highest && !seen.has(n)) reordered += 1;
          seen.add(n);
          highest = Math.max(highest, n);
        }
        expect(figures(sent)).toMatchObject({
          expected,
          lost: expected - unique.size,
          duplicates: sent.length - unique.size,
          reordered,
          restarts: 0,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('never loses more than it expects, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(65_535), { maxLength: 400 }), (numbers) => {
        const { expected, lost, duplicates, reordered, strays } = figures(numbers);
        expect(lost).toBeGreaterThanOrEqual(0);
        expect(lost).toBeLessThanOrEqual(expected);
        expect(expected - lost + duplicates + strays).toBe(numbers.length);
        expect(reordered).toBeLessThanOrEqual(numbers.length);
      }),
    );
  });
});
