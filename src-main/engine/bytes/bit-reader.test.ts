import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitReader } from './bit-reader';

describe('BitReader', () => {
  it('reads bits from the highest on, across bytes', () => {
    const reader = new BitReader(Uint8Array.of(0xff, 0b1010_0101, 0x12, 0x34, 0x56, 0x78), 1);
    expect([reader.bit(), reader.bits(3), reader.flag(), reader.bits(3)]).toEqual([1, 2, false, 5]);
    expect(reader.bits(32)).toBe(0x12345678);
    expect(reader.isTruncated).toBe(false);
    expect(reader.bit()).toBe(0);
    expect(reader.isTruncated).toBe(true);
  });

  it('reads the Exp-Golomb codes of Rec. ITU-T H.264, table 9-2 and 9-3', () => {
    const codes = '1 010 011 00100 00101 00110 00111'.replaceAll(' ', '');
    const bytes = Uint8Array.of(
      ...(codes.padEnd(32, '0').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)),
    );
    const unsigned = new BitReader(bytes);
    expect([0, 1, 2, 3, 4, 5, 6].map(() => unsigned.ue())).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const signed = new BitReader(bytes);
    expect([0, 1, 2, 3, 4, 5, 6].map(() => signed.se() + 0)).toEqual([0, 1, -1, 2, -2, 3, -3]);
  });

  it('never throws and never leaves its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.array(fc.nat(3), { maxLength: 40 }), (bytes, steps) => {
        const reader = new BitReader(bytes);
        for (const step of steps)
          [() => reader.ue(), () => reader.se(), () => reader.bits(9), () => reader.skip(5)][step]();
        expect(reader.position).toBeLessThanOrEqual(8 * bytes.length);
      }),
    );
  });
});
