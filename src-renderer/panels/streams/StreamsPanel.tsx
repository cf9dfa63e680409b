import { togglePlay } from '../../app/commands';
import { selectionActions, useSelection } from '../../stores/selection';
import { BoundGrid } from '../table/BoundGrid';
import { NothingFound } from '../table/NothingFound';
import { renderLoss } from '../table/render-loss';
import { sourceMenu } from '../table/source-menu';

export function StreamsPanel() {
  const streamId = useSelection((state) => state.streamId);
  return (
    <BoundGrid
      table="streams"
      selectedId={streamId}
      initialSort={{ column: 'startSeconds', direction: 'asc' }}
      filterHint="Filter: codec:pcmu loss>1"
      renderCell={renderLoss}
      onSelect={(row) => selectionActions.selectStream(row.id, idOf(row.callId), idOf(row.sessionId))}
      onOpen={(row) => togglePlay(row.id)}
      onPlay={(row) => togglePlay(row.id)}
      rowMenu={([row]) => (row ? sourceMenu(row.kind === 'video' ? 'video' : 'stream', row.id, true) : [])}
      emptyMessage={
        <NothingFound
          title="No media streams"
          lookedFor="Looked for RTP announced by SDP, with static payload types, and by its content: version, steady SSRC, running sequence numbers and timestamps; and for media in sessions over TCP and in MPEG-TS."
        />
      }
    />
  );
}

function idOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
