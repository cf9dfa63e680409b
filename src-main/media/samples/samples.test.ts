import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MediaSamples } from '#engine/analysis/sessions/media-samples';
import { resolveFfmpeg } from '../ffmpeg/resolve';
import { makePicturePieces, makeSoundPieces } from '../mux/player-pieces';
import { exportVideo, renderPlayerVideo, type VideoFileFormat } from '../mux/video-file';
import { PayloadReader } from '../payload-reader';
import { decodedHashes, decodedTimes, madeByFfmpeg, probed, SampleFixture } from '../testing/sample-fixture';
import { audioFrames } from './audio-frames';
import { surveySound } from './coded-sound';
import { readSample } from './sample-bytes';

const ffmpeg = await resolveFfmpeg();
const ffmpegPath = ffmpeg.ok ? ffmpeg.value.path : '';

let fixture: SampleFixture;
beforeAll(() => {
  fixture = new SampleFixture();
});
afterAll(() => fixture.dispose());

const picture = ['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25:duration=2'];
const tone = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=44100:duration=2'];
const b = ['-c:v', 'libx264', '-bf', '2', '-g', '20', '-pix_fmt', 'yuv420p'];
const bitexact = ['-fflags', '+bitexact', '-flags', '+bitexact'];

let files = 0;
async function written(samples: MediaSamples, format: VideoFileFormat, quality: 'high' | null = null) {
  const path = fixture.file(`out-${++files}.${format}`);
  const input = { samples, capturePath: fixture.capturePath, captureBytes: fixture.captureBytes };
  const file = await exportVideo(input, { format, path, mode: 'faithful', quality, ffmpegPath }, {});
  return { path, file };
}

async function played(samples: MediaSamples, mode: 'faithful' | 'clean' = 'faithful') {
  const path = fixture.file(`played-${++files}`);
  const input = { samples, capturePath: fixture.capturePath, captureBytes: fixture.captureBytes };
  return { path, video: await renderPlayerVideo(input, { path, mode, ffmpegPath }, {}) };
}

const hashes = (path: string, stream: 'v' | 'a' = 'v'): string[] => decodedHashes(ffmpegPath, path, stream);

function made(name: string, ...args: readonly string[]): string {
  const path = fixture.file(name);
  madeByFfmpeg(ffmpegPath, path, ...args);
  return path;
}

