import fc from 'fast-check';
import { expect, it } from 'vitest';
import { safeFileName } from './file-names';

it.each([
  ['call.wav', 'call.wav'],
  ['../../etc/passwd', '_.._etc_passwd'],
  ['a:b\\c.au', 'a_b_c.au'],
  ['NUL.wav', '_NUL.wav'],
  ['...', 'untitled'],
  [`${'x'.repeat(300)}.mp4`, `${'x'.repeat(116)}.mp4`],
])('makes %j safe', (name, safe) => {
  expect(safeFileName(name)).toBe(safe);
});

it('never gives a path, an empty name or a long one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
      const safe = safeFileName(name);
      expect(safe).toMatch(/^[^/\\]{1,121}$/);
      expect(['.', '..']).not.toContain(safe);
    }),
  );
});
