import { join } from 'node:path';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import type { RendererOrigin } from './policy';
import { lockContents } from './security';
import type { SettingsStore, Theme, WindowBounds } from './settings';

const backgrounds = { dark: '#141517', light: '#ffffff' } as const;
const smallest = { width: 900, height: 600 };

/** Opens the window where it stood last; it shows itself when its page has something to show. */
export function createWindow(settings: SettingsStore, renderer: RendererOrigin): BrowserWindow {
  const { bounds, isMaximized } = settings.get();
  const window = new BrowserWindow({
    ...(bounds && isVisible(bounds) ? bounds : { width: 1440, height: 900 }),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    backgroundColor: backgrounds[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
    title: 'Tapdeck',
    // Elsewhere the icon comes with the program file.
    ...(process.platform === 'linux' ? { icon: join(app.getAppPath(), 'assets/icons/256x256.png') } : {}),
    webPreferences: {
      preload: join(app.getAppPath(), 'out/preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      // Playing is asked for by keys, menu and palette, which Chromium does not all take for a gesture.
      autoplayPolicy: 'no-user-gesture-required',
      // Loading, playing and measuring go on while another window is in front.
      backgroundThrottling: false,
    },
  });
  lockContents(window.webContents, renderer);
  window.once('ready-to-show', () => {
    if (isMaximized) window.maximize();
    window.show();
  });
  window.on('close', () => {
    settings.update({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
  });
  void window.loadURL(renderer.url);
  return window;
}

/** Colours of the frame, of native dialogs and of the page's `prefers-color-scheme`. */
export function applyTheme(theme: Theme): void {
  nativeTheme.themeSource = theme;
}

/** A window that stood on a screen which is gone would open out of reach. */
function isVisible(bounds: WindowBounds): boolean {
  const { workArea } = screen.getDisplayMatching(bounds);
  const overlapX = Math.min(bounds.x + bounds.width, workArea.x + workArea.width) - Math.max(bounds.x, workArea.x);
  const overlapY = Math.min(bounds.y + bounds.height, workArea.y + workArea.height) - Math.max(bounds.y, workArea.y);
  return overlapX >= 200 && overlapY >= 100;
}
