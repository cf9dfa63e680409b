import { expect, it } from 'vitest';
import { shortName } from './LaneHeader';

it('names a lane by who sends', () => {
  const codec = 'PCMU';
  expect(shortName({ codec, label: 'Caller · PCMU 192.0.2.1:20000 → 192.0.2.2:40000' })).toBe('Caller');
  expect(shortName({ codec, label: 'PCMU 192.0.2.1:20000 → 192.0.2.2:40000' })).toBe(
    '192.0.2.1:20000 → 192.0.2.2:40000',
  );
});
