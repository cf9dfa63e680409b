import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extendSequence, extendTimestamp } from './sequence';

describe('extendSequence', () => {
  it('follows a wrap forwards and backwards', () => {
    expect(extendSequence(0, 65535)).toBe(65536);
    expect(extendSequence(65535, 65536)).toBe(65535);
    expect(extendSequence(5, 65536 * 3 + 2)).toBe(65536 * 3 + 5);
  });
  it('recovers any value less than half the range away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: -32767, max: 32767 }), (reference, delta) => {
        expect(extendSequence((reference + delta) & 0xffff, reference)).toBe(reference + delta);
      }),
    );
  });
});

describe('extendTimestamp', () => {
  it('recovers any value less than half the range away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2 ** 31, max: 2 ** 45 }),
        fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }),
        (reference, delta) => {
          const value = reference + delta;
          expect(extendTimestamp(value % 2 ** 32, reference)).toBe(value);
        },
      ),
    );
  });
});
