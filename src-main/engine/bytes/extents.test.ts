import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Extents, missingBytes, readExtents } from './extents';

const memory = Uint8Array.from({ length: 256 }, (_, i) => i);
const source = {
  read: (address: number, target: Uint8Array) => {
    const part = memory.subarray(address, address + target.length);
    target.set(part);
    return part.length;
  },
};

describe('Extents', () => {
  it('joins pieces that touch, and holes', () => {
    const extents = new Extents();
    extents.push(10, 5);
    extents.push(15, 5);
    extents.pushGap(3);
    extents.pushGap(4);
    extents.push(40, 2);
    expect([...extents.address.subarray(0, extents.count)]).toEqual([10, missingBytes, 40]);
    expect([...extents.length.subarray(0, extents.count)]).toEqual([10, 7, 2]);
    expect(extents.total).toBe(19);
    expect(extents.missing).toBe(7);
  });

  it('reads any part as the whole would give it, holes as zeros', () => {
    const piece = fc.record({ address: fc.integer({ min: -1, max: 200 }), length: fc.integer({ min: 0, max: 40 }) });
    fc.assert(
      fc.property(fc.array(piece), fc.nat(300), fc.nat(300), (pieces, from, length) => {
        const extents = new Extents(0);
        const whole: number[] = [];
        for (const each of pieces) {
          extents.push(each.address, each.length);
          for (let i = 0; i < each.length; i += 1) whole.push(each.address < 0 ? 0 : each.address + i);
        }
        expect(extents.total).toBe(whole.length);
        expect([...readExtents(source, extents.trimmed(), from, length)]).toEqual(whole.slice(from, from + length));
      }),
    );
  });

  it('keeps things apart that touch', () => {
    const extents = new Extents();
    extents.pushGap(3);
    extents.seal();
    extents.pushGap(4);
    extents.push(10, 5);
    extents.push(15, 5);
    expect([...extents.length.subarray(0, extents.count)]).toEqual([3, 4, 10]);
    extents.clear();
    extents.push(1, 1);
    extents.push(2, 1);
    expect(extents.count).toBe(1);
  });
});
