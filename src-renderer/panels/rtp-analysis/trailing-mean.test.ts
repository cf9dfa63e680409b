import { expect, it } from 'vitest';
import { trailingMean } from './trailing-mean';

const nothing = Number.NaN;

it('averages over the window and grows into it', () => {
  expect([...trailingMean([80, 160, nothing, 80, 80], 3)]).toEqual([80, 120, 80, 80, 160 / 3]);
});

it('tells a silence as long as the window from a short one', () => {
  expect([...trailingMean([8, nothing, nothing, nothing, 4], 2)]).toEqual([8, 4, nothing, nothing, 2]);
});

it('leaves values alone that are longer than the window', () => {
  expect([...trailingMean([1, 2, nothing], 0)]).toEqual([1, 2, nothing]);
});
