import type { CaptureLocation } from '../capture-location';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import type { VideoSourceIndexes } from '#engine/analysis/pipeline/capture-analysis';
import type { AudioSync, DamageMode, VideoFrameTable } from '#shared/model/video';
import { RpcFailure } from '../../workers/rpc/protocol';
import { PayloadReader } from '../payload-reader';
import { DecodedStreams } from '../sound/stream-sounds';
import { encodedSound, planSound, type SoundPlan } from './audio-track';
import { type AudioTrack, type Container, containerMimes, writeContainer } from './container-writer';
import { damageList } from './damage-list';
import { writeElementary } from './elementary';
import { writeMatroska } from './matroska-file';
import { type Quality, trackOfFile, transcode } from './transcode';
import { frameTable, planVideo, type VideoPlan } from './video-plan';
import { capturedTrack, muxCodecOf } from './video-track';

/** A video stream with the file that its payloads lie in. */
export interface VideoInput extends VideoSourceIndexes {
  readonly capturePath: CaptureLocation;
  /** Bytes of the file when it was opened: fewer now mean that it was changed. */
  readonly captureBytes: number;
}

/** `raw`: the format's own kind of file; `csv`: the list of damage. */
export type VideoFileFormat = Container | 'raw' | 'csv';

export interface VideoRequest {
  readonly format: VideoFileFormat;
  /** File to be written; it must not exist. */
  readonly path: string;
  readonly mode: DamageMode;
  /** Decode and encode anew as H.264; null to keep the captured bits where the container takes them. */
  readonly quality: Quality | null;
  /** Null where none was found: sound is then left out, and what has to be transcoded fails. */
  readonly ffmpegPath: string | null;
}

