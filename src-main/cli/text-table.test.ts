import { describe, expect, it } from 'vitest';
import { textTable } from './text-table';

describe('textTable', () => {
  it('aligns columns and says nothing about nothing', () => {
    const columns = [
      { title: 'name', value: (row: { n: string; v: number | null }) => row.n },
      { title: 'packets', value: (row: { v: number | null }) => row.v, align: 'right' },
    ] as const;
    const rows = [
      { n: 'a', v: 7 },
      { n: 'héllo', v: null },
    ];
    expect(textTable(rows, columns)).toBe('name   packets\na            7\nhéllo        -\n');
    expect(textTable([], columns)).toBe('');
  });

  it('lets no escape sequence of a capture reach the terminal', () => {
    const table = textTable(['\u001b[31mred\n\u202eevil\u009b'], [{ title: 'from', value: (row) => row }]);
    expect(table).toBe('from\n·[31mred··evil·\n');
  });
});
