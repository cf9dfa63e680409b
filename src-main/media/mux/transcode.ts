import { EncodedPacketSink, FilePathSource, Input, MP4 } from 'mediabunny';
import { runFfmpeg } from '../ffmpeg/run';
import type { PayloadReader } from '../payload-reader';
import type { MuxPacket, VideoTrack } from './container-writer';
import { feedMatroska } from './matroska-file';
import type { VideoPlan } from './video-plan';

/** Constant quality of the encoder: the lower, the better and larger. */
export const qualities = { high: 16, medium: 21, low: 28 } as const;
export type Quality = keyof typeof qualities;

/** Pictures that claim to be larger are left out: each would take gigabytes. */
const maxPixels = 1 << 27;

/** Ticks a second of the files that are made: that of all video over RTP. */
const clockRateHz = 90_000;

/**
 * Options of ffmpeg's decoder. As captured, damaged pictures are shown too, and those before the first whole key, of
 * which only parts are known.
 */
export function decoderOptions({ mode }: Pick<VideoPlan, 'mode'>): readonly string[] {
  const size = ['-max_pixels', String(maxPixels)];
  return mode === 'faithful' ? [...size, '-flags', '+output_corrupt', '-flags2', '+showall'] : size;
}

export interface TranscodeOptions {
  readonly ffmpegPath: string;
  /** MP4 to be written. */
  readonly path: string;
  readonly quality: Quality;
  readonly originSeconds: number;
  readonly signal?: AbortSignal;
  /** 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Decodes the pictures of a plan by ffmpeg and writes them as H.264 in MP4, each at its own time. Damage is concealed by
 * the decoder; pictures of another size are scaled to that of the first one.
 */
export async function transcode(
  plan: VideoPlan,
  reader: PayloadReader,
  { ffmpegPath, path, quality, originSeconds, signal, onProgress }: TranscodeOptions,
): Promise<void> {
  const duration = Math.max(0.001, plan.endSeconds - originSeconds);
  await runFfmpeg({
    ffmpegPath,
    args: [
      ...decoderOptions(plan),
      ...['-f', 'matroska', '-i', 'pipe:0'],
      ...['-map', '0:v:0', '-map_metadata', '-1', '-fflags', '+bitexact'],
      // H.264 with subsampled colour has even sides.
      ...['-flags:v', '+bitexact', '-vf', 'pad=ceil(iw/2)*2:ceil(ih/2)*2', '-pix_fmt', 'yuv420p'],
      // Times stay as they are, on the clock of the input, not on the grid of a frame rate.
      ...['-vsync', 'vfr', '-enc_time_base', '-1', '-video_track_timescale', String(clockRateHz)],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', String(qualities[quality])],
      ...['-movflags', '+faststart', '-f', 'mp4'],
    ],
    outputPath: path,
    feed: (write) => feedMatroska(plan, reader, originSeconds, write),
    signal,
    onProgress: (seconds) => onProgress?.(Math.min(1, seconds / duration)),
  });
}

/**
 * The video of an MP4 that was made by `transcode`, as a track. The last picture, whose length the encoder guesses,
 * stands until `endSeconds`.
 */
export async function trackOfFile(path: string, endSeconds: number): Promise<VideoTrack> {
  const input = new Input({ source: new FilePathSource(path), formats: [MP4] });
  const track = await input.getPrimaryVideoTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error('the transcoded file has no video track');
  const fileEnd = await track.computeDuration();
  async function* packets(): AsyncGenerator<MuxPacket> {
    if (!track) return;
    for await (const { data, type, timestamp, duration } of new EncodedPacketSink(track).packets()) {
      const isLast = timestamp + duration > fileEnd - 0.5 / clockRateHz;
      const durationSeconds = isLast ? endSeconds - timestamp : duration;
      yield { data, isKey: type === 'key', timeSeconds: timestamp, durationSeconds };
    }
    input.dispose();
  }
  return { codec: 'avc', config: config as VideoTrack['config'], clockRateHz, packets: packets() };
}
