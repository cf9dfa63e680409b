import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useEffectEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { TableDefinition } from '#shared/model/table';
import type { SortKey, TableRow } from '#shared/query/table-query';
import { ColumnMenu } from './ColumnMenu';
import { type ColumnPreferences, visibleColumns, withPosition, withWidth } from './columns';
import styles from './DataGrid.module.css';
import { toCsv, toTsv } from './delimited';
import { formatInteger } from '../format';
import { fittingWidths } from './fit';
import { GridHeader } from './GridHeader';
import { GridRow, type RenderCell } from './GridRow';
import { GridToolbar } from './GridToolbar';
import { type FetchPage, PagedRows } from './paged-rows';
import { RowMenu, type RowMenuItem } from './RowMenu';
import { RowScroll } from '../row-scroll';
import { useGridSelection } from './use-grid-selection';

export interface DataGridProps {
  readonly definition: TableDefinition;
  /** Asks for a page; it may be called for rows that are not in view (copy, export). */
  readonly fetchPage: FetchPage;
  /** Another value: the rows changed, ask again. */
  readonly revision: number | string;
  readonly preferences: ColumnPreferences;
  readonly onPreferencesChange: (preferences: ColumnPreferences) => void;
  /** Row selected elsewhere; null when none is. */
  readonly selectedId?: string | null;
  /** Its place while nothing is sorted or filtered, for a row that is not read yet. */
  readonly selectedIndex?: number | null;
  /** Looks up where a row stands when it is not read yet; null when it does not (yet). */
  readonly locateRow?: (id: string, query: RowQuery) => Promise<number | null>;
  /** What the rows are sorted and filtered by, at first and when it changes. */
  readonly onQueryChange?: (query: RowQuery) => void;
  /** A filter set from outside; another serial sets it anew. */
  readonly filterRequest?: FilterRequest;
  readonly initialSort?: SortKey;
  readonly filterHint?: string;
  readonly renderCell?: RenderCell;
  /** The user chose one row. */
  readonly onSelect?: (row: TableRow) => void;
  /** Enter or double click. */
  readonly onOpen?: (row: TableRow) => void;
  /** Space. */
  readonly onPlay?: (row: TableRow) => void;
  readonly rowMenu?: (rows: readonly TableRow[]) => readonly RowMenuItem[];
  readonly onCopy: (text: string) => void;
  readonly onSave: (suggestedName: string, text: string) => void;
  /** What stands in place of rows when the table has none. */
  readonly emptyMessage: ReactNode;
  readonly toolbarExtra?: ReactNode;
}

/** What rows are sorted and filtered by. */
export interface RowQuery {
  readonly sort?: SortKey;
  readonly filter?: string;
}

export interface FilterRequest {
  readonly serial: number;
  readonly text: string;
}

/** Rows that are selected, copied or saved at once: they all come into memory. */
const mostTaken = 100_000;
const rowHeight = 24;
const headerHeight = 24;

