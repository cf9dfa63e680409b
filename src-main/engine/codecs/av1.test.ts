import { describe, expect, it } from 'vitest';
import { describeUnits, plain, unitsOf } from './testing/payloads';

/** Sequence header written by libaom, without its size: 320x240, Main, level 2.0. */
const sequence = [0x08, 0x00, 0x00, 0x00, 0x04, 0x3c, 0xff, 0xbc, 0xfb, 0xf9, 0x80, 0x40];
const frame = [0x30, 0x10, 1, 2];

describe('AV1', () => {
  it('takes elements with their lengths and with a count, and gives every OBU its size', () => {
    const withSizes = [[0x0a, 11, ...sequence.slice(1), 0x32, 3, 0x10, 1, 2]];
    // W is 0: all elements with lengths; a temporal delimiter is left out.
    expect(plain(unitsOf('av1', [[0, [0x08, 1, 0x10, 12, ...sequence, 4, ...frame], true]]))).toEqual([withSizes]);
    // W is 2: the last one without.
    const units = unitsOf('av1', [[0, [0x28, 12, ...sequence, ...frame], true]]);
    expect(plain(units)).toEqual([withSizes]);
    const { description } = describeUnits('av1', units) ?? {};
    expect(description).toMatchObject({ width: 320, height: 240, profile: 'Main', codecString: 'av01.0.00M.08' });
  });

  it('joins fragments, in three packets too', () => {
    const units = unitsOf('av1', [
      [0, [0x50, 0x30, 0x10]],
      [0, [0xd0, 1]],
      [0, [0x90, 2], true],
    ]);
    expect(plain(units)).toEqual([[[0x32, 3, 0x10, 1, 2]]]);
    expect(units[0].isKey).toBe(true);
  });

  it('keeps the size of OBUs that have one', () => {
    expect(plain(unitsOf('av1', [[0, [0x10, 0x32, 2, 0x30, 7], true]]))).toEqual([[[0x32, 2, 0x30, 7]]]);
  });

  it('gives up elements that are cut off', () => {
    const [unit] = unitsOf('av1', [[0, [0x00, 4, ...frame, 9, 1, 2], true]]);
    expect(unit.isDamaged).toBe(true);
    expect([...unit.units[0]]).toEqual([0x32, 3, 0x10, 1, 2]);
    expect(describeUnits('av1', [unit])?.description).toBeNull();
  });
});
