import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCodec } from '#engine/codecs/index';
import type { ExportFormat, Job } from '#shared/model/artifact';
import { MediaFixture, type TestStream } from '../media/testing/media-fixture';
import { ExportService } from './export-service';
import { MediaService } from './media-service';
import { FixtureCaptures } from './testing/fixture-captures';
import { InProcessMediaWorker } from './testing/in-process-media-worker';

let fixture: MediaFixture;
let captures: FixtureCaptures;
let exports: ExportService;
let media: MediaService;
let out: string;

/** VP8 of 352x288, 25 pictures a second in two packets each, a key every ten; packet 31 is lost. */
function video(): TestStream {
  const packets = Array.from({ length: 100 }, (_, i) => {
    const picture = i >> 1;
    const isKey = picture % 10 === 0;
    const head = isKey ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x60, 1, 0x20, 1] : [0x11, 0, 0];
    const payload = Uint8Array.from(i % 2 === 0 ? [0x10, ...head, picture] : [0x00, 7, picture]);
    return { payload, timeMs: 40 * picture, sequence: i, timestamp: 3600 * picture, marker: i % 2, payloadType: 97 };
  }).filter(({ sequence }) => sequence !== 31);
  const binding = {
    payloadType: 97,
    encodingName: 'VP8',
    clockRateHz: 90_000,
    channels: 1,
    fmtp: '',
    basis: 'sdp',
  } as const;
  const stream = fixture.stream(packets, { streamId: 'stream-1', bindings: [binding] });
  return { ...stream, kind: 'video', marker: Uint8Array.from(packets, ({ marker }) => marker) };
}

beforeEach(() => {
  fixture = new MediaFixture();
  out = join(fixture.folder, 'out');
  mkdirSync(out);
  const stream = video();
  captures = new FixtureCaptures(fixture).add({
    sourceId: 'stream-1',
    kind: 'stream',
    title: 'VP8 192.0.2.1:5004 → 192.0.2.2:5004',
    streams: [stream],
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

function run(format: ExportFormat, video: Parameters<ExportService['start']>[0]['video'] = {}): Promise<Job> {
  const path = join(out, `file.${format}`);
  return new Promise((resolve) => {
    exports.onJob((job) => job.state !== 'running' && resolve(job));
    exports.start({ captureId: 'c', sourceId: 'stream-1', format, path, video });
  });
}

describe('exporting video', () => {
  it('keeps the captured bits and says what it holds', async () => {
    const { artifact, error } = await run('mkv');
    expect(error).toBeNull();
    expect(artifact).toMatchObject({ format: 'mkv', mime: 'video/x-matroska', frames: 50, durationSeconds: 2 });
    expect(artifact?.provenance).toMatchObject({
      packets: { first: 1, last: 99, count: 99 },
      options: { damage: 'faithful', video: 'as captured', pictures: 50, damagedPictures: 1 },
      ffmpeg: null,
    });
  });

  it('leaves out what a loss has spoilt when that is asked for', async () => {
    const { artifact } = await run('webm', { damage: 'clean' });
    // Pictures 15 to 19 wait for the key.
    expect(artifact).toMatchObject({ frames: 45, mime: 'video/webm' });
    expect(String(artifact?.provenance.options.notes)).toContain('5 of 50 pictures');
  });

  it('lists damage, and writes the elementary stream', async () => {
    await run('csv');
    const rows = readFileSync(join(out, 'file.csv'), 'utf8').trimEnd().split('\r\n');
    expect(rows.slice(1)).toEqual(['16,0.600000,0,1,0,1,31,31,31', '17,0.640000,0,0,1,1,31,32,33']);
    const { artifact } = await run('raw');
    expect(artifact?.frames).toBe(50);
    expect(readFileSync(artifact?.path ?? '').toString('latin1', 0, 4)).toBe('DKIF');
  });

  it('chooses containers and names by the format', async () => {
    expect(await exports.suggestedName('c', 'stream-1', 'auto')).toMatch(/^video-1-VP8-.*\.mkv$/);
    expect(await exports.suggestedName('c', 'stream-1', 'raw')).toMatch(/\.ivf$/);
    expect((await run('wav')).error).toContain('does not write wav of video');
    expect(findCodec('H264')?.elementaryFormat).toBe('h264');
    expect(existsSync(join(out, 'file.wav'))).toBe(false);
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('playing video', () => {
  it('gives a file the window plays, the table of its pictures, and makes both once', async () => {
    const model = await media.video('c', 'stream-1', 'clean');
    expect(model).toMatchObject({ mime: 'video/webm', codec: 'VP8', isTranscoded: false, width: 352, height: 288 });
    expect([model.durationSeconds, model.startSeconds, model.audio]).toEqual([2, 0, null]);
    const { frames } = model;
    expect(frames.count).toBe(50);
    expect([...frames.isDamaged].indexOf(1)).toBe(15);
    expect([...frames.isShown.slice(13, 22)]).toEqual([1, 1, 0, 0, 0, 0, 0, 1, 1]);
    expect([...frames.frames.slice(frames.frameStart[15], frames.frameStart[17])]).toEqual([31, 32, 33]);
    expect(frames.timeSeconds[20]).toBeCloseTo(0.8, 9);
    const artifactId = model.url?.split('/').pop() ?? '';
    expect(media.artifactFile(artifactId)?.mime).toBe('video/webm');
    expect(await media.video('c', 'stream-1', 'clean')).toBe(model);
    media.closeCapture('c');
    expect(media.artifactFile(artifactId)).toBeNull();
  });
});
