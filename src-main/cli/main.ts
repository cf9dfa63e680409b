import { version } from '../../package.json';
import { toFailure } from '../services/capture-service';
import { runAnalyze } from './analyze';
import { type CliCommand, parseCommandLine } from './arguments';
import { runExport } from './export';
import { CliFailure, errorLine, type ExitCode, exitCodes } from './failure';
import { helpText } from './help';
import { runInfo } from './info';
import { runReplay } from './replay';
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

function runCommand(command: CliCommand, context: CliContext): ExitCode | Promise<ExitCode> {
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
      return runExport(command, context);
    case 'replay':
      return runReplay(command, context);
  }
}
