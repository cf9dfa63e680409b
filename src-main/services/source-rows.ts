import type { TableId, TablePage, TableQuery, TableRow } from '#shared/query/table-query';

const pageRows = 1000;

type AskForPage = (query: TableQuery) => Promise<TablePage>;

/** Rows of tables, each table read once. */
export class SourceRows {
  private readonly tables = new Map<TableId, Promise<readonly TableRow[]>>();

  constructor(private readonly page: AskForPage) {}

  rows(table: TableId): Promise<readonly TableRow[]> {
    const known = this.tables.get(table) ?? this.read(table);
    this.tables.set(table, known);
    return known;
  }

  /** A row with its place in its table, from 1; null when it is not there. */
  async find(table: TableId, id: string): Promise<{ readonly row: TableRow; readonly ordinal: number } | null> {
    const rows = await this.rows(table);
    const index = rows.findIndex((row) => row.id === id);
    return index < 0 ? null : { row: rows[index], ordinal: index + 1 };
  }

  private async read(table: TableId): Promise<readonly TableRow[]> {
    const rows: TableRow[] = [];
    for (;;) {
      const page = await this.page({ table, offset: rows.length, limit: pageRows });
      rows.push(...page.rows);
      if (page.rows.length === 0 || rows.length >= page.totalRows) return rows;
    }
  }
}
