import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampleTrack } from '#engine/analysis/sessions/media-samples';
import { RpcFailure } from '../../workers/rpc/protocol';
import { fileFacts, type MadeFile } from '../made-file';
import type { SamplesInput } from '../mux/video-file';
import { PayloadReader } from '../payload-reader';
import { videoTrack } from './picture-source';
import { readSample, sampleSize } from './sample-bytes';
import { trackTimes } from './sample-times';

/** File that tells what is in the folder. */
export const pictureListName = 'pictures.csv';
const columns = 'picture,time_s,capture_time_s,file,bytes,missing_bytes,damaged,frame,sha256';
const damagedFolder = 'damaged';

export interface PicturesOptions {
  readonly signal?: AbortSignal;
  /** 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Writes each picture of a camera as the file that it was, numbered, into a new folder, the damaged ones into one of
 * their own; `pictures.csv` lists them with their times, from the first picture on and from the beginning of the
 * capture. Leaves no folder behind when that fails or is cancelled.
 */
export async function exportPictures(
  { samples, capturePath, captureBytes }: SamplesInput,
  folder: string,
  { signal, onProgress }: PicturesOptions,
): Promise<MadeFile> {
  const track = videoTrack(samples);
  if (track?.codec.toUpperCase() !== 'JPEG') throw noPictures(samples.sourceId, track);
  const reader = PayloadReader.open(capturePath, captureBytes);
  try {
    await mkdir(folder);
    const count = Math.min(track.count, track.timeSeconds.length);
    const times = trackTimes(track, count);
    const digits = Math.max(6, String(count).length);
    const lines = [columns];
    let total = 0;
    let damaged = 0;
    for (let i = 0; i < count; i += 1) {
      signal?.throwIfAborted();
      const { missing } = sampleSize(track, i, reader);
      const { bytes } = readSample(track, i, reader);
      const isDamaged = missing > 0 || track.isDamaged[i] === 1 || bytes.length === 0;
      if (isDamaged && damaged === 0) await mkdir(join(folder, damagedFolder));
      const name = `${String(i + 1).padStart(digits, '0')}.jpg`;
      const path = isDamaged ? `${damagedFolder}/${name}` : name;
      await writeFile(join(folder, path), bytes, { flag: 'wx' });
      total += bytes.length;
      damaged += isDamaged ? 1 : 0;
      const time = times[i];
      const hash = createHash('sha256').update(bytes).digest('hex');
      const fields = [i + 1, (time - times[0]).toFixed(6), time.toFixed(6), path, bytes.length, missing];
      lines.push([...fields, isDamaged ? 1 : 0, track.frame[i] ?? 0, hash].join(','));
      onProgress?.((i + 1) / count);
    }
    const listPath = join(folder, pictureListName);
    await writeFile(listPath, `${lines.join('\r\n')}\r\n`, { flag: 'wx' });
    const { bytes: listBytes, sha256 } = await fileFacts(listPath);
    const frames = track.frame.subarray(0, count);
    return {
      mime: 'inode/directory',
      bytes: total + listBytes,
      sha256,
      durationSeconds: count > 0 ? times[count - 1] - times[0] : 0,
      frames: count,
      samples: null,
      packets: {
        first: frames.reduce((a, b) => Math.min(a, b), frames[0] ?? 0),
        last: frames.reduce((a, b) => Math.max(a, b), 0),
        count: frames.length,
      },
      usedFfmpeg: false,
      options: { pictures: count, damagedPictures: damaged, sha256Of: pictureListName, startSeconds: times[0] ?? 0 },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  } finally {
    reader.close();
  }
}

function noPictures(sourceId: string, track: SampleTrack | null): RpcFailure {
  return new RpcFailure({
    code: 'format-not-possible',
    message: track ? `The pictures of ${track.codec} are no files by themselves.` : 'There is no picture in it.',
    where: track?.streamId ?? sourceId,
    hint: 'Export it as mp4 or mkv.',
  });
}
