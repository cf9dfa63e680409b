import { restMs } from '#shared/base/pace';
import type { SortKey, TablePage, TableRow } from '#shared/query/table-query';

/** What a grid asks of its table. */
export interface GridQuery {
  readonly offset: number;
  readonly limit: number;
  readonly sort?: SortKey;
  readonly filter?: string;
}

/** Answers null when it failed (and the user was told). */
export type FetchPage = (query: GridQuery) => Promise<TablePage | null>;

export interface PagedState {
  readonly totalRows: number;
  readonly matchingRows: number;
  readonly filterError: TablePage['filterError'];
  /** An answer came at least once. */
  readonly isKnown: boolean;
  /** The table still filters or sorts: these are the rows so far. */
  readonly isPending: boolean;
  /** The last request failed. */
  readonly hasFailed: boolean;
}

interface Page {
  /** Query and revision that the rows belong to. */
  stamp: number;
  rows: readonly TableRow[];
}

const pageSize = 150;
const largestRequest = 1000;
/** Pages kept around the visible ones. */
const pagesKept = 40;

/**
 * Rows of a table, fetched by pages as they come into view. The latest question wins; old rows stay until newer ones
 * are there. While the table grows, a page that is on its way is asked for again when it came, after a rest.
 */
export class PagedRows {
  private state: PagedState = {
    totalRows: 0,
    matchingRows: 0,
    filterError: null,
    isKnown: false,
    isPending: false,
    hasFailed: false,
  };
  private readonly pages = new Map<number, Page>();
  private readonly flights = new Map<number, number>();
  private readonly listeners = new Set<() => void>();
  private sort: SortKey | undefined;
  private filter: string | undefined;
  /** Grows with each change of query or revision: rows with an older stamp are shown, and asked for again. */
  private stamp = 1;
  /** Answers to questions older than this are for another query. */
  private queryStamp = 1;
  private restUntil = 0;
  private restTimer: ReturnType<typeof setTimeout> | undefined;
  private firstWanted = 0;
  private lastWanted = -1;

  constructor(private fetchPage: FetchPage) {}

  /** Asks another way from now on. */
  fetchBy(fetchPage: FetchPage): void {
    this.fetchPage = fetchPage;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** A new object after each change. */
  readonly getState = (): PagedState => this.state;

  row(index: number): TableRow | undefined {
    return this.pages.get(pageOf(index))?.rows[index % pageSize];
  }

  /** Rows of a stretch (`last` is inclusive) when all of them are here. */
  slice(first: number, last: number): readonly TableRow[] | null {
    const rows: TableRow[] = [];
    for (let index = first; index <= last; index++) {
      const row = this.row(index);
      if (!row) return null;
      rows.push(row);
    }
    return rows;
  }

  /** Index of a row among those that are here; -1 when it is not. */
  indexOf(id: string): number {
    for (const [number, page] of this.pages) {
      const at = page.rows.findIndex((row) => row.id === id);
      if (at >= 0) return number * pageSize + at;
    }
    return -1;
  }

  setQuery(sort: SortKey | undefined, filter: string | undefined): void {
    if (this.sort?.column === sort?.column && this.sort?.direction === sort?.direction && this.filter === filter)
      return;
    this.sort = sort;
    this.filter = filter;
    this.queryStamp = ++this.stamp;
    this.flights.clear();
    this.request();
  }

  /** The table's rows changed. */
  invalidate(): void {
    this.stamp++;
    this.request();
  }

  /** These rows are in view; `last` is inclusive. */
  want(first: number, last: number): void {
    this.firstWanted = first;
    this.lastWanted = last;
    this.request();
  }

  /** All rows of a range in the order of the query, whether in view or not; null when that failed. */
  async fetchRange(first: number, count: number): Promise<readonly TableRow[] | null> {
    const rows: TableRow[] = [];
    while (rows.length < count) {
      const limit = Math.min(largestRequest, count - rows.length);
      const page = await this.fetchPage({ offset: first + rows.length, limit, sort: this.sort, filter: this.filter });
      if (!page) return null;
      rows.push(...page.rows);
      if (page.rows.length < limit) break;
    }
    return rows;
  }

  private request(): void {
    // Without a view nobody looks: the question is kept until somebody does.
    if (this.lastWanted < this.firstWanted) return;
    const rest = this.restUntil - performance.now();
    for (let number = pageOf(this.firstWanted); number <= pageOf(this.lastWanted); number++) {
      const stamp = this.pages.get(number)?.stamp ?? 0;
      if (stamp === this.stamp || this.flights.has(number)) continue;
      // Rows that are only old can wait, so that a table that changes all the time is not asked all the time.
      if (stamp >= this.queryStamp && rest > 0) this.requestAfter(rest);
      else void this.load(number);
    }
  }

  private requestAfter(rest: number): void {
    this.restTimer ??= setTimeout(() => {
      this.restTimer = undefined;
      this.request();
    }, rest);
  }

  private async load(number: number): Promise<void> {
    const asked = this.stamp;
    const started = performance.now();
    this.flights.set(number, asked);
    const page = await this.fetchPage({
      offset: number * pageSize,
      limit: pageSize,
      sort: this.sort,
      filter: this.filter,
    });
    const ended = performance.now();
    this.restUntil = ended + restMs(ended - started);
    if (asked < this.queryStamp) return;
    this.flights.delete(number);
    if (page) this.accept(number, asked, page);
    else this.update({ hasFailed: true });
    // A failed page is not asked for again before something changes.
    if (page || this.stamp !== asked) this.request();
  }

  private accept(number: number, stamp: number, page: TablePage): void {
    for (const [known, { stamp: old }] of this.pages) {
      // Rows of another query may stay only where they are about to be replaced.
      if (old < this.queryStamp && !this.isWanted(known)) this.pages.delete(known);
    }
    this.pages.set(number, { stamp, rows: page.rows });
    this.forgetFarPages(number);
    this.update({
      totalRows: page.totalRows,
      matchingRows: page.matchingRows,
      filterError: page.filterError,
      isKnown: true,
      isPending: page.isPending ?? false,
      hasFailed: false,
    });
  }

  private isWanted(number: number): boolean {
    return number >= pageOf(this.firstWanted) && number <= pageOf(this.lastWanted);
  }

  private forgetFarPages(center: number): void {
    if (this.pages.size <= pagesKept) return;
    const farthest = [...this.pages.keys()].sort((a, b) => Math.abs(b - center) - Math.abs(a - center));
    for (const number of farthest.slice(0, this.pages.size - pagesKept)) this.pages.delete(number);
  }

  private update(change: Partial<PagedState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

function pageOf(index: number): number {
  return Math.floor(index / pageSize);
}
