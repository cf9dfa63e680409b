/** 16-bit PCM of a WAV file, one array a channel, in -1..1. */
export interface DecodedWav {
  readonly sampleRateHz: number;
  readonly channels: readonly Float64Array[];
}

/** Reads a RIFF/WAVE file of 16-bit linear PCM, whatever chunks stand around its data. */
export function decodeWav(bytes: Buffer): DecodedWav {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('not a WAV file');
  }
  let channelCount = 0;
  let sampleRateHz = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (name === 'fmt ') {
      channelCount = body.readUInt16LE(2);
      sampleRateHz = body.readUInt32LE(4);
      if (body.readUInt16LE(14) !== 16) throw new Error(`${body.readUInt16LE(14)} bits a sample, expected 16`);
    }
    if (name === 'data') return { sampleRateHz, channels: deinterleave(body, channelCount) };
    at += 8 + length + (length % 2);
  }
  throw new Error('a WAV file without data');
}

/** 16-bit little-endian samples of `channelCount` interleaved channels. */
export function deinterleave(body: Buffer, channelCount: number): Float64Array[] {
  const length = Math.floor(body.length / 2 / channelCount);
  return Array.from({ length: channelCount }, (_, channel) =>
    Float64Array.from({ length }, (__, i) => body.readInt16LE((i * channelCount + channel) * 2) / 32768),
  );
}

/** Amplitude of one frequency in a stretch of samples (Goertzel's algorithm). */
export function toneLevel(
  samples: Float64Array,
  sampleRateHz: number,
  frequencyHz: number,
  fromSeconds: number,
  toSeconds: number,
): number {
  const first = Math.round(fromSeconds * sampleRateHz);
  const last = Math.min(samples.length, Math.round(toSeconds * sampleRateHz));
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRateHz);
  let before = 0;
  let beforeThat = 0;
  for (let i = first; i < last; i++) {
    const value = samples[i] + coefficient * before - beforeThat;
    beforeThat = before;
    before = value;
  }
  const power = before * before + beforeThat * beforeThat - coefficient * before * beforeThat;
  return (2 * Math.sqrt(Math.max(0, power))) / (last - first);
}

/** Largest sample of a stretch, as an absolute value. */
export function peakLevel(samples: Float64Array, sampleRateHz: number, fromSeconds: number, toSeconds: number): number {
  const stretch = samples.subarray(Math.round(fromSeconds * sampleRateHz), Math.round(toSeconds * sampleRateHz));
  return stretch.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}
