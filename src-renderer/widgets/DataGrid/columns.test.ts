import { describe, expect, it } from 'vitest';
import type { TableDefinition } from '#shared/model/table';
import { visibleColumns, withPosition, withVisibility, withWidth } from './columns';

const definition: TableDefinition = {
  id: 't',
  title: 'T',
  columns: [
    { id: 'a', title: 'A', kind: 'text', width: 100 },
    { id: 'b', title: 'B', kind: 'integer', width: 50 },
    { id: 'c', title: 'C', kind: 'text', width: 80, isHidden: true },
  ],
};
const untouched = { order: null, widths: {} };
const ids = (preferences: Parameters<typeof visibleColumns>[1]): string[] =>
  visibleColumns(definition, preferences).map(({ id }) => id);

describe('column preferences', () => {
  it('show what the table shows at first', () => expect(ids(untouched)).toEqual(['a', 'b']));

  it('show and hide, but never hide the last column', () => {
    expect(ids(withVisibility(definition, untouched, 'c', true))).toEqual(['a', 'b', 'c']);
    const one = withVisibility(definition, untouched, 'a', false);
    expect(ids(one)).toEqual(['b']);
    expect(ids(withVisibility(definition, one, 'b', false))).toEqual(['b']);
  });

  it('move and keep within the table', () => {
    expect(ids(withPosition(definition, untouched, 'a', 1))).toEqual(['b', 'a']);
    expect(ids(withPosition(definition, untouched, 'a', 99))).toEqual(['b', 'a']);
  });

  it('clamp widths and forget columns that are gone', () => {
    expect(visibleColumns(definition, withWidth(untouched, 'a', 3))[0].currentWidth).toBe(36);
    expect(ids({ order: ['gone', 'b'], widths: {} })).toEqual(['b']);
  });
});
