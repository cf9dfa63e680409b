import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const repoRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** What belongs to this checkout alone and can be thrown away. */
export const checkoutCache = join(repoRoot, '.cache');

/** What all checkouts of one person share. */
export const sharedCache = process.env.TAPDECK_CACHE
  ? resolve(process.env.TAPDECK_CACHE)
  : join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tapdeck');

export const isRoot = process.platform !== 'win32' && process.getuid() === 0;

export function exists(path) {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Runs `task` while no other process of this machine runs a task under the same lock directory. */
export async function withLock(lockPath, task) {
  mkdirSync(dirname(lockPath), { recursive: true });
  const owner = join(lockPath, 'pid');
  for (;;) {
    try {
      mkdirSync(lockPath);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (await isAbandoned(lockPath, owner)) rmSync(lockPath, { recursive: true, force: true });
    else await sleep(200);
  }
  try {
    writeFileSync(owner, String(process.pid));
    return await task();
  } finally {
    rmSync(lockPath, { recursive: true, force: true });
  }
}

/** A lock whose owner has died, or who never wrote its name. */
async function isAbandoned(lockPath, owner) {
  const pid = Number(await readFile(owner, 'utf8').catch(() => ''));
  if (!pid) return Date.now() - (statSync(lockPath, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 5000;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
