#!/usr/bin/env node
// `npm run check`: everything that can be said about the sources without starting the window. Each step is named with
// its time; all of them run, whatever fails. `--skip-unit` leaves the unit tests to a following `npm test`.
import { join } from 'node:path';
import { runScript } from './runtime/console.mjs';
import { repoRoot } from './runtime/paths.mjs';
import { run } from './runtime/process.mjs';

const bin = (name) => join(repoRoot, 'node_modules/.bin', name);
const steps = [
  ['format', bin('biome'), ['format', '.']],
  ['types', bin('tsc'), ['-b']],
  ['lint', bin('eslint'), ['.', '--max-warnings', '0']],
  ['imports', bin('depcruise'), ['.', '--config', '.dependency-cruiser.cjs']],
  ['unused', bin('knip'), []],
  ...(process.argv.includes('--skip-unit') ? [] : [['unit tests', bin('vitest'), ['run']]]),
];

await runScript(async () => {
  const failures = [];
  for (const [name, command, args] of steps) {
    const start = performance.now();
    const env = { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1' };
    const { code, stdout, stderr } = await run(command, args, {
      cwd: repoRoot,
      env,
      shell: process.platform === 'win32',
    });
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds} s`);
    if (code !== 0) failures.push({ name, output: `${stdout}${stderr}`.trim() });
  }
  for (const { name, output } of failures) console.log(`\n--- ${name} ---\n${output}`);
  if (failures.length > 0) console.log(`\n${failures.length} of ${steps.length} steps failed.`);
  return failures.length > 0 ? 1 : 0;
});
