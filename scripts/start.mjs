#!/usr/bin/env node
// `npm start -- [FILE]`: builds when needed and opens the window. Without a display the same job is done through the
// command line: calls and streams are printed and everything is exported to ./tapdeck-out.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ensureBuilt } from './runtime/build.mjs';
import { runScript, say } from './runtime/console.mjs';
import { hasDisplay } from './runtime/display.mjs';
import { resolveElectron } from './runtime/electron.mjs';
import { repoRoot } from './runtime/paths.mjs';
import { runInTerminal } from './runtime/process.mjs';

await runScript(async () => {
  const args = process.argv.slice(2);
  // npm changes into the package's folder; paths are meant from where the person stands.
  if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
  await ensureBuilt();
  if (!hasDisplay()) return withoutWindow(args);
  const { executablePath, appArguments } = await resolveElectron();
  return runInTerminal(executablePath, [...appArguments, ...args]);
});

async function withoutWindow(args) {
  const outputFolder = resolve('tapdeck-out');
  const [file] = args.filter((argument) => !argument.startsWith('-'));
  if (!file) {
    say('no display here: name a capture, `npm start -- FILE`, and it is analysed and exported by the command line.');
    return 2;
  }
  say(`no display here: doing the same by the command line; exports go to ${outputFolder}.`);
  const tapdeck = (...command) => runInTerminal(process.execPath, [join(repoRoot, 'bin/tapdeck.mjs'), ...command]);
  const analysed = await tapdeck('analyze', file);
  if (analysed !== 0) return analysed;
  await mkdir(outputFolder, { recursive: true });
  return tapdeck('export', file, '--all', '--out', outputFolder);
}
