import type { CaptureLocation } from '../capture-location';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VideoSourceIndexes } from '#engine/analysis/pipeline/rtp-media';
import type { MediaSamples } from '#engine/analysis/sessions/media-samples';
import type { AudioSync, DamageMode, VideoFrameTable } from '#shared/model/video';
import { RpcFailure } from '../../workers/rpc/protocol';
import { fileFacts, type MadeFile } from '../made-file';
import { PayloadReader } from '../payload-reader';
import { surveySound } from '../samples/coded-sound';
import { pictureListName } from '../samples/sample-pictures';
import { samplePictures, videoTrack } from '../samples/picture-source';
import { SampleSound } from '../samples/sample-sound';
import { rtpSound } from './audio-track';
import { type Container, containerMimes, writeContainer } from './container-writer';
import { damageList, sampleDamageList } from './damage-list';
import { damageSubtitles } from './damage-subtitles';
import { writeElementary } from './elementary';
import { type PictureKind, writePictureFiles } from './picture-files';
import { writeMatroska } from './matroska-file';
import type { PictureSound, SoundTrack } from './picture-sound';
import { type Quality, trackOfFile, transcode } from './transcode';
import { frameTable, planPictures, planVideo, type VideoPlan } from './video-plan';
import { capturedTrack, muxCodecOf } from './video-track';

/** A video stream with the file that its payloads lie in. */
export interface RtpVideoInput extends VideoSourceIndexes, CapturedBytes {}

/** Coded samples with the files that they lie in. */
export interface SamplesInput extends CapturedBytes {
  readonly samples: MediaSamples;
}

export type VideoInput = RtpVideoInput | SamplesInput;

export interface CapturedBytes {
  readonly capturePath: CaptureLocation;
  /** Bytes of the file when it was opened: fewer now mean that it was changed. */
  readonly captureBytes: number;
}

/**
 * `raw`: the format's own kind of file; `csv`, `srt`, `vtt`: the list of damage, as subtitles too; `png`, `jpg`: a folder
 * of pictures.
 */
export type VideoFileFormat = Container | 'raw' | 'csv' | PictureKind | 'srt' | 'vtt';

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
export interface VideoFile extends MadeFile {
  readonly durationSeconds: number;
  readonly frames: number;
  readonly samples: null;
}

/** What a panel plays. */
export interface PlayerVideo {
  /** No file was written: the window asks for pieces. */
  readonly isPieced: boolean;
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
    const plan = planInput(input, reader, request.mode);
    const { format, path } = request;
    if (format === 'csv') {
      const missing = 'samples' in input ? videoTrack(input.samples)?.missing : null;
      const list = missing ? sampleDamageList(plan, missing) : damageList(plan);
      await writeFile(path, list, { flag: 'wx' });
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
    const alone = { isTranscoded: false, sound: null, originSeconds: plan.firstSeconds };
    if (format === 'srt' || format === 'vtt') {
      await writeFile(path, damageSubtitles(plan, format), { flag: 'wx' });
      return describe(plan, request, { mime: format === 'srt' ? 'application/x-subrip' : 'text/vtt', ...alone });
    }
    if (format === 'png' || format === 'jpg') {
      const { ffmpegPath } = request;
      if (!ffmpegPath) throw needsFfmpeg(plan, format);
      const written = await writePictureFiles(plan, reader, format, path, { ...options, ffmpegPath });
      const list = { ...request, path: join(path, pictureListName) };
      const file = await describe(plan, list, { mime: 'inode/directory', ...alone });
      const { bytes, pictures } = written;
      const choices = { ...file.options, video: `${format.toUpperCase()} by ffmpeg`, sha256Of: pictureListName };
      return { ...file, bytes: bytes + file.bytes, frames: pictures, usedFfmpeg: true, options: choices };
    }
    const written = await writeVideo(plan, input, reader, { ...request, format }, options);
    return describe(plan, request, { mime: containerMimes[format], ...written });
  });
}

/**
 * Writes what the window plays, where Chromium decodes the captured bits; of what it does not decode only says what
 * there is: that is made in pieces, as it is watched.
 */
