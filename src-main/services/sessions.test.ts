import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MediaSamples } from '#engine/analysis/sessions/media-samples';
import { Extents } from '#engine/bytes/extents';
import type { Artifact, ExportFormat, Job } from '#shared/model/artifact';
import { resolveFfmpeg } from '../media/ffmpeg/resolve';
import { madeByFfmpeg, probed, SampleFixture } from '../media/testing/sample-fixture';
import { ExportService } from './export-service';
import { MediaService } from './media-service';
import { FixtureCaptures } from './testing/fixture-captures';
import { InProcessMediaWorker } from './testing/in-process-media-worker';

const ffmpeg = await resolveFfmpeg();
const ffmpegPath = ffmpeg.ok ? ffmpeg.value.path : '';

let fixture: SampleFixture;
let captures: FixtureCaptures;
let exports: ExportService;
let media: MediaService;
let out: string;

const jpeg = (byte: number): Uint8Array => Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, byte, byte, 0xff, 0xd9);

/** Three pictures, half a second apart, the middle one without its end. */
function camera(): MediaSamples {
  const pictures = [1, 2, 3].map((byte) => ({ data: jpeg(byte), timeSeconds: 2 + byte / 2 }));
  const [first, second, third] = pictures;
  const track = fixture.track([first, { ...second, hole: [5, 8] }, third], { kind: 'video', codec: 'JPEG' });
  return { ...fixture.samples(track), sourceId: 'camera-1' };
}

/** Where the bytes of a text lie. */
function stored(text: string): Extents {
  const { extents } = fixture.track([{ data: Buffer.from(text), timeSeconds: 0 }], { kind: 'video', codec: 'JPEG' });
  const copy = new Extents();
  copy.pushFrom(extents);
  return copy;
}

const object = (id: string, name: string) => ({ id, name, url: `http://192.0.2.1/${name}` });

beforeEach(() => {
  fixture = new SampleFixture(5);
  out = join(fixture.folder, 'out');
  mkdirSync(out);
  captures = new FixtureCaptures(fixture);
  captures.samples.set('camera-1', camera());
  captures.rows.set('sessions', [
    { id: 'tls-1', kind: 'tls', url: null, media: null },
    { id: 'camera-1', kind: 'camera', url: 'http://192.0.2.1:8081/a/image.cgi?key=secret', media: 'video' },
  ]);
  captures.rows.set('streams', [{ id: 'camera-1-video', kind: 'video', sessionId: 'camera-1' }]);
  const names = ['../../etc/passwd.html', 'CON.txt', 'same.js', 'same.js', 'page'];
  captures.rows.set(
    'objects',
    names.map((name, i) => object(`object-${i + 1}`, name)),
  );
  names.forEach((_, i) => {
    const extents = stored(i === 3 ? 'other' : 'content');
    if (i === 4) extents.pushGap(4);
    captures.files.set(`object-${i + 1}`, {
      ...{ sourceId: `object-${i + 1}`, extension: i === 4 ? 'htm/l' : 'js', mime: 'text/javascript', extents },
    });
  });
  const createWorker = () => new InProcessMediaWorker();
  exports = new ExportService({ captures, createWorker, tool: 'tapdeck 0.0.0' });
  media = new MediaService({ captures, createWorker, cacheDir: fixture.folder });
});
afterEach(async () => {
  await exports.dispose();
  await media.dispose();
  fixture.dispose();
});

