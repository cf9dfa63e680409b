import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SourceWindow } from './window';

const file = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);

/** Gives at most `most` bytes at a time. */
function slowSource(most: number) {
  return {
    size: file.length,
    read(offset: number, target: Uint8Array): number {
      const part = file.subarray(offset, offset + Math.min(most, target.length));
      target.set(part);
      return part.length;
    },
  };
}

it('shows the right bytes wherever it slides, in whatever pieces the source comes', () => {
  const step = fc.record({ skip: fc.integer({ min: -300, max: 400 }), length: fc.nat(600) });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 700 }),
      fc.integer({ min: 1, max: 200 }),
      fc.array(step),
      (most, capacity, steps) => {
        const window = new SourceWindow(slowSource(most), capacity);
        let offset = 0;
        for (const { skip, length } of steps) {
          offset = Math.max(0, offset + skip);
          const at = window.load(offset, length);
          if (offset + length > file.length) {
            expect(at).toBe(-1);
            continue;
          }
          expect(at).toBeGreaterThanOrEqual(0);
          expect(window.bytes.subarray(at, at + length)).toEqual(file.subarray(offset, offset + length));
        }
        expect(window.failure).toBeNull();
      },
    ),
  );
});

it('goes back to its ordinary size after a large piece', () => {
  const window = new SourceWindow(slowSource(9999), 100);
  window.load(0, 1000);
  expect(window.bytes.length).toBe(4000);
  const at = window.load(4000, 10);
  expect(window.bytes.length).toBe(100);
  expect(window.bytes.subarray(at, at + 10)).toEqual(file.subarray(4000, 4010));
});
