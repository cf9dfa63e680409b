import { useEffect } from 'react';
import { invoke } from '../bridge';
import { layoutActions } from '../stores/layout';
import { playheadActions, usePlayhead } from '../stores/playhead';
import { playableSourceId, selectedSourceId, selectionActions, useSelection } from '../stores/selection';
import { useSession } from '../stores/session';

/** Long enough that running down a table with an arrow key does not decode every call on the way. */
const loadDelayMs = 250;

/** What follows from a selection: a call opens its flow, a stream its picture or its analysis, and the player gets ready. */
export function useSelectionFlow(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = useSelection.subscribe((now, before) => {
      const sourceId = selectedSourceId(now);
      if (sourceId === selectedSourceId(before) && now.primary === before.primary) return;
      clearTimeout(timer);
      if (sourceId === null) return;
      if (now.primary === 'call') {
        layoutActions.reveal('call-flow');
        layoutActions.reveal('message');
      } else if (now.primary === 'session') void revealSession(sourceId);
      else if (now.primary === 'object') layoutActions.reveal('object');
      else void revealStream(sourceId);
      // An object is looked at where it is shown.
      if (now.primary === 'object' || playableSourceId(now) === null) return;
      timer = setTimeout(() => {
        // What sounds goes on sounding until something else is played.
        if (!usePlayhead.getState().isPlaying) playheadActions.load(sourceId);
      }, loadDelayMs);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);

  useEffect(
    () =>
      useSession.subscribe(({ capture: now }, { capture: before }) => {
        if (!now || now.state === 'loading') return;
        if (before?.captureId !== now.captureId || before.state === 'loading') void selectFirst(now.captureId);
      }),
    [],
  );
}

/** A session is told; its picture, when it has one, is shown beside that, or else its course. */
async function revealSession(sessionId: string): Promise<void> {
  const { capture } = useSession.getState();
  if (!capture) return;
  const answer = await invoke('session:detail', { captureId: capture.captureId, sessionId });
  if (!answer.ok || selectedSourceId(useSelection.getState()) !== sessionId) return;
  layoutActions.reveal('session');
  if (answer.value.media === 'video') layoutActions.reveal('video');
  else if (answer.value.hasMessages) layoutActions.reveal('call-flow');
}

/** Video is looked at, other streams are judged. */
async function revealStream(streamId: string): Promise<void> {
  const { capture } = useSession.getState();
  if (!capture) return;
  const answer = await invoke('stream:detail', { captureId: capture.captureId, streamId });
  if (selectedSourceId(useSelection.getState()) !== streamId) return;
  layoutActions.reveal(answer.ok && answer.value.kind === 'video' ? 'video' : 'rtp-analysis');
}

/** Shows the first call, or else the first session of media or stream, when the user has chosen nothing by the time all is read. */
async function selectFirst(captureId: string): Promise<void> {
  for (const table of ['calls', 'sessions', 'streams'] as const) {
    const sort = { column: 'startSeconds', direction: 'asc' } as const;
    const filter = table === 'sessions' ? 'streams>0' : '';
    const page = await invoke('table:page', { captureId, query: { table, offset: 0, limit: 1, sort, filter } });
    if (useSelection.getState().primary !== null || useSession.getState().capture?.captureId !== captureId) return;
    const row = page.ok ? page.value.rows[0] : undefined;
    if (!row) continue;
    if (table === 'calls') selectionActions.selectCall(row.id, (row.streamIds ?? []) as string[]);
    else if (table === 'sessions') selectionActions.selectSession(row.id, (row.streamIds ?? []) as string[]);
    else selectionActions.selectStream(row.id, (row.callId ?? null) as string | null);
    return;
  }
}
