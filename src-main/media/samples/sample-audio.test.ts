import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MediaSamples } from '#engine/analysis/sessions/media-samples';
import { resolveFfmpeg } from '../ffmpeg/resolve';
import { toneShare } from '../testing/media-fixture';
import { madeByFfmpeg, probed, SampleFixture } from '../testing/sample-fixture';
import { exportSampleAudio, renderSampleAudio, type SampleAudioFormat } from './sample-audio';

const ffmpeg = await resolveFfmpeg();
const ffmpegPath = ffmpeg.ok ? ffmpeg.value.path : '';

let fixture: SampleFixture;
beforeAll(() => {
  fixture = new SampleFixture();
});
afterAll(() => fixture.dispose());

const stereo = ['-f', 'lavfi', '-i', 'aevalsrc=0.4*sin(440*2*PI*t)|0.4*sin(880*2*PI*t):s=44100:d=3'];

async function sent(name: string, ...codec: readonly string[]): Promise<MediaSamples> {
  const path = fixture.file(name);
  madeByFfmpeg(ffmpegPath, path, ...stereo, ...codec);
  return fixture.fromFile(path, 4);
}

let files = 0;
const inputOf = (samples: MediaSamples) => ({
  ...{ samples, sourceId: 'session-1', capturePath: fixture.capturePath, captureBytes: fixture.captureBytes },
});

async function exported(samples: MediaSamples, format: SampleAudioFormat) {
  const path = fixture.file(`sound-${++files}.${format}`);
  return { path, file: await exportSampleAudio(inputOf(samples), format, path, { ffmpegPath }) };
}

/** Samples of one of two channels. */
function channel(path: string, index: number): Int16Array {
  const bytes = readFileSync(path);
  const all = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + bytes.length));
  return all.filter((_, i) => i % 2 === index);
}

/** The same, what is lost `from..to` seconds left out. */
function without(samples: MediaSamples, from: number, to: number): MediaSamples {
  const [track] = samples.tracks;
  const kept = [...track.timeSeconds.keys()].filter((i) => {
    const seconds = track.timeSeconds[i] - track.timeSeconds[0];
    return seconds < from || seconds >= to;
  });
  const cut = fixture.track(
    kept.map((i) => ({ data: bytesOf(samples, i), timeSeconds: track.timeSeconds[i] })),
    { ...track, kind: 'audio' },
  );
  return fixture.samples({ ...cut, streamId: track.streamId });
}

function bytesOf({ tracks: [track] }: MediaSamples, sample: number): Uint8Array {
  const file = readFileSync(fixture.capturePath);
  const parts: Uint8Array[] = [];
  for (let i = track.extentStart[sample]; i < track.extentStart[sample + 1]; i += 1) {
    parts.push(file.subarray(track.extents.address[i], track.extents.address[i] + track.extents.length[i]));
  }
  return Buffer.concat(parts);
}

describe.skipIf(!ffmpegPath)('sound of coded samples', { timeout: 60_000 }, () => {
  it.each([
    ['icecast.mp3', ['-c:a', 'libmp3lame'], 44_100],
    ['raw.aac', ['-c:a', 'aac', '-f', 'adts'], 44_100],
    ['radio.mka', ['-c:a', 'ac3'], 44_100],
    ['web.ogg', ['-c:a', 'libopus'], 48_000],
  ] as const)('%s is heard: both channels, their waveform', async (name, codec, rate) => {
    const samples = await sent(name, ...codec);
    const path = fixture.file(`played-${++files}.wav`);
    const { facts, lanes } = await renderSampleAudio(inputOf(samples), path, { ffmpegPath });
    expect(facts).toMatchObject({ sampleRateHz: rate, channels: 2, startSeconds: 4 });
    expect(Math.abs(facts.durationSeconds - 3)).toBeLessThan(0.1);
    expect(lanes.map(({ label }) => label)).toEqual(['made by a test · left', 'made by a test · right']);
    for (const [i, frequency] of [440, 880].entries()) {
      expect(toneShare(channel(path, i).subarray(8000, 80_000), frequency, rate)).toBeGreaterThan(0.95);
      const { peaks, markers } = lanes[i];
      expect(Math.max(...peaks)).toBeGreaterThan(0.35);
      expect(markers).toEqual([]);
    }
  });

  it('is silent for as long as nothing came, and says so', async () => {
    const whole = await sent('gap.mp3', '-c:a', 'libmp3lame');
    const samples = without(whole, 1, 2);
    const path = fixture.file('gap.wav');
    const { facts, lanes } = await renderSampleAudio(inputOf(samples), path, { ffmpegPath });
    expect(Math.abs(facts.durationSeconds - 3)).toBeLessThan(0.1);
    const left = channel(path, 0);
    expect(Math.max(...left.subarray(1.1 * 44_100, 1.95 * 44_100))).toBe(0);
    expect(toneShare(left.subarray(2.2 * 44_100, 2.8 * 44_100), 440, 44_100)).toBeGreaterThan(0.95);
    const [gap, ...more] = lanes[0].markers;
    expect(more).toEqual([]);
    expect(Math.abs(gap.endSeconds - gap.startSeconds - 1)).toBeLessThan(0.06);
    expect(gap.label).toMatch(/^nothing was received, [01]\.\d\d s$/);
  });

  it('is saved as samples, as it came in a container, and as a file of its own kind', async () => {
    const samples = await sent('export.aac', '-c:a', 'aac', '-f', 'adts');
    const wav = await exported(samples, 'wav');
    expect(wav.file).toMatchObject({ mime: 'audio/wav', usedFfmpeg: true, options: { channels: 2 } });
    expect(wav.file.samples).toBe(Math.round((wav.file.durationSeconds ?? 0) * 44_100));
    for (const format of ['mp4', 'mkv'] as const) {
      const { path, file } = await exported(samples, format);
      expect(file).toMatchObject({ usedFfmpeg: false, options: { audioCodec: 'AAC as captured' } });
      expect(probed(path).streams[0]).toMatchObject({ codec_name: 'aac', channels: 2 });
      expect(Math.abs(Number(probed(path).format.duration) - 3)).toBeLessThan(0.1);
    }
    const raw = await exported(samples, 'raw');
    expect(readFileSync(raw.path).equals(readFileSync(fixture.file('export.aac')))).toBe(true);
  });

  it('is heard without its configuration, which frames and times tell', async () => {
    const path = fixture.file('plain.mp4');
    madeByFfmpeg(ffmpegPath, path, ...stereo, '-c:a', 'aac');
    const { tracks } = await fixture.fromFile(path, 4);
    const [whole] = tracks;
    const timeSeconds = whole.timeSeconds.map((seconds) => Math.round(seconds * 1000) / 1000);
    const samples = fixture.samples({ ...whole, timeSeconds, config: null, sampleRateHz: null, channels: null });
    const { path: wav, file } = await exported(samples, 'wav');
    expect(file.options).toMatchObject({ audioAssumed: 'AAC LC, 44100 Hz, stereo', sampleRateHz: 44_100, channels: 2 });
    expect(toneShare(channel(wav, 1).subarray(8000, 80_000), 880, 44_100)).toBeGreaterThan(0.95);
    const silent = fixture.samples({ ...whole, timeSeconds: whole.timeSeconds.map(() => 4), config: null });
    await expect(exported(silent, 'wav')).rejects.toMatchObject({ failure: { code: 'codec-not-playable' } });
  });

  it('needs sound', async () => {
    await expect(exported(fixture.samples(), 'wav')).rejects.toMatchObject({ failure: { code: 'codec-not-playable' } });
  });
});
