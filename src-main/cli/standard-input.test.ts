import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { captureFile } from './standard-input';

describe('captureFile', () => {
  it('leaves a named file where it is', async () => {
    const undos: (() => void)[] = [];
    const file = await captureFile('a/b.pcap', Readable.from([]), (undo) => undos.push(undo));
    expect([file.path, file.shownPath, undos.length]).toEqual(['a/b.pcap', 'a/b.pcap', 0]);
  });

  it('copies standard input into a private folder and removes it in the end', async () => {
    let undo = (): void => undefined;
    const input = Readable.from([Buffer.from('one '), Buffer.from('two')]);
    const file = await captureFile('-', input, (remove) => (undo = remove));
    expect(file.shownPath).toBe('-');
    expect(readFileSync(file.path, 'utf8')).toBe('one two');
    if (process.platform !== 'win32') expect(statSync(dirname(file.path)).mode & 0o777).toBe(0o700);
    undo();
    expect(existsSync(dirname(file.path))).toBe(false);
  });

  it('lets reading begin before all of it is there', async () => {
    const input = new PassThrough();
    let undo = (): void => undefined;
    const pending = captureFile('-', input, (remove) => (undo = remove));
    input.write(Buffer.alloc(500));
    input.write(Buffer.alloc(500));
    const file = await pending;
    expect([statSync(file.path).size, file.rest === null]).toEqual([1000, false]);
    input.end(Buffer.alloc(7));
    await file.rest;
    expect(statSync(file.path).size).toBe(1007);
    undo();
  });

  it('says why standard input could not be read, and can be undone then, too', async () => {
    let undo = (): void => undefined;
    const broken = new Readable({
      read() {
        this.destroy(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
      },
    });
    const failure: unknown = await captureFile('-', broken, (remove) => (undo = remove)).catch((e: unknown) => e);
    expect(failure).toMatchObject({ exitCode: 1, failure: { message: expect.stringContaining('too small') } });
    const { where } = (failure as { failure: { where: string } }).failure;
    expect(existsSync(where)).toBe(true);
    undo();
    expect(existsSync(where)).toBe(false);
  });

  it('refuses a terminal at once', async () => {
    const terminal = Object.assign(Readable.from([]), { isTTY: true });
    await expect(captureFile('-', terminal, () => undefined)).rejects.toMatchObject({ exitCode: 2 });
  });
});
