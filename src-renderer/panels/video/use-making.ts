import { useState } from 'react';
import type { VideoMaking, VideoModel, VideoPiece } from '#shared/model/video';
import { invoke, useEvent } from '../../bridge';
import type { VideoEngine } from './video-engine';

/** How far a video is that comes in pieces; of others it is made from the beginning. */
export interface Making extends Omit<VideoMaking, 'pieces'> {
  /** Stretches that can be played, as pairs of start and end. */
  readonly spans: readonly (readonly [number, number])[];
}

const nothing: Making = { state: 'making', failure: null, fraction: 0, spans: [] };

/** Has the pieces of a video made where they are wanted, and gives them to the engine. */
export function useMaking(
  captureId: string,
  { sourceId, mode }: VideoModel,
  engine: VideoEngine,
): {
  readonly making: Making;
  readonly want: (seconds: number) => void;
  readonly stop: () => void;
  readonly goOn: () => void;
} {
  const [making, setMaking] = useState(nothing);
  const [isStopped, setStopped] = useState(false);

  const take = ({ pieces, ...status }: VideoMaking): void => {
    engine.add(pieces);
    setMaking((now) => ({ ...status, spans: pieces.reduce(withPiece, now.spans) }));
  };
  const ask = (fromSeconds: number): void => {
    void invoke('media:video-pieces', { captureId, sourceId, mode, fromSeconds }).then((answer) => {
      if (answer.ok) take(answer.value);
      else setMaking((now) => ({ ...now, state: 'failed', failure: answer.error }));
    });
  };
  useEvent('media:video-making', (event) => {
    if (event.captureId === captureId && event.sourceId === sourceId && event.mode === mode) take(event);
  });
  return {
    making,
    want: (seconds) => {
      if (!isStopped && making.state !== 'failed') ask(seconds);
    },
    stop: () => {
      setStopped(true);
      void invoke('media:cancel-video', { captureId, sourceId, mode });
    },
    goOn: () => {
      setStopped(false);
      ask(engine.positionSeconds);
    },
  };
}

const toleranceSeconds = 0.05;

function withPiece(spans: Making['spans'], { track, startSeconds, endSeconds }: VideoPiece): Making['spans'] {
  if (track === 'sound') return spans;
  const apart = spans.filter(
    ([from, to]) => to < startSeconds - toleranceSeconds || from > endSeconds + toleranceSeconds,
  );
  const touched = spans.filter((span) => !apart.includes(span));
  const from = Math.min(startSeconds, ...touched.map(([start]) => start));
  const to = Math.max(endSeconds, ...touched.map(([, end]) => end));
  return [...apart, [from, to] as const].sort(([a], [b]) => a - b);
}
