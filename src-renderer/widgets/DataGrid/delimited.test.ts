import { describe, expect, it } from 'vitest';
import type { ColumnDefinition } from '#shared/model/table';
import { toCsv, toTsv } from './delimited';

const columns: ColumnDefinition[] = [
  { id: 'from', title: 'From', kind: 'text', width: 1 },
  { id: 'jitter', title: 'Jitter, ms', kind: 'milliseconds', width: 1 },
];

describe('delimited text', () => {
  it('writes TSV with a header and one line a row, unknown as nothing', () => {
    const rows = [
      { id: '1', from: 'a\tb\nc', jitter: 1.23456 },
      { id: '2', from: null, jitter: null },
    ];
    expect(toTsv(columns, rows)).toBe('From\tJitter, ms\na b c\t1.23456\n\t\n');
  });

  it('quotes CSV as RFC 4180 says', () => {
    expect(toCsv(columns, [{ id: '1', from: 'say "hi", now', jitter: -0.5 }])).toBe(
      'From,"Jitter, ms"\r\n"say ""hi"", now",-0.5\r\n',
    );
  });

  it('leaves telephone numbers alone and disarms formulas', () => {
    const cell = (from: string): string => toCsv([columns[0]], [{ id: '1', from }]).split('\r\n')[1];
    expect(cell('+49301234')).toBe('+49301234');
    expect(cell('=HYPERLINK(1)')).toBe("'=HYPERLINK(1)");
    expect(cell('-cmd|x')).toBe("'-cmd|x");
    expect(cell('@x')).toBe("'@x");
  });
});
