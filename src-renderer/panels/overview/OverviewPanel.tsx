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
  const revision = useShownRevision(useTableRevision('streams') + useTableRevision('calls'));
  const selected = useSelection(selectedSourceId);
  const { captureId } = capture;
  const timeline = useQuery('timeline:get', { captureId }, revision);

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
          lookedFor="Looked for SIP calls over UDP and TCP, and for RTP announced by SDP, with static payload types, or recognisable by its content. Conversations lists all traffic of the capture, Diagnostics what could not be read."
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
    } else {
      const parent = timeline.value?.lanes.find(({ id }) => id === lane.parentId);
      selectionActions.selectStream(lane.sourceId, parent?.sourceId ?? null);
    }
  };
  return (
    <div className={styles.timeline}>
      <Timeline
        timeline={timeline.value}
        selectedSourceId={selected}
        playhead={playhead}
        onSelect={select}
        onPlay={(lane) => togglePlay(lane.sourceId)}
        onSeek={(seconds) => playheadActions.seek('timeline', seconds)}
      />
    </div>
  );
}
