import { expect, it } from 'vitest';
import { shownPictures } from './damage';
import type { PictureTable } from './picture-table';

/** One letter a picture: K key, P other; lower case damaged, `.` empty; `!` before it says that a gap precedes. */
function table(text: string): PictureTable {
  const pictures = text.match(/!?[A-Za-z.]/g) ?? [];
  const flags = (test: (picture: string) => boolean): Uint8Array => Uint8Array.from(pictures, (p) => (test(p) ? 1 : 0));
  return {
    count: pictures.length,
    bytes: Float64Array.from(pictures, (p) => (p.endsWith('.') ? 0 : 100)),
    segment: new Uint32Array(pictures.length),
    isKey: flags((p) => /k/i.test(p)),
    isDamaged: flags((p) => /[kp.]$/.test(p)),
    followsGap: flags((p) => p.startsWith('!')),
  } as unknown as PictureTable;
}

const show = (text: string, mode: 'faithful' | 'clean'): string => shownPictures(table(text), mode).join('');

it('shows everything that is there when it is to be faithful', () => {
  expect(show('!PKp.!PP', 'faithful')).toBe('111011');
});

it('waits after damage, and after whole pictures that are missing, for an intact key', () => {
  expect(show('!KPPKP', 'clean')).toBe('11111');
  expect(show('!PPKPpPkPKP', 'clean')).toBe('0011000011');
  expect(show('!KP!PPKP', 'clean')).toBe('110011');
  expect(show('!KP!KP', 'clean')).toBe('1111');
  expect(show('!p.', 'clean')).toBe('00');
});
