import { ipcMain } from 'electron';
import { fail } from '#shared/base/result';
import { type CommandName, commandSchemas } from '#shared/ipc/contract';
import { answerCommand, type CommandHandlers } from './commands';
import { isTrustedSender, type RendererOrigin } from './policy';

/** Answers every command of the contract: checks the sender and the input, and never throws across. */
export function registerCommands(
  handlers: CommandHandlers,
  renderer: RendererOrigin,
  report: (message: string) => void,
): void {
  for (const name of Object.keys(commandSchemas) as CommandName[]) {
    ipcMain.handle(name, (event, input: unknown) => {
      if (isTrustedSender(event.senderFrame, renderer)) return answerCommand(handlers, name, input, report);
      report(`${name} refused: it came from ${event.senderFrame?.url ?? 'a frame that is gone'}`);
      return fail('untrusted-sender', 'Only the window of Tapdeck may ask for this.');
    });
  }
}
