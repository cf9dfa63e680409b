import type { PacketPosition, PacketRow } from '#shared/model/packet';
import { parseFilter, type FilterError } from '#shared/query/filter';
import type { SortKey, TablePage, TableQuery, TableRow } from '#shared/query/table-query';
import type { FrameStore } from '../../store/frame-store';
import { compileFilter } from '../../store/row-filter';
import { Arrangement } from './arrangement';
import { type Candidates, ChainWalk, requiredLink, WholeWalk } from './frame-walk';
import type { PacketProbe } from './packet-probe';
import { allPacketsTable } from './packet-table';

export interface PacketListParts {
  readonly store: FrameStore;
  /** Two of them: a page may be asked for in the middle of a search. */
  readonly createProbe: () => PacketProbe;
  /** Frames that can belong to a conversation, stream or call. */
  readonly candidates: (id: string) => Candidates;
}

/** What pages of packets are asked by. */
export type PacketOrder = Pick<TableQuery, 'sort' | 'filter'>;

/**
 * The table of all packets. Nothing is kept of a packet: rows are read again from the file when a page is asked for.
 * Filtering and sorting run in steps (`work`); meanwhile pages show what was found so far. One arrangement is kept,
 * that of the latest question.
 */
export class PacketList {
  private readonly pageProbe: PacketProbe;
  private readonly workProbe: PacketProbe;
  private key = '';
  private arrangement: Arrangement | null = null;
  private filterError: FilterError | null = null;
  private isFinal = false;
  private arrangements = 0;

  constructor(private readonly parts: PacketListParts) {
    this.pageProbe = parts.createProbe();
    this.workProbe = parts.createProbe();
  }

  /** Grows when rows change. */
  get revision(): number {
    return this.parts.store.count + (this.arrangement?.revision ?? 0) + this.arrangements;
  }

  /** Work is left that does not wait for more frames. */
  get hasWork(): boolean {
    return this.arrangement?.isPending ?? false;
  }

  /** No more frames will come. */
  finish(): void {
    this.isFinal = true;
  }

  /** Filters and sorts until `shouldPause`; false when nothing is left to do. */
  work(shouldPause: () => boolean): boolean {
    return this.arrangement?.work(shouldPause) ?? false;
  }

  row(number: number): PacketRow {
    return this.pageProbe.row(number);
  }

  page({ offset, limit, sort, filter }: Omit<TableQuery, 'table' | 'scope'>): TablePage {
    const { store } = this.parts;
    this.arrange({ sort, filter });
    const { arrangement } = this;
    const matchingRows = arrangement?.count ?? store.count;
    const rows: PacketRow[] = [];
    for (let i = offset; i < Math.min(offset + limit, matchingRows); i += 1) {
      rows.push(this.pageProbe.row(this.numberAt(i, sort)));
    }
    return {
      totalRows: store.count,
      matchingRows,
      offset,
      rows: rows as unknown as readonly TableRow[],
      filterError: this.filterError,
      isPending: arrangement?.isPending ?? false,
    };
  }

  /**
   * Where a frame, or the last one up to a time, stands in an order; null when it does not, or when frames do not
   * follow each other in time there.
   */
  locate(
    target: { readonly frame: number } | { readonly timeSeconds: number },
    order: PacketOrder,
  ): PacketPosition | null {
    const { store } = this.parts;
    this.arrange(order);
    const { arrangement } = this;
    const count = arrangement?.count ?? store.count;
    if (count === 0) return null;
    if ('frame' in target) {
      const { frame } = target;
      const index = arrangement
        ? arrangement.indexOf(frame)
        : frame <= store.count
          ? this.indexIn(frame, order.sort)
          : -1;
      return index < 0 ? null : { index, number: frame };
    }
    if (arrangement?.isSorted) return null;
    const timeNs = target.timeSeconds * 1e9;
    const isLater = (frame: number): boolean => store.timeOf(frame) > timeNs;
    const after = arrangement ? arrangement.lowerBound(isLater) : firstFrame(store.count, isLater) - 1;
    const index = Math.max(0, after - 1);
    const number = arrangement ? arrangement.at(index) : index + 1;
    return { index: arrangement ? index : this.indexIn(number, order.sort), number };
  }

  /** Without filter and by number alone nothing has to be arranged. */
  private arrange({ sort, filter = '' }: PacketOrder): void {
    const key = JSON.stringify([filter, sort ?? null]);
    if (key === this.key) return;
    this.key = key;
    this.arrangements += 1;
    this.arrangement = null;
    const { columns } = allPacketsTable;
    const compiled = compileFilter(filter, columns);
    this.filterError = compiled.ok ? null : compiled.error;
    const matches = compiled.ok ? compiled.matches : null;
    const isSortable = columns.some(({ id, isUnsorted }) => id === sort?.column && !isUnsorted);
    if (matches === null && (!isSortable || sort?.column === 'number')) return;
    const { store, candidates } = this.parts;
    const parsed = parseFilter(filter);
    // Before the end, frames may yet come to belong to what is looked for.
    const link = this.isFinal && parsed.ok && matches !== null ? requiredLink(parsed.filter) : null;
    this.arrangement = new Arrangement({
      store,
      probe: this.workProbe,
      walk: link === null ? new WholeWalk(store) : new ChainWalk(store, candidates(link)),
      matches,
      sort: isSortable && sort && !(sort.column === 'number' && sort.direction === 'asc') ? sort : null,
      isFinal: () => this.isFinal,
    });
  }

  private numberAt(index: number, sort: SortKey | undefined): number {
    return this.arrangement ? this.arrangement.at(index) : this.indexIn(index + 1, sort) + 1;
  }

  /** Index of a frame when all are there by number; the same way back. */
  private indexIn(frame: number, sort: SortKey | undefined): number {
    const isReversed = sort?.column === 'number' && sort.direction === 'desc';
    return isReversed ? this.parts.store.count - frame : frame - 1;
  }
}

/** First frame of `1..count` for which `isThere` holds, taken that it holds for all after it; `count + 1` for none. */
function firstFrame(count: number, isThere: (frame: number) => boolean): number {
  let low = 1;
  let high = count + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isThere(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