export async function renderPlayerVideo(
  input: VideoInput,
  { path, mode, ffmpegPath }: Pick<VideoRequest, 'path' | 'mode' | 'ffmpegPath'>,
  options: VideoOptions,
): Promise<PlayerVideo> {
  return withVideoReader(input, path, async (reader) => {
    const plan = planInput(input, reader, mode);
    const codec = muxCodecOf(plan);
    const isDamaged = plan.table.isDamaged.some((flag, i) => flag === 1 && plan.shown[i] === 1);
    // A browser stops at what it cannot decode; ffmpeg conceals it.
    const isPlayable =
      !isDamaged &&
      (codec === 'avc' ? playableAvc.test(plan.description?.codecString ?? '') : codec !== null && codec !== 'hevc');
    const format = isPlayable && codec === 'vp8' ? 'webm' : 'mp4';
    if (!isPlayable && !ffmpegPath) throw needsFfmpeg(plan, format);
    const request = { format, path, mode, ffmpegPath, quality: null, isForPlaying: true } as const;
    if (!isPlayable) watched = { key: path, plan };
    const { sound, originSeconds } = isPlayable
      ? await writeVideo(plan, input, reader, request, options)
      : await placeSound(plan, input, reader, options);
    return {
      isPieced: !isPlayable,
      mime: containerMimes[format],
      codec: plan.table.format.codec.encodingName,
      isTranscoded: !isPlayable,
      width: plan.description?.width ?? 0,
      height: plan.description?.height ?? 0,
      durationSeconds: endOf(plan, sound) - originSeconds,
      startSeconds: originSeconds,
      frames: frameTable(plan, originSeconds),
      audio: sound?.sync ?? null,
      notes: plan.notes,
    };
  });
}

/** Of the video that is watched: its pieces are asked for one after the other. */
let watched: { readonly key: string; readonly plan: VideoPlan } | null = null;

/** What `renderPlayerVideo` found out for this path, when it was the last one. */
export function knownPlan(key: string): VideoPlan | null {
  return watched?.key === key ? watched.plan : null;
}

/** Where picture and sound lie, without writing either. */
async function placeSound(
  plan: VideoPlan,
  input: VideoInput,
  reader: PayloadReader,
  { signal }: VideoOptions,
): Promise<{ readonly sound: SoundPlace | null; readonly originSeconds: number }> {
  const heard = await soundOf(input, reader, { signal });
  heard?.close();
  if (!heard?.isDecodable) return { sound: null, originSeconds: plan.firstSeconds };
  const { firstSeconds, durationSeconds, sync } = heard;
  const originSeconds = Math.min(plan.firstSeconds, firstSeconds);
  return { sound: { firstSeconds, durationSeconds, sync }, originSeconds };
}

export function planInput(input: VideoInput, reader: PayloadReader, mode: DamageMode): VideoPlan {
  return 'samples' in input
    ? planPictures(samplePictures(input.samples, reader), mode)
    : planVideo(input.video, reader, mode);
}

export async function soundOf(
  input: VideoInput,
  reader: PayloadReader,
  options: { readonly signal?: AbortSignal | undefined },
): Promise<PictureSound | null> {
  if (!('samples' in input)) return rtpSound(input, reader, options);
  const track = input.samples.tracks.find(({ kind }) => kind === 'audio');
  const coded = track && surveySound(track, reader);
  return coded ? new SampleSound(coded, reader) : null;
}

type SoundPlace = Pick<PictureSound, 'firstSeconds' | 'durationSeconds' | 'sync'>;

interface WrittenSound extends SoundPlace, Pick<PictureSound, 'options'> {
  /** As the file has it: `aac`. */
  readonly codec: string;
  readonly isCaptured: boolean;
}

interface WrittenVideo {
  readonly isTranscoded: boolean;
  readonly sound: WrittenSound | null;
  /** Time 0 of the file on the axis of the capture. */
  readonly originSeconds: number;
}