/** A table of any length: rows come by pages, see `PagedRows`. Knows no bridge and no store. */
export function DataGrid(props: DataGridProps) {
  const { definition, revision, preferences, onPreferencesChange, selectedId = null } = props;
  const [rows] = useState(() => new PagedRows(props.fetchPage));
  useEffect(() => rows.fetchBy(props.fetchPage), [rows, props.fetchPage]);
  const state = useSyncExternalStore(rows.subscribe, rows.getState);
  const [sort, setSort] = useState<SortKey | undefined>(props.initialSort);
  const [filter, setFilter] = useState(props.filterRequest?.text ?? '');
  const [servedRequest, setServedRequest] = useState(props.filterRequest);
  if (props.filterRequest && props.filterRequest.serial !== servedRequest?.serial) {
    setServedRequest(props.filterRequest);
    setFilter(props.filterRequest.text.trim());
  }
  const [menuAt, setMenuAt] = useState<{ x: number; y: number } | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const idPrefix = useId();
  const [fitting, setFitting] = useState<Readonly<Record<string, number>>>({});
  const columns = visibleColumns(definition, preferences, fitting);
  const totalWidth = columns.reduce((sum, column) => sum + column.currentWidth, 0);
  const count = state.matchingRows;
  const { selection, choose, selectRange, adopt } = useGridSelection(rows, count);

  const [scroll] = useState(() => new RowScroll(rowHeight, headerHeight));
  const view = useSyncExternalStore(scroll.subscribe, scroll.getView);
  useEffect(() => (scroller.current ? scroll.attach(scroller.current) : undefined), [scroll]);
  useLayoutEffect(() => scroll.setCount(count), [scroll, count]);
  useLayoutEffect(() => scroll.settle(), [scroll, view.bodyHeight]);
  const isShown = useIsShown(scroller);
  const { first } = view;
  // Before the rows are known there is something to ask for.
  const last = isShown ? Math.max(0, view.last) : -1;
  const indexes = Array.from({ length: Math.max(0, view.last - first + 1) }, (_, i) => first + i);

  const tellQuery = useEffectEvent((query: RowQuery) => props.onQueryChange?.(query));
  useEffect(() => {
    const query = { sort, filter: filter === '' ? undefined : filter };
    rows.setQuery(query.sort, query.filter);
    tellQuery(query);
  }, [rows, sort, filter]);
  useEffect(() => rows.want(first, last), [rows, first, last]);
  useEffect(() => rows.invalidate(), [rows, revision]);
  useEffect(() => () => rows.want(0, -1), [rows]);
  const showSelected = useEffectEvent((id: string | null) => {
    adopt(id);
    if (id === null) return;
    const isInOrder = sort === undefined && filter === '';
    const known = rows.indexOf(id);
    const index = known < 0 && isInOrder ? (props.selectedIndex ?? -1) : known;
    if (index >= 0 && index < count) scroll.scrollToIndex(index);
  });
  const isSelectedRead = selectedId !== null && rows.indexOf(selectedId) >= 0;
  // Also when the rows come later than the wish to show one of them.
  useEffect(() => showSelected(selectedId), [selectedId, state.isKnown, isSelectedRead]);

  /** The last wish to show a row, and the last one met: what was found once does not pull the rows back again. */
  const sought = useRef({ wanted: '', found: '' });
  const locateSelected = useEffectEvent(async (id: string) => {
    const wish = JSON.stringify([id, sort, filter]);
    sought.current.wanted = wish;
    if (!props.locateRow || !state.isKnown || sought.current.found === wish) return;
    const index = await props.locateRow(id, { sort, filter: filter === '' ? undefined : filter });
    if (index === null || sought.current.wanted !== wish) return;
    sought.current.found = wish;
    scroll.scrollToIndex(index);
  });
  useEffect(() => {
    if (selectedId !== null) void locateSelected(selectedId);
  }, [selectedId, sort, filter, state.isKnown, state.isPending]);

  /** A row that was gone to before it was there. */
  const awaited = useRef(-1);
  const takeAwaited = useEffectEvent(() => {
    const row = awaited.current < 0 ? undefined : rows.row(awaited.current);
    if (!row) return;
    choose(awaited.current, 'replace');
    awaited.current = -1;
    props.onSelect?.(row);
  });
  useEffect(() => rows.subscribe(() => takeAwaited()), [rows]);

  const goTo = (index: number, extend: boolean): void => {
    const target = Math.min(count - 1, Math.max(0, index));
    const row = choose(target, extend ? 'extend' : 'replace');
    scroll.scrollToIndex(target);
    if (!extend) awaited.current = row ? -1 : target;
    if (row && !extend) props.onSelect?.(row);
  };
  const active = selection.activeIndex >= 0 ? (rows.row(selection.activeIndex) ?? null) : null;
  const selectedInOrder = (): TableRow[] =>
    [...selection.selected.values()].sort((a, b) => rows.indexOf(a.id) - rows.indexOf(b.id));

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, view.pageRows - 1);
    const at = selection.activeIndex;
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: Math.max(0, at - 1),
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: count - 1,
    };
    const control = event.ctrlKey || event.metaKey;
    if (event.key in moves && !control && !event.altKey) goTo(moves[event.key], event.shiftKey);
    else if (event.key === 'Enter' && active) props.onOpen?.(active);
    else if (event.key === ' ' && active && props.onPlay) props.onPlay(active);
    else if (event.key.toLowerCase() === 'a' && control) selectRange(0, Math.min(count, mostTaken) - 1);
    else if (event.key.toLowerCase() === 'c' && control && selection.selected.size > 0) copy();
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) openMenuAtActive();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onPointer = useLatest((kind: 'click' | 'open' | 'menu', index: number, event: MouseEvent): void => {
    if (kind === 'menu') {
      event.preventDefault();
      const row = rows.row(index);
      if (row && !selection.selected.has(row.id)) goTo(index, false);
      setMenuAt({ x: event.clientX, y: event.clientY });
    } else if (kind === 'open') {
      const row = rows.row(index);
      if (row) props.onOpen?.(row);
    } else if (event.ctrlKey || event.metaKey) choose(index, 'toggle');
    else goTo(index, event.shiftKey);
  });

  const openMenuAtActive = (): void => {
    const box = document.getElementById(rowElementId(idPrefix, selection.activeIndex))?.getBoundingClientRect();
    if (box) setMenuAt({ x: box.left + 24, y: box.bottom });
  };

  const copy = (): void => props.onCopy(toTsv(columns, selectedInOrder()));
  const exportCsv = (): void => {
    void rows.fetchRange(0, Math.min(count, mostTaken)).then((all) => {
      if (all) props.onSave(`${definition.id.replaceAll('.', '-')}.csv`, toCsv(columns, all));
    });
  };
  const toggleSort = (column: string): void => {
    if (definition.columns.some(({ id, isUnsorted }) => id === column && isUnsorted)) return;
    // Third click: the order of the capture again.
    if (sort?.column !== column) setSort({ column, direction: 'asc' });
    else setSort(sort.direction === 'asc' ? { column, direction: 'desc' } : undefined);
  };
  const inView = (): TableRow[] => indexes.flatMap((index) => rows.row(index) ?? []);
  const fit = (id: string): void => {
    const column = columns.filter((known) => known.id === id);
    if (!scroller.current) return;
    const widths = fittingWidths(scroller.current, column, inView(), Number.POSITIVE_INFINITY);
    onPreferencesChange(withWidth(preferences, id, widths[id]));
  };
  const isReady = state.isKnown && view.last >= 0 && rows.row(first) !== undefined;
  // Once, when the first rows are there: a table that grows does not move under the hand.
  const fitFirst = useEffectEvent(() => {
    if (scroller.current) setFitting(fittingWidths(scroller.current, definition.columns, inView()));
  });
  useEffect(() => {
    if (isReady) fitFirst();
  }, [isReady]);

  const menuItems = (): RowMenuItem[] => [
    ...(props.rowMenu?.(selectedInOrder()) ?? []),
    {
      id: 'copy',
      label: selection.selected.size > 1 ? `Copy ${selection.selected.size} Rows` : 'Copy Row',
      icon: 'copy',
      startsSection: props.rowMenu !== undefined,
      run: copy,
    },
    {
      id: 'csv',
      label: count > mostTaken ? `Save First ${formatInteger(mostTaken)} Rows as CSV…` : 'Save All Rows as CSV…',
      icon: 'download',
      run: exportCsv,
    },
  ];

  return (
    <div className={styles.grid} data-testid={`grid-${definition.id}`}>
      <GridToolbar
        label={definition.title}
        columns={definition.columns}
        state={state}
        request={servedRequest}
        selectedCount={selection.selected.size}
        filterHint={props.filterHint ?? 'Filter'}
        onFilter={setFilter}
        onLeave={() => scroller.current?.focus()}
        onExport={exportCsv}
        columnMenu={<ColumnMenu definition={definition} preferences={preferences} onChange={onPreferencesChange} />}
        extra={props.toolbarExtra}
      />
      <div className={styles.rows}>
        <div
          ref={scroller}
          role="grid"
          aria-label={definition.title}
          aria-rowcount={count + 1}
          aria-colcount={columns.length}
          aria-multiselectable
          aria-activedescendant={
            selection.activeIndex >= first && selection.activeIndex <= last
              ? rowElementId(idPrefix, selection.activeIndex)
              : undefined
          }
          tabIndex={0}
          className={styles.scroller}
          onKeyDown={onKeyDown}
        >
          <div className={styles.headerBox} style={{ minWidth: totalWidth }} role="presentation">
            <GridHeader
              columns={columns}
              sort={sort}
              onSort={toggleSort}
              onResize={(id, width) => onPreferencesChange(withWidth(preferences, id, width))}
              onFit={fit}
              onMove={(id, index) => onPreferencesChange(withPosition(definition, preferences, id, index))}
            />
          </div>
          <div role="rowgroup" className={styles.body} style={{ height: view.bodyHeight, minWidth: totalWidth }}>
            {indexes.map((index) => {
              const row = rows.row(index);
              return (
                <GridRow
                  key={index}
                  row={row}
                  index={index}
                  top={index * rowHeight + view.shift}
                  width={totalWidth}
                  elementId={rowElementId(idPrefix, index)}
                  columns={columns}
                  isSelected={row !== undefined && selection.selected.has(row.id)}
                  isActive={index === selection.activeIndex}
                  renderCell={props.renderCell}
                  onPointer={onPointer}
                />
              );
            })}
          </div>
        </div>
        {state.isKnown && count === 0 && (
          <div className={styles.empty}>{state.totalRows > 0 ? 'No row matches the filter.' : props.emptyMessage}</div>
        )}
        {state.hasFailed && !state.isKnown && <div className={styles.empty}>The rows could not be read.</div>}
      </div>
      <RowMenu at={menuAt} items={menuAt ? menuItems() : []} onClose={() => setMenuAt(null)} />
    </div>
  );
}

function rowElementId(prefix: string, index: number): string {
  return `${prefix}-row-${index}`;
}

/** Whether an element has any height: a table behind another tab need not be read. */
function useIsShown(element: RefObject<HTMLElement | null>): boolean {
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    const shown = element.current;
    if (!shown) return;
    const measure = (): void => setIsShown(shown.clientHeight > 0);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(shown);
    return () => observer.disconnect();
  }, [element]);
  return isShown;
}

/** A function of constant identity that calls the latest version, for memoised children. */
function useLatest<Arguments extends unknown[]>(call: (...input: Arguments) => void): (...input: Arguments) => void {
  const latest = useRef(call);
  useEffect(() => {
    latest.current = call;
  });
  const [stable] = useState(
    () =>
      (...input: Arguments) =>
        latest.current(...input),
  );
  return stable;
}