export interface VideoOptions {
  readonly signal?: AbortSignal;
  /** 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** A video file that was written, and what it holds. */
export interface VideoFile {
  readonly mime: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly durationSeconds: number;
  readonly frames: number;
  readonly packets: { readonly first: number; readonly last: number; readonly count: number };
  readonly usedFfmpeg: boolean;
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

/** What a panel plays. */
export interface PlayerVideo {
  readonly mime: string;
  readonly codec: string;
  readonly isTranscoded: boolean;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  readonly startSeconds: number;
  readonly frames: VideoFrameTable;
  readonly audio: AudioSync | null;
  readonly notes: readonly string[];
}

/** Formats of the captured bits that Chromium decodes; High 10 and other colour formats it does not. */
const playableAvc = /^avc1\.(42|4d|58|64)/;

/** Writes a video stream in the format asked for. Leaves no file behind when that fails or is cancelled. */
export async function exportVideo(input: VideoInput, request: VideoRequest, options: VideoOptions): Promise<VideoFile> {
  return withVideoReader(input, request.path, async (reader) => {
    const plan = planVideo(input.video, reader, request.mode);
    const { format, path } = request;
    if (format === 'csv') {
      await writeFile(path, damageList(plan), { flag: 'wx' });
      return describe(plan, request, {
        mime: 'text/csv',
        isTranscoded: false,
        sound: null,
        originSeconds: plan.firstSeconds,
      });
    }
    if (format === 'raw') {
      await writeElementary(path, plan, reader, {
        signal: options.signal,
        onTime: progress(plan, plan.firstSeconds, options),
      });
      const mime = 'application/octet-stream';
      return describe(plan, request, { mime, isTranscoded: false, sound: null, originSeconds: plan.firstSeconds });
    }
    const written = await writeVideo(plan, input, reader, { ...request, format }, options);
    return describe(plan, request, { mime: containerMimes[format], ...written });
  });
}

/** Writes what the window plays: the captured bits where Chromium decodes them, else H.264. */
export async function renderPlayerVideo(
  input: VideoInput,
  { path, mode, ffmpegPath }: Pick<VideoRequest, 'path' | 'mode' | 'ffmpegPath'>,
  options: VideoOptions,
): Promise<PlayerVideo> {
  return withVideoReader(input, path, async (reader) => {
    const plan = planVideo(input.video, reader, mode);
    const codec = muxCodecOf(plan);
    const isDamaged = plan.table.isDamaged.some((flag, i) => flag === 1 && plan.shown[i] === 1);
    // A browser stops at what it cannot decode; ffmpeg conceals it.
    const isPlayable =
      !isDamaged &&
      (codec === 'avc' ? playableAvc.test(plan.description?.codecString ?? '') : codec !== null && codec !== 'hevc');
    const format = isPlayable && codec === 'vp8' ? 'webm' : 'mp4';
    const quality = isPlayable ? null : 'high';
    const written = await writeVideo(plan, input, reader, { format, path, mode, ffmpegPath, quality }, options);
    const { sound, originSeconds } = written;
    return {
      mime: containerMimes[format],
      codec: plan.table.format.codec.encodingName,
      isTranscoded: written.isTranscoded,
      width: plan.description?.width ?? 0,
      height: plan.description?.height ?? 0,
      durationSeconds: endOf(plan, sound) - originSeconds,
      startSeconds: originSeconds,
      frames: frameTable(plan, originSeconds),
      audio: sound && syncOf(sound),
      notes: plan.notes,
    };
  });
}

interface WrittenVideo {
  readonly isTranscoded: boolean;
  readonly sound: SoundPlan | null;
  /** Time 0 of the file on the axis of the capture. */
  readonly originSeconds: number;
}

async function writeVideo(
  plan: VideoPlan,
  input: VideoInput,
  reader: PayloadReader,
  { format, path, quality, ffmpegPath }: VideoRequest & { readonly format: Container },
  options: VideoOptions,
): Promise<WrittenVideo> {
  const codec = muxCodecOf(plan);
  const isTaken = codec !== null && (format !== 'webm' || (codec !== 'avc' && codec !== 'hevc'));
  const keepsBits = quality === null && (isTaken || format === 'mkv');
  if (!keepsBits && format === 'webm') throw notTaken(plan, format);
  if (!keepsBits && !ffmpegPath) throw needsFfmpeg(plan, format);
  const { signal } = options;
  const heard = input.audio && input.relation && ffmpegPath ? [input.audio] : [];
  const decoded = await DecodedStreams.of(heard, reader, { signal });
  const [sounding] = decoded.streams;
  const planned = sounding && input.relation ? planSound(sounding, input.relation, reader) : null;
  const originSeconds = Math.min(plan.firstSeconds, planned?.firstSeconds ?? Number.POSITIVE_INFINITY);
  const soundPath = `${path}.sound`;
  const picturePath = `${path}.picture`;
  const onTime = progress(plan, originSeconds, options);
  try {
    let audio: AudioTrack | null = null;
    if (planned && ffmpegPath) {
      const soundCodec = format === 'webm' ? 'opus' : 'aac';
      audio = await encodedSound(planned, soundCodec, reader, { ffmpegPath, path: soundPath, originSeconds, signal });
    }
    const written = { isTranscoded: !keepsBits, sound: planned, originSeconds };
    if (keepsBits && isTaken) {
      await writeContainer(format, path, capturedTrack(plan, reader, originSeconds), audio, { signal, onTime });
    } else if (keepsBits) {
      await writeMatroska(path, plan, reader, originSeconds, audio, { signal, onTime });
    } else if (ffmpegPath) {
      await transcode(plan, reader, {
        ...options,
        ffmpegPath,
        path: picturePath,
        quality: quality ?? 'high',
        originSeconds,
      });
      await writeContainer(format, path, await trackOfFile(picturePath), audio, { signal });
    }
    return written;
  } finally {
    decoded.close();
    await rm(soundPath, { force: true });
    await rm(picturePath, { force: true });
  }
}

function progress(plan: VideoPlan, originSeconds: number, { onProgress }: VideoOptions): (seconds: number) => void {
  const duration = Math.max(0.001, plan.endSeconds - originSeconds);
  return (seconds) => onProgress?.(Math.max(0, Math.min(1, seconds / duration)));
}

function endOf(plan: VideoPlan, sound: SoundPlan | null): number {
  return Math.max(plan.endSeconds, sound ? sound.firstSeconds + sound.durationSeconds : 0);
}

function syncOf({ index, relation }: SoundPlan): AudioSync {
  const codec = index.bindings[0]?.encodingName ?? 'sound';
  return { streamId: index.streamId, codec, basis: relation.basis, uncertaintyMs: relation.uncertaintyMs };
}

async function withVideoReader<T>(
  { capturePath, captureBytes }: VideoInput,
  path: string,
  use: (reader: PayloadReader) => Promise<T>,
): Promise<T> {
  const reader = PayloadReader.open(capturePath, captureBytes);
  try {
    return await use(reader);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    reader.close();
  }
}

async function describe(
  plan: VideoPlan,
  { path, mode, format, quality }: VideoRequest,
  { mime, isTranscoded, sound, originSeconds }: WrittenVideo & { readonly mime: string },
): Promise<VideoFile> {
  const { table } = plan;
  const sum = (flags: Uint8Array): number => flags.reduce((total, flag) => total + flag, 0);
  return {
    mime,
    bytes: (await stat(path)).size,
    sha256: await hashFile(path),
    durationSeconds: endOf(plan, sound) - originSeconds,
    frames: plan.shownCount,
    packets: {
      first: table.frames.reduce((a, b) => Math.min(a, b), table.frames[0] ?? 0),
      last: table.frames.reduce((a, b) => Math.max(a, b), 0),
      count: table.frames.length,
    },
    usedFfmpeg: isTranscoded || sound !== null,
    options: {
      damage: mode,
      video: isTranscoded ? `H.264 from ${table.format.codec.encodingName}` : 'as captured',
      ...(isTranscoded && { quality: quality ?? 'high' }),
      ...(format !== 'csv' && { pictures: table.count, damagedPictures: sum(table.isDamaged) }),
      startSeconds: originSeconds,
      ...(sound && {
        audio: sound.index.streamId,
        audioCodec: format === 'webm' ? 'Opus' : 'AAC',
        audioSync: sound.relation.basis,
        audioShiftMs: Math.round(1000 * sound.relation.audioShiftSeconds) || 0,
        audioUncertaintyMs: sound.relation.uncertaintyMs,
      }),
      ...(plan.notes.length > 0 && { notes: plan.notes.join(' ') }),
    },
  };
}

function notTaken({ table }: VideoPlan, format: Container): RpcFailure {
  const { encodingName } = table.format.codec;
  return new RpcFailure({
    code: 'format-not-possible',
    message: `${format.toUpperCase()} takes VP8, VP9 and AV1, not ${encodingName}.`,
    hint: 'Export it as MP4 or MKV.',
  });
}

function needsFfmpeg({ table }: VideoPlan, format: Container): RpcFailure {
  const { encodingName } = table.format.codec;
  return new RpcFailure({
    code: 'ffmpeg-not-found',
    message: `${encodingName} has to be transcoded for ${format.toUpperCase()}, and no ffmpeg was found.`,
    hint: 'Name one with FFMPEG_BIN, or export it as MKV or raw.',
  });
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
