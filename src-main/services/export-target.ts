import { createHash, randomBytes } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, link, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { alternativeName } from '../media/file-names';
import { RpcFailure } from '../workers/rpc/protocol';

/** A hidden name in the folder of the target, so that the finished file is only renamed. */
export function temporaryPath(folder: string): string {
  return join(folder, `.tapdeck-${randomBytes(8).toString('hex')}.part`);
}

/** A file of a capture, as it was opened. */
interface CapturedFile {
  readonly path: string;
  readonly bytes: number;
}

/** Facts that tell whether a capture file is still the one that was opened. */
export interface FileStamp {
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly device: number;
  readonly inode: number;
}

/** Of each file of a capture. Fails with `capture-vanished` when one is gone. */
export function stampsOf(files: readonly CapturedFile[]): Promise<FileStamp[]> {
  return Promise.all(files.map(({ path }) => stampOf(path)));
}

async function stampOf(path: string): Promise<FileStamp> {
  try {
    const { size, mtimeMs, dev, ino } = await stat(path);
    return { bytes: size, modifiedMs: mtimeMs, device: dev, inode: ino };
  } catch {
    throw new RpcFailure({
      code: 'capture-vanished',
      message: 'The capture file can no longer be read.',
      where: path,
      hint: 'Put it back, or open it where it lies now.',
    });
  }
}

/** Fails with `capture-changed` when a file is not the one that was opened, or was touched between two looks. */
export function assertUnchanged(
  files: readonly CapturedFile[],
  before: readonly FileStamp[],
  now: readonly FileStamp[],
): void {
  const changed = files.find(
    ({ bytes }, i) =>
      now[i].bytes !== bytes || now[i].modifiedMs !== before[i].modifiedMs || now[i].inode !== before[i].inode,
  );
  if (!changed) return;
  throw new RpcFailure({
    code: 'capture-changed',
    message: 'The capture file was changed after it was opened.',
    where: changed.path,
    hint: 'Open it again.',
  });
}

/** Exporting never alters the capture: not by a path, not by another name of the same file. */
export async function assertNotCapture(targetPath: string, capture: readonly FileStamp[]): Promise<void> {
  const target = await stat(targetPath).catch(() => null);
  if (!target || !capture.some(({ device, inode }) => target.dev === device && target.ino === inode)) return;
  throw new RpcFailure({
    code: 'would-overwrite-capture',
    message: 'The target is the capture itself.',
    where: targetPath,
    hint: 'Choose another name.',
  });
}

/**
 * Puts the finished file into a folder under the wanted name, or the first numbered one that is free. A file of equal
 * content is left as it is and its path is answered; nothing is ever overwritten.
 */
export async function placeInFolder(
  temporary: string,
  folder: string,
  name: string,
  { sha256, bytes }: { readonly sha256: string; readonly bytes: number },
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const path = join(folder, alternativeName(name, attempt));
    if (await moveIfFree(temporary, path)) return path;
    if (await hasContent(path, sha256, bytes)) {
      await rm(temporary, { force: true });
      return path;
    }
  }
}

/**
 * The same for a folder that was made: `listName` is the file in it that tells its content, whose hash is known. A
 * folder of equal content is left as it is.
 */
export async function placeFolder(
  temporary: string,
  folder: string,
  name: string,
  { sha256, listName }: { readonly sha256: string; readonly listName: string },
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const path = join(folder, attempt === 1 ? name : `${name}-${attempt}`);
    const isTaken = await stat(path).then(
      () => true,
      () => false,
    );
    if (!isTaken) {
      await rename(temporary, path);
      return path;
    }
    const list = join(path, listName);
    const bytes = await stat(list).then(
      ({ size }) => size,
      () => -1,
    );
    if (bytes >= 0 && (await hasContent(list, sha256, bytes))) {
      await rm(temporary, { recursive: true, force: true });
      return path;
    }
  }
}

/** A link fails when the name is taken, a rename would not; disks without links copy. */
async function moveIfFree(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      await copyFile(temporary, path, constants.COPYFILE_EXCL);
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  await unlink(temporary);
  return true;
}

async function hasContent(path: string, sha256: string, bytes: number): Promise<boolean> {
  try {
    const facts = await stat(path);
    if (!facts.isFile() || facts.size !== bytes) return false;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
    return hash.digest('hex') === sha256;
  } catch {
    return false;
  }
}
