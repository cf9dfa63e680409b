import type { ColumnDefinition, TableDefinition } from '#shared/model/table';
import type { TableRow } from '#shared/query/table-query';

/** Columns as the user left them. */
export interface ColumnPreferences {
  /** Visible columns in their order; null while untouched. */
  readonly order: readonly string[] | null;
  readonly widths: Readonly<Record<string, number>>;
}

export interface GridColumn extends ColumnDefinition {
  readonly currentWidth: number;
}

export const narrowestColumn = 36;
const widestColumn = 1200;

/**
 * The visible columns in their order. Widths are what the user chose, else what fits the content, else what the table
 * says. Columns that a remembered order names but the table no longer has are left out.
 */
export function visibleColumns(
  definition: TableDefinition,
  preferences: ColumnPreferences,
  fitting: Readonly<Record<string, number>> = {},
): GridColumn[] {
  const byId = new Map(definition.columns.map((column) => [column.id, column]));
  const ids = preferences.order ?? definition.columns.filter((column) => !column.isHidden).map((column) => column.id);
  const columns: GridColumn[] = [];
  for (const id of ids) {
    const column = byId.get(id);
    if (column)
      columns.push({ ...column, currentWidth: clampWidth(preferences.widths[id] ?? fitting[id] ?? column.width) });
  }
  return columns;
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(widestColumn, Math.max(narrowestColumn, width)));
}

export function withWidth(preferences: ColumnPreferences, id: string, width: number): ColumnPreferences {
  return { ...preferences, widths: { ...preferences.widths, [id]: clampWidth(width) } };
}

/** Shows or hides a column; a column shown again stands at the end, the last visible one stays. */
export function withVisibility(
  definition: TableDefinition,
  preferences: ColumnPreferences,
  id: string,
  isVisible: boolean,
): ColumnPreferences {
  const order = visibleColumns(definition, preferences).map((column) => column.id);
  if (isVisible === order.includes(id)) return preferences;
  if (!isVisible && order.length === 1) return preferences;
  return { ...preferences, order: isVisible ? [...order, id] : order.filter((known) => known !== id) };
}

/** Moves a column so that it stands at `index` among the visible ones. */
export function withPosition(
  definition: TableDefinition,
  preferences: ColumnPreferences,
  id: string,
  index: number,
): ColumnPreferences {
  const order = visibleColumns(definition, preferences).map((column) => column.id);
  const from = order.indexOf(id);
  if (from < 0) return preferences;
  order.splice(from, 1);
  order.splice(Math.min(order.length, Math.max(0, index)), 0, id);
  return { ...preferences, order };
}

export function cellValue(row: TableRow, column: ColumnDefinition): unknown {
  return row[column.id];
}
