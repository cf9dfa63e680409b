import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { captureFile } from './standard-input';

describe('captureFile', () => {
  it('leaves a named file where it is', async () => {
    const file = await captureFile('a/b.pcap', Readable.from([]));
    expect([file.path, file.shownPath]).toEqual(['a/b.pcap', 'a/b.pcap']);
  });

  it('copies standard input into a private folder and removes it', async () => {
    const file = await captureFile('-', Readable.from([Buffer.from('one '), Buffer.from('two')]));
    expect(file.shownPath).toBe('-');
    expect(readFileSync(file.path, 'utf8')).toBe('one two');
    if (process.platform !== 'win32') expect(statSync(dirname(file.path)).mode & 0o777).toBe(0o700);
    file.remove();
    expect(existsSync(dirname(file.path))).toBe(false);
  });

  it('says why standard input could not be read, and leaves nothing behind', async () => {
    const broken = new Readable({
      read() {
        this.destroy(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
      },
    });
    const failure: unknown = await captureFile('-', broken).catch((error: unknown) => error);
    expect(failure).toMatchObject({ exitCode: 1, failure: { message: expect.stringContaining('too small') } });
    expect(existsSync((failure as { failure: { where: string } }).failure.where)).toBe(false);
  });
});
