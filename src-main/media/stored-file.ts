import { type FileHandle, open, rm } from 'node:fs/promises';
import type { MediaFile } from '#engine/analysis/sessions/media-samples';
import { missingBytes } from '#engine/bytes/extents';
import type { CaptureLocation } from './capture-location';
import { fileFacts, type MadeFile } from './made-file';
import { PayloadReader } from './payload-reader';

/** Bytes that were sent as a file, with the files that they lie in. */
export interface StoredFileInput {
  readonly file: MediaFile;
  readonly capturePath: CaptureLocation;
  /** Bytes of the capture when it was opened. */
  readonly captureBytes: number;
}

export interface StoredFileOptions {
  readonly signal?: AbortSignal;
  /** 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

const blockBytes = 1 << 20;

/** Writes the bytes as they were sent. Leaves no file behind when that fails or is cancelled. */
export async function writeOriginal(
  input: StoredFileInput,
  path: string,
  options: StoredFileOptions,
): Promise<MadeFile> {
  const missing = await copyStored(input, path, options);
  return {
    mime: input.file.mime,
    ...(await fileFacts(path)),
    ...{ durationSeconds: null, frames: null, samples: null, usedFfmpeg: false },
    packets: { first: 0, last: 0, count: 0 },
    options: { content: 'as sent', missingBytes: missing, ...(missing > 0 && { holes: 'zeros' }) },
  };
}

/** Copies the bytes into a new file, zeros where they are missing; answers how many are. */
export async function copyStored(
  { file: { extents }, capturePath, captureBytes }: StoredFileInput,
  path: string,
  { signal, onProgress }: StoredFileOptions,
): Promise<number> {
  const reader = PayloadReader.open(capturePath, captureBytes);
  const target = await open(path, 'wx');
  try {
    const count = Math.min(extents.count, extents.address.length, extents.length.length);
    let missing = 0;
    let at = 0;
    const block = new Uint8Array(blockBytes);
    for (let i = 0; i < count; i += 1) {
      const [address, length] = [extents.address[i], extents.length[i]];
      for (let done = 0; done < length; done += blockBytes) {
        signal?.throwIfAborted();
        const part = block.subarray(0, Math.min(blockBytes, length - done));
        const found = address === missingBytes ? 0 : reader.copy(address + done, part);
        // Holes cost no room on the disk.
        if (found > 0) await writeAll(target, part.subarray(0, found), at);
        missing += part.length - found;
        at += part.length;
      }
      onProgress?.((i + 1) / count);
    }
    await target.truncate(at);
    return missing;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    reader.close();
    await target.close();
  }
}

async function writeAll(target: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await target.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}
