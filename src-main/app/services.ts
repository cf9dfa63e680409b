import { app, type BrowserWindow } from 'electron';
import { version } from '../../package.json';
import { ok } from '#shared/base/result';
import { resolveFfmpeg } from '../media/ffmpeg/resolve';
import { CaptureService } from '../services/capture-service';
import { ExportService } from '../services/export-service';
import { ReplayService } from '../services/replay-service';
import { MediaService } from '../services/media-service';
import createCaptureWorker from '../workers/capture.worker?nodeWorker';
import createHashWorker from '../workers/hash.worker?nodeWorker';
import createMediaWorker from '../workers/media.worker?nodeWorker';
import { captureHandlers, CaptureSession, type Send } from './capture-session';
import type { CommandHandlers } from './commands';
import { askForKeyLog } from './dialogs';
import { exportHandlers } from './export-handlers';
import { replayHandlers } from './replay-handlers';
import type { DecodeAsRules } from './decode-as-rules';
import type { RecentFiles } from './recent-files';

export interface ServicesContext {
  readonly recentFiles: RecentFiles;
  readonly decodeAsRules: DecodeAsRules;
  readonly send: Send;
  readonly window: () => BrowserWindow;
}

/** The services of the program, and what the window may ask of them. */
export interface Services {
  readonly session: CaptureSession;
  readonly handlers: Omit<CommandHandlers, `app:${string}`>;
  readonly media: MediaService;
  ffmpegVersion(): Promise<string | null>;
  /** Ends the workers and removes temporary files. */
  dispose(): Promise<void>;
}

export function createServices({ recentFiles, decodeAsRules, send, window }: ServicesContext): Services {
  const captures = new CaptureService({
    createCaptureWorker: () => createCaptureWorker({}),
    createHashWorker: () => createHashWorker({}),
  });
  const createWorker = () => createMediaWorker({});
  const media = new MediaService({
    captures,
    createWorker,
    cacheDir: app.getPath('temp'),
    onVideoMaking: (video, change) => send('media:video-making', { ...video, ...change }),
  });
  const exports = new ExportService({ captures, createWorker, tool: `tapdeck ${version}` });
  const replays = new ReplayService({ captures, createWorker });
  replays.onJob((job) => send('job:changed', job));
  replays.onDismissed((dismissed) => send('job:dismissed', dismissed));
  captures.on('closed', ({ captureId }) => media.closeCapture(captureId));
  exports.onJob((job) => {
    send('job:changed', job);
    if (job.state === 'done' && job.artifact) send('artifact:written', job.artifact);
  });
  exports.onDismissed((dismissed) => send('job:dismissed', dismissed));
  const session = new CaptureSession(captures, recentFiles, decodeAsRules, send, (captureId) =>
    media.forget(captureId),
  );
  return {
    session,
    media,
    handlers: {
      ...captureHandlers(session, captures, () => askForKeyLog(window())),
      ...exportHandlers(exports, replays, window),
      ...replayHandlers(replays, window),
      'media:player': async ({ captureId, sourceId }) => ok(await media.player(captureId, sourceId)),
      'media:video': async ({ captureId, sourceId, mode = 'faithful' }) => {
        const onProgress = (fraction: number): void => send('media:video-progress', { captureId, sourceId, fraction });
        return ok(await media.video(captureId, sourceId, mode, onProgress));
      },
      'media:thumbnails': async ({ captureId, sourceId }) => ok(await media.thumbnails(captureId, sourceId)),
      'media:video-pieces': ({ fromSeconds, ...video }) => ok(media.videoPieces(video, fromSeconds)),
      'media:cancel-video': ({ captureId, sourceId, mode }) => {
        media.cancelVideo(captureId, sourceId, mode);
        return ok(null);
      },
    },
    ffmpegVersion: async () => {
      const ffmpeg = await resolveFfmpeg();
      return ffmpeg.ok ? ffmpeg.value.version : null;
    },
    dispose: async () => {
      await Promise.all([exports.dispose(), replays.dispose(), media.dispose()]);
      await captures.dispose();
    },
  };
}
