import { expect, it } from 'vitest';
import { restMs } from './pace';

it('rests in proportion to the work, within bounds', () => {
  expect([0, 10, 100, 60_000].map(restMs)).toEqual([100, 100, 400, 4000]);
});
