import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { app, type BrowserWindow, clipboard } from 'electron';
import { fail, ok } from '#shared/base/result';
import type { AppInfo } from '#shared/ipc/contract';
import { devDependencies, version } from '../../package.json';
import type { CommandHandlers } from './commands';
import { askForCaptures, saveByDialog } from './dialogs';
import type { RecentFiles } from './recent-files';
import type { Services } from './services';
import type { SettingsStore } from './settings';
import { applyTheme } from './window';

type AppCommand = Extract<keyof CommandHandlers, `app:${string}`>;

export interface AppContext {
  readonly settings: SettingsStore;
  readonly recentFiles: RecentFiles;
  readonly window: () => BrowserWindow;
  readonly services: Services;
}

/** Commands about the program itself: dialogs, settings, clipboard. */
export function appHandlers(context: AppContext): Pick<CommandHandlers, AppCommand> {
  const { settings, recentFiles, services, window } = context;
  return {
    'app:info': async () => ok(await appInfo(context)),
    'app:open-dialog': async () => {
      const paths = await askForCaptures(window());
      return ok({ path: paths[0] ?? null, paths });
    },
    'app:open-sample': async () => {
      const path = samplePath();
      const isThere = await access(path).then(
        () => true,
        () => false,
      );
      if (isThere) return services.session.open(path);
      return fail('sample-missing', 'The sample capture is missing.', { where: path, hint: 'Run `npm run samples`.' });
    },
    'app:recent-files': () => ok(recentFiles.list()),
    'app:clear-recent-files': () => {
      recentFiles.clear();
      return ok(null);
    },
    'app:set-theme': ({ theme }) => {
      settings.update({ theme });
      applyTheme(theme);
      return ok(null);
    },
    'app:copy-text': async ({ text }) => {
      await clipboard.writeText(text);
      return ok(null);
    },
    'app:save-text': ({ suggestedName, text }) => saveByDialog(window(), suggestedName, text),
    'app:save-bytes': ({ suggestedName, bytes }) => saveByDialog(window(), suggestedName, bytes),
  };
}

async function appInfo({ services }: AppContext): Promise<AppInfo> {
  const { electron = '', chrome: chromium = '', node } = process.versions;
  return {
    version,
    electron,
    chromium,
    node,
    platform: `${process.platform} ${process.arch}`,
    ffmpeg: await services.ffmpegVersion(),
    isFallbackRuntime: electron !== devDependencies.electron,
  };
}

/** The sample lies beside the sources, and beside the archive in a packaged program. */
function samplePath(): string {
  const assets = app.isPackaged ? process.resourcesPath : join(app.getAppPath(), 'assets');
  return join(assets, 'samples', 'call.pcapng');
}
