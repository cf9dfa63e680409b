import { SegmentedControl } from '@mantine/core';
import { useRef, useState } from 'react';
import type { RtpPacketStatus, StreamRow } from '#shared/model/stream';
import type { TableRow } from '#shared/query/table-query';
import { useQuery } from '../../bridge';
import { playheadActions } from '../../stores/playhead';
import { selectionActions, useSelection } from '../../stores/selection';
import { useCaptureId, useTableRevision } from '../../stores/session';
import { showFrame, showPackets } from '../../app/commands';
import type { RenderCell, RowMenuItem } from '../../widgets/DataGrid';
import { useElementSize } from '../../widgets/use-element-size';
import { PanelNote } from '../PanelNote';
import { useShownRevision } from '../visibility';
import { BoundGrid } from '../table/BoundGrid';
import { bucketsFor, Charts } from './Charts';
import styles from './RtpAnalysisPanel.module.css';
import { Summary } from './Summary';
import { statusMarks, statusText } from './status';
import { usePacketAtPlayhead } from './use-packet-at-playhead';

/** Narrower than this, summary, graphs and packets stand behind each other. */
const wideFrom = 900;

type View = 'summary' | 'graphs' | 'packets';

/** Figures, graphs and packets of the selected stream, and of the one in the other direction. */
export function RtpAnalysisPanel() {
  const streamId = useSelection((state) => state.streamId);
  const isCall = useSelection((state) => state.primary === 'call');
  if (streamId === null && isCall) {
    return <PanelNote title="No media">No RTP stream of this call was found in the capture.</PanelNote>;
  }
  if (streamId === null) {
    return (
      <PanelNote title="No stream selected">Choose a stream, or a call with media, to judge its packets.</PanelNote>
    );
  }
  return <Analysis key={streamId} streamId={streamId} />;
}

function Analysis({ streamId }: { readonly streamId: string }) {
  const captureId = useCaptureId();
  const revision = useShownRevision(useTableRevision('streams'));
  const [isReverse, setReverse] = useState(false);
  const [view, setView] = useState<View>('summary');
  const root = useRef<HTMLDivElement>(null);
  const isWide = useElementSize(root, { width: 420, height: 600 }).width >= wideFrom;
  const forward = useQuery('stream:detail', captureId ? { captureId, streamId } : null, revision);
  const peerId = forward.value?.peerId ?? null;
  const reverse = useQuery('stream:detail', captureId && peerId ? { captureId, streamId: peerId } : null, revision);
  const stream = isReverse && reverse.value ? reverse.value : forward.value;
  const needsSeries = isWide || view === 'graphs';
  const series = useQuery(
    'stream:series',
    captureId && stream && needsSeries ? { captureId, streamId: stream.id, buckets: bucketsFor(stream) } : null,
    revision,
  );

  if (forward.value && forward.value.transport !== 'rtp') {
    return (
      <PanelNote title="No RTP">
        This stream has no packets of its own: its session tells what is known of it.
      </PanelNote>
    );
  }
  const failure = forward.failure ?? reverse.failure;
  const shows = (part: View): boolean => isWide || view === part;
  return (
    <div ref={root} className={styles.panel} data-wide={isWide || undefined}>
      {failure && <PanelNote title="The stream could not be read">{failure.message}</PanelNote>}
      {stream && (
        <>
          <div className={styles.toolbar} role="toolbar" aria-label="RTP analysis">
            <SegmentedControl
              aria-label="Direction"
              value={isReverse ? 'reverse' : 'forward'}
              onChange={(value) => setReverse(value === 'reverse')}
              data={[
                { value: 'forward', label: 'Forward' },
                { value: 'reverse', label: 'Reverse', disabled: peerId === null },
              ]}
            />
            {!isWide && (
              <SegmentedControl
                aria-label="View"
                value={view}
                onChange={(value) => setView(value as View)}
                data={[
                  { value: 'summary', label: 'Summary' },
                  { value: 'graphs', label: 'Graphs' },
                  { value: 'packets', label: 'Packets' },
                ]}
              />
            )}
          </div>
          <StreamLine stream={stream} />
          <div className={styles.parts}>
            {shows('summary') && <Summary stream={stream} />}
            {(shows('graphs') || shows('packets')) && (
              <div className={styles.right}>
                {shows('graphs') &&
                  (series.value && series.value.streamId === stream.id ? (
                    <Charts series={series.value} stream={stream} />
                  ) : (
                    <div className={styles.charts}>
                      {series.failure && (
                        <PanelNote title="The graphs could not be made">{series.failure.message}</PanelNote>
                      )}
                    </div>
                  ))}
                {shows('packets') && <Packets key={stream.id} stream={stream} />}
              </div>
            )}
          </div>
        </>
      )}
    </div>
  );
}

function StreamLine({ stream }: { readonly stream: StreamRow }) {
  return (
    <div className={styles.stream}>
      <span>
        {stream.src} → {stream.dst}
      </span>
      <span className={styles.dim}>
        {stream.ssrc ? `SSRC ${stream.ssrc}` : ''} {stream.codec ?? 'unknown codec'}
      </span>
    </div>
  );
}

function Packets({ stream }: { readonly stream: StreamRow }) {
  const packet = usePacketAtPlayhead(stream);
  return (
    <div className={styles.packets}>
      <BoundGrid
        table="rtp-packets"
        scope={stream.id}
        selectedId={packet?.id ?? null}
        selectedIndex={packet?.index ?? null}
        filterHint="Filter: status:lost-before delta>30"
        renderCell={renderCell}
        onSelect={(row) => goToPacket(row)}
        onOpen={(row) => showPackets(`stream:${stream.id}`, Number(row.frame))}
        rowMenu={([row]) => (row ? packetMenu(stream.id, Number(row.frame)) : [])}
        emptyMessage="No packets."
      />
    </div>
  );
}

function goToPacket(row: TableRow): void {
  if (typeof row.frame === 'number') selectionActions.selectFrame(row.frame);
  if (typeof row.timeSeconds === 'number') playheadActions.seek('table', row.timeSeconds);
}

function packetMenu(streamId: string, frame: number): RowMenuItem[] {
  return [
    {
      id: 'packets',
      label: 'Show Among Packets of the Stream',
      icon: 'packets',
      run: () => showPackets(`stream:${streamId}`, frame),
    },
    { id: 'packet', label: 'Show Among All Packets', icon: 'packets', run: () => showFrame(frame) },
  ];
}

const renderCell: RenderCell = (column, row) => {
  if (column.id !== 'status') return undefined;
  const status = row.status as RtpPacketStatus;
  const { colour, shape } = statusMarks[status];
  return (
    <span className={styles.status} data-status={status}>
      <span className={styles.mark} data-shape={shape} style={{ color: `var(--td-${colour})` }} />
      {statusText(status, Number(row.lostBefore ?? 0))}
    </span>
  );
};
