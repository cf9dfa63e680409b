import { Button, NativeSelect, Progress } from '@mantine/core';
import { useContext, useState } from 'react';
import type { Failure } from '#shared/base/result';
import type { TableRow } from '#shared/query/table-query';
import { useQuery } from '../../bridge';
import { usePlayhead } from '../../stores/playhead';
import { selectionActions, useSelection } from '../../stores/selection';
import { useCaptureId, useSession, useTableRevision } from '../../stores/session';
import { useVideo, videoActions } from '../../stores/video';
import { PanelNote } from '../PanelNote';
import { PanelVisibility, useShownRevision } from '../visibility';
import { ModeSwitch } from './ModeSwitch';
import { pickVideo, type VideoStream, videosOfCall } from './pick-video';
import { useVideoModel } from './use-video-model';
import { VideoDeck } from './VideoDeck';
import styles from './VideoPanel.module.css';

const mostStreams = 1000;

/**
 * The picture of the video stream that plays, or is selected, or belongs to the call that is. For tests of the whole
 * window the root carries `data-state` (empty, loading, failed, ready, playing); once there is a picture also
 * `data-frame`, `data-frames`, `data-position`, `data-duration` (seconds of the video file) and `data-stream`.
 */
export function VideoPanel() {
  const captureId = useCaptureId();
  const isVisible = useContext(PanelVisibility);
  const streams = useVideos(captureId);
  const loadedId = usePlayhead((state) => state.sourceId);
  const isPlaying = usePlayhead((state) => state.isPlaying);
  const streamId = useSelection((state) => state.streamId);
  const callId = useSelection((state) => state.callId);
  const sessionId = useSelection((state) => (state.primary === 'session' ? state.sessionId : null));
  const chosenId = useVideo((state) => state.chosenId);
  const stream = pickVideo(streams, { loadedId, isPlaying, streamId, callId, sessionId, chosenId });
  // What nobody looks at is not made; what was looked at once is kept.
  const [wantedId, setWantedId] = useState<string | null>(null);
  if (stream && stream.id !== wantedId && (isVisible || (isPlaying && loadedId === stream.id))) setWantedId(stream.id);

  if (captureId === null || stream === null) {
    return (
      <div className={styles.panel} data-testid="video" data-state="empty">
        <PanelNote title="No picture">
          {streams.length > 0
            ? 'Choose a video stream, a session or a call with video; Space plays it.'
            : 'There is no video in this capture.'}
        </PanelNote>
      </div>
    );
  }
  const siblings = videosOfCall(streams, stream.callId);
  return (
    <div className={styles.column}>
      {siblings.length > 1 && (
        <NativeSelect
          size="xs"
          className={styles.streams}
          aria-label="Video stream of the call"
          value={stream.id}
          onChange={(event) => {
            const { value } = event.currentTarget;
            videoActions.choose(value);
            selectionActions.selectStream(value, stream.callId);
          }}
          data={siblings.map(({ id, codec, src, dst }) => ({ value: id, label: `${codec ?? 'RTP'} ${src} → ${dst}` }))}
        />
      )}
      <StreamVideo key={stream.id} captureId={captureId} stream={stream} isWanted={wantedId === stream.id} />
    </div>
  );
}

interface StreamVideoProps {
  readonly captureId: string;
  readonly stream: VideoStream;
  readonly isWanted: boolean;
}

function StreamVideo({ captureId, stream, isWanted }: StreamVideoProps) {
  const mode = useVideo((state) => state.mode);
  // What was made while the file was still being read may be longer now.
  const isRead = useSession((state) => state.capture?.state !== 'loading');
  const revision = `${isRead ? 'read' : 'reading'} ${stream.codec ?? ''} ${stream.clockRateHz ?? ''}`;
  const { load, cancel, retry } = useVideoModel(isWanted ? { captureId, sourceId: stream.id, mode, revision } : null);

  if (load?.state === 'failed') return <Failed failure={load.failure} onRetry={retry} />;
  if (load?.state !== 'ready') {
    const fraction = load?.fraction ?? null;
    return (
      <div className={styles.note} data-testid="video" data-state="loading" role="status">
        <strong>Putting the pictures together…</strong>
        <Progress
          value={(fraction ?? 0) * 100}
          aria-label="Progress of making the video"
          animated={false}
          className={styles.progress}
        />
        <Button variant="default" size="compact-sm" onClick={cancel} data-testid="video-cancel">
          Cancel
        </Button>
      </div>
    );
  }
  return (
    <VideoDeck key={`${load.model.mode} ${load.model.url ?? revision}`} model={load.model} captureId={captureId} />
  );
}

const titles: Readonly<Record<string, string>> = {
  'codec-not-playable': 'This codec has no picture here',
  'no-picture': 'There is no whole picture in this stream',
  'no-intact-key': 'No key picture of this stream is whole',
  'no-parameter-sets': 'The decoder’s parameters never came',
  'ffmpeg-not-found': 'ffmpeg is needed for this picture',
  cancelled: 'Stopped',
};

function Failed({ failure, onRetry }: { readonly failure: Failure; readonly onRetry: () => void }) {
  const isCancelled = failure.code === 'cancelled';
  const mode = useVideo((state) => state.mode);
  return (
    <div className={styles.note} data-testid="video" data-state="failed" data-code={failure.code} role="alert">
      <strong>{titles[failure.code] ?? 'This cannot be shown'}</strong>
      {!isCancelled && <span className="selectable">{failure.message}</span>}
      {failure.hint && <span className="selectable">{failure.hint}</span>}
      {failure.where && <code>{failure.where}</code>}
      <div className={styles.row}>
        <Button variant="default" size="compact-sm" onClick={onRetry}>
          Try again
        </Button>
        {failure.code === 'no-intact-key' && mode === 'clean' && (
          <Button variant="default" size="compact-sm" onClick={() => videoActions.setMode('faithful')}>
            Show it as captured
          </Button>
        )}
      </div>
      <ModeSwitch isIdle={false} />
    </div>
  );
}

/** Video streams, and sessions with a picture. */
function useVideos(captureId: string | null): readonly VideoStream[] {
  const streams = useShownRevision(useTableRevision('streams'));
  const sessions = useShownRevision(useTableRevision('sessions'));
  const sort = { column: 'startSeconds', direction: 'asc' } as const;
  const page = { offset: 0, limit: mostStreams, sort } as const;
  const ofStreams = { ...page, table: 'streams', filter: 'kind:video' } as const;
  const ofSessions = { ...page, table: 'sessions', filter: 'streams>0' } as const;
  const streamPage = useQuery('table:page', captureId ? { captureId, query: ofStreams } : null, streams);
  const sessionPage = useQuery('table:page', captureId ? { captureId, query: ofSessions } : null, sessions);
  const withPicture = sessionPage.value?.rows.filter(({ media }) => media === 'video') ?? [];
  return [...(streamPage.value?.rows.map(videoStreamOf) ?? []), ...withPicture.map(videoSessionOf)];
}

function videoStreamOf(row: TableRow): VideoStream {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    id: row.id,
    callId: text(row.callId),
    codec: text(row.codec),
    clockRateHz: typeof row.clockRateHz === 'number' ? row.clockRateHz : null,
    src: text(row.src) ?? '',
    dst: text(row.dst) ?? '',
  };
}

function videoSessionOf(row: TableRow): VideoStream {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { id: row.id, callId: null, codec: null, clockRateHz: null, src: text(row.server), dst: text(row.client) };
}
