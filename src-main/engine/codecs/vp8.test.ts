import { expect, it } from 'vitest';
import { describeUnits, plain, unitsOf } from './testing/payloads';

const key = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x40];

it('passes over descriptors of every length', () => {
  const units = unitsOf('vp8', [
    [0, [0x10, ...key], true],
    [1, [0x90, 0x80, 0x11, 0x01, 1], true],
    [2, [0x90, 0x80, 0x91, 0x11, 0x01, 2], true],
    [3, [0x90, 0xf0, 0x91, 0x11, 0x22, 0x40, 0x01, 3], true],
    [4, [0x90, 0x20, 0x40, 0x01, 4], true],
  ]);
  expect(plain(units)).toEqual([[key], [[1, 1]], [[1, 2]], [[1, 3]], [[1, 4]]]);
  expect(units.map(({ isKey }) => isKey)).toEqual([true, false, false, false, false]);
  // The two highest bits of each side scale it for display.
  expect(describeUnits('vp8', units)?.description).toMatchObject({ width: 320, height: 240, codecString: 'vp8' });
});
