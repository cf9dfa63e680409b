import { join } from 'node:path';
import { app, type BrowserWindow, protocol, session } from 'electron';
import type { EventName, EventPayloads } from '#shared/ipc/contract';
import { pathFromCommandLine } from './command-line';
import { appHandlers } from './handlers';
import { registerCommands } from './ipc';
import { report, reportUncaughtErrors } from './log';
import { mediaHandler } from './media-protocol';
import { installMenu } from './menu';
import { RecentFiles } from './recent-files';
import { rendererHandler } from './renderer-protocol';
import { lockSession, rendererOrigin } from './security';
import { createServices } from './services';
import { DecodeAsRules } from './decode-as-rules';
import { SettingsStore } from './settings';
import { applyTheme, createWindow } from './window';

reportUncaughtErrors();
// `--no-sandbox` is what root and systems without user namespaces start with while developing; it cannot go together
// with a sandbox that is enforced.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  {
    scheme: 'media',
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, corsEnabled: true },
  },
]);

/** A file to open that came before the window could show it. */
let waitingPath = pathFromCommandLine(process.argv, process.cwd(), process.defaultApp === true);
let openPath = (path: string): void => void (waitingPath = path);

app.on('open-file', (event, path) => {
  event.preventDefault();
  openPath(path);
});

// A second start with the same settings hands its file to the first one.
if (!app.requestSingleInstanceLock()) app.quit();
else void app.whenReady().then(start);

function start(): void {
  const renderer = rendererOrigin();
  let window: BrowserWindow | null = null;
  const send = <Name extends EventName>(name: Name, payload: EventPayloads[Name]): void => {
    if (window && !window.webContents.isDestroyed()) window.webContents.send(name, payload);
  };

  const settings = new SettingsStore(join(app.getPath('userData'), 'settings.json'), report);
  applyTheme(settings.get().theme);
  const showMenu = (): void => installMenu(recentFiles.list(), { runCommand, openPath: (path) => openPath(path) });
  const runCommand = (commandId: string): void => send('app:command', { commandId });
  const recentFiles = new RecentFiles(settings, showMenu);
  showMenu();

  const services = createServices({
    recentFiles,
    decodeAsRules: new DecodeAsRules(settings),
    send,
    window: openWindow,
  });
  lockSession(session.defaultSession, renderer);
  protocol.handle('app', rendererHandler(join(app.getAppPath(), 'out/renderer')));
  protocol.handle(
    'media',
    mediaHandler((id) => services.media.artifactFile(id), renderer.origin),
  );

  // The page asks for the present capture once it listens: only then is anything opened, so that it misses nothing.
  let isListening = false;
  const openWaiting = (): void => {
    const path = waitingPath;
    waitingPath = null;
    if (path !== null) void services.session.open(path);
  };
  openPath = (path) => {
    waitingPath = path;
    if (isListening) openWaiting();
    openWindow();
  };
  registerCommands(
    {
      ...services.handlers,
      ...appHandlers({ settings, recentFiles, window: openWindow, services }),
      'capture:current': (input) => {
        isListening = true;
        setImmediate(openWaiting);
        return services.handlers['capture:current'](input);
      },
    },
    renderer,
    report,
  );

  /** The window; a new one when it was closed (macOS keeps the program alive). */
  function openWindow(): BrowserWindow {
    if (window) {
      if (window.isMinimized()) window.restore();
      return window;
    }
    isListening = false;
    window = createWindow(settings, renderer);
    window.on('closed', () => (window = null));
    window.webContents.on('did-start-loading', () => (isListening = false));
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      report(`the window's process ended: ${reason}`);
      if (reason !== 'clean-exit') window?.webContents.reload();
    });
    return window;
  }

  openWindow();
  app.on('activate', openWindow);
  app.on('second-instance', (_event, argv, workingFolder) => {
    const path = pathFromCommandLine(argv, workingFolder, process.defaultApp === true);
    if (path !== null) openPath(path);
    openWindow().focus();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let isDisposed = false;
  app.on('will-quit', (event) => {
    if (isDisposed) return;
    event.preventDefault();
    isDisposed = true;
    // Not before this event is over: until then Electron thinks that it is quitting already.
    void services.dispose().finally(() => setImmediate(() => app.quit()));
  });
}
