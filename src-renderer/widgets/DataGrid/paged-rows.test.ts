import { describe, expect, it, vi } from 'vitest';
import type { TablePage } from '#shared/query/table-query';
import { type GridQuery, PagedRows } from './paged-rows';

interface Asked {
  readonly query: GridQuery;
  readonly answer: (page: TablePage | null) => Promise<void>;
}

/** A table whose answers come when the test says so. */
function table() {
  const asked: Asked[] = [];
  const rows = new PagedRows(
    (query) =>
      new Promise((resolve) => {
        asked.push({
          query,
          answer: async (page) => {
            resolve(page);
            await Promise.resolve();
            await Promise.resolve();
          },
        });
      }),
  );
  return { rows, asked };
}

function page({ offset, limit }: GridQuery, total: number, tag = ''): TablePage {
  const count = Math.max(0, Math.min(limit, total - offset));
  return {
    totalRows: total,
    matchingRows: total,
    offset,
    rows: Array.from({ length: count }, (_, i) => ({ id: `${tag}${offset + i}` })),
    filterError: null,
  };
}

describe('PagedRows', () => {
  it('asks for nothing until rows are in view, then for the pages they lie on', async () => {
    const { rows, asked } = table();
    expect(asked).toHaveLength(0);
    rows.want(140, 160);
    expect(asked.map(({ query }) => query.offset)).toEqual([0, 150]);
    for (const { query, answer } of asked) await answer(page(query, 400));
    expect(rows.getState()).toMatchObject({ totalRows: 400, isKnown: true });
    expect([rows.row(0)?.id, rows.row(299)?.id, rows.row(300)]).toEqual(['0', '299', undefined]);
  });

  it('lets the latest query win, whatever the order of the answers', async () => {
    const { rows, asked } = table();
    rows.want(0, 10);
    rows.setQuery({ column: 'a', direction: 'asc' }, undefined);
    expect(asked).toHaveLength(2);
    await asked[1].answer(page(asked[1].query, 5, 'new'));
    await asked[0].answer(page(asked[0].query, 9, 'old'));
    expect(rows.row(0)?.id).toBe('new0');
    expect(rows.getState().totalRows).toBe(5);
  });

  it('keeps the old rows until the new ones are there', async () => {
    const { rows, asked } = table();
    rows.want(0, 10);
    await asked[0].answer(page(asked[0].query, 3, 'old'));
    rows.setQuery(undefined, 'x');
    expect(rows.row(0)?.id).toBe('old0');
    await asked[1].answer(page(asked[1].query, 3, 'new'));
    expect(rows.row(0)?.id).toBe('new0');
  });

  it('takes answers while the table changes faster than it answers', async () => {
    const { rows, asked } = table();
    rows.want(0, 10);
    for (let change = 0; change < 5; change++) rows.invalidate();
    expect(asked).toHaveLength(1);
    await asked[0].answer(page(asked[0].query, 100));
    expect(rows.getState().totalRows).toBe(100);
    // One more question for all the changes meanwhile, and not at once.
    expect(asked).toHaveLength(1);
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    await asked[1].answer(page(asked[1].query, 120));
    expect(rows.getState().totalRows).toBe(120);
    expect(asked).toHaveLength(2);
    // A page that was never there does not wait.
    rows.invalidate();
    rows.want(0, 160);
    expect(asked.map(({ query }) => query.offset)).toEqual([0, 0, 150]);
  });

  it('does not ask again by itself after a failure', async () => {
    const { rows, asked } = table();
    rows.want(0, 10);
    await asked[0].answer(null);
    expect(rows.getState().hasFailed).toBe(true);
    expect(asked).toHaveLength(1);
    rows.invalidate();
    await asked[1].answer(page(asked[1].query, 1));
    expect(rows.getState()).toMatchObject({ hasFailed: false, totalRows: 1 });
  });

  it('fetches a whole range in large requests', async () => {
    const rows = new PagedRows(async (query) => page(query, 2500));
    const all = await rows.fetchRange(0, 2500);
    expect(all?.map(({ id }) => Number(id))).toEqual(Array.from({ length: 2500 }, (_, i) => i));
    expect(await new PagedRows(async () => null).fetchRange(0, 10)).toBeNull();
  });

  it('forgets pages that are far away', async () => {
    const rows = new PagedRows(async (query) => page(query, 100_000));
    for (let first = 0; first < 15_000; first += 150) {
      rows.want(first, first + 20);
      await new Promise((resolve) => setTimeout(resolve));
    }
    expect(rows.row(0)).toBeUndefined();
    expect(rows.row(14_900)?.id).toBe('14900');
  });
});
