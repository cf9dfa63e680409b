import '../../testing/dom';
import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TableDefinition } from '#shared/model/table';
import type { TablePage, TableRow } from '#shared/query/table-query';
import type { ColumnPreferences } from './columns';
import { DataGrid, type DataGridProps } from './DataGrid';
import type { GridQuery } from './paged-rows';

afterEach(cleanup);

const definition: TableDefinition = {
  id: 'calls',
  title: 'Calls',
  columns: [
    { id: 'from', title: 'From', kind: 'text', width: 120 },
    { id: 'packets', title: 'Packets', kind: 'integer', width: 80 },
    { id: 'mos', title: 'MOS', kind: 'decimal', width: 60 },
  ],
};

const all: TableRow[] = Array.from({ length: 340 }, (_, i) => ({
  id: `call-${i}`,
  from: `user ${String(i).padStart(3, '0')}`,
  packets: 1000 + i,
  mos: i === 0 ? null : 4.1,
}));

/** The table that the worker would serve: sorts by a column, filters by text, refuses a lone bracket. */
async function serve({ offset, limit, sort, filter }: GridQuery): Promise<TablePage> {
  const isBad = filter === '(';
  const rows = all.filter((row) => !filter || isBad || String(row.from).includes(filter));
  if (sort) {
    const sign = sort.direction === 'asc' ? 1 : -1;
    rows.sort((a, b) => sign * String(a[sort.column]).localeCompare(String(b[sort.column])));
  }
  return {
    totalRows: all.length,
    matchingRows: rows.length,
    offset,
    rows: rows.slice(offset, offset + limit),
    filterError: isBad ? { message: 'Expected a term', position: 0 } : null,
  };
}

function Harness(props: Partial<DataGridProps>) {
  const [preferences, setPreferences] = useState<ColumnPreferences>({ order: null, widths: {} });
  return (
    <MantineProvider env="test">
      <DataGrid
        definition={definition}
        fetchPage={serve}
        revision={0}
        preferences={preferences}
        onPreferencesChange={setPreferences}
        onCopy={() => {}}
        onSave={() => {}}
        emptyMessage="No calls were found."
        {...props}
      />
    </MantineProvider>
  );
}

async function show(props: Partial<DataGridProps> = {}) {
  render(<Harness {...props} />);
  await screen.findByTestId('row-call-0');
  return { user: userEvent.setup(), grid: screen.getByRole('grid', { name: 'Calls' }) };
}

const firstCells = (): (string | null)[] =>
  screen
    .getAllByTestId(/^row-/)
    .slice(0, 2)
    .map((row) => within(row).getAllByRole('gridcell')[0].textContent);

