import { createReadStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RpcFailure } from '../../workers/rpc/protocol';
import { runFfmpeg } from '../ffmpeg/run';
import { fileFacts } from '../made-file';
import type { PayloadReader } from '../payload-reader';
import { pictureListName } from '../samples/sample-pictures';
import { feedMatroska } from './matroska-file';
import { decoderOptions } from './transcode';
import { frameTable, type VideoPlan } from './video-plan';

/** Kinds of pictures, with what ffmpeg is told; JPEG with next to no loss. */
const kinds = {
  png: ['-c:v', 'png'],
  jpg: ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p'],
} as const;
export type PictureKind = keyof typeof kinds;

const columns = 'picture,time_s,capture_time_s,file,bytes,key,damaged,lost_packets,first_frame,last_frame,sha256';
/** Times reach ffmpeg in microseconds. */
const toleranceSeconds = 0.0005;

export interface PictureFilesOptions {
  readonly ffmpegPath: string;
  readonly signal?: AbortSignal;
  /** 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Decodes the pictures of a plan by ffmpeg into a new folder, one numbered file each; `pictures.csv` lists them with
 * their times, from the first picture on and from the beginning of the capture, and with the packets they were made of.
 * Answers how many there are, and the bytes of all.
 */
export async function writePictureFiles(
  plan: VideoPlan,
  reader: PayloadReader,
  kind: PictureKind,
  folder: string,
  { ffmpegPath, signal, onProgress }: PictureFilesOptions,
): Promise<{ readonly pictures: number; readonly bytes: number }> {
  await mkdir(folder);
  const duration = Math.max(0.001, plan.endSeconds - plan.firstSeconds);
  const decoded = await decodeInto(folder, kind, {
    ffmpegPath,
    decoder: decoderOptions(plan),
    filter: [],
    feed: (write) => feedMatroska(plan, reader, plan.firstSeconds, write),
    signal,
    onSeconds: (seconds) => onProgress?.(Math.min(1, seconds / duration)),
  });
  if (decoded.length === 0) throw nothingDecoded(plan);
  const table = frameTable(plan, plan.firstSeconds);
  const lines = [columns];
  let picture = 0;
  let total = 0;
  for (const [i, seconds] of decoded.entries()) {
    signal?.throwIfAborted();
    while (picture + 1 < table.count && table.timeSeconds[picture + 1] <= seconds + toleranceSeconds) picture += 1;
    const file = `${String(i + 1).padStart(6, '0')}.${kind}`;
    const { bytes, sha256 } = await fileFacts(join(folder, file));
    total += bytes;
    const first = table.frames[table.frameStart[picture]];
    const last = table.frames[table.frameStart[picture + 1] - 1];
    const facts = [table.isKey[picture], table.isDamaged[picture], table.lostPackets[picture], first, last];
    const capture = (seconds + plan.firstSeconds).toFixed(6);
    lines.push([picture + 1, seconds.toFixed(6), capture, file, bytes, ...facts, sha256].join(','));
  }
  await writeFile(join(folder, pictureListName), `${lines.join('\r\n')}\r\n`, { flag: 'wx' });
  return { pictures: decoded.length, bytes: total };
}

export interface DecodeInto {
  readonly ffmpegPath: string;
  /** Options of ffmpeg's decoder. */
  readonly decoder: readonly string[];
  /** Options of ffmpeg for what is done to the pictures. */
  readonly filter: readonly string[];
  readonly feed: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>;
  readonly signal?: AbortSignal;
  readonly onSeconds?: (seconds: number) => void;
}

/** Decodes pictures from Matroska into a folder, `000001.png` and so on; answers the time of each. */
export async function decodeInto(
  folder: string,
  kind: PictureKind,
  { ffmpegPath, decoder, filter, feed, signal, onSeconds }: DecodeInto,
): Promise<readonly number[]> {
  const list = join(folder, 'times');
  const input = ['-copyts', '-f', 'matroska', '-i', 'pipe:0', '-map_metadata', '-1', '-fflags', '+bitexact'];
  const asTheyCome = ['-map', '0:v:0', '-vsync', '0', '-enc_time_base', '-1', '-flags:v', '+bitexact'];
  await runFfmpeg({
    ffmpegPath,
    args: [
      ...[...decoder, ...input, ...asTheyCome, '-c:v', 'rawvideo', '-f', 'framecrc', `file:${list}`],
      ...[...asTheyCome, ...filter, ...kinds[kind], '-f', 'image2'],
    ],
    // In a pattern a per cent sign of the path is written twice.
    outputPath: join(folder.replaceAll('%', '%%'), `%06d.${kind}`),
    feed,
    signal,
    onProgress: onSeconds,
  });
  const times = await timesOf(list);
  await rm(list);
  return times;
}

/** Presentation times of what ffmpeg's `framecrc` lists: `stream, dts, pts, duration, bytes, crc`. */
async function timesOf(path: string): Promise<number[]> {
  let timeBase = 1;
  const times: number[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const [, over, under] = /^#tb 0: (\d+)\/(\d+)$/.exec(line) ?? [];
    if (over !== undefined) timeBase = Number(over) / Number(under);
    const seconds = Number(line.split(',')[2]) * timeBase;
    if (!line.startsWith('#') && Number.isFinite(seconds)) times.push(seconds);
  }
  return times;
}

function nothingDecoded({ streamId, table }: VideoPlan): RpcFailure {
  return new RpcFailure({
    code: 'nothing-decoded',
    message: `ffmpeg found no picture in this ${table.format.codec.encodingName}.`,
    where: streamId,
  });
}
