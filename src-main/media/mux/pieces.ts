import { closeSync, openSync, writeSync } from 'node:fs';
import { FragmentReader, type FragmentSample, type Mp4Fragment, writeFragment } from '#engine/containers/mp4-fragments';
import { RpcFailure } from '../../workers/rpc/protocol';
import { runFfmpeg } from '../ffmpeg/run';
import type { PayloadReader } from '../payload-reader';
import { entryBefore } from './entry-point';
import { feedMatroska } from './matroska-file';
import type { Pcm } from './picture-sound';
import { decoderOptions, qualities } from './transcode';
import type { VideoPlan } from './video-plan';

/** Bytes of a file that can be played by themselves behind its opening. Times are seconds of the video. */
export interface MadePiece {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly offset: number;
  readonly bytes: number;
  /** The file's first bytes, which stand before any piece of it. */
  readonly openingBytes: number;
}

export interface PieceOptions {
  readonly ffmpegPath: string;
  /** File that the pieces are written into; it must not exist. */
  readonly path: string;
  /** Time 0 of the video on the axis of the capture. */
  readonly originSeconds: number;
  readonly durationSeconds: number;
  readonly signal?: AbortSignal;
  readonly onPiece: (piece: MadePiece) => void;
}

const pieceSeconds = 1;
const clockRateHz = 90_000;
/** What `-movflags` needs for pieces that carry their times themselves. */
const fragmented = 'empty_moov+default_base_moof+frag_discont';

/**
 * Decodes the pictures of a plan by ffmpeg from the last good entry before a time on and makes pieces of H.264 of them
 * until another time, each as soon as it can be. They follow each other without a hole: where no picture is, the one
 * before stands. Fails as `runFfmpeg` does, and with `nothing-decoded`.
 */
export async function transcodePieces(
  plan: VideoPlan,
  reader: PayloadReader,
  {
    fromSeconds,
    untilSeconds,
    ...options
  }: PieceOptions & { readonly fromSeconds: number; readonly untilSeconds: number },
): Promise<void> {
  const { ffmpegPath, originSeconds, signal } = options;
  const entrySeconds = entryBefore(plan, fromSeconds + originSeconds);
  const range = { entrySeconds, untilSeconds: untilSeconds + originSeconds };
  const file = new PieceFile(options, { isFromStart: !Number.isFinite(entrySeconds), untilSeconds });
  try {
    await runFfmpeg({
      ffmpegPath,
      args: [
        ...decoderOptions(plan),
        ...[
          '-copyts',
          '-f',
          'matroska',
          '-i',
          'pipe:0',
          '-map',
          '0:v:0',
          '-map_metadata',
          '-1',
          '-fflags',
          '+bitexact',
        ],
        // H.264 with subsampled colour has even sides.
        ...['-flags:v', '+bitexact', '-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2', '-pix_fmt', 'yuv420p'],
        ...['-vsync', 'vfr', '-enc_time_base', '-1', '-video_track_timescale', String(clockRateHz)],
        ...['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-crf', String(qualities.high)],
        ...['-force_key_frames', `expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+${pieceSeconds}))`],
        ...['-avoid_negative_ts', 'disabled', '-movflags', `frag_keyframe+${fragmented}`, '-f', 'mp4'],
      ],
      outputPath: (bytes) => file.take(bytes),
      feed: (write) => feedMatroska(plan, reader, originSeconds, write, range),
      signal,
    });
    file.finish();
    if (file.isEmpty) throw nothingDecoded(plan);
  } finally {
    file.close();
  }
}

/** Makes lossless pieces of a sound, with silence before and behind it, so that it lasts as long as the video. */
export async function soundPieces(
  { sampleRateHz, channels, samples, firstSeconds, feed }: Pcm,
  options: PieceOptions,
): Promise<void> {
  const { ffmpegPath, originSeconds, durationSeconds, signal } = options;
  const file = new PieceFile(options, { isFromStart: true, untilSeconds: durationSeconds });
  const before = Math.max(0, Math.round((firstSeconds - originSeconds) * sampleRateHz));
  const behind = Math.max(0, Math.round(durationSeconds * sampleRateHz) - before - samples);
  try {
    await runFfmpeg({
      ffmpegPath,
      args: [
        ...['-f', 's16le', '-ar', String(sampleRateHz), '-ac', String(channels), '-i', 'pipe:0', '-map_metadata', '-1'],
        // Older ones call FLAC in MP4 an experiment.
        ...['-fflags', '+bitexact', '-c:a', 'flac', '-compression_level', '0', '-strict', '-2'],
        ...['-frag_duration', String(pieceSeconds * 1e6), '-movflags', fragmented, '-f', 'mp4'],
      ],
      outputPath: (bytes) => file.take(bytes),
      feed: async (write) => {
        await feedSilence(2 * channels * before, write);
        await feed(write);
        await feedSilence(2 * channels * behind, write);
      },
      signal,
    });
    file.finish();
  } finally {
    file.close();
  }
}

