import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presentationOrder } from '#engine/analysis/video/presentation';
import type { Thumbnail } from '#shared/model/video';
import { PayloadReader } from '../payload-reader';
import { feedMatroska } from './matroska-file';
import { decodeInto } from './picture-files';
import { decoderOptions } from './transcode';
import { planInput, type VideoInput } from './video-file';
import type { VideoPlan } from './video-plan';

/** Of a lane: what is wider than its place is cut off. */
const thumbnailHeight = 40;
const most = 8;

/**
 * A few small pictures of a video, spread over its time: key pictures, whole ones where there are some. None where the
 * video has no key picture that ffmpeg can decode.
 */
export async function videoThumbnails(
  input: VideoInput,
  { ffmpegPath, signal }: { readonly ffmpegPath: string; readonly signal?: AbortSignal },
): Promise<readonly Thumbnail[]> {
  const reader = PayloadReader.open(input.capturePath, input.captureBytes);
  const folder = await mkdtemp(join(tmpdir(), 'tapdeck-thumbnails-'));
  try {
    const plan = planInput(input, reader, 'faithful');
    const only = new Set(chosenTimes(plan));
    const range = { entrySeconds: Number.NEGATIVE_INFINITY, untilSeconds: Number.POSITIVE_INFINITY, only };
    if (only.size === 0) return [];
    const times = await decodeInto(folder, 'jpg', {
      ffmpegPath,
      decoder: decoderOptions({ mode: 'clean' }),
      filter: ['-vf', `scale=-2:${thumbnailHeight}`],
      feed: (write) => feedMatroska(plan, reader, plan.firstSeconds, write, range),
      signal,
    });
    const thumbnails: Thumbnail[] = [];
    for (const [i, seconds] of times.entries()) {
      const jpeg = new Uint8Array(await readFile(join(folder, `${String(i + 1).padStart(6, '0')}.jpg`)));
      thumbnails.push({ seconds: seconds + plan.firstSeconds, jpeg });
    }
    return thumbnails;
  } finally {
    reader.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of each of equal stretches the first key picture, a whole one rather than a damaged one. */
function chosenTimes({ table, times, firstSeconds, endSeconds }: VideoPlan): number[] {
  const stretch = (endSeconds - firstSeconds) / most;
  const chosen: number[] = [];
  const keys = presentationOrder(times).filter((picture) => table.isKey[picture] === 1 && table.bytes[picture] > 0);
  for (let i = 0; i < most; i += 1) {
    const from = firstSeconds + i * stretch;
    const own = keys.filter((picture) => times[picture] >= from && times[picture] < from + stretch);
    const picture = own.find((key) => table.isDamaged[key] === 0) ?? own.at(0);
    if (picture !== undefined) chosen.push(times[picture]);
  }
  return chosen;
}