async function writeVideo(
  plan: VideoPlan,
  input: VideoInput,
  reader: PayloadReader,
  {
    format,
    path,
    quality,
    ffmpegPath,
    isForPlaying = false,
  }: VideoRequest & { readonly format: Container; readonly isForPlaying?: boolean },
  options: VideoOptions,
): Promise<WrittenVideo> {
  const codec = muxCodecOf(plan);
  const isTaken = codec !== null && (format !== 'webm' || (codec !== 'avc' && codec !== 'hevc'));
  const keepsBits = quality === null && (isTaken || format === 'mkv');
  if (!keepsBits && format === 'webm') throw notTaken(plan, format);
  if (!keepsBits && !ffmpegPath) throw needsFfmpeg(plan, format);
  const { signal } = options;
  const heard = await soundOf(input, reader, { signal });
  const soundPath = `${path}.sound`;
  const picturePath = `${path}.picture`;
  try {
    const originSeconds = Math.min(plan.firstSeconds, heard?.firstSeconds ?? Number.POSITIVE_INFINITY);
    const onTime = progress(plan, originSeconds, options);
    const request = { container: format, isForPlaying, ffmpegPath, path: soundPath, originSeconds, signal };
    const sounding = heard ? await heard.soundTrack(request) : null;
    const audio = sounding?.track ?? null;
    const written = {
      isTranscoded: !keepsBits,
      sound: heard && sounding && soundFacts(heard, sounding),
      originSeconds,
    };
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
      const pictures = await trackOfFile(picturePath, plan.endSeconds - originSeconds);
      await writeContainer(format, path, pictures, audio, { signal });
    }
    return written;
  } finally {
    heard?.close();
    await rm(soundPath, { force: true });
    await rm(picturePath, { force: true });
  }
}

function soundFacts(heard: PictureSound, { track, isCaptured }: SoundTrack): WrittenSound {
  const { firstSeconds, durationSeconds, sync, options } = heard;
  return { firstSeconds, durationSeconds, sync, options, codec: track.codec, isCaptured };
}

function progress(plan: VideoPlan, originSeconds: number, { onProgress }: VideoOptions): (seconds: number) => void {
  const duration = Math.max(0.001, plan.endSeconds - originSeconds);
  return (seconds) => onProgress?.(Math.max(0, Math.min(1, seconds / duration)));
}

function endOf(plan: VideoPlan, sound: SoundPlace | null): number {
  return Math.max(plan.endSeconds, sound ? sound.firstSeconds + sound.durationSeconds : 0);
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
    await rm(path, { force: true, recursive: true });
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
    ...(await fileFacts(path)),
    durationSeconds: endOf(plan, sound) - originSeconds,
    frames: plan.shownCount,
    samples: null,
    packets: {
      first: table.frames.reduce((a, b) => Math.min(a, b), table.frames[0] ?? 0),
      last: table.frames.reduce((a, b) => Math.max(a, b), 0),
      count: table.frames.length,
    },
    usedFfmpeg: isTranscoded || sound?.isCaptured === false,
    options: {
      damage: mode,
      video: isTranscoded ? `H.264 from ${table.format.codec.encodingName}` : 'as captured',
      ...(isTranscoded && { quality: quality ?? 'high' }),
      ...(!['csv', 'srt', 'vtt'].includes(format) && { pictures: table.count, damagedPictures: sum(table.isDamaged) }),
      startSeconds: originSeconds,
      ...(sound && {
        audioCodec: sound.isCaptured ? `${sound.sync.codec} as captured` : sound.codec === 'opus' ? 'Opus' : 'AAC',
        ...sound.options,
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

function needsFfmpeg({ table }: VideoPlan, format: Container | PictureKind): RpcFailure {
  const { encodingName } = table.format.codec;
  return new RpcFailure({
    code: 'ffmpeg-not-found',
    message: `${encodingName} has to be transcoded for ${format.toUpperCase()}, and no ffmpeg was found.`,
    hint: 'Name one with FFMPEG_BIN, or export it as MKV or raw.',
  });
}
