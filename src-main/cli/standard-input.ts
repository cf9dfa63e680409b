import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { CliFailure, usageFailure } from './failure';

/** A capture file that can be read at any place. */
export interface CaptureFile {
  /** Where it lies. */
  readonly path: string;
  /** How the person named it. */
  readonly shownPath: string;
  /** Resolves when all of it is there, rejects with what standard input failed of; null when it is there already. */
  readonly rest: Promise<void> | null;
}

/** Bytes that tell what a capture is: reading begins with them, while the rest is still coming. */
const recogniseBytes = 512;

/**
 * The capture's file: the one that was named, or for `-` a private copy of what comes on `input`, since an analysis
 * reads back and forth. It can be read while it grows, as far as the disk reaches; `onEnd` gets the way to remove it
 * before it is begun.
 */
export async function captureFile(
  name: string,
  input: Readable & { readonly isTTY?: boolean },
  onEnd: (undo: () => void) => void,
): Promise<CaptureFile> {
  if (name !== '-') return { path: name, shownPath: name, rest: null };
  if (input.isTTY) {
    throw usageFailure('Standard input is a terminal, not a capture.', 'Write `tapdeck ... - < FILE`, or name a file.');
  }
  // mkdtemp makes the folder with mode 0700: what was captured is nobody else's business.
  const folder = mkdtempSync(join(tmpdir(), 'tapdeck-input-'));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'standard-input');
  let hasEnded = false;
  let recognisable = (): void => undefined;
  const begun = new Promise<void>((resolve) => (recognisable = resolve));
  const rest = copy(input, path, (bytes) => bytes >= recogniseBytes && recognisable()).then(
    () => void (hasEnded = true),
    (error: NodeJS.ErrnoException) => {
      throw inputFailure(error, folder);
    },
  );
  await Promise.race([rest, begun]);
  return { path, shownPath: '-', rest: hasEnded ? null : rest };
}

/** Writes what comes to a file nobody else can read; tells after each piece how much is there. */
async function copy(input: Readable, path: string, onWritten: (bytes: number) => void): Promise<void> {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    let total = 0;
    for await (const chunk of input) {
      const bytes = chunk as Buffer;
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      total += bytes.length;
      onWritten(total);
    }
  } finally {
    closeSync(descriptor);
  }
}

function inputFailure(error: NodeJS.ErrnoException, folder: string): CliFailure {
  const isFull = error.code === 'ENOSPC';
  return new CliFailure({
    code: 'input-failed',
    message: isFull
      ? 'The disk is too small for the capture on standard input.'
      : `Standard input could not be read: ${error.message}.`,
    where: folder,
    hint: isFull ? 'Set TMPDIR to a folder on a larger disk, or name a file.' : 'Name a file instead.',
  });
}
