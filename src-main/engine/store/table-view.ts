import type { TableDefinition } from '#shared/model/table';
import type { FilterError } from '#shared/query/filter';
import type { SortKey, TablePage, TableQuery, TableRow } from '#shared/query/table-query';
import { compileFilter } from './row-filter';

/** Where a table's rows come from: made one by one, when somebody looks at them. `revision` grows when they change. */
export interface RowSource {
  readonly revision: number;
  readonly count: number;
  row(index: number): TableRow;
}

/** Rows that are made all at once, and again when the revision has grown. */
export function arraySource(revision: () => number, rows: () => readonly object[]): RowSource {
  let madeAt = -1;
  let made: readonly TableRow[] = [];
  const current = (): readonly TableRow[] => {
    const now = revision();
    if (now !== madeAt) {
      made = rows() as readonly TableRow[];
      madeAt = now;
    }
    return made;
  };
  return {
    get revision() {
      return revision();
    },
    get count() {
      return current().length;
    },
    row: (index) => current()[index],
  };
}

/** Filters, sorts and pages rows; the order is kept until the rows, the filter or the sorting change. */
export class TableView {
  private cacheKey = '';
  private total = 0;
  /** Indexes of the rows that are shown, in their order; null when all are, as they come. */
  private order: Uint32Array | null = null;
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
    const { order, source } = this;
    const matchingRows = order?.length ?? this.total;
    const length = Math.max(0, Math.min(limit, matchingRows - offset));
    return {
      totalRows: this.total,
      matchingRows,
      offset,
      rows: Array.from({ length }, (_, i) => source.row(order ? order[offset + i] : offset + i)),
      filterError: this.filterError,
    };
  }

  private arrange(filter: string, sort: SortKey | undefined): void {
    const { source } = this;
    const compiled = compileFilter(filter, this.definition.columns);
    const matches = compiled.ok ? compiled.matches : null;
    const isKnown = sort !== undefined && this.definition.columns.some((column) => column.id === sort.column);
    this.filterError = compiled.ok ? null : compiled.error;
    this.total = source.count;
    if (!matches && !isKnown) {
      this.order = null;
      return;
    }
    const kept = new Uint32Array(this.total);
    const keys: unknown[] = [];
    let count = 0;
    for (let i = 0; i < this.total; i += 1) {
      const row = source.row(i);
      if (matches && !matches(row)) continue;
      if (isKnown) keys[i] = row[sort.column];
      kept[count] = i;
      count += 1;
    }
    this.order = kept.subarray(0, count);
    if (!isKnown) return;
    const compare = compareBy(sort.direction);
    this.order.sort((a, b) => compare(keys[a], keys[b]) || a - b);
  }
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Numbers by value, text by the user's alphabet with digits as numbers; empty cells always last. */
function compareBy(direction: SortKey['direction']): (a: unknown, b: unknown) => number {
  const sign = direction === 'asc' ? 1 : -1;
  return (a, b) => {
    const isEmptyA = a === null || a === undefined || a === '';
    const isEmptyB = b === null || b === undefined || b === '';
    if (isEmptyA || isEmptyB) return Number(isEmptyA) - Number(isEmptyB);
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * collator.compare(String(a), String(b));
  };
}
