import type { TableDefinition } from '#shared/model/table';
import type { FilterError } from '#shared/query/filter';
import type { SortKey, TablePage, TableQuery, TableRow } from '#shared/query/table-query';
import { compileFilter } from './row-filter';

/** Where a table's rows come from. `revision` grows when they change. */
export interface RowSource {
  readonly revision: number;
  rows(): readonly TableRow[];
}

/** Filters, sorts and pages rows; the order is kept until the rows, the filter or the sorting change. */
export class TableView {
  private cacheKey = '';
  private total = 0;
  private matching: readonly TableRow[] = [];
  private filterError: FilterError | null = null;

  constructor(
    private readonly definition: TableDefinition,
    private readonly source: RowSource,
  ) {}

  page({ offset, limit, sort, filter = '' }: Omit<TableQuery, 'table' | 'scope'>): TablePage {
    const cacheKey = JSON.stringify([this.source.revision, filter, sort ?? null]);
    if (cacheKey !== this.cacheKey) {
      this.arrange(filter, sort);
      this.cacheKey = cacheKey;
    }
    return {
      totalRows: this.total,
      matchingRows: this.matching.length,
      offset,
      rows: this.matching.slice(offset, offset + limit),
      filterError: this.filterError,
    };
  }

  private arrange(filter: string, sort: SortKey | undefined): void {
    const rows = this.source.rows();
    const compiled = compileFilter(filter, this.definition.columns);
    this.total = rows.length;
    this.filterError = compiled.ok ? null : compiled.error;
    const kept = compiled.ok && compiled.matches ? rows.filter(compiled.matches) : rows;
    const isKnown = sort && this.definition.columns.some((column) => column.id === sort.column);
    this.matching = isKnown ? [...kept].sort(compareBy(sort)) : kept;
  }
}

/** Numbers by value, text by the user's alphabet with digits as numbers; empty cells always last. */
function compareBy({ column, direction }: SortKey): (a: TableRow, b: TableRow) => number {
  const sign = direction === 'asc' ? 1 : -1;
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  return (rowA, rowB) => {
    const a = rowA[column];
    const b = rowB[column];
    const isEmptyA = a === null || a === undefined || a === '';
    const isEmptyB = b === null || b === undefined || b === '';
    if (isEmptyA || isEmptyB) return Number(isEmptyA) - Number(isEmptyB);
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * collator.compare(String(a), String(b));
  };
}
