import type { CaptureSummary } from '#shared/model/capture';
import type { TimelineLane } from '#shared/model/timeline';
import { togglePlay } from '../../app/commands';
import { useQuery } from '../../bridge';
import { playheadActions, usePlayhead } from '../../stores/playhead';
import { selectedSourceId, selectionActions, useSelection } from '../../stores/selection';
import { useSession, useTableRevision } from '../../stores/session';
import type { PlayheadSource } from '../../widgets/playhead-source';
import { Timeline } from '../../widgets/Timeline';
import { NothingFound } from '../table/NothingFound';
import { useShownRevision } from '../visibility';
import { CaptureFacts } from './CaptureFacts';
import styles from './overview.module.css';
import { useThumbnails } from './use-thumbnails';

const playhead: PlayheadSource = {
  get: () => usePlayhead.getState().seconds,
  subscribe: (listener) =>
    usePlayhead.subscribe((now, before) => {
      if (now.seconds !== before.seconds) listener();
    }),
};

/** The capture's facts, and all its media on one time axis. */
export function OverviewPanel() {
  const capture = useSession((state) => state.capture);
  return (
    capture && (
      <div className={styles.root}>
        <CaptureFacts capture={capture} />
        <MediaOverview capture={capture} />
      </div>
    )
  );
}

function MediaOverview({ capture }: { capture: CaptureSummary }) {
  const revision = useShownRevision(
    useTableRevision('streams') + useTableRevision('calls') + useTableRevision('sessions'),
  );
  const selected = useSelection(selectedSourceId);
  const { captureId } = capture;
  const timeline = useQuery('timeline:get', { captureId }, revision);
  const pictures = useThumbnails(captureId, capture.state !== 'loading', timeline.value?.lanes ?? []);

  if (timeline.failure) {
    return (
      <p role="alert" className={styles.nothing}>
        The timeline could not be made: {timeline.failure.message}
      </p>
    );
  }
  if (!timeline.value) return <p className={styles.nothing} />;
  if (timeline.value.lanes.length === 0) {
    return (
      <div className={styles.nothing}>
        <NothingFound
          title="No calls and no media streams"
          offersDecodeAs
          lookedFor="Looked for SIP calls, for RTMP, RTSP, HLS and DASH, cameras and MPEG-TS, and for RTP announced by SDP, with static payload types, or recognisable by its content, all on any port. Conversations lists all traffic of the capture, Diagnostics what could not be read."
        />
      </div>
    );
  }
  const select = (lane: TimelineLane): void => {
    if (lane.kind === 'call') {
      const streams = timeline.value?.lanes.filter(({ parentId }) => parentId === lane.id) ?? [];
      selectionActions.selectCall(
        lane.sourceId,
        streams.map(({ sourceId }) => sourceId),
      );
    } else if (lane.kind === 'session') {
      const streams = timeline.value?.lanes.filter(({ parentId }) => parentId === lane.id) ?? [];
      selectionActions.selectSession(
        lane.sourceId,
        streams.map(({ sourceId }) => sourceId),
      );
    } else {
      const parent = timeline.value?.lanes.find(({ id }) => id === lane.parentId);
      const isOfCall = parent?.kind === 'call';
      const parentId = parent?.sourceId ?? null;
      selectionActions.selectStream(lane.sourceId, isOfCall ? parentId : null, isOfCall ? null : parentId);
    }
  };
  return (
    <div className={styles.timeline}>
      <Timeline
        timeline={timeline.value}
        selectedSourceId={selected}
        playhead={playhead}
        pictures={pictures}
        onSelect={select}
        onPlay={(lane) => togglePlay(lane.sourceId)}
        onSeek={(seconds) => playheadActions.seek('timeline', seconds)}
      />
    </div>
  );
}
