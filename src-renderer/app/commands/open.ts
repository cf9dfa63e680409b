import { invoke, perform, reportFailure } from '../../bridge';
import { sessionActions, useSession } from '../../stores/session';

/** Opens a capture file; the events of the main process tell the rest. */
export async function openPath(path: string): Promise<void> {
  sessionActions.opening(path);
  const result = await invoke('capture:open', { path });
  if (result.ok) sessionActions.openingEnded();
  else sessionActions.failed(path, null, result.error);
}

/** Asks for a file and opens it. */
export async function openWithDialog(): Promise<void> {
  const answer = await perform('app:open-dialog', {});
  if (answer?.path) await openPath(answer.path);
}

export async function openSample(): Promise<void> {
  sessionActions.opening('the sample capture');
  const result = await invoke('app:open-sample', {});
  if (result.ok) sessionActions.openingEnded();
  else sessionActions.failed('sample capture', null, result.error);
}

/** Stops reading; what was read stays. */
export async function stopReading(): Promise<void> {
  const { capture } = useSession.getState();
  if (capture) await perform('capture:cancel', { captureId: capture.captureId });
}

export async function closeCapture(): Promise<void> {
  const { capture } = useSession.getState();
  if (!capture) return;
  const answer = await invoke('capture:close', { captureId: capture.captureId });
  if (answer.ok) sessionActions.closed(capture.captureId);
  else reportFailure(answer.error);
}
