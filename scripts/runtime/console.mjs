import { constants } from 'node:os';

/** One line for the person at the terminal; on stderr, so that what a command prints stays clean. */
export function say(line) {
  process.stderr.write(`tapdeck: ${line}\n`);
}

/** A failure that is told in one line, without a stack. */
export class Refusal extends Error {}

/** A signal that ended what this process was doing. */
export class Interruption extends Error {
  constructor(signal) {
    super(`ended by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** Runs the main function of a script; a `Refusal` becomes one line and exit code 1. */
export async function runScript(main) {
  try {
    process.exitCode = (await main()) ?? process.exitCode ?? 0;
  } catch (error) {
    if (error instanceof Refusal) say(error.message);
    else if (!(error instanceof Interruption)) throw error;
    process.exitCode = error.exitCode ?? 1;
  }
}
