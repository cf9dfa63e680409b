import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** A file that was written for a person, and what it takes to make it again. */
export interface MadeFile {
  readonly mime: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Null for what has no duration. */
  readonly durationSeconds: number | null;
  /** Pictures in it; null for what has none. */
  readonly frames: number | null;
  /** Samples of each channel of decoded sound; null where none was decoded. */
  readonly samples: number | null;
  /** Frames of the capture that it was made of. */
  readonly packets: { readonly first: number; readonly last: number; readonly count: number };
  readonly usedFfmpeg: boolean;
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

/** Size and SHA-256 of a file that was written. */
export async function fileFacts(path: string): Promise<Pick<MadeFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return { bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}
