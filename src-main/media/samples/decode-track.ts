import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MatroskaWriter } from '#engine/containers/matroska';
import { RpcFailure } from '../../workers/rpc/protocol';
import { runFfmpeg } from '../ffmpeg/run';
import type { PayloadReader } from '../payload-reader';
import { type DecodedFrames, readFrameList } from '../sound/decoded-frames';
import { audioFrames } from './audio-frames';
import { type CodedSound, decoderEntry } from './coded-sound';

/** A day: what claims to be longer comes from times that leap. */
const maxSeconds = 24 * 3600;
/** Microseconds: the times of the capture reach ffmpeg as they are. */
const pipeScaleNs = 1000;

export interface DecodeTrackOptions {
  readonly ffmpegPath: string | null;
  readonly signal?: AbortSignal;
  /** 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/** Decoded sound of a track, 16 bits, channels interleaved; gaps are silence. Sample 0 stands at its first frame. */
export class TrackPcm {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Of each channel, gaps included. */
  readonly samples: number;

  constructor(
    private readonly fd: number,
    private readonly frames: DecodedFrames,
  ) {
    this.sampleRateHz = frames.sampleRateHz;
    this.channels = frames.channels;
    this.samples = frames.runs.reduce((end, { time, samples }) => Math.max(end, time + samples), 0);
  }

  /** Stretches without sound, `[start, end)` in samples one after the other. */
  get gaps(): readonly number[] {
    const gaps: number[] = [];
    let end = 0;
    for (const { time, samples } of this.frames.runs) {
      if (time > end) gaps.push(end, time);
      end = Math.max(end, time + samples);
    }
    return gaps;
  }

  /** Fills `target` with the samples of every channel from `from` on. */
  read(from: number, target: Int16Array): void {
    target.fill(0);
    const { channels } = this;
    const end = from + target.length / channels;
    for (const { time, start, samples } of this.frames.runs) {
      const first = Math.max(from, time);
      const last = Math.min(end, time + samples);
      if (first >= last) continue;
      const part = target.subarray((first - from) * channels, (last - from) * channels);
      const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
      let done = 0;
      while (done < bytes.length) {
        const position = 2 * channels * (start + first - time) + done;
        const n = readSync(this.fd, bytes, done, bytes.length - done, position);
        // What the file lacks is silence: the disk may have been full.
        if (n === 0) break;
        done += n;
      }
    }
  }

  close(): void {
    closeSync(this.fd);
  }
}

/**
 * Decodes a track by ffmpeg into a temporary file that is gone when the result is closed, or the process ends. Fails
 * with `ffmpeg-not-found`, `codec-not-playable`, `audio-too-long`, `ffmpeg-failed`.
 */
export async function decodeTrack(
  sound: CodedSound,
  reader: PayloadReader,
  { ffmpegPath, signal, onProgress }: DecodeTrackOptions,
): Promise<TrackPcm> {
  const { track, firstSeconds, endSeconds } = sound;
  const seconds = endSeconds - firstSeconds;
  const entry = decoderEntry(sound);
  if (!entry) throw notDecodable(track.codec, track.streamId, 'no decoder is known for it');
  if (seconds > maxSeconds) throw tooLong(seconds, track.streamId);
  if (!ffmpegPath) {
    throw new RpcFailure({
      code: 'ffmpeg-not-found',
      message: `${track.codec} has to be decoded, and no ffmpeg was found.`,
      where: track.streamId,
      hint: 'Install ffmpeg 4.1 or newer, or name one with FFMPEG_BIN.',
    });
  }
  const folder = mkdtempSync(join(tmpdir(), 'tapdeck-sound-'));
  const samplesPath = join(folder, 'samples');
  const listPath = join(folder, 'frames');
  try {
    await runFfmpeg({
      ffmpegPath,
      args: [
        ...['-max_error_rate', '1', '-flags2', '+skip_manual', '-f', 'matroska', '-i', 'pipe:0'],
        ...['-map', '0:a:0', '-c:a', 'pcm_s16le', '-f', 'framecrc', `file:${listPath}`],
        ...['-map', '0:a:0', '-c:a', 'pcm_s16le', '-f', 's16le'],
      ],
      outputPath: samplesPath,
      signal,
      onProgress: (done) => onProgress?.(Math.min(1, done / Math.max(0.001, seconds))),
      feed: async (write) => {
        const writer = new MatroskaWriter(null, entry, pipeScaleNs, seconds);
        await write(writer.header());
        for (const { data, timeSeconds } of audioFrames(track, reader)) {
          const block = { track: 2, timeSeconds: timeSeconds - firstSeconds, isKey: true, data } as const;
          const bytes = writer.block(block);
          if (bytes.length > 0) await write(bytes);
        }
        await write(writer.finish().bytes);
      },
    });
    const frames = await readFrameList(listPath);
    if (!frames) throw notDecodable(track.codec, track.streamId, 'nothing in it can be decoded');
    const pcm = new TrackPcm(openSync(samplesPath, 'r'), frames);
    if (pcm.samples <= maxSeconds * pcm.sampleRateHz) return pcm;
    pcm.close();
    throw tooLong(pcm.samples / pcm.sampleRateHz, track.streamId);
  } finally {
    // The open file stays readable.
    rmSync(folder, { recursive: true, force: true });
  }
}

function notDecodable(codec: string, where: string, reason: string): RpcFailure {
  return new RpcFailure({
    code: 'codec-not-playable',
    message: `${codec || 'The sound'} cannot be played: ${reason}.`,
    where,
    hint: 'Save what was sent as it is instead.',
  });
}

function tooLong(seconds: number, where: string): RpcFailure {
  return new RpcFailure({
    code: 'audio-too-long',
    message: `The audio would last ${Math.round(seconds / 3600)} hours: its times leap.`,
    where,
    hint: 'Save what was sent as it is instead.',
  });
}
