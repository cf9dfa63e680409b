import { expect, it } from 'vitest';
import { describeUnits, plain, unitsOf } from './testing/payloads';

/** Headers written by ffmpeg's encoder: 320x240, 25 pictures a second. */
const config = '000001b001000001b58913000001000000012000c48d8800cd0a041e1443000001b24c61766335382e34322e313030';
const intra = [0, 0, 1, 0xb6, 0x10, 0x60, 1];
const inter = [0, 0, 1, 0xb6, 0x50, 0x60, 2];

it('is the elementary stream itself, cut anywhere', () => {
  const units = unitsOf('mp4v-es', [
    [0, intra.slice(0, 6)],
    [0, intra.slice(6), true],
    [3000, inter, true],
  ]);
  expect(plain(units)).toEqual([[intra], [inter]]);
  expect(units.map(({ isKey }) => isKey)).toEqual([true, false]);
});

it('reads the size out of signalled or sent headers, and keeps those', () => {
  const bytes = (config.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  const signalled = describeUnits('mp4v-es', [], `profile-level-id=1; config=${config}`);
  expect(signalled?.description).toMatchObject({ width: 320, height: 240, frameRate: null });
  expect(signalled?.parameterSets.map((set) => [...set])).toEqual([bytes]);
  const sent = describeUnits('mp4v-es', unitsOf('mp4v-es', [[0, [...bytes, ...intra], true]]));
  expect(sent?.parameterSets.map((set) => [...set])).toEqual([bytes]);
  expect(describeUnits('mp4v-es', unitsOf('mp4v-es', [[0, intra, true]]), 'config=zz')?.description).toBeNull();
});
