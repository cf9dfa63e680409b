/** One line for the person at the terminal; on stderr, so that what a command prints stays clean. */
export function say(line) {
  process.stderr.write(`tapdeck: ${line}\n`);
}

/** A failure that is told in one line, without a stack. */
export class Refusal extends Error {}

/** Runs the main function of a script; a `Refusal` becomes one line and exit code 1. */
export async function runScript(main) {
  try {
    process.exitCode = (await main()) ?? process.exitCode ?? 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
