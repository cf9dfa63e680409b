import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CliFailure, usageFailure } from './failure';

/** A capture file that can be read at any place. */
export interface CaptureFile {
  /** Where it lies. */
  readonly path: string;
  /** How the person named it. */
  readonly shownPath: string;
}

/**
 * The capture's file: the one that was named, or for `-` a private copy of what comes on `input`, since an analysis
 * reads back and forth. The copy may grow as far as the disk reaches; `onEnd` gets the way to remove it before it is begun.
 */
export async function captureFile(
  name: string,
  input: Readable & { readonly isTTY?: boolean },
  onEnd: (undo: () => void) => void,
): Promise<CaptureFile> {
  if (name !== '-') return { path: name, shownPath: name };
  if (input.isTTY) {
    throw usageFailure('Standard input is a terminal, not a capture.', 'Write `tapdeck ... - < FILE`, or name a file.');
  }
  // mkdtemp makes the folder with mode 0700: what was captured is nobody else's business.
  const folder = mkdtempSync(join(tmpdir(), 'tapdeck-input-'));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'standard-input');
  try {
    await pipeline(input, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    const isFull = (error as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new CliFailure({
      code: 'input-failed',
      message: isFull
        ? 'The disk is too small for the capture on standard input.'
        : `Standard input could not be read: ${(error as Error).message}.`,
      where: folder,
      hint: isFull ? 'Set TMPDIR to a folder on a larger disk, or name a file.' : 'Name a file instead.',
    });
  }
  return { path, shownPath: '-' };
}
