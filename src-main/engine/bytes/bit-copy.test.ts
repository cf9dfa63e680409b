import fc from 'fast-check';
import { expect, it } from 'vitest';
import { copyBits } from './bit-copy';
import { BitReader } from './bit-reader';

it('copies what a reader reads bit by bit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), fc.nat(110), fc.nat(100), (source, position, bits) => {
      const reader = new BitReader(source);
      reader.skip(position);
      const outside = position > 8 * source.length;
      const expected = new Uint8Array(Math.ceil(bits / 8));
      for (let i = 0; i < bits && !outside; i += 1) expected[i >> 3] |= reader.bit() << (7 - (i & 7));
      expect(copyBits(source, position, bits)).toEqual(expected);
    }),
  );
});
