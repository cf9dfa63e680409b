import { expect, it } from 'vitest';
import { describeUnits, plain, unitsOf } from './testing/payloads';

it('joins packets that end within a byte', () => {
  // EBIT 3, then SBIT 5: five bits of the shared byte come first, three with the next packet.
  const units = unitsOf('h261', [
    [0, [0x0c, 0, 0, 0, 0x00, 0x01, 0x00, 0x08, 0b1010_1000]],
    [0, [0xa0, 0, 0, 0, 0b0000_0110, 0x55], true],
    // SBIT does not continue where EBIT ended: bits are moved.
    [1, [0x08, 0, 0, 0, 0x00, 0x01, 0x00, 0x00, 0b1111_0000]],
    [1, [0x00, 0, 0, 0, 0b1000_0001], true],
  ]);
  expect(plain(units)).toEqual([[[0, 1, 0, 8, 0b1010_1110, 0x55]], [[0, 1, 0, 0, 0b1111_0010, 0b0000_0100]]]);
  expect(units.map(({ isKey }) => isKey)).toEqual([true, false]);
  expect(describeUnits('h261', units.slice(0, 1))?.description).toMatchObject({ width: 352, height: 288 });
  expect(describeUnits('h261', units)?.description).toMatchObject({ width: 176, height: 144 });
});
