import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeSort } from './merge-sort';

function sorted(items: readonly number[], keyOf: (item: number) => number): number[] {
  const steps = mergeSort(Uint32Array.from(items), (a, b) => keyOf(a) > keyOf(b));
  for (;;) {
    const step = steps.next();
    if (step.done) return [...step.value];
  }
}

describe('mergeSort', () => {
  it('sorts as the language does, and keeps equals in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 300 }), fc.integer({ min: 1, max: 40 }), (items, divisor) => {
        const keyOf = (item: number): number => item % divisor;
        expect(sorted(items, keyOf)).toEqual([...items].sort((a, b) => keyOf(a) - keyOf(b)));
      }),
    );
  });

  it('pauses now and then, also where nothing moves', () => {
    const steps = mergeSort(
      Uint32Array.from({ length: 50_000 }, (_, i) => i),
      (a, b) => a > b,
    );
    let pauses = 0;
    while (!steps.next().done) pauses += 1;
    expect(pauses).toBeGreaterThan(5);
  });
});
