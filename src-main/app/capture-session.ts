import { ok, type Result } from '#shared/base/result';
import type { EventName, EventPayloads } from '#shared/ipc/contract';
import type { CaptureSummary } from '#shared/model/capture';
import type { CaptureService } from '../services/capture-service';
import type { CommandHandlers } from './commands';
import type { RecentFiles } from './recent-files';

export type Send = <Name extends EventName>(name: Name, payload: EventPayloads[Name]) => void;

type CaptureCommand = Extract<
  keyof CommandHandlers,
  `${'capture' | 'table' | 'timeline' | 'call' | 'stream' | 'packet' | 'conversation'}:${string}`
>;

/** The one capture that the window shows: a new one takes the place of the old one, once it is recognised. */
export class CaptureSession {
  private currentId: string | null = null;
  private opening: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly captures: CaptureService,
    private readonly recentFiles: RecentFiles,
    private readonly send: Send,
  ) {
    captures.on('opened', (summary) => send('capture:opened', summary));
    captures.on('closed', (closed) => send('capture:closed', closed));
    captures.on('progress', (progress) => send('capture:progress', progress));
    captures.on('summary', (summary) => send('capture:summary', summary));
    captures.on('failed', (failed) => send('capture:failed', failed));
    captures.on('tables', (changed) => send('tables:changed', changed));
  }

  current(): CaptureSummary | null {
    return this.currentId === null ? null : this.captures.summary(this.currentId);
  }

  /** Opens a file in the place of the present one, which stays when the file is no capture. One after another. */
  open(path: string): Promise<Result<{ readonly captureId: string }>> {
    const result = this.opening.then(() => this.replace(path));
    this.opening = result.catch(() => undefined);
    return result;
  }

  async close(captureId: string): Promise<void> {
    if (captureId === this.currentId) this.currentId = null;
    await this.captures.close(captureId);
  }

  private async replace(path: string): Promise<Result<{ readonly captureId: string }>> {
    const opened = await this.captures.open(path);
    if (!opened.ok) {
      if (opened.error.code === 'file-missing') this.recentFiles.remove(path);
      return opened;
    }
    const { captureId, path: absolute } = opened.value;
    const previous = this.currentId;
    this.currentId = captureId;
    this.recentFiles.add(absolute);
    if (previous !== null) await this.captures.close(previous);
    return ok({ captureId });
  }
}

/** Commands about captures and what is in them. */
export function captureHandlers(
  session: CaptureSession,
  captures: CaptureService,
): Pick<CommandHandlers, CaptureCommand> {
  return {
    'capture:open': ({ path }) => session.open(path),
    'capture:cancel': async ({ captureId }) => {
      await captures.cancel(captureId);
      return ok(null);
    },
    'capture:close': async ({ captureId }) => {
      await session.close(captureId);
      return ok(null);
    },
    'capture:current': () => ok(session.current()),
    'table:definitions': () => ok(captures.tableDefinitions),
    'table:page': async ({ captureId, query }) => ok(await captures.page(captureId, query)),
    'timeline:get': async ({ captureId }) => ok(await captures.timeline(captureId)),
    'call:ladder': async ({ captureId, callId }) => ok(await captures.ladder(captureId, callId)),
    'call:message': async ({ captureId, messageId }) => ok(await captures.message(captureId, messageId)),
    'stream:detail': async ({ captureId, streamId }) => ok(await captures.stream(captureId, streamId)),
    'stream:series': async ({ captureId, streamId, buckets }) =>
      ok(await captures.series(captureId, streamId, buckets)),
    'packet:detail': async ({ captureId, frame }) => ok(await captures.packetDetail(captureId, frame)),
    'packet:locate': async ({ captureId, ...wanted }) => ok(await captures.locatePacket(captureId, wanted)),
    'conversation:follow': async ({ captureId, ...wanted }) => ok(await captures.follow(captureId, wanted)),
  };
}
