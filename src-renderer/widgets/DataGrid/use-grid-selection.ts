import { useState } from 'react';
import type { TableRow } from '#shared/query/table-query';
import type { PagedRows } from './paged-rows';

export interface GridSelection {
  /** Index of the row that the keyboard acts on; -1 before any was chosen. */
  readonly activeIndex: number;
  readonly activeId: string | null;
  /** Rows by id, in no particular order. */
  readonly selected: ReadonlyMap<string, TableRow>;
  /** Where a stretch with Shift begins. */
  readonly anchorIndex: number;
}

const nothing: GridSelection = { activeIndex: -1, activeId: null, selected: new Map(), anchorIndex: 0 };

export type SelectMode = 'replace' | 'toggle' | 'extend';

/** Selection within a grid: one row, a stretch with Shift, single ones with Ctrl. */
export function useGridSelection(rows: PagedRows, count: number) {
  const [selection, setSelection] = useState<GridSelection>(nothing);

  /** Chooses the row at `index`; answers it when it is here. */
  const choose = (index: number, mode: SelectMode): TableRow | null => {
    if (count === 0) return null;
    const target = Math.min(count - 1, Math.max(0, index));
    const row = rows.row(target);
    if (mode === 'extend') {
      extendTo(target, row);
      return row ?? null;
    }
    setSelection((state) => {
      const selected = new Map(mode === 'toggle' ? state.selected : []);
      if (row && mode === 'toggle' && selected.has(row.id)) selected.delete(row.id);
      else if (row) selected.set(row.id, row);
      return { activeIndex: target, activeId: row?.id ?? null, selected, anchorIndex: target };
    });
    return row ?? null;
  };

  const extendTo = (target: number, row: TableRow | undefined): void => {
    const first = Math.min(selection.anchorIndex, target);
    const last = Math.max(selection.anchorIndex, target);
    setSelection((state) => ({ ...state, activeIndex: target, activeId: row?.id ?? null }));
    selectRange(first, last);
  };

  /** Selects a stretch, fetching what is not here. */
  const selectRange = (first: number, last: number): void => {
    const local = rows.slice(first, last);
    const take = (stretch: readonly TableRow[]): void =>
      setSelection((state) => ({ ...state, selected: new Map(stretch.map((row) => [row.id, row])) }));
    if (local) take(local);
    else void rows.fetchRange(first, last - first + 1).then((stretch) => stretch && take(stretch));
  };

  /** Shows a selection made elsewhere. */
  const adopt = (id: string | null): void => {
    setSelection((state) => {
      if (id === null) return state.selected.size === 0 ? state : nothing;
      const index = rows.indexOf(id);
      const isShown = state.activeIndex >= 0 || index < 0;
      if (state.selected.has(id) && isShown) return state;
      const row = index >= 0 ? rows.row(index) : undefined;
      return {
        activeIndex: index,
        activeId: id,
        selected: new Map([[id, row ?? { id }]]),
        anchorIndex: Math.max(0, index),
      };
    });
  };

  return { selection, choose, selectRange, adopt };
}
