import { fail, type Result } from '#shared/base/result';
import {
  type CommandInput,
  type CommandName,
  type CommandOutputs,
  type CommandResult,
  commandSchemas,
} from '#shared/ipc/contract';
import { RpcFailure } from '../workers/rpc/protocol';

/** What the main process does for each command: all of them, or it does not compile. */
export type CommandHandlers = {
  readonly [Name in CommandName]: (
    input: CommandInput<Name>,
  ) => Result<CommandOutputs[Name]> | Promise<Result<CommandOutputs[Name]>>;
};

/**
 * Checks `input` by the command's schema and runs its handler. Of what the handler throws, a worker's failure is told
 * as it is, anything else as `internal`.
 */
export async function answerCommand<Name extends CommandName>(
  handlers: CommandHandlers,
  name: Name,
  input: unknown,
  report: (message: string) => void,
): Promise<CommandResult<Name>> {
  const checked = commandSchemas[name].safeParse(input);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return fail('bad-input', `${name}: ${issue?.message ?? 'not understood'}.`, { where: issue?.path.join('.') });
  }
  try {
    return await handlers[name](checked.data as CommandInput<Name>);
  } catch (error) {
    if (error instanceof RpcFailure) return { ok: false, error: error.failure };
    report(`${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return fail('internal', error instanceof Error ? error.message : String(error));
  }
}
