import { describe, expect, it } from 'vitest';
import type { TableDefinition } from '#shared/model/table';
import { arraySource, TableView } from './table-view';

const definition: TableDefinition = {
  id: 'streams',
  title: 'Streams',
  columns: [
    { id: 'codec', title: 'Codec', kind: 'text', width: 80 },
    { id: 'lostPercent', title: 'Loss', kind: 'percent', width: 60, aliases: ['loss'] },
    { id: 'src', title: 'Source', kind: 'address', width: 160 },
    { id: 'payloadTypes', title: 'PT', kind: 'list', width: 60 },
  ],
};
const rows = [
  { id: '1', codec: 'PCMU', lostPercent: 0, src: '192.0.2.10:4000', payloadTypes: [0, 101] },
  { id: '2', codec: 'H264', lostPercent: 2.5, src: '192.0.2.9:4000', payloadTypes: [96] },
  { id: '3', codec: null, lostPercent: 10, src: '[2001:db8::1]:4000', payloadTypes: [97] },
];
const source = arraySource(
  () => 1,
  () => rows,
);
const view = new TableView(definition, source);
const ids = (filter: string, sort?: { column: string; direction: 'asc' | 'desc' }) =>
  view.page({ offset: 0, limit: 100, filter, sort }).rows.map((row) => row.id);

describe('TableView', () => {
  it('filters by column, alias, comparison and wildcard', () => {
    expect(ids('codec:h264')).toEqual(['2']);
    expect(ids('loss>1')).toEqual(['2', '3']);
    expect(ids('loss>1% not codec:h264')).toEqual(['3']);
    expect(ids('src:192.0.2.*')).toEqual(['1', '2']);
    expect(ids('src="[2001:db8::1]:4000"')).toEqual(['3']);
    expect(ids('payloadTypes:101')).toEqual(['1']);
    expect(ids('loss!=0')).toEqual(['2', '3']);
    expect(ids('pcm or loss>=10')).toEqual(['1', '3']);
  });

  it('goes back in a pattern as often as it takes', () => {
    expect(ids('src=192*.9:4*0')).toEqual(['2']);
    expect(ids('src=*2.?1:*')).toEqual([]);
    expect(ids('src=*.2.?0:*')).toEqual(['1']);
    expect(ids('src=*2.9*')).toEqual(['2']);
    expect(ids('codec=h2?4')).toEqual(['2']);
  });

  it('sorts numbers by value, text with digits as numbers, empty cells last either way', () => {
    expect(ids('', { column: 'lostPercent', direction: 'desc' })).toEqual(['3', '2', '1']);
    expect(ids('src:192*', { column: 'src', direction: 'asc' })).toEqual(['2', '1']);
    expect(ids('', { column: 'codec', direction: 'asc' })).toEqual(['2', '1', '3']);
    expect(ids('', { column: 'codec', direction: 'desc' })).toEqual(['1', '2', '3']);
  });

  it('pages and counts', () => {
    const page = view.page({ offset: 1, limit: 1, filter: 'loss>=0' });
    expect(page).toMatchObject({ totalRows: 3, matchingRows: 3, offset: 1, filterError: null });
    expect(page.rows.map((row) => row.id)).toEqual(['2']);
  });

  it('shows all rows and the place of the error when the filter is wrong', () => {
    const page = view.page({ offset: 0, limit: 10, filter: 'codec:pcmu colour:red' });
    expect(page.filterError).toEqual({ message: "There is no column 'colour'.", position: 11 });
    expect(page.rows).toHaveLength(3);
  });

  it('makes only the rows that are looked at', () => {
    const made: number[] = [];
    const lazy = new TableView(definition, {
      revision: 1,
      count: 1_000_000,
      row: (i) => {
        made.push(i);
        return { id: String(i) };
      },
    });
    expect(lazy.page({ offset: 999_998, limit: 5 }).rows).toEqual([{ id: '999998' }, { id: '999999' }]);
    expect(made).toEqual([999_998, 999_999]);
  });

  it('sees new rows when the revision grows', () => {
    let revision = 1;
    const growing = arraySource(
      () => revision,
      () => rows.slice(0, revision),
    );
    const live = new TableView(definition, growing);
    expect(live.page({ offset: 0, limit: 10 }).totalRows).toBe(1);
    revision = 2;
    expect(live.page({ offset: 0, limit: 10 }).totalRows).toBe(2);
  });
});
