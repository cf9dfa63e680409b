import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkRegularFile } from './regular-file';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapdeck-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('checkRegularFile', () => {
  it('answers the absolute path and the size', async () => {
    const path = join(folder, 'a.pcap');
    writeFileSync(path, 'abc');
    expect(await checkRegularFile(relative(process.cwd(), path))).toEqual({ ok: true, value: { path, bytes: 3 } });
  });

  it('tells a folder, a missing file and a file in the place of a folder', async () => {
    expect(await checkRegularFile(folder)).toMatchObject({ ok: false, error: { code: 'is-directory', where: folder } });
    expect(await checkRegularFile(join(folder, 'gone'))).toMatchObject({ ok: false, error: { code: 'file-missing' } });
    expect(await checkRegularFile(join(folder, 'a.pcap/x'))).toMatchObject({ error: { code: 'file-missing' } });
    expect(await checkRegularFile(join(folder, 'x\0y'))).toMatchObject({ error: { code: 'file-unreadable' } });
  });

  it.skipIf(process.platform === 'win32')('tells a pipe, and does not wait for it', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await checkRegularFile(pipe)).toMatchObject({ ok: false, error: { code: 'not-regular-file' } });
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('tells a file without permission', async () => {
    const path = join(folder, 'secret');
    writeFileSync(path, 'abc');
    chmodSync(path, 0);
    expect(await checkRegularFile(path)).toMatchObject({ ok: false, error: { code: 'file-unreadable' } });
  });
});
