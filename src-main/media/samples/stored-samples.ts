import { type FileHandle, open, rm } from 'node:fs/promises';
import {
  ALL_FORMATS,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny';
import type { MediaSamples, SampleTrack } from '#engine/analysis/sessions/media-samples';
import { RpcFailure } from '../../workers/rpc/protocol';
import { runFfmpeg } from '../ffmpeg/run';
import { copyStored, type StoredFileInput } from '../stored-file';

/** A file that was sent, and what is known of it from outside. */
export interface StoredMediaInput extends StoredFileInput {
  readonly title: string;
  /** When it began, on the axis of the capture: that is where its time 0 is put. */
  readonly startSeconds: number;
  /** Of the capture. */
  readonly firstFrame: number;
}

/** Samples that were taken out of a file, and the file that they lie in now. */
export interface StoredMedia {
  readonly samples: MediaSamples;
  readonly bytes: number;
}

export interface StoredMediaOptions {
  readonly ffmpegPath: string | null;
  readonly signal?: AbortSignal;
  /** 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

const videoNames: Readonly<Record<string, string>> = { avc: 'H264', hevc: 'H265', vp8: 'VP8', vp9: 'VP9', av1: 'AV1' };
const audioNames: Readonly<Record<string, string>> = {
  ...{ aac: 'AAC', mp3: 'MPA', ac3: 'AC3', eac3: 'EAC3', opus: 'OPUS', vorbis: 'VORBIS', flac: 'FLAC' },
  ...{ ulaw: 'PCMU', alaw: 'PCMA', 'pcm-s16be': 'L16' },
};

/**
 * Takes the coded samples out of a file that was sent (MP4, WebM, MP3, Ogg ...) and writes them to `path`: from there on
 * they are what was found as samples. Kinds of files that are not known here are put into Matroska by ffmpeg first.
 * Fails with `codec-not-playable` when nothing can be taken out.
 */
export async function takeSamples(
  input: StoredMediaInput,
  path: string,
  { ffmpegPath, signal, onProgress }: StoredMediaOptions,
): Promise<StoredMedia> {
  const sentPath = `${path}.sent`;
  const remuxedPath = `${path}.mkv`;
  try {
    const missing = await copyStored(input, sentPath, { signal });
    const direct = await tracksOf(sentPath).catch(() => null);
    let tracks = direct;
    if (!tracks && ffmpegPath) {
      const args = [
        '-fflags',
        '+genpts',
        '-i',
        `file:${sentPath}`,
        '-map',
        '0:v:0?',
        '-map',
        '0:a:0?',
        '-c',
        'copy',
        '-f',
        'matroska',
      ];
      await runFfmpeg({ ffmpegPath, args, outputPath: remuxedPath, signal });
      tracks = await tracksOf(remuxedPath).catch(() => null);
    }
    if (!tracks) throw notReadable(input);
    const target = await open(path, 'wx');
    try {
      const taken: SampleTrack[] = [];
      let position = 0;
      for (const [i, track] of tracks.list.entries()) {
        const made = await takeTrack(track, target, position, input, signal);
        ({ position } = made);
        if (made.track.count > 0) taken.push(made.track);
        onProgress?.((i + 1) / tracks.list.length);
      }
      if (taken.length === 0) throw notReadable(input);
      const notes = missing > 0 ? [`${missing} bytes of the file are missing: what lies behind them may be too.`] : [];
      const { sourceId } = input.file;
      return { samples: { sourceId, title: input.title, tracks: taken, notes }, bytes: position };
    } finally {
      tracks.close();
      await target.close();
    }
  } catch (error) {
    await rm(path, { force: true });
    signal?.throwIfAborted();
    // What the parsers of containers throw has no code; the disk's complaints have one.
    const code = error instanceof RpcFailure ? error.failure.code : (error as NodeJS.ErrnoException).code;
    throw code === undefined || code === 'ffmpeg-failed' ? notReadable(input) : error;
  } finally {
    await rm(sentPath, { force: true });
    await rm(remuxedPath, { force: true });
  }
}

type MediaTrack = InputVideoTrack | InputAudioTrack;

async function tracksOf(path: string): Promise<{ readonly list: readonly MediaTrack[]; close(): void } | null> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  const found = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
  const list = found.filter((track) => track !== null);
  if (list.length > 0) return { list, close: () => input.dispose() };
  input.dispose();
  return null;
}

async function takeTrack(
  track: MediaTrack,
  target: FileHandle,
  from: number,
  { startSeconds, firstFrame }: StoredMediaInput,
  signal: AbortSignal | undefined,
): Promise<{ readonly track: SampleTrack; readonly position: number }> {
  const times: number[] = [];
  const keys: number[] = [];
  const addresses: number[] = [];
  const lengths: number[] = [];
  let position = from;
  try {
    for await (const { data, timestamp, type } of new EncodedPacketSink(track).packets()) {
      signal?.throwIfAborted();
      await target.appendFile(data);
      times.push(startSeconds + timestamp);
      keys.push(type === 'key' ? 1 : 0);
      addresses.push(position);
      lengths.push(data.length);
      position += data.length;
    }
  } catch (error) {
    signal?.throwIfAborted();
    // What came before the place where the file cannot be followed any more is kept.
    if (times.length === 0) throw error;
  }
  const count = times.length;
  const timeSeconds = Float64Array.from(times);
  return {
    position,
    track: {
      ...(await factsOf(track)),
      count,
      timeSeconds,
      decodeSeconds: timeSeconds,
      isKey: Uint8Array.from(keys),
      isDamaged: new Uint8Array(count),
      missing: new Uint32Array(count),
      frame: new Uint32Array(count).fill(firstFrame),
      extentStart: Uint32Array.from({ length: count + 1 }, (_, i) => i),
      extents: { count, address: Float64Array.from(addresses), length: Uint32Array.from(lengths) },
    },
  };
}

async function factsOf(track: MediaTrack) {
  const config = await track.getDecoderConfig();
  const description = config?.description;
  const bytes = description ? new Uint8Array(description as ArrayBuffer).slice() : null;
  const name = (await track.getCodec()) ?? '';
  if (track.isVideoTrack()) {
    const codec = videoNames[name] ?? name.toUpperCase();
    const hasNalUnits = name === 'avc' || name === 'hevc';
    const framing = !hasNalUnits ? 'raw' : bytes ? 'length-prefixed' : 'annex-b';
    const size = { width: track.displayWidth, height: track.displayHeight, sampleRateHz: null, channels: null };
    return { streamId: 'video', kind: 'video', codec, framing, config: bytes, ...size } as const;
  }
  const { sampleRate = 0, numberOfChannels = 0 } = (config ?? {}) as Partial<AudioDecoderConfig>;
  const codec = audioNames[name] ?? name.toUpperCase();
  const framing = name === 'aac' && !bytes ? 'adts' : 'raw';
  const sound = { width: null, height: null, sampleRateHz: sampleRate, channels: numberOfChannels };
  return { streamId: 'audio', kind: 'audio', codec, framing, config: bytes, ...sound } as const;
}

function notReadable({ file }: StoredMediaInput): RpcFailure {
  return new RpcFailure({
    code: 'codec-not-playable',
    message: `This ${file.extension.toUpperCase()} file cannot be taken apart: it is not whole, or of a kind that is not known.`,
    where: file.sourceId,
    hint: 'Save it as it was sent (original).',
  });
}
