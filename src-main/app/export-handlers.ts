import { access } from 'node:fs/promises';
import { extname, isAbsolute } from 'node:path';
import { type BrowserWindow, shell } from 'electron';
import { fail, ok, type Result } from '#shared/base/result';
import type { ExportService } from '../services/export-service';
import type { ReplayService } from '../services/replay-service';
import type { CommandHandlers } from './commands';
import { askWhereToSave } from './dialogs';

type ExportCommand = Extract<keyof CommandHandlers, `export:${string}`>;

/** Commands of the Export menu and the jobs tray. */
export function exportHandlers(
  exports: ExportService,
  replays: ReplayService,
  window: () => BrowserWindow,
): Pick<CommandHandlers, ExportCommand> {
  return {
    'export:start': async ({ captureId, sourceId, format, path, video }) => {
      const name = await exports.suggestedName(captureId, sourceId, format);
      const checked = path === undefined ? ok(await askWhereToSave(window(), name)) : await checkNewFile(path, name);
      if (!checked.ok) return checked;
      if (checked.value === null) return ok({ jobId: null });
      return ok({ jobId: exports.start({ captureId, sourceId, format, video, path: checked.value }) });
    },
    'export:cancel': ({ jobId }) => {
      // Each knows its own jobs alone.
      exports.cancel(jobId);
      replays.stop(jobId);
      return ok(null);
    },
    'export:dismiss': ({ jobId }) => {
      exports.dismiss(jobId);
      replays.dismiss(jobId);
      return ok(null);
    },
    'export:show-in-folder': ({ jobId }) => {
      const path = exports.job(jobId)?.artifact?.path;
      if (path === undefined) return fail('not-found', 'This job has written no file.');
      shell.showItemInFolder(path);
      return ok(null);
    },
  };
}

/**
 * A path that comes from the page instead of the dialog: nobody was asked, so it may only name a new file of the right
 * kind. What is there can be replaced through the dialog alone.
 */
async function checkNewFile(path: string, suggestedName: string): Promise<Result<string>> {
  if (!isAbsolute(path) || extname(path).toLowerCase() !== extname(suggestedName)) {
    return fail('bad-target', 'This is no file name for this export.', { where: path });
  }
  const isTaken = await access(path).then(
    () => true,
    () => false,
  );
  return isTaken ? fail('target-exists', 'There is a file of this name already.', { where: path }) : ok(path);
}