const silence = new Uint8Array(1 << 16);

async function feedSilence(bytes: number, write: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  for (let left = bytes; left > 0; left -= silence.length)
    await write(silence.subarray(0, Math.min(left, silence.length)));
}

/** Writes fragments as they come, each behind the next one: only that one tells how long its last sample lasts. */
class PieceFile {
  private readonly reader = new FragmentReader();
  private readonly fd: number;
  private held: Mp4Fragment | null = null;
  private openingBytes = 0;
  private offset = 0;
  private sequence = 0;

  constructor(
    { path, onPiece }: PieceOptions,
    private readonly span: { readonly isFromStart: boolean; readonly untilSeconds: number },
  ) {
    this.fd = openSync(path, 'wx');
    this.onPiece = onPiece;
  }

  private readonly onPiece: (piece: MadePiece) => void;

  get isEmpty(): boolean {
    return this.sequence === 0;
  }

  take(bytes: Uint8Array): void {
    for (const fragment of this.reader.push(bytes)) {
      const { held } = this;
      if (held) this.write(held, fragment.startTicks);
      this.held = held ? fragment : this.fromStart(fragment);
    }
  }

  /** The last piece lasts as long as there is nothing else to be shown. */
  finish(): void {
    if (!this.held) return;
    const end = Math.round(this.span.untilSeconds * this.ticksPerSecond);
    const last = this.held.samples.at(-1);
    this.write(this.held, Math.max(end, this.held.startTicks + ticksOf(this.held.samples) - (last?.duration ?? 0) + 1));
    this.held = null;
  }

  close(): void {
    closeSync(this.fd);
  }

  private get ticksPerSecond(): number {
    return this.reader.opening?.ticksPerSecond || clockRateHz;
  }

  /** What is shown first stands from the very beginning. */
  private fromStart(fragment: Mp4Fragment): Mp4Fragment {
    const [first, ...others] = fragment.samples;
    if (!this.span.isFromStart || !first || fragment.startTicks === 0) return fragment;
    const samples = [{ ...first, duration: first.duration + fragment.startTicks }, ...others];
    return { ...fragment, startTicks: 0, samples };
  }

  private write({ startTicks, samples, data }: Mp4Fragment, endTicks: number): void {
    const { opening } = this.reader;
    const last = samples.at(-1);
    if (!opening || !last || endTicks <= startTicks) return;
    if (this.openingBytes === 0) {
      this.openingBytes = opening.bytes.length;
      this.append(opening.bytes);
    }
    const length = Math.max(1, endTicks - startTicks - ticksOf(samples) + last.duration);
    const lasting = [...samples.slice(0, -1), { ...last, duration: length }];
    const offset = this.offset;
    this.sequence += 1;
    this.append(writeFragment({ startTicks, samples: lasting, data }, this.sequence));
    this.onPiece({
      startSeconds: startTicks / this.ticksPerSecond,
      endSeconds: endTicks / this.ticksPerSecond,
      offset,
      bytes: this.offset - offset,
      openingBytes: this.openingBytes,
    });
  }

  private append(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done);
    this.offset += bytes.length;
  }
}

function ticksOf(samples: readonly FragmentSample[]): number {
  return samples.reduce((sum, { duration }) => sum + duration, 0);
}

function nothingDecoded({ streamId, table }: VideoPlan): RpcFailure {
  return new RpcFailure({
    code: 'nothing-decoded',
    message: `ffmpeg found no picture in this ${table.format.codec.encodingName}.`,
    where: streamId,
    hint: 'It may be of another format: say which with Decode As.',
  });
}
