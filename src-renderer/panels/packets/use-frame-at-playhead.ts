import { useEffect, useState } from 'react';
import { invoke } from '../../bridge';
import { usePlayhead } from '../../stores/playhead';
import type { RowQuery } from '../../widgets/DataGrid';

/** Often enough to follow with the eye, seldom enough to leave the worker alone. */
const followEveryMs = 250;

/** The last of the matching frames up to the playhead, followed as it moves; null while nobody follows. */
export function useFrameAtPlayhead(captureId: string | null, query: RowQuery, isFollowing: boolean): number | null {
  const [frame, setFrame] = useState<number | null>(null);
  const { sort, filter } = query;
  useEffect(() => {
    if (captureId === null || !isFollowing) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isStopped = false;
    const locate = async (): Promise<void> => {
      const { seconds } = usePlayhead.getState();
      const target = { timeSeconds: seconds };
      const answer = await invoke('packet:locate', { captureId, target, sort, filter });
      timer = undefined;
      if (isStopped) return;
      if (answer.ok && answer.value) setFrame(answer.value.number);
      if (usePlayhead.getState().seconds !== seconds) plan();
    };
    const plan = (): void => {
      timer ??= setTimeout(() => void locate(), followEveryMs);
    };
    const stop = usePlayhead.subscribe((now, before) => {
      if (now.seconds !== before.seconds) plan();
    });
    void locate();
    return () => {
      isStopped = true;
      clearTimeout(timer);
      stop();
    };
  }, [captureId, isFollowing, sort, filter]);
  return isFollowing ? frame : null;
}