describe.skipIf(!ffmpegPath)('coded samples as files', { timeout: 60_000 }, () => {
  it.each([
    ['h264-aac.mp4', [...b, '-c:a', 'aac'], ['mp4', 'mkv']],
    ['h264-aac.ts', [...b, '-c:a', 'aac'], ['mp4', 'mkv']],
    ['h264-mp3.mkv', [...b, '-c:a', 'libmp3lame'], ['mp4', 'mkv']],
    ['h264-ac3.mkv', [...b, '-c:a', 'ac3'], ['mp4', 'mkv']],
    ['h265-aac.mp4', ['-c:v', 'libx265', '-x265-params', 'log-level=none', '-c:a', 'aac'], ['mp4', 'mkv']],
    ['vp8-opus.webm', ['-c:v', 'libvpx', '-c:a', 'libopus'], ['webm', 'mkv']],
  ] as const)('%s keeps its bits', async (name, codecs, formats) => {
    const source = made(name, ...picture, ...tone, ...codecs, '-ac', '2', ...bitexact);
    const samples = await fixture.fromFile(source, 3);
    const [pictures, sounds] = [hashes(source), hashes(source, 'a')];
    for (const format of formats) {
      const { path, file } = await written(samples, format);
      expect([file.frames, hashes(path)], format).toEqual([50, pictures]);
      // What encoders put before and behind the sound was sent, so it stays; players of the source leave it out.
      const sounding = hashes(path, 'a');
      expect(sounding.slice(-40, -2), format).toEqual(sounds.slice(-40, -2));
      expect(file.options, format).toMatchObject({ video: 'as captured', audioSync: 'container' });
      expect(String(file.options.audioCodec), format).toMatch(/as captured$/);
      expect(file.usedFfmpeg).toBe(false);
      expect(Math.abs(file.durationSeconds - 2), format).toBeLessThan(0.1);
    }
  });

  it('leaves sound and picture as far apart as they were sent, and rates as variable', async () => {
    const source = made('offset.mp4', ...picture, ...tone, ...b, '-c:a', 'aac', ...bitexact);
    const { tracks } = await fixture.fromFile(source);
    const [video, audio] = tracks;
    // A clock of milliseconds, the sound 320 ms later, a pause of 1.5 s in the picture behind 30 pictures.
    const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;
    const sorted = [...video.timeSeconds].sort((x, y) => x - y);
    const pause = (seconds: number): number => rounded(10 + seconds + (seconds > sorted[29] ? 1.5 : 0));
    const late = audio.timeSeconds.map((seconds) => rounded(10.32 + seconds));
    const moved = fixture.samples(
      { ...video, timeSeconds: video.timeSeconds.map(pause) },
      { ...audio, timeSeconds: late },
    );
    for (const format of ['mp4', 'mkv'] as const) {
      const { path, file } = await written(moved, format);
      const shown = decodedTimes(path);
      const origin = pause(sorted[0]);
      const expected = sorted.map((seconds) => pause(seconds) - origin);
      expect(Math.max(...shown.map((seconds, i) => Math.abs(seconds - expected[i])))).toBeLessThan(0.0006);
      const [first] = decodedTimes(path, 'a');
      expect(Math.abs(first - (late[0] - origin))).toBeLessThan(0.0015);
      expect(file.options.startSeconds).toBe(origin);
    }
  });

  it('breaks the sound where some is missing, and nowhere else', async () => {
    const source = made('gap.mp4', ...tone, '-c:a', 'aac', ...bitexact);
    const { tracks } = await fixture.fromFile(source);
    const [audio] = tracks;
    const jittering = audio.timeSeconds.map((seconds, i) => 5 + seconds + (i % 3) * 0.004 + (i >= 40 ? 0.5 : 0));
    const sound = surveySound({ ...audio, timeSeconds: jittering }, reader());
    expect(sound).toMatchObject({ isUniform: true, frames: audio.count });
    expect((sound?.endSeconds ?? 0) - (sound?.firstSeconds ?? 0)).toBeCloseTo((audio.count * 1024) / 44_100 + 0.5, 1);
    const frames = [...audioFrames({ ...audio, timeSeconds: jittering }, reader())];
    const breaks = frames.filter(({ timeSeconds }, i) => {
      const before = frames[i - 1];
      return before && Math.abs(timeSeconds - before.timeSeconds - before.durationSeconds) > 1e-9;
    });
    expect(breaks.map(({ sample }) => sample)).toEqual([40]);
  });

  it('makes H.264 of pictures from a camera, each at its own time, and keeps them untouched in Matroska', async () => {
    const samples = camera(20, '321x241');
    const [track] = samples.tracks;
    const { path, file } = await written(samples, 'mp4');
    const shown = decodedTimes(path);
    expect(shown.length).toBe(20);
    expect(Math.max(...shown.map((seconds, i) => Math.abs(seconds - track.timeSeconds[i] + 7)))).toBeLessThan(0.0001);
    expect(probed(path).streams[0]).toMatchObject({ codec_name: 'h264', pix_fmt: 'yuv420p', width: 322, height: 242 });
    expect(file).toMatchObject({ frames: 20, usedFfmpeg: true });
    expect(Math.abs(Number(probed(path).format.duration) - file.durationSeconds)).toBeLessThan(0.02);
    const kept = await written(samples, 'mkv');
    expect(probed(kept.path).streams[0]).toMatchObject({ codec_name: 'mjpeg', width: 321, height: 241 });
    const bytes = readFileSync(kept.path);
    expect(pictures('321x241').every((jpeg) => bytes.includes(jpeg))).toBe(true);
  });

  it.each([
    ['h264-aac.mp4', false, 'h264', 'aac'],
    ['h264-mp3.mkv', false, 'h264', 'mp3'],
    ['h264-ac3.mkv', false, 'h264', 'flac'],
    ['vp8-opus.webm', false, 'vp8', 'opus'],
  ])('%s is played by the window', async (name, isTranscoded, picturesAs, soundAs) => {
    const { path, video } = await played(await fixture.fromFile(fixture.file(name), 3));
    expect(video).toMatchObject({ isTranscoded, startSeconds: 3, audio: { basis: 'container' } });
    expect(video.frames.count).toBe(50);
    expect(probed(path).streams.map(({ codec_name }) => codec_name)).toEqual([picturesAs, soundAs]);
  });

  it('what the window does not decode it gets in pieces', async () => {
    const samples = await fixture.fromFile(fixture.file('h265-aac.mp4'), 3);
    const { video } = await played(samples);
    expect(video).toMatchObject({ isPieced: true, isTranscoded: true, audio: { basis: 'container' } });
    const { startSeconds: originSeconds, durationSeconds } = video;
    const times = { originSeconds, durationSeconds, fromSeconds: 0, untilSeconds: durationSeconds };
    const { capturePath, captureBytes } = fixture;
    const input = { samples, capturePath, captureBytes };
    const request = { ...times, planKey: '', mode: 'faithful' as const, ffmpegPath };
    const codecs = async (name: string, make: typeof makePicturePieces) => {
      const path = fixture.file(name);
      let end = 0;
      await make(input, { ...request, path }, { onPiece: ({ endSeconds }) => (end = endSeconds) });
      expect(end).toBeCloseTo(durationSeconds, 2);
      return probed(path).streams.map(({ codec_name }) => codec_name);
    };
    expect(await codecs('pieces-picture.mp4', makePicturePieces)).toEqual(['h264']);
    expect(await codecs('pieces-sound.mp4', makeSoundPieces)).toEqual(['flac']);
  });

  it('scales pictures that become another size to the first one', async () => {
    const data = [...pictures('320x240').slice(0, 10), ...pictures('160x120').slice(0, 10)];
    const list = data.map((bytes, i) => ({ data: bytes, timeSeconds: i / 10 }));
    const samples = fixture.samples(fixture.track(list, { kind: 'video', codec: 'JPEG' }));
    const { video } = await played(samples);
    expect(video).toMatchObject({ isPieced: true, width: 320, height: 240 });
    const { capturePath, captureBytes } = fixture;
    const path = fixture.file('sizes.mp4');
    const request = { planKey: '', mode: 'faithful', ffmpegPath, path, originSeconds: 0 } as const;
    const times = { durationSeconds: video.durationSeconds, fromSeconds: 0, untilSeconds: video.durationSeconds };
    await makePicturePieces({ samples, capturePath, captureBytes }, { ...request, ...times }, { onPiece: () => {} });
    expect(probed(path).streams[0]).toMatchObject({ width: 320, height: 240 });
    expect(decodedTimes(path).length).toBe(20);
  });

  it('conceals what is damaged, or leaves it out', async () => {
    const source = made('damage.mp4', ...picture, '-c:v', 'libx264', '-bf', '0', '-g', '10', '-pix_fmt', 'yuv420p');
    const { tracks } = await fixture.fromFile(source);
    const [video] = tracks;
    const reading = reader();
    const holes = new Map([
      [13, [200, 300]],
      [30, [0, 5]],
    ] as const);
    const damaged = fixture.track(
      Array.from(video.timeSeconds, (timeSeconds, i) => ({
        data: readSample(video, i, reading).bytes,
        timeSeconds,
        isKey: video.isKey[i] === 1,
        hole: holes.get(i as 13 | 30),
      })),
      { kind: 'video', codec: 'H264', framing: 'length-prefixed', config: video.config },
    );
    const faithful = await played(fixture.samples(damaged));
    expect(faithful.video.isTranscoded).toBe(true);
    const flags = faithful.video.frames.isDamaged;
    expect([...flags].flatMap((flag, i) => (flag ? [i] : []))).toEqual([13, 30]);
    const list = readFileSync((await written(fixture.samples(damaged), 'csv')).path, 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(list.slice(1).map((line) => line.split(',').slice(0, 6).join(','))).toEqual([
      '14,0.520000,0,1,0,100',
      '31,1.200000,1,1,0,5',
    ]);
    const clean = await played(fixture.samples(damaged), 'clean');
    expect(clean.video.isTranscoded).toBe(false);
    const left = [...clean.video.frames.isShown].flatMap((flag, i) => (flag ? [] : [i]));
    expect(left).toEqual([...range(13, 20), ...range(30, 40)]);
    expect(decodedTimes(clean.path).length).toBe(50 - left.length);
  });
});

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

function reader(): PayloadReader {
  return PayloadReader.open(fixture.capturePath, fixture.captureBytes);
}

const jpegs = new Map<string, Buffer[]>();
function pictures(size: string): readonly Buffer[] {
  const known = jpegs.get(size) ?? cutJpegs(size);
  jpegs.set(size, known);
  return known;
}

function cutJpegs(size: string): Buffer[] {
  const source = `testsrc=size=${size}:rate=10:duration=2`;
  const all = readFileSync(made(`jpegs-${size}.mjpeg`, '-f', 'lavfi', '-i', source, '-c:v', 'mjpeg', '-f', 'mjpeg'));
  const starts: number[] = [];
  for (let at = all.indexOf('ffd8ff', 0, 'hex'); at >= 0; at = all.indexOf('ffd8ff', at + 1, 'hex')) starts.push(at);
  return starts.map((start, i) => all.subarray(start, starts[i + 1]));
}

/** Pictures at irregular times from second 7 on. */
function camera(count: number, size: string): MediaSamples {
  let timeSeconds = 7;
  const samples = pictures(size)
    .slice(0, count)
    .map((data, i) => {
      const sample = { data, timeSeconds };
      timeSeconds += 0.03 + 0.0137 * (i % 5) + (i === 9 ? 2 : 0);
      return sample;
    });
  return fixture.samples(fixture.track(samples, { kind: 'video', codec: 'JPEG' }));
}
