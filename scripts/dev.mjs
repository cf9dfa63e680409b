#!/usr/bin/env node
// `npm run dev -- [FILE]`: the window with sources that reload: the page at once, the main process by a restart.
import { join } from 'node:path';
import { Refusal, runScript } from './runtime/console.mjs';
import { hasDisplay } from './runtime/display.mjs';
import { resolveElectron } from './runtime/electron.mjs';
import { repoRoot } from './runtime/paths.mjs';
import { runInTerminal } from './runtime/process.mjs';

await runScript(async () => {
  if (!hasDisplay())
    throw new Refusal('no display here: `npm run dev` needs one (`xvfb-run -a npm run dev` gives it one in memory).');
  const { executablePath, appArguments } = await resolveElectron();
  // electron-vite puts one argument of its own before those of the app: the folder of the app, or a switch that says
  // nothing for a runtime that finds the app by itself.
  const entry = appArguments.includes(repoRoot) ? repoRoot : '--development';
  const switches = appArguments.filter((argument) => argument !== repoRoot);
  const vite = join(repoRoot, 'node_modules/electron-vite/bin/electron-vite.js');
  const args = [vite, 'dev', '--watch', '--', ...switches, ...process.argv.slice(2)];
  const env = { ...process.env, ELECTRON_EXEC_PATH: executablePath, ELECTRON_ENTRY: entry };
  return runInTerminal(process.execPath, args, { cwd: repoRoot, env });
});
