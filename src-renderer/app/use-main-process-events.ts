import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { describeFailure } from '#shared/base/result';
import { invoke, onFailure, perform, useEvent } from '../bridge';
import { jobsActions } from '../stores/jobs';
import { layoutActions, useLayout } from '../stores/layout';
import { packetsActions } from '../stores/packets';
import { playheadActions } from '../stores/playhead';
import { selectionActions } from '../stores/selection';
import { sessionActions } from '../stores/session';
import { runCommand } from './commands';

/** Carries what the main process tells into the stores. */
export function useMainProcessEvents(): void {
  useEvent('capture:opened', (capture) => {
    selectionActions.clear();
    playheadActions.reset();
    packetsActions.reset();
    sessionActions.opened(capture);
    layoutActions.reveal('overview');
  });
  useEvent('capture:summary', sessionActions.summarised);
  useEvent('capture:progress', sessionActions.progressed);
  useEvent('capture:closed', ({ captureId }) => sessionActions.closed(captureId));
  useEvent('capture:failed', ({ path, failure }) => sessionActions.failed(path, failure));
  useEvent('tables:changed', ({ captureId, tables }) => sessionActions.tablesChanged(captureId, tables));
  useEvent('job:changed', jobsActions.changed);
  useEvent('job:dismissed', ({ jobId }) => jobsActions.dismissed(jobId));
  useEvent('app:command', ({ commandId }) => {
    runCommand(commandId);
  });

  useEffect(
    () =>
      onFailure((failure) => {
        if (failure.code === 'cancelled') return;
        notifications.show({
          color: 'red',
          title: failure.message,
          message: describeFailure({ ...failure, message: '' }) || `Code: ${failure.code}`,
          autoClose: 12_000,
        });
      }),
    [],
  );

  // The window may come after the capture: a path on the command line, a reload while developing.
  useEffect(() => {
    void perform('table:definitions', {}).then((tables) => tables && sessionActions.tablesDefined(tables));
    void invoke('capture:current', {}).then((result) => {
      if (result.ok && result.value) sessionActions.opened(result.value);
    });
    void invoke('app:set-theme', { theme: useLayout.getState().theme });
  }, []);
}
