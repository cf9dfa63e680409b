import { type DragEvent, type KeyboardEvent, useState } from 'react';
import type { SortKey } from '#shared/query/table-query';
import { alignment } from '../format';
import type { GridColumn } from './columns';
import styles from './DataGrid.module.css';
import { useColumnResize } from './use-column-resize';

interface GridHeaderProps {
  readonly columns: readonly GridColumn[];
  readonly sort: SortKey | undefined;
  readonly onSort: (column: string) => void;
  readonly onResize: (column: string, width: number) => void;
  /** A double click on the edge: as wide as what is in it. */
  readonly onFit: (column: string) => void;
  readonly onMove: (column: string, index: number) => void;
}

const dragType = 'application/x-tapdeck-column';

/**
 * Column titles: a click or Enter sorts, dragging moves, the right edge resizes. With the keyboard: arrows go from
 * title to title, Shift+arrows move the column, Alt+arrows resize it.
 */
export function GridHeader({ columns, sort, onSort, onResize, onFit, onMove }: GridHeaderProps) {
  const [focusable, setFocusable] = useState(0);
  const [dropIndex, setDropIndex] = useState<number | null>(null);
  const { resizing, start } = useColumnResize(onResize);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>, index: number): void => {
    const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const column = columns[index];
    if (event.altKey) return onResize(column.id, column.currentWidth + step * 10);
    const next = Math.min(columns.length - 1, Math.max(0, index + step));
    if (event.shiftKey) onMove(column.id, next);
    setFocusable(next);
    const titles = event.currentTarget.closest('[role=row]')?.querySelectorAll<HTMLElement>('button');
    if (!event.shiftKey) titles?.[next]?.focus();
  };

  const dropAt = (event: DragEvent<HTMLElement>, index: number): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return event.clientX > box.left + box.width / 2 ? index + 1 : index;
  };

  const onDrop = (event: DragEvent<HTMLElement>, index: number): void => {
    const id = event.dataTransfer.getData(dragType);
    const from = columns.findIndex((column) => column.id === id);
    setDropIndex(null);
    if (from < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const to = dropAt(event, index);
    onMove(id, to > from ? to - 1 : to);
  };

  return (
    <div role="row" aria-rowindex={1} className={styles.header}>
      {columns.map((column, index) => {
        const direction = sort?.column === column.id ? sort.direction : null;
        const width = resizing?.id === column.id ? resizing.width : column.currentWidth;
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-colindex={index + 1}
            aria-sort={direction === 'asc' ? 'ascending' : direction === 'desc' ? 'descending' : 'none'}
            className={styles.headerCell}
            data-drop={dropIndex === index ? 'before' : dropIndex === index + 1 ? 'after' : undefined}
            style={{ width }}
            onDragOver={(event) => {
              if (!event.dataTransfer.types.includes(dragType)) return;
              event.preventDefault();
              setDropIndex(dropAt(event, index));
            }}
            onDragLeave={() => setDropIndex(null)}
            onDrop={(event) => onDrop(event, index)}
          >
            <button
              type="button"
              className={styles.title}
              data-align={alignment(column.kind)}
              title={column.description ? `${column.title}: ${column.description}` : column.title}
              tabIndex={index === Math.min(focusable, columns.length - 1) ? 0 : -1}
              draggable
              onDragStart={(event) => {
                event.dataTransfer.setData(dragType, column.id);
                event.dataTransfer.effectAllowed = 'move';
              }}
              onDragEnd={() => setDropIndex(null)}
              onFocus={() => setFocusable(index)}
              onClick={() => onSort(column.id)}
              onKeyDown={(event) => onKeyDown(event, index)}
            >
              <span className={styles.titleText}>{column.title}</span>
              {direction && (
                <span className={styles.sortMark} aria-hidden>
                  {direction === 'asc' ? '▲' : '▼'}
                </span>
              )}
            </button>
            <span
              className={styles.resizer}
              onPointerDown={(event) => start(column.id, column.currentWidth, event)}
              onDoubleClick={() => onFit(column.id)}
            />
          </div>
        );
      })}
    </div>
  );
}
