import { constants } from 'node:os';
import { runCommandLine } from './main';

type Undo = () => void | Promise<void>;

const undos: Undo[] = [];
/** Ends workers and removes temporary files; what was made last goes first. */
async function undoAll(): Promise<void> {
  for (let undo = undos.pop(); undo; undo = undos.pop()) await undo();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    void undoAll().finally(() => process.exit(128 + constants.signals[signal]));
  });
}
// Whoever reads our output may have enough of it (`| head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  void undoAll().finally(() => process.exit(0));
});

void runCommandLine(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  onEnd: (undo) => undos.push(undo),
}).then(async (exitCode) => {
  process.exitCode = exitCode;
  await undoAll();
});
