import { memo, type MouseEvent, type ReactNode } from 'react';
import type { ColumnDefinition } from '#shared/model/table';
import type { TableRow } from '#shared/query/table-query';
import { alignment, formatCell } from '../format';
import { cellValue, type GridColumn } from './columns';
import styles from './DataGrid.module.css';

/** Draws a cell its own way; undefined leaves it to the column's kind. */
export type RenderCell = (column: ColumnDefinition, row: TableRow) => ReactNode | undefined;

interface GridRowProps {
  /** Undefined while the row is on its way. */
  readonly row: TableRow | undefined;
  readonly index: number;
  readonly top: number;
  readonly width: number;
  readonly elementId: string;
  readonly columns: readonly GridColumn[];
  readonly isSelected: boolean;
  readonly isActive: boolean;
  readonly renderCell: RenderCell | undefined;
  readonly onPointer: (kind: 'click' | 'open' | 'menu', index: number, event: MouseEvent) => void;
}

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { row, index, top, width, elementId, columns, isSelected, isActive, renderCell, onPointer } = props;
  return (
    <div
      id={elementId}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-testid={row ? `row-${row.id}` : undefined}
      data-active={isActive || undefined}
      data-even={index % 2 === 0 || undefined}
      className={styles.row}
      style={{ transform: `translateY(${top}px)`, width }}
      onClick={(event) => onPointer('click', index, event)}
      onDoubleClick={(event) => onPointer('open', index, event)}
      onContextMenu={(event) => onPointer('menu', index, event)}
    >
      {columns.map((column, columnIndex) => {
        const value = row && cellValue(row, column);
        const text = row ? formatCell(column.kind, value) : '';
        return (
          <div
            key={column.id}
            role="gridcell"
            aria-colindex={columnIndex + 1}
            className={styles.cell}
            data-align={alignment(column.kind)}
            data-kind={column.kind}
            style={{ width: column.currentWidth }}
            title={text.length > 12 ? text : undefined}
          >
            {row ? (renderCell?.(column, row) ?? text) : <span className={styles.pendingCell} />}
          </div>
        );
      })}
    </div>
  );
});
