import type { TableRow } from '#shared/query/table-query';
import { togglePlay } from '../../app/commands';
import { selectionActions, useSelection } from '../../stores/selection';
import type { RenderCell } from '../../widgets/DataGrid';
import { BoundGrid } from '../table/BoundGrid';
import { NothingFound } from '../table/NothingFound';
import { renderLoss } from '../table/render-loss';
import { sourceMenu } from '../table/source-menu';
import { CallStateMark } from './CallStateMark';

export function CallsPanel() {
  const callId = useSelection((state) => state.callId);
  return (
    <BoundGrid
      table="calls"
      selectedId={callId}
      initialSort={{ column: 'startSeconds', direction: 'asc' }}
      filterHint="Filter: state:completed from:0906*"
      renderCell={renderCell}
      onSelect={(row) => selectionActions.selectCall(row.id, streamIds(row))}
      onOpen={(row) => streamIds(row).length > 0 && togglePlay(row.id)}
      onPlay={(row) => streamIds(row).length > 0 && togglePlay(row.id)}
      rowMenu={([row]) => (row ? sourceMenu('call', row.id, streamIds(row).length > 0) : [])}
      emptyMessage={
        <NothingFound
          title="No calls"
          lookedFor="Looked for SIP requests and responses over UDP and TCP, on any port. Media without signalling is listed under Streams."
        />
      }
    />
  );
}

const renderCell: RenderCell = (column, row) =>
  column.id === 'state' ? <CallStateMark state={String(row.state)} /> : renderLoss(column, row);

function streamIds(row: TableRow): readonly string[] {
  return Array.isArray(row.streamIds) ? row.streamIds : [];
}
