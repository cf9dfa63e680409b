/** Tables that the capture worker serves. */
export type TableId =
  | 'calls'
  | 'streams'
  | 'diagnostics'
  | 'conversations.ethernet'
  | 'conversations.wlan'
  | 'conversations.ipv4'
  | 'conversations.ipv6'
  | 'conversations.tcp'
  | 'conversations.udp'
  | 'conversations.sctp'
  | 'endpoints.ethernet'
  | 'endpoints.wlan'
  | 'endpoints.ipv4'
  | 'endpoints.ipv6'
  | 'endpoints.tcp'
  | 'endpoints.udp'
  | 'endpoints.sctp'
  /** Per-packet table of one stream: `TableQuery.scope` is its id. */
  | 'rtp-packets'
  /** Every frame of the capture. */
  | 'packets'
  | 'sessions'
  | 'objects'
  /** HTTP requests with their responses. */
  | 'exchanges'
  /** Of one session, which `TableQuery.scope` names. */
  | 'session-messages'
  | 'ts-pids'
  | 'ts-checks'
  | 'segments';

export interface SortKey {
  readonly column: string;
  readonly direction: 'asc' | 'desc';
}

export interface TableQuery {
  readonly table: TableId;
  /** Id of the thing the rows belong to, for tables that need one. */
  readonly scope?: string;
  readonly offset: number;
  readonly limit: number;
  readonly sort?: SortKey;
  /** Text of the filter language; see `filter.ts`. */
  readonly filter?: string;
}

export interface TablePage<Row = TableRow> {
  readonly totalRows: number;
  readonly matchingRows: number;
  readonly offset: number;
  readonly rows: readonly Row[];
  /** Where the filter could not be understood; rows are then unfiltered. */
  readonly filterError: { readonly message: string; readonly position: number } | null;
  /** Filtering or sorting goes on: these are the rows so far. */
  readonly isPending?: boolean;
}

/** A row has an id and one value a column. */
export interface TableRow {
  readonly id: string;
  readonly [column: string]: unknown;
}
