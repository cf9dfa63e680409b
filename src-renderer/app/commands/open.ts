import type { CommandResult } from '#shared/ipc/contract';
import { invoke, perform, reportFailure } from '../../bridge';
import { sessionActions, useSession } from '../../stores/session';

/** Opens a capture file; the events of the main process tell the rest. */
export function openPath(path: string): Promise<void> {
  return opening(path, () => invoke('capture:open', { path }));
}

/** Opens files as one capture, merged by time. */
export async function openPaths(paths: readonly string[]): Promise<void> {
  const [path, ...others] = paths;
  if (path === undefined) return;
  if (others.length === 0) return openPath(path);
  await opening(paths.join(', '), () => invoke('capture:open', { path, paths: [...paths] }));
}

async function opening(shownPath: string, open: () => Promise<CommandResult<'capture:open'>>): Promise<void> {
  sessionActions.opening(shownPath);
  const result = await open();
  if (result.ok) sessionActions.openingEnded();
  else sessionActions.failed(shownPath, result.error);
}

/** Asks for a file and opens it. */
export async function openWithDialog(): Promise<void> {
  const answer = await perform('app:open-dialog', {});
  if (answer) await openPaths(answer.paths);
}

/** Only one file can be followed, not several that are merged. */
export function canFollow(): boolean {
  return useSession.getState().capture?.files.length === 1;
}

/** Reads on as the file grows, or no longer. */
export async function toggleFollowing(): Promise<void> {
  const { capture } = useSession.getState();
  if (!capture) return;
  const { captureId, following } = capture;
  if (following) await perform('capture:follow', { captureId, follow: false });
  else await opening(capture.path, () => invoke('capture:follow', { captureId, follow: true }));
}

export async function openSample(): Promise<void> {
  sessionActions.opening('the sample capture');
  const result = await invoke('app:open-sample', {});
  if (result.ok) sessionActions.openingEnded();
  else sessionActions.failed('sample capture', result.error);
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
