import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { withDisplay } from './display.mjs';
import { repoRoot } from './paths.mjs';
import { runInTerminal } from './process.mjs';

const unitReport = join(repoRoot, '.cache/unit-results.json');
const endToEndReport = join(repoRoot, 'test-results/results.json');

/**
 * Outcome of a test runner. `code` is its exit code; a runner that fails without a failed test (a file that does not
 * load, a broken set-up) counts as one failure, so that the sum never says that all is well.
 * @typedef {{code: number, passed: number, failed: number}} TestOutcome
 */

/** @returns {Promise<TestOutcome>} */
export async function runUnitTests() {
  await startReport(unitReport);
  const vitest = join(repoRoot, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`];
  const code = await runInTerminal(process.execPath, args, { cwd: repoRoot });
  const report = await readReport(unitReport);
  return outcome(code, report?.numPassedTests ?? 0, report?.numFailedTests ?? 0);
}

/** @returns {Promise<TestOutcome>} */
export async function runEndToEndTests(args = []) {
  await ensureBuilt();
  await startReport(endToEndReport);
  const playwright = join(repoRoot, 'node_modules/@playwright/test/cli.js');
  const code = await withDisplay((env) =>
    runInTerminal(process.execPath, [playwright, 'test', ...args], { cwd: repoRoot, env }),
  );
  const stats = (await readReport(endToEndReport))?.stats;
  return outcome(code, (stats?.expected ?? 0) + (stats?.flaky ?? 0), stats?.unexpected ?? 0);
}

async function startReport(path) {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
}

async function readReport(path) {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : JSON.parse(text);
}

function outcome(code, passed, failed) {
  return { code, passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}
