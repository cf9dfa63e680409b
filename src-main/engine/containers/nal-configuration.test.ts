import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annexB, lengthPrefixedRanges, nalRanges } from './annex-b';
import { avcConfiguration, hevcConfiguration } from './nal-configuration';

const unitsAt = (bytes: Uint8Array, ranges: readonly number[]): Uint8Array[] =>
  ranges.flatMap((start, i) => (i % 2 === 0 ? [bytes.subarray(start, ranges[i + 1])] : []));

/** Bytes of a NAL unit: no start code in it, no zero at its end. */
const unit = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((bytes) => Uint8Array.from([...bytes].map((byte) => byte || 3)));

describe('byte streams of NAL units', () => {
  it('are taken apart into what they were made of', () => {
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 8 }), (units) => {
        const stream = annexB(units);
        expect(unitsAt(stream, nalRanges(stream))).toEqual(units);
      }),
    );
  });

  it('may have short start codes, zeros between units, and something before the first', () => {
    const stream = Uint8Array.of(9, 9, 0, 0, 1, 0x67, 5, 0, 0, 0, 0, 0, 1, 0x68, 0, 0, 3, 1, 0, 0, 0, 1);
    expect(unitsAt(stream, nalRanges(stream))).toEqual([Uint8Array.of(0x67, 5), Uint8Array.of(0x68, 0, 0, 3, 1)]);
  });

  it('are found behind their lengths, the last as far as it goes', () => {
    const stream = Uint8Array.of(0, 2, 0x67, 5, 0, 0, 0, 9, 0x65, 1, 2);
    expect(unitsAt(stream, lengthPrefixedRanges(stream, 2))).toEqual([
      Uint8Array.of(0x67, 5),
      Uint8Array.of(0x65, 1, 2),
    ]);
  });

  it('are never read past their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (bytes, lengthBytes) => {
        for (const ranges of [nalRanges(bytes), lengthPrefixedRanges(bytes, lengthBytes)]) {
          let last = 0;
          for (const at of ranges) {
            expect(at).toBeGreaterThanOrEqual(last);
            last = at;
          }
          expect(last).toBeLessThanOrEqual(bytes.length);
        }
      }),
    );
  });
});

describe('configurations of containers', () => {
  it('hold the parameter sets of H.264', () => {
    const record = Uint8Array.of(1, 0x64, 0, 0x1f, 0xff, 0xe1, 0, 2, 0x67, 7, 1, 0, 1, 0x68, 0xfd, 0xf8, 0xf8, 0);
    expect(avcConfiguration(record)).toEqual({
      lengthBytes: 4,
      parameterSets: [Uint8Array.of(0x67, 7), Uint8Array.of(0x68)],
    });
  });

  it('hold the parameter sets of H.265', () => {
    const head = new Uint8Array(23);
    head.set([1], 0);
    head.set([0xf1, 2], 21);
    const record = Uint8Array.of(...head, 0xa0, 0, 1, 0, 2, 0x40, 1, 0xa1, 0, 2, 0, 1, 0x42, 0, 1, 0x43);
    expect(hevcConfiguration(record)).toEqual({
      lengthBytes: 2,
      parameterSets: [Uint8Array.of(0x40, 1), Uint8Array.of(0x42), Uint8Array.of(0x43)],
    });
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        for (const read of [avcConfiguration, hevcConfiguration]) {
          const sets = read(bytes)?.parameterSets ?? [];
          expect(sets.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(bytes.length);
        }
      }),
    );
    expect(avcConfiguration(new Uint8Array(0))).toBeNull();
    expect(hevcConfiguration(Uint8Array.of(1))).toBeNull();
  });
});
