import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExtentReader } from './extent-reader';
import { Extents, readExtents } from './extents';

const memory = Uint8Array.from({ length: 4096 }, (_, i) => (i * 31) & 0xff);
const source = {
  read: (address: number, target: Uint8Array) => {
    const part = memory.subarray(address, address + target.length);
    target.set(part);
    return part.length;
  },
};

describe('ExtentReader', () => {
  it('gives any part as reading from the beginning would', () => {
    const piece = fc.record({ address: fc.integer({ min: -1, max: 3000 }), length: fc.integer({ min: 1, max: 900 }) });
    const ask = fc.record({ offset: fc.nat(6000), length: fc.nat(2000) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(ask, { maxLength: 8 }), (pieces, asks) => {
        const extents = new Extents();
        for (const { address, length } of pieces) extents.push(address, length);
        const reader = new ExtentReader(source, extents);
        for (const { offset, length } of asks) {
          expect(reader.read(offset, length)).toEqual(readExtents(source, extents, offset, length));
          const part = new Extents();
          const missing = reader.pushTo(part, offset, length);
          expect(readExtents(source, part, 0, length)).toEqual(readExtents(source, extents, offset, length));
          expect(missing).toBe(part.missing + length - part.total);
        }
      }),
    );
  });
});
