import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArtifactStore } from './artifact-store';

let cacheDir: string;
let store: ArtifactStore;
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'tapdeck-store-'));
  store = new ArtifactStore(join(cacheDir, 'not', 'yet'));
});
afterEach(() => rmSync(cacheDir, { recursive: true, force: true }));

describe('ArtifactStore', () => {
  it('gives out ids that cannot be guessed, for files in a private folder', () => {
    const one = store.reserve('capture-1', 'wav', 'audio/wav');
    const two = store.reserve('capture-1', 'wav', 'audio/wav');
    expect(one.id).toMatch(/^[0-9a-f]{32}$/);
    expect(one.id).not.toBe(two.id);
    expect(store.get(one.id)).toEqual({ path: one.path, mime: 'audio/wav' });
    if (process.platform !== 'win32') expect(statSync(dirname(one.path)).mode & 0o777).toBe(0o700);
  });

  it.each(['', '..', '../x', 'a'.repeat(32), '__proto__'])('knows no id %j', (id) => {
    expect(store.get(id)).toBeNull();
  });

  it('removes what was made for an owner, and everything at the end', () => {
    const one = store.reserve('capture-1', 'wav', 'audio/wav');
    const two = store.reserve('capture-2', 'wav', 'audio/wav');
    for (const { path } of [one, two]) writeFileSync(path, 'x');
    store.removeOwnedBy('capture-1');
    expect([existsSync(one.path), existsSync(two.path)]).toEqual([false, true]);
    expect(store.get(one.id)).toBeNull();
    store.dispose();
    expect(readdirSync(join(cacheDir, 'not', 'yet'))).toEqual([]);
  });
});
