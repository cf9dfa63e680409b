import { expect, it } from 'vitest';
import { describeUnits, plain, unitsOf } from './testing/payloads';

const sequence = [0, 0, 1, 0xb3, 0x16, 0x01, 0x20, 0x13, 0xff, 0xff, 0xe0, 0x18];
const extension = [0, 0, 1, 0xb5, 0x14, 0x8a, 0x00, 0x01, 0x00, 0x00];
const picture = (type: number): number[] => [0, 0, 1, 0, 0x00, type << 3, 0xff, 0xf8];
const slice = [0, 0, 1, 1, 9];

it('passes over the headers of MPEG-1 and MPEG-2', () => {
  const units = unitsOf('mpv', [
    [0, [0, 0, 0x20, 0, ...sequence, ...extension, ...picture(1)]],
    // T: four bytes of MPEG-2.
    [0, [0x04, 0, 0, 0, 1, 2, 3, 4, ...slice], true],
    [1, [0, 0, 0, 0, ...picture(2), ...slice], true],
  ]);
  expect(plain(units)).toEqual([[[...sequence, ...extension, ...picture(1), ...slice]], [[...picture(2), ...slice]]]);
  expect(units.map(({ isKey, isDamaged }) => [isKey, isDamaged])).toEqual([
    [true, false],
    [false, false],
  ]);
  expect(describeUnits('mpv', units)?.description).toMatchObject({
    width: 352,
    height: 288,
    frameRate: 25,
    profile: 'MPEG-2',
  });
  const mpeg1 = unitsOf('mpv', [[0, [0, 0, 0x20, 0, ...sequence, ...picture(1), ...slice], true]]);
  expect(describeUnits('mpv', mpeg1)?.description).toMatchObject({ width: 352, height: 288, profile: 'MPEG-1' });
});
