import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './paths.mjs';
import { run } from './process.mjs';

const here = import.meta.dirname;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapdeck-runtime-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('withLock', () => {
  it('lets one task in at a time and opens again after a failure', async () => {
    const lock = join(folder, 'deep/lock');
    let inside = 0;
    const task = async (): Promise<number> => {
      inside += 1;
      await new Promise((resolve) => setImmediate(resolve));
      expect(inside).toBe(1);
      inside -= 1;
      return 7;
    };
    expect(await Promise.all([withLock(lock, task), withLock(lock, task)])).toEqual([7, 7]);
    await expect(withLock(lock, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(existsSync(lock)).toBe(false);
  });

  it('takes the lock of a process that died', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    const lock = join(folder, 'lock');
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(dead.pid));
    expect(await withLock(lock, async () => 'in')).toBe('in');
  });
});

describe('run', () => {
  it('answers code and output, also of a program that is not there or takes too long', async () => {
    expect(await run(process.execPath, ['-p', '6*7'])).toMatchObject({ code: 0, stdout: '42\n', timedOut: false });
    expect(await run(join(folder, 'missing'), [])).toMatchObject({ code: null });
    const endless = await run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 300 });
    expect(endless).toMatchObject({ code: null, timedOut: true });
  });
});

it('refuses a TAPDECK_ELECTRON that names no file, in one line', async () => {
  const script = `import { runScript } from '${here}/console.mjs'; import { resolveElectron } from '${here}/electron.mjs'; await runScript(resolveElectron);`;
  const env = { ...process.env, TAPDECK_ELECTRON: join(folder, 'missing') };
  const { code, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], { env });
  expect(code).toBe(1);
  expect(stderr).toBe(
    `tapdeck: TAPDECK_ELECTRON names no file: ${join(folder, 'missing')}. Set it to an Electron binary or unset it.\n`,
  );
});
