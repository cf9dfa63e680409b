import type { SortKey, TableId, TableRow } from '#shared/query/table-query';
import type { ReactNode } from 'react';
import { invoke, perform, reportFailure } from '../../bridge';
import { layoutActions, useGridPreferences } from '../../stores/layout';
import { useCaptureId, useTableDefinition, useTableRevision } from '../../stores/session';
import {
  DataGrid,
  type FetchPage,
  type FilterRequest,
  type RenderCell,
  type RowMenuItem,
  type RowQuery,
} from '../../widgets/DataGrid';

interface BoundGridProps {
  readonly table: TableId;
  /** Id of the thing that the rows belong to, for tables that need one. */
  readonly scope?: string;
  readonly selectedId?: string | null;
  /** Its place while nothing is sorted or filtered. */
  readonly selectedIndex?: number | null;
  readonly locateRow?: (id: string, query: RowQuery) => Promise<number | null>;
  readonly onQueryChange?: (query: RowQuery) => void;
  readonly filterRequest?: FilterRequest;
  readonly initialSort?: SortKey;
  readonly filterHint?: string;
  readonly renderCell?: RenderCell;
  readonly onSelect?: (row: TableRow) => void;
  readonly onOpen?: (row: TableRow) => void;
  readonly onPlay?: (row: TableRow) => void;
  readonly rowMenu?: (rows: readonly TableRow[]) => readonly RowMenuItem[];
  readonly emptyMessage: ReactNode;
  readonly toolbarExtra?: ReactNode;
}

/** A data grid over a table of the capture in the window; its columns are remembered. */
export function BoundGrid({ table, scope, ...props }: BoundGridProps) {
  const captureId = useCaptureId();
  const definition = useTableDefinition(table);
  const revision = useTableRevision(table);
  const preferences = useGridPreferences(table);
  if (!definition || captureId === null) return null;

  const fetchPage: FetchPage = async (query) => {
    const result = await invoke('table:page', { captureId, query: { table, scope, ...query } });
    if (result.ok) return result.value;
    reportFailure(result.error);
    return null;
  };
  return (
    <DataGrid
      key={`${captureId} ${table} ${scope ?? ''}`}
      definition={definition}
      fetchPage={fetchPage}
      revision={revision}
      preferences={preferences}
      onPreferencesChange={(changed) => layoutActions.setGrid(table, changed)}
      onCopy={(text) => void perform('app:copy-text', { text })}
      onSave={(suggestedName, text) => void perform('app:save-text', { suggestedName, text })}
      {...props}
    />
  );
}
