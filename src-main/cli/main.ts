import { version } from '../../package.json';
import { toFailure } from '../services/capture-service';
import { runAnalyze } from './analyze';
import { type CliCommand, parseCommandLine } from './arguments';
import { CliFailure, errorLine, type ExitCode, exitCodes } from './failure';
import { helpText } from './help';
import { runInfo } from './info';
import type { CliContext } from './session';

/** Runs a command line to its end; failures become one line on stderr and the exit code that is answered. */
export async function runCommandLine(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  try {
    return await runCommand(parseCommandLine(argv), context);
  } catch (error) {
    const isExpected = error instanceof CliFailure;
    context.stderr.write(errorLine(isExpected ? error.failure : toFailure(error)));
    return isExpected ? error.exitCode : exitCodes.failed;
  }
}

async function runCommand(command: CliCommand, context: CliContext): Promise<ExitCode> {
  switch (command.name) {
    case 'help':
      context.stdout.write(helpText);
      return exitCodes.done;
    case 'version':
      context.stdout.write(`tapdeck ${version}\n`);
      return exitCodes.done;
    case 'info':
      return runInfo(command.file, command.json, context);
    case 'analyze':
      return runAnalyze(command, context);
    case 'export':
      // What writes media is as large as all the rest: those who analyse do not wait for it to be loaded.
      return (await import('./export')).runExport(command, context);
    case 'replay':
      return (await import('./replay')).runReplay(command, context);
  }
}
