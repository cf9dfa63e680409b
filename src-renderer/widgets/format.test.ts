import { describe, expect, it } from 'vitest';
import {
  alignment,
  formatBitsPerSecond,
  formatBytes,
  formatCell,
  formatDuration,
  formatInteger,
  formatSecondsCell,
  rawText,
} from './format';

/** Spaces that do not break are written as plain ones to keep the expectations readable. */
const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('formatters', () => {
  it('groups thousands', () => {
    expect([0, 999, 1000, 1234567, -1234].map((n) => plain(formatInteger(n)))).toEqual([
      '0',
      '999',
      '1 000',
      '1 234 567',
      '-1 234',
    ]);
  });

  it('scales bytes and rates without a four-digit tenth', () => {
    expect([0, 999, 1000, 12_345, 999_949, 999_950, 1.5e9].map((n) => plain(formatBytes(n)))).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '12.3 kB',
      '999.9 kB',
      '1.0 MB',
      '1.5 GB',
    ]);
    expect(plain(formatBitsPerSecond(64_000))).toBe('64.0 kbit/s');
  });

  it('writes durations in the units people say', () => {
    expect([0.02, 9.94, 22, 292, 3599.6, 3840].map((n) => plain(formatDuration(n)))).toEqual([
      '0.020 s',
      '9.9 s',
      '22 s',
      '4 m 52 s',
      '1 h 00 m',
      '1 h 04 m',
    ]);
  });

  it('keeps the decimals of a column of seconds', () => {
    expect([0, 22.0309, 12345.6, -0.0001, -1.5].map((n) => plain(formatSecondsCell(n)))).toEqual([
      '0.000 s',
      '22.031 s',
      '12 345.600 s',
      '0.000 s',
      '-1.500 s',
    ]);
  });

  it('writes each kind of cell with its unit', () => {
    expect(plain(formatCell('milliseconds', 1.234))).toBe('1.23 ms');
    expect(plain(formatCell('percent', -0.001))).toBe('0.00 %');
    expect(plain(formatCell('ppm', -12.34))).toBe('-12.3 ppm');
    expect(plain(formatCell('hertz', 8000))).toBe('8 000 Hz');
    expect(formatCell('decimal', 4.1)).toBe('4.10');
    expect(formatCell('flag', true)).toBe('yes');
    expect(formatCell('list', [0, 101])).toBe('0, 101');
    expect(formatCell('text', 'INVITE')).toBe('INVITE');
  });

  it('shows an en dash for what is unknown, for other programs nothing', () => {
    for (const value of [null, undefined, '']) expect(formatCell('text', value)).toBe('–');
    expect(formatCell('list', [])).toBe('–');
    expect(formatCell('milliseconds', Number.NaN)).toBe('–');
    expect([null, Number.NaN, 0.1, 'a', [1, 2]].map(rawText)).toEqual(['', '', '0.1', 'a', '1, 2']);
  });

  it('aligns numbers to the right', () => {
    expect([alignment('bytes'), alignment('text'), alignment('state')]).toEqual(['right', 'left', 'left']);
  });
});
