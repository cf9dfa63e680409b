import { type SessionKind, sessionKindNames, type SessionRow } from '#shared/model/session';
import type { TableRow } from '#shared/query/table-query';
import { type ExportSubject, togglePlay } from '../../app/commands';
import { selectionActions, useSelection } from '../../stores/selection';
import type { RenderCell } from '../../widgets/DataGrid';
import { BoundGrid } from '../table/BoundGrid';
import { NothingFound } from '../table/NothingFound';
import { sourceMenu } from '../table/source-menu';

/** Media sessions that are no calls, and TLS sessions. */
export function SessionsPanel() {
  const sessionId = useSelection((state) => state.sessionId);
  return (
    <BoundGrid
      table="sessions"
      selectedId={sessionId}
      initialSort={{ column: 'startSeconds', direction: 'asc' }}
      filterHint="Filter: kind:rtmp missing>0"
      renderCell={renderCell}
      onSelect={(row) => selectionActions.selectSession(row.id, streamIds(row))}
      onOpen={play}
      onPlay={play}
      rowMenu={([row]) => (row ? sourceMenu(subjectOf(row), row.id, row.media !== null) : [])}
      emptyMessage={
        <NothingFound
          title="No sessions"
          lookedFor="Looked for RTMP, RTSP, HLS, DASH, cameras, media over HTTP, MPEG-TS and TLS, on any port. Calls and RTP without a session have tables of their own."
        />
      }
    />
  );
}

const renderCell: RenderCell = (column, row) =>
  column.id === 'kind' ? sessionKindNames[row.kind as SessionKind] : undefined;

function play(row: TableRow): void {
  if (row.media !== null) togglePlay(row.id);
}

function subjectOf(row: TableRow): ExportSubject {
  return { kind: row.kind as SessionKind, media: row.media as SessionRow['media'] };
}

function streamIds(row: TableRow): readonly string[] {
  return Array.isArray(row.streamIds) ? row.streamIds : [];
}
