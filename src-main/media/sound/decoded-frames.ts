import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a decoder has written, as its list of frames says. */
export interface DecodedFrames {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Samples per channel. */
  readonly samples: number;
  /** Stretches without a break in their times. */
  readonly runs: readonly DecodedRun[];
}

export interface DecodedRun {
  /** Of its first sample, counted in samples from the beginning of the input. */
  readonly time: number;
  /** Of its first sample in the file. */
  readonly start: number;
  readonly samples: number;
}

/** Frames whose times are off by less follow each other: times of containers are rounded. */
const toleranceSeconds = 0.002;

/**
 * Reads what ffmpeg's `framecrc` writes of 16-bit PCM: `#key stream: value` lines, then a line a frame:
 * `stream, dts, pts, duration, bytes, crc`. Null when nothing was decoded.
 */
export async function readFrameList(path: string): Promise<DecodedFrames | null> {
  let sampleRateHz = 0;
  let channels = 0;
  let timeBase = 1;
  let samples = 0;
  const runs: { time: number; start: number; samples: number }[] = [];
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.startsWith('#')) {
      const [, key, value] = /^#(\w+) 0: (.*)$/.exec(line) ?? [];
      if (key === 'sample_rate') sampleRateHz = Number(value);
      else if (key === 'tb') timeBase = Number(value.split('/')[0]) / Number(value.split('/')[1]);
      continue;
    }
    const fields = line.split(',').map(Number);
    if (fields.length < 5 || !fields.slice(2, 5).every(Number.isFinite) || fields[3] <= 0) continue;
    // The layout of the channels is printed differently by every version.
    channels ||= Math.round(fields[4] / (2 * fields[3] * timeBase * sampleRateHz));
    if (channels === 0) continue;
    const count = Math.floor(fields[4] / (2 * channels));
    const time = Math.round(fields[2] * timeBase * sampleRateHz);
    const last = runs.at(-1);
    if (last && Math.abs(last.time + last.samples - time) <= toleranceSeconds * sampleRateHz) last.samples += count;
    else runs.push({ time, start: samples, samples: count });
    samples += count;
  }
  return samples > 0 && sampleRateHz > 0 ? { sampleRateHz, channels, samples, runs } : null;
}
