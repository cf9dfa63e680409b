import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fail, ok, type Result } from '#shared/base/result';

/** Whether `path` is a file that can be read, told before anything is opened; answers its absolute path. */
export async function checkRegularFile(
  path: string,
): Promise<Result<{ readonly path: string; readonly bytes: number }>> {
  const where = resolve(path);
  try {
    const facts = await stat(where);
    if (facts.isDirectory()) {
      return fail('is-directory', 'This is a folder, not a capture file.', { where, hint: 'Open a file inside it.' });
    }
    if (!facts.isFile()) {
      return fail('not-regular-file', 'This is a device or a pipe, not a file.', {
        where,
        hint: 'Save what it gives to a file and open that; the command line also reads `-`.',
      });
    }
    await access(where, constants.R_OK);
    return ok({ path: where, bytes: facts.size });
  } catch (error) {
    return unreadable(where, error);
  }
}

function unreadable(where: string, error: unknown): Result<never> {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return fail('file-missing', 'There is no such file.', { where, hint: 'It may have been moved or deleted.' });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return fail('file-unreadable', 'The file may not be read by you.', { where, hint: 'Check its permissions.' });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return fail('file-unreadable', `The file could not be read: ${reason}.`, { where });
}