describe('DataGrid', () => {
  it('shows rows with formatted values and the count', async () => {
    const { grid } = await show();
    expect(grid.getAttribute('aria-rowcount')).toBe('341');
    expect(screen.getByRole('status').textContent).toBe('340 rows');
    const cells = within(screen.getByTestId('row-call-0')).getAllByRole('gridcell');
    expect(cells.map((cell) => cell.textContent)).toEqual(['user 000', '1\u202f000', '–']);
    // Only what is in view is in the document.
    expect(screen.getAllByTestId(/^row-/).length).toBeLessThan(50);
  });

  it('sorts up, down and not at all by clicks on a title', async () => {
    const { user } = await show();
    const title = screen.getByRole('button', { name: /From/ });
    const header = screen.getByRole('columnheader', { name: /From/ });
    await user.click(title);
    expect(header.getAttribute('aria-sort')).toBe('ascending');
    await user.click(title);
    expect(header.getAttribute('aria-sort')).toBe('descending');
    await waitFor(() => expect(firstCells()).toEqual(['user 339', 'user 338']));
    await user.click(title);
    expect(header.getAttribute('aria-sort')).toBe('none');
    await waitFor(() => expect(firstCells()).toEqual(['user 000', 'user 001']));
  });

  it('filters, and says how many of how many', async () => {
    const { user } = await show();
    await user.type(screen.getByRole('combobox', { name: 'Filter Calls' }), 'user 33');
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('10 of 340'));
    expect(firstCells()).toEqual(['user 330', 'user 331']);
  });

  it('shows where a filter cannot be understood', async () => {
    const { user } = await show();
    await user.type(screen.getByRole('combobox', { name: 'Filter Calls' }), '(');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Expected a term (character 1)');
    expect(alert.querySelector('mark')?.textContent).toBe('(');
    expect(screen.getByRole('combobox', { name: 'Filter Calls' }).getAttribute('aria-invalid')).toBe('true');
  });

  it('says so when nothing matches, and when there is nothing', async () => {
    const { user } = await show();
    await user.type(screen.getByRole('combobox', { name: 'Filter Calls' }), 'nobody');
    expect(await screen.findByText('No row matches the filter.')).toBeTruthy();
    cleanup();
    const empty = async (): Promise<TablePage> => ({
      totalRows: 0,
      matchingRows: 0,
      offset: 0,
      rows: [],
      filterError: null,
    });
    render(<Harness fetchPage={empty} />);
    expect(await screen.findByText('No calls were found.')).toBeTruthy();
  });

  it('goes through the rows with the keyboard; Enter opens, Space plays', async () => {
    const onSelect = vi.fn();
    const onOpen = vi.fn();
    const onPlay = vi.fn();
    const { grid } = await show({ onSelect, onOpen, onPlay });
    grid.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) fireEvent.keyDown(grid, { key });
    expect(onSelect.mock.calls.map(([row]) => row.id)).toEqual(['call-0', 'call-1', 'call-0']);
    fireEvent.keyDown(grid, { key: 'Enter' });
    expect(onOpen.mock.calls[0][0].id).toBe('call-0');
    fireEvent.keyDown(grid, { key: ' ' });
    expect(onPlay.mock.calls[0][0].id).toBe('call-0');
    fireEvent.keyDown(grid, { key: 'PageDown' });
    expect(Number(onSelect.mock.lastCall?.[0].packets)).toBeGreaterThan(1010);
    expect(grid.getAttribute('aria-activedescendant')).toBeTruthy();
  });

  it('selects several rows and copies them in their order as TSV', async () => {
    const onCopy = vi.fn();
    const { user, grid } = await show({ onCopy });
    await user.click(screen.getByTestId('row-call-3'));
    await user.keyboard('{Control>}');
    await user.click(screen.getByTestId('row-call-1'));
    await user.keyboard('{/Control}');
    expect(screen.getByRole('status').textContent).toBe('340 rows, 2 selected');
    fireEvent.keyDown(grid, { key: 'c', ctrlKey: true });
    expect(onCopy).toHaveBeenCalledWith('From\tPackets\tMOS\nuser 001\t1001\t4.1\nuser 003\t1003\t4.1\n');
  });

  it('selects a stretch with Shift, and all rows', async () => {
    const { user, grid } = await show();
    await user.click(screen.getByTestId('row-call-2'));
    fireEvent.click(screen.getByTestId('row-call-5'), { shiftKey: true });
    expect(screen.getByRole('status').textContent).toBe('340 rows, 4 selected');
    fireEvent.keyDown(grid, { key: 'a', ctrlKey: true });
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('340 rows, 340 selected'));
  });

  it('saves all matching rows as CSV, not only those in view', async () => {
    const onSave = vi.fn();
    const { user } = await show({ onSave });
    await user.click(screen.getByRole('button', { name: 'Save Calls as CSV' }));
    await waitFor(() => expect(onSave).toHaveBeenCalled());
    const [name, text] = onSave.mock.calls[0];
    expect(name).toBe('calls.csv');
    expect(text.split('\r\n')).toHaveLength(340 + 2);
  });

  it('hides, moves and resizes columns without a mouse', async () => {
    const { user } = await show();
    await user.click(screen.getByRole('button', { name: 'Choose columns' }));
    await user.click(screen.getByRole('checkbox', { name: 'Packets' }));
    await user.click(screen.getByRole('button', { name: 'Move MOS up' }));
    const titles = (): (string | null)[] => screen.getAllByRole('columnheader').map((header) => header.textContent);
    expect(titles()).toEqual(['MOS', 'From']);
    await user.keyboard('{Escape}');
    const mos = screen.getByRole('button', { name: 'MOS' });
    const width = (): number => Number.parseInt(mos.closest<HTMLElement>('[role=columnheader]')?.style.width ?? '', 10);
    const before = width();
    fireEvent.keyDown(mos, { key: 'ArrowRight', altKey: true });
    expect(width()).toBe(before + 10);
    fireEvent.keyDown(mos, { key: 'ArrowRight', shiftKey: true });
    expect(titles()).toEqual(['From', 'MOS']);
  });

  it('shows a row selected elsewhere, without telling it back', async () => {
    const onSelect = vi.fn();
    await show({ selectedId: 'call-4', onSelect });
    await waitFor(() => expect(screen.getByTestId('row-call-4').getAttribute('aria-selected')).toBe('true'));
    expect(onSelect).not.toHaveBeenCalled();
  });

  it('offers what the owner offers in the menu of a row', async () => {
    const run = vi.fn();
    const rowMenu = vi.fn(() => [{ id: 'play', label: 'Play', run }]);
    const { user } = await show({ rowMenu });
    fireEvent.contextMenu(screen.getByTestId('row-call-6'));
    await user.click(await screen.findByRole('menuitem', { name: 'Play' }));
    expect(run).toHaveBeenCalledOnce();
    expect(rowMenu).toHaveBeenCalledWith([expect.objectContaining({ id: 'call-6' })]);
  });

  it('asks again when the rows changed, keeping them on the screen', async () => {
    const fetchPage = vi.fn(serve);
    const { rerender } = render(<Harness fetchPage={fetchPage} revision={1} />);
    await screen.findByTestId('row-call-0');
    const before = fetchPage.mock.calls.length;
    rerender(<Harness fetchPage={fetchPage} revision={2} />);
    expect(screen.getByTestId('row-call-0')).toBeTruthy();
    await waitFor(() => expect(fetchPage.mock.calls.length).toBeGreaterThan(before));
  });

  it('proposes how a filter can go on, by keyboard too', async () => {
    const { user } = await show();
    const box = screen.getByRole('combobox', { name: 'Filter Calls' }) as HTMLInputElement;
    await user.type(box, 'pac');
    expect(screen.getByRole('option', { name: /packets/ })).toBeTruthy();
    expect(box.getAttribute('aria-expanded')).toBe('true');
    await user.keyboard('{ArrowDown}{Enter}');
    expect(box.value).toBe('packets:');
    await user.clear(box);
    await user.keyboard('{Control>} {/Control}');
    expect(screen.getAllByRole('option').map((option) => option.textContent)).toContain('mosMOS');
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('option')).toBeNull();
  });

  it('takes a filter from outside, and looks up rows that are not here', async () => {
    const asked: unknown[] = [];
    const locateRow = async (id: string, query: object): Promise<number | null> => {
      asked.push([id, query]);
      return Number(id.slice('call-'.length));
    };
    await show({ locateRow, selectedId: 'call-300' });
    await screen.findByTestId('row-call-300');
    expect(asked).toEqual([['call-300', { sort: undefined, filter: undefined }]]);
    cleanup();
    render(<Harness filterRequest={{ serial: 1, text: 'user 33' }} />);
    await screen.findByTestId('row-call-330');
    expect((screen.getByRole('combobox', { name: 'Filter Calls' }) as HTMLInputElement).value).toBe('user 33');
    expect(screen.queryByTestId('row-call-0')).toBeNull();
  });
});