function run(sourceId: string, format: ExportFormat, path: string): Promise<Job> {
  return new Promise((resolve) => {
    const stop = exports.onJob((job) => {
      if (job.state === 'running') return;
      stop();
      resolve(job);
    });
    exports.start({ captureId: 'c', sourceId, format, path });
  });
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const all = (format: ExportFormat) => exports.exportAll('c', 'all', format, out);
const namesOf = (artifacts: readonly Artifact[]): string[] => artifacts.map(({ path }) => basename(path));

describe('objects', () => {
  it('are saved as they were sent, under safe names, each of its own', async () => {
    const { artifacts, failures } = await all('original');
    expect(failures).toEqual([]);
    expect(namesOf(artifacts)).toEqual(['etc-passwd.html', '_CON.txt', 'same.js', 'same-2.js', 'page.bin']);
    expect(readdirSync(out).sort()).toEqual([...namesOf(artifacts)].sort());
    expect(readFileSync(join(out, 'same.js'), 'utf8')).toBe('content');
    expect(readFileSync(join(out, 'same-2.js'), 'utf8')).toBe('other');
    expect(artifacts.map(({ sha256: hash }) => hash)).toEqual(artifacts.map(({ path }) => sha256(readFileSync(path))));
    expect(artifacts[0].provenance.options).toEqual({ content: 'as sent', missingBytes: 0 });
    expect(artifacts[4].provenance.options).toEqual({ content: 'as sent', missingBytes: 4, holes: 'zeros' });
    expect([...readFileSync(join(out, 'page.bin'))].slice(-4)).toEqual([0, 0, 0, 0]);
    const again = await all('original');
    expect(namesOf(again.artifacts)).toEqual(namesOf(artifacts));
    expect(readdirSync(out).length).toBe(artifacts.length);
  });

  it('have no film', async () => {
    const { failures } = await exports.exportAll('c', ['object-1'], 'mp4', out);
    expect(failures[0].error).toMatch(/nothing in it that can be written as mp4/);
    expect(readdirSync(out)).toEqual([]);
  });
});

describe('a camera', () => {
  it('is saved as pictures with their times, what is damaged apart', async () => {
    const job = await run('camera-1', 'jpg', join(out, 'pictures'));
    expect(job).toMatchObject({ state: 'done', artifact: { frames: 3, durationSeconds: 1, mime: 'inode/directory' } });
    const folder = join(out, 'pictures');
    expect(readdirSync(folder).sort()).toEqual(['000001.jpg', '000003.jpg', 'damaged', 'pictures.csv']);
    expect(new Uint8Array(readFileSync(join(folder, '000003.jpg')))).toEqual(jpeg(3));
    const damaged = readFileSync(join(folder, 'damaged', '000002.jpg'));
    expect([...damaged]).toEqual([...jpeg(2).subarray(0, 5), 0, 0, 0]);
    const [head, ...lines] = readFileSync(join(folder, 'pictures.csv'), 'utf8').trimEnd().split('\r\n');
    expect(head).toBe('picture,time_s,capture_time_s,file,bytes,missing_bytes,damaged,frame,sha256');
    const [first, second] = lines.map((line) => line.split(','));
    expect(first.slice(0, 7)).toEqual(['1', '0.000000', '2.500000', '000001.jpg', '8', '0', '0']);
    expect(second.slice(0, 7)).toEqual(['2', '0.500000', '3.000000', 'damaged/000002.jpg', '8', '3', '1']);
    expect(first[8]).toBe(sha256(jpeg(1)));
    expect(job.artifact?.sha256).toBe(sha256(readFileSync(join(folder, 'pictures.csv'))));
    expect((await run('camera-1', 'jpg', folder)).state).toBe('failed');
    expect(readdirSync(out)).toEqual(['pictures']);
  });

  it('gets a folder of its own once', async () => {
    const [first] = (await all('jpg')).artifacts;
    expect(basename(first.path)).toBe('camera-1-192-0-2-1-8081-a-image');
    const [again] = (await all('jpg')).artifacts;
    expect(again.path).toBe(first.path);
    writeFileSync(join(first.path, 'pictures.csv'), 'changed');
    const [third] = (await all('jpg')).artifacts;
    expect(basename(third.path)).toBe('camera-1-192-0-2-1-8081-a-image-2');
    expect(readdirSync(out).length).toBe(2);
  });

  it('was never sent as a file of that kind', async () => {
    for (const format of ['flv', 'ts', 'original'] as const) {
      const { failures } = await exports.exportAll('c', ['camera-1'], format, out);
      expect(failures[0].error, format).toMatch(/not sent as/);
      expect((await all(format)).failures, format).toEqual([]);
    }
  });

  it('can be kept untouched without ffmpeg', async () => {
    const { artifacts } = await exports.exportAll('c', ['camera-1'], 'mkv', out);
    const bytes = readFileSync(artifacts[0].path);
    expect([1, 3].every((byte) => bytes.includes(Buffer.from(jpeg(byte))))).toBe(true);
    expect(artifacts[0]).toMatchObject({ frames: 3, provenance: { ffmpeg: null, options: { damagedPictures: 1 } } });
  });
});

describe.skipIf(!ffmpegPath)('a file that was sent', { timeout: 30_000 }, () => {
  it.each([
    ['film.mp4', 'video/mp4', ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'aac'], ['h264', 'aac']],
    ['film.webm', 'video/webm', ['-c:v', 'libvpx', '-c:a', 'libvorbis'], ['vp8', 'aac']],
    ['film.avi', 'video/x-msvideo', ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-c:a', 'libmp3lame'], ['h264', 'mp3']],
  ] as const)('%s is played and written anew', async (name, mime, codecs, expected) => {
    const path = join(fixture.folder, name);
    const inputs = ['-f', 'lavfi', '-i', 'testsrc=d=1:r=20', '-f', 'lavfi', '-i', 'sine=d=1'];
    const bytes = madeByFfmpeg(ffmpegPath, path, ...inputs, ...codecs);
    const { extents } = fixture.track([{ data: bytes, timeSeconds: 0 }], { kind: 'video', codec: 'JPEG' });
    const extension = name.split('.')[1];
    captures.files.set('http-stream-1', { sourceId: 'http-stream-1', extension, mime, extents });
    const row = { id: 'http-stream-1', kind: 'http-stream', url: `http://192.0.2.1/${name}`, media: 'video' };
    captures.rows.set('sessions', [{ ...row, startSeconds: 7, firstFrame: 4 }]);
    const video = await media.video('c', 'http-stream-1', 'faithful');
    expect(video.startSeconds).toBeCloseTo(7, 1);
    expect([...video.frames.isKey].length).toBe(20);
    expect(video.frames.frames[0]).toBe(4);
    const { artifacts, failures } = await exports.exportAll('c', ['http-stream-1'], 'mkv', out);
    expect(failures).toEqual([]);
    expect(artifacts[0].frames).toBe(20);
    expect(probed(artifacts[0].path).streams.map(({ codec_name }) => codec_name)).toEqual(expected);
    const [sound] = (await exports.exportAll('c', ['http-stream-1'], 'wav', out)).artifacts;
    expect(Math.abs((sound.durationSeconds ?? 0) - 1)).toBeLessThan(0.1);
    const [sent] = (await exports.exportAll('c', ['http-stream-1'], 'auto', out)).artifacts;
    expect(sent.sha256).toBe(sha256(bytes));
    expect(readdirSync(out).length).toBe(3);
  });

  it('is heard when it is sound, and says when it is broken', async () => {
    const path = join(fixture.folder, 'radio.mp3');
    const bytes = madeByFfmpeg(ffmpegPath, path, '-f', 'lavfi', '-i', 'sine=d=2', '-c:a', 'libmp3lame');
    const { extents } = fixture.track([{ data: bytes, timeSeconds: 0 }], { kind: 'video', codec: 'JPEG' });
    captures.files.set('http-stream-2', { sourceId: 'http-stream-2', extension: 'mp3', mime: 'audio/mpeg', extents });
    const player = await media.player('c', 'http-stream-2');
    expect(Math.abs(player.durationSeconds - 2)).toBeLessThan(0.1);
    const broken = { sourceId: 'http-stream-3', extension: 'mp4', mime: 'video/mp4', extents: stored('no film') };
    captures.files.set('http-stream-3', broken);
    const asked = media.video('c', 'http-stream-3', 'faithful');
    await expect(asked).rejects.toMatchObject({ failure: { code: 'codec-not-playable' } });
    const { failures } = await exports.exportAll('c', ['http-stream-3'], 'mp4', out);
    expect(failures[0].error).toMatch(/cannot be taken apart/);
    expect(readdirSync(out)).toEqual([]);
  });
});

describe.skipIf(!ffmpegPath)('a session with sound', { timeout: 30_000 }, () => {
  it('is played and saved by its id, and its sound alone', async () => {
    const source = join(fixture.folder, 'source.mp4');
    const inputs = ['-f', 'lavfi', '-i', 'testsrc=d=1', '-f', 'lavfi', '-i', 'sine=d=1'];
    madeByFfmpeg(ffmpegPath, source, ...inputs, '-pix_fmt', 'yuv420p', '-c:a', 'aac');
    captures.samples.set('rtmp-1', { ...(await fixture.fromFile(source, 5)), sourceId: 'rtmp-1' });
    captures.rows.set('sessions', [{ id: 'rtmp-1', kind: 'rtmp', url: 'rtmp://192.0.2.1/live/x', media: 'video' }]);
    const video = await media.video('c', 'rtmp-1', 'faithful');
    expect(video).toMatchObject({ sourceId: 'rtmp-1', isTranscoded: false, startSeconds: 5, codec: 'H264' });
    const player = await media.player('c', 'rtmp-1');
    expect(player.lanes.length).toBe(1);
    expect(Math.abs(player.startSeconds - 5)).toBeLessThan(0.05);
    const { artifacts } = await exports.exportAll('c', ['rtmp-1'], 'auto', out);
    expect(namesOf(artifacts)).toEqual(['rtmp-1-192.0.2.1-live-x.mp4']);
    expect(probed(artifacts[0].path).streams.map(({ codec_name }) => codec_name)).toEqual(['h264', 'aac']);
    const sound = await exports.exportAll('c', ['rtmp-1'], 'wav', out);
    expect(statSync(sound.artifacts[0].path).size).toBeGreaterThan(80_000);
  });
});
