import type { TableRow } from '#shared/query/table-query';
import { togglePlay } from '../../app/commands';
import { dialogActions } from '../../stores/dialogs';
import type { RenderCell, RowMenuItem } from '../../widgets/DataGrid';
import { selectionActions, useSelection } from '../../stores/selection';
import { BoundGrid } from '../table/BoundGrid';
import { NothingFound } from '../table/NothingFound';
import { renderLoss } from '../table/render-loss';
import { sourceMenu } from '../table/source-menu';
import styles from '../table/table.module.css';

export function StreamsPanel() {
  const streamId = useSelection((state) => state.streamId);
  return (
    <BoundGrid
      table="streams"
      selectedId={streamId}
      initialSort={{ column: 'startSeconds', direction: 'asc' }}
      filterHint="Filter: codec:pcmu loss>1"
      renderCell={renderStreamCell}
      onSelect={(row) => selectionActions.selectStream(row.id, idOf(row.callId), idOf(row.sessionId))}
      onOpen={(row) => togglePlay(row.id)}
      onPlay={(row) => togglePlay(row.id)}
      rowMenu={([row]) =>
        row ? [...sourceMenu(row.kind === 'video' ? 'video' : 'stream', row.id, true), decodeAsItem(row)] : []
      }
      emptyMessage={
        <NothingFound
          title="No media streams"
          offersDecodeAs
          lookedFor="Looked for RTP announced by SDP, with static payload types, and by its content: version, steady SSRC, running sequence numbers and timestamps; and for media in sessions over TCP and in MPEG-TS."
        />
      }
    />
  );
}

/** What a person said stands out from what was found. */
const renderStreamCell: RenderCell = (column, row) =>
  column.id === 'basis' && row.basis === 'user' ? (
    <strong className={styles.override} title="Said by Decode As">
      Decode As
    </strong>
  ) : (
    renderLoss(column, row)
  );

function decodeAsItem(row: TableRow): RowMenuItem {
  return {
    id: 'decode-as',
    label: 'Decode As…',
    startsSection: true,
    isDisabled: row.transport !== 'rtp',
    run: () => dialogActions.show('decode-as', String(row.src)),
  };
}

function idOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
