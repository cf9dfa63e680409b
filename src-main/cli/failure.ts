import { describeFailure, type Failure } from '#shared/base/result';
import { printable } from './text-table';

export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with one line on stderr and an exit code. */
export class CliFailure extends Error {
  constructor(
    readonly failure: Failure,
    readonly exitCode: ExitCode = exitCodes.failed,
  ) {
    super(describeFailure(failure));
  }
}

/** Wrong usage: what was wrong with which argument, and what to write instead. */
export function usageFailure(message: string, hint = 'Run `tapdeck --help`.'): CliFailure {
  return new CliFailure({ code: 'usage', message, hint }, exitCodes.usage);
}

/** A failure as the one line that stands on stderr: what, where, what to do. */
export function errorLine(failure: Failure): string {
  return `tapdeck: ${printable(describeFailure(failure))}\n`;
}
