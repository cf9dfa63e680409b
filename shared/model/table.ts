/** How a value is written and aligned: numbers to the right with tabular figures. */
export type ColumnKind =
  | 'text'
  | 'address'
  | 'integer'
  | 'bytes'
  | 'seconds'
  | 'milliseconds'
  | 'percent'
  | 'ppm'
  | 'hertz'
  | 'bits-per-second'
  | 'decimal'
  | 'flag'
  /** Seconds with microseconds, for tables of packets. */
  | 'timestamp'
  /** Id of a row elsewhere: a filter compares the whole of it. */
  | 'identifier'
  | 'state'
  | 'list';

/** Columns are data: a table appears without work in the window. */
export interface ColumnDefinition {
  /** Name of the row's field; also its name in the filter language. */
  readonly id: string;
  readonly title: string;
  readonly kind: ColumnKind;
  /** Width in pixels at first sight. */
  readonly width: number;
  /** What the value means, with its source: shown as tooltip. */
  readonly description?: string;
  /** Shorter names in the filter language: `loss` for `lostPercent`. */
  readonly aliases?: readonly string[];
  /** Not shown until chosen. */
  readonly isHidden?: boolean;
  /** A filter looks into it only when it names it; a bare word does not. */
  readonly isOnlyNamed?: boolean;
  /** The table does not sort by it. */
  readonly isUnsorted?: boolean;
  /** Values that are worth proposing in a filter. */
  readonly values?: readonly string[];
}

export interface TableDefinition {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly ColumnDefinition[];
}
