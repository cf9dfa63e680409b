import type { BrowserWindow } from 'electron';
import { ok } from '#shared/base/result';
import type { ReplayService } from '../services/replay-service';
import { isLoopback, parseTarget } from '../services/replay-target';
import type { CommandHandlers } from './commands';
import { askToSend } from './dialogs';

/** The command of the Replay dialog. The page cannot decide that media leaves this machine: a person is asked. */
export function replayHandlers(
  replays: ReplayService,
  window: () => BrowserWindow,
): Pick<CommandHandlers, 'replay:start'> {
  return {
    'replay:start': async ({ captureId, streamId, target: text, speed, isLooping }) => {
      const target = parseTarget(text);
      if (!target.ok) return target;
      const { host } = target.value;
      const isRemoteAllowed = !isLoopback(host) && (await askToSend(window(), host));
      if (!isLoopback(host) && !isRemoteAllowed) return ok({ jobId: null });
      const started = replays.start({ captureId, streamId, target: target.value, speed, isLooping, isRemoteAllowed });
      return started.ok ? ok({ jobId: started.value }) : started;
    },
  };
}
