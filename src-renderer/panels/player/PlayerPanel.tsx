import { Loader } from '@mantine/core';
import { sessionKindNames, type SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import { useQuery } from '../../bridge';
import { usePlayhead } from '../../stores/playhead';
import { useCaptureId, useSession } from '../../stores/session';
import { useSelection } from '../../stores/selection';
import { isCallId, useMediaSession, useStream } from '../use-stream';
import { PanelNote } from '../PanelNote';
import { Deck } from './Deck';
import { PictureDeck } from './PictureDeck';
import styles from './PlayerPanel.module.css';

/**
 * Plays the call, stream or session that `playhead.sourceId` names. For tests of the whole window the root carries
 * `data-state` (empty, loading, failed, ready, playing, paused), and once there is sound `data-position` and
 * `data-duration` (seconds of the sound) and `data-level-0`, `data-level-1`, ... (RMS of each lane, 0..1).
 */
export function PlayerPanel() {
  const captureId = useCaptureId();
  const sourceId = usePlayhead((state) => state.sourceId);
  const isSilentCall = useSelection((state) => state.primary === 'call' && state.streamId === null);
  // What was rendered while the file was still being read may be longer now.
  const isComplete = useSession((state) => state.capture?.state !== 'loading');
  const stream = useStream(sourceId);
  const session = useMediaSession(sourceId);
  const isKnown = sourceId !== null && (isCallId(sourceId) || stream !== null || session !== null);
  const isPicture = stream?.kind === 'video' || session?.media === 'video';
  const isSound = captureId !== null && isKnown && !isPicture;
  const model = useQuery('media:player', isSound ? { captureId, sourceId } : null, Number(isComplete));

  if (sourceId === null || captureId === null) {
    return (
      <div className={styles.note} data-testid="player" data-state="empty">
        {isSilentCall ? (
          <PanelNote title="Nothing to play">No media of this call was found in the capture.</PanelNote>
        ) : (
          <PanelNote title="Nothing to play">Choose a call, a session or a stream; Space plays it.</PanelNote>
        )}
      </div>
    );
  }
  if (isPicture) return <PictureDeck title={titleOf(stream, session)} />;
  if (model.failure) {
    return (
      <div className={styles.note} data-testid="player" data-state="failed">
        <PanelNote title="This cannot be played">
          {[model.failure.message, model.failure.hint].filter(Boolean).join(' ')}
        </PanelNote>
      </div>
    );
  }
  if (!model.value) {
    return (
      <div className={styles.loading} data-testid="player" data-state="loading" role="status">
        <Loader size={16} />
        Preparing the sound…
      </div>
    );
  }
  return <Deck key={model.value.artifactId} model={model.value} />;
}

function titleOf(stream: StreamRow | null, session: SessionRow | null): string {
  if (session) return `${sessionKindNames[session.kind]} ${session.url ?? `${session.server} → ${session.client}`}`;
  return stream ? `${stream.codec ?? 'RTP'} ${stream.src} → ${stream.dst}` : '';
}
