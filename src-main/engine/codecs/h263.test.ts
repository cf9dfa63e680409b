import { expect, it } from 'vitest';
import { describeUnits, plain, unitsOf } from './testing/payloads';

const cif = (isIntra: boolean): number[] => [0, 0, 0x80, 0x02, isIntra ? 0x0c : 0x0e];

it('takes the headers of modes A, B and C, and bits shared between packets', () => {
  const units = unitsOf('h263', [
    [0, [0x04, 0x60, 0, 0, ...cif(true), 0xf0]],
    [0, [0xa0, 0, 0, 0, 0, 0, 0, 0, 0x0f, 1]],
    [0, [0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], true],
    [1, [0x00, 0x70, 0, 0, ...cif(false), 3], true],
  ]);
  expect(plain(units)).toEqual([[[...cif(true), 0xff, 1, 2]], [[...cif(false), 3]]]);
  expect(units.map(({ isKey, isDamaged }) => [isKey, isDamaged])).toEqual([
    [true, false],
    [false, false],
  ]);
  expect(describeUnits('h263', units)?.description).toMatchObject({ width: 352, height: 288 });
});
