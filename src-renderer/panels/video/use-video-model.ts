import { useEffect, useState } from 'react';
import type { Failure } from '#shared/base/result';
import type { DamageMode, VideoModel } from '#shared/model/video';
import { invoke, useEvent } from '../../bridge';

export interface VideoRequest {
  readonly captureId: string;
  readonly sourceId: string;
  readonly mode: DamageMode;
  /** Another one when the same request would get another answer. */
  readonly revision: string;
}

export type VideoLoad =
  /** `fraction` is null until there is something to wait for. */
  | { readonly state: 'loading'; readonly fraction: number | null }
  | { readonly state: 'failed'; readonly failure: Failure }
  | { readonly state: 'ready'; readonly model: VideoModel };

interface Answer {
  readonly key: string;
  readonly load: VideoLoad;
}

/** Has a video made, and stops making it when nobody waits any more. Null asks nothing. */
export function useVideoModel(request: VideoRequest | null): {
  readonly load: VideoLoad | null;
  readonly cancel: () => void;
  readonly retry: () => void;
} {
  const [attempt, setAttempt] = useState(0);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const key = request && JSON.stringify({ ...request, attempt });

  useEffect(() => {
    if (key === null) return;
    const { captureId, sourceId, mode } = JSON.parse(key) as VideoRequest;
    let isOver = false;
    void invoke('media:video', { captureId, sourceId, mode }).then((result) => {
      if (isOver) return;
      isOver = true;
      const load: VideoLoad = result.ok
        ? { state: 'ready', model: result.value }
        : { state: 'failed', failure: result.error };
      setAnswer({ key, load });
    });
    return () => {
      if (!isOver) void invoke('media:cancel-video', { captureId, sourceId, mode });
      isOver = true;
    };
  }, [key]);

  useEvent('media:video-progress', ({ captureId, sourceId, fraction }) => {
    if (key === null || request?.captureId !== captureId || request.sourceId !== sourceId) return;
    setAnswer((now) => (now?.key === key && now.load.state !== 'loading' ? now : { key, load: loading(fraction) }));
  });

  return {
    load: key === null ? null : answer?.key === key ? answer.load : loading(null),
    cancel: () => {
      if (!request) return;
      const { captureId, sourceId, mode } = request;
      void invoke('media:cancel-video', { captureId, sourceId, mode });
    },
    retry: () => setAttempt((now) => now + 1),
  };
}

function loading(fraction: number | null): VideoLoad {
  return { state: 'loading', fraction };
}
