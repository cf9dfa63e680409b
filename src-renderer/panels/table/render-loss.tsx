import { formatCell } from '../../widgets/format';
import type { RenderCell } from '../../widgets/DataGrid';
import styles from './table.module.css';

const lossColumns = new Set(['lost', 'lostPercent']);

/** Losses stand out; none of them does not. */
export const renderLoss: RenderCell = (column, row) => {
  const value = row[column.id];
  if (!lossColumns.has(column.id) || typeof value !== 'number' || value <= 0) return undefined;
  return <span className={styles.lossy}>{formatCell(column.kind, value)}</span>;
};
