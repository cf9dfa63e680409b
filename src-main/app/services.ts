import { fail } from '#shared/base/result';
import createCaptureWorker from '../workers/capture.worker?nodeWorker';
import createHashWorker from '../workers/hash.worker?nodeWorker';
import type { BrowserWindow } from 'electron';
import { CaptureService } from '../services/capture-service';
import { captureHandlers, CaptureSession, type Send } from './capture-session';
import type { RecentFiles } from './recent-files';

export interface ServicesContext {
  readonly recentFiles: RecentFiles;
  readonly send: Send;
  readonly window: () => BrowserWindow;
}

/** Makes the services of the program and what the window may ask of them. */
export function createServices({ recentFiles, send }: ServicesContext) {
  const captures = new CaptureService({
    createCaptureWorker: () => createCaptureWorker({}),
    createHashWorker: () => createHashWorker({}),
  });
  const captureSession = new CaptureSession(captures, recentFiles, send);
  const later = () => fail('internal', 'not wired yet');
  return {
    session: captureSession,
    handlers: {
      ...captureHandlers(captureSession, captures),
      'media:player': later,
      'export:start': later,
      'export:cancel': later,
      'export:dismiss': later,
      'export:show-in-folder': later,
    },
    mediaHandler: (_origin: string) => () => new Response(null, { status: 404 }),
    ffmpegVersion: async () => null,
    dispose: () => captures.dispose(),
  };
}

export type Services = ReturnType<typeof createServices>;
