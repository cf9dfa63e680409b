import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal, say } from './console.mjs';
import { checkoutCache, repoRoot, withLock } from './paths.mjs';
import { run } from './process.mjs';

const sources = ['shared', 'src-main', 'src-renderer', 'electron.vite.config.ts', 'package.json', 'package-lock.json'];
const products = ['out/main/index.cjs', 'out/main/cli.cjs', 'out/preload/index.cjs', 'out/renderer/index.html'];

/** Builds when a product is missing or older than any source; one build at a time per checkout. */
export function ensureBuilt() {
  return withLock(join(checkoutCache, 'build.lock'), async () => {
    if (isFresh()) return;
    say('building.');
    const vite = join(repoRoot, 'node_modules/electron-vite/bin/electron-vite.js');
    const { code, stdout, stderr } = await run(process.execPath, [vite, 'build'], { cwd: repoRoot });
    if (code !== 0) throw new Refusal(`the build failed.\n${stdout}${stderr}`);
  });
}

function isFresh() {
  const times = products.map((path) => statSync(join(repoRoot, path), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.min(...times) > Math.max(...sources.map((path) => newest(join(repoRoot, path))));
}

/** Latest change below a path; a folder's own time tells of files that were added, renamed or removed. */
function newest(path) {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (!facts) return 0;
  if (!facts.isDirectory()) return /\.test\.tsx?$/.test(path) ? 0 : facts.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), facts.mtimeMs);
}
