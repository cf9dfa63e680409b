import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { path as ffprobePath } from '@ffprobe-installer/ffprobe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExportFormat, Job } from '#shared/model/artifact';
import {
  l16Binding,
  l16Packets,
  MediaFixture,
  pcmuBinding,
  pcmuPackets,
  sine,
  toneShare,
} from '../media/testing/media-fixture';
import { ExportService } from './export-service';
import { FixtureCaptures } from './testing/fixture-captures';
import { InProcessMediaWorker } from './testing/in-process-media-worker';

const seconds = 3.456;
let fixture: MediaFixture;
let out: string;
let captures: FixtureCaptures;
let service: ExportService;

beforeEach(() => {
  fixture = new MediaFixture();
  out = join(fixture.folder, 'out');
  const toneStream = (frequencyHz: number, streamId: string, direction: 'a-to-b' | 'b-to-a', from = 0) =>
    fixture.stream(
      l16Packets(sine(frequencyHz, 8000, seconds * 8000), {
        rateHz: 8000,
        channels: 1,
        frames: 160,
        payloadType: 96,
      }).map((packet) => ({ ...packet, timeMs: packet.timeMs + from })),
      { streamId, direction, bindings: [l16Binding(96, 8000, 1)] },
    );
  const a = toneStream(440, 'stream-1', 'a-to-b');
  const b = toneStream(1000, 'stream-2', 'b-to-a');
  const g728 = fixture.stream(
    pcmuPackets(3, 7).map((packet) => ({ ...packet, payloadType: 15 })),
    { streamId: 'stream-3', bindings: [{ ...pcmuBinding, payloadType: 15, encodingName: 'G728' }] },
  );
  captures = new FixtureCaptures(fixture)
    .add({ sourceId: 'call-1', kind: 'call', title: 'alice → bob', streams: [a, b] })
    .add({ sourceId: 'call-2', kind: 'call', title: 'refused', streams: [] })
    .add({ sourceId: 'stream-1', kind: 'stream', title: 'L16 192.0.2.1:20000 → 192.0.2.2:30000', streams: [a] })
    .add({ sourceId: 'stream-2', kind: 'stream', title: '../../L16', streams: [b] })
    .add({ sourceId: 'stream-3', kind: 'stream', title: 'G728', streams: [g728] });
  service = new ExportService({ captures, createWorker: () => new InProcessMediaWorker(), tool: 'tapdeck 0.0.0' });
  mkdirSync(out);
});
afterEach(async () => {
  await service.dispose();
  fixture.dispose();
});

/** Runs one job to its end. */
function run(
  sourceId: string,
  format: ExportFormat,
  path: string,
  onChange: (job: Job) => void = () => undefined,
): Promise<Job> {
  return new Promise((resolve) => {
    const stop = service.onJob((job) => {
      onChange(job);
      if (job.state === 'running') return;
      stop();
      resolve(job);
    });
    service.start({ captureId: 'c', sourceId, format, path });
  });
}

function probe(path: string) {
  const args = [
    '-v',
    'error',
    '-of',
    'json',
    '-show_entries',
    'stream=codec_name,profile,sample_rate,channels:format=duration',
  ];
  return JSON.parse(execFileSync(ffprobePath, [...args, path], { encoding: 'utf8' })) as {
    streams: { codec_name: string; profile?: string; sample_rate: string; channels: number }[];
    format: { duration: string };
  };
}

describe('a job', () => {
  it.each([
    ['wav', 'pcm_s16le', 'audio/wav'],
    ['au', 'pcm_s16be', 'audio/basic'],
    ['mp4', 'aac', 'audio/mp4'],
  ] as const)('writes a call as %s: two channels, right length', async (format, codec, mime) => {
    const path = join(out, `call.${format}`);
    const job = await run('call-1', format, path);
    expect(job).toMatchObject({ state: 'done', progress: 1, error: null, title: `Export call.${format}` });
    const found = probe(path);
    expect(found.streams).toHaveLength(1);
    expect(found.streams[0]).toMatchObject({ codec_name: codec, sample_rate: '8000', channels: 2 });
    if (format === 'mp4') expect(found.streams[0].profile).toBe('LC');
    expect(Math.abs(Number(found.format.duration) - seconds)).toBeLessThan(0.05);
    expect(job.artifact).toMatchObject({
      sourceId: 'call-1',
      path,
      format,
      mime,
      bytes: statSync(path).size,
      sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
      durationSeconds: seconds,
      samples: seconds * 8000,
      provenance: {
        capture: { path: fixture.capturePath, sha256: 'a'.repeat(64) },
        packets: { first: 1, last: 2 * 173, count: 2 * 173 },
        options: { channelOrder: 'caller, callee', lostPackets: 0, truncatedPackets: 0 },
        tool: 'tapdeck 0.0.0',
      },
    });
    expect(job.artifact?.provenance.ffmpeg?.startsWith('ffmpeg version') ?? false).toBe(format === 'mp4');
    expect(readdirSync(out)).toEqual([basename(path)]);
  });

  it('keeps the caller left and the callee right', async () => {
    const path = join(out, 'call.wav');
    await run('call-1', 'auto', path);
    const bytes = readFileSync(path).subarray(44);
    const samples = new Int16Array(new Uint8Array(bytes).buffer);
    expect(
      toneShare(
        samples.filter((_, i) => i % 2 === 0),
        440,
        8000,
      ),
    ).toBeGreaterThan(0.9999);
    expect(
      toneShare(
        samples.filter((_, i) => i % 2 === 1),
        1000,
        8000,
      ),
    ).toBeGreaterThan(0.9999);
  });

  it('writes the bare payload of a stream, known or not', async () => {
    const path = join(out, 'payload.raw');
    const job = await run('stream-3', 'raw', path);
    expect(readFileSync(path)).toEqual(Buffer.alloc(480, 7));
    expect(job.artifact).toMatchObject({ durationSeconds: null, samples: null, mime: 'application/octet-stream' });
    expect(await run('call-1', 'raw', join(out, 'no.raw'))).toMatchObject({ state: 'failed' });
    expect(readdirSync(out)).toEqual(['payload.raw']);
  });

  it('replaces the file that the user chose, but never the capture', async () => {
    const path = join(out, 'old.wav');
    writeFileSync(path, 'old');
    expect(await run('call-1', 'wav', path)).toMatchObject({ state: 'done' });
    expect(statSync(path).size).toBeGreaterThan(1000);
    const before = readFileSync(fixture.capturePath);
    expect(await run('call-1', 'wav', fixture.capturePath)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('The target is the capture itself.') as string,
    });
    expect(readFileSync(fixture.capturePath)).toEqual(before);
    expect(readdirSync(fixture.folder).sort()).toEqual(['capture.bin', 'out']);
  });

  it.each(['wav', 'mp4'] as const)('leaves no file when %s is cancelled', async (format) => {
    const job = await run('call-1', format, join(out, `x.${format}`), ({ id, state }) => {
      if (state === 'running') service.cancel(id);
    });
    expect(job).toMatchObject({ state: 'cancelled', error: null, artifact: null });
    expect(readdirSync(out)).toEqual([]);
  });

  it.each(['wav', 'au', 'mp4'] as const)('leaves no file when %s is cancelled half way', async (format) => {
    // An hour: the one packet of the file again and again.
    const one = fixture.stream(pcmuPackets(1, 0x90), { streamId: 'long' });
    const count = 180_000;
    const column = <A extends Float64Array | Uint32Array | Uint8Array>(array: A, value: (i: number) => number): A =>
      array.map((_, i) => value(i)) as A;
    captures.add({
      sourceId: 'long',
      kind: 'stream',
      title: 'long',
      streams: [
        {
          ...one,
          count,
          frame: column(new Uint32Array(count), (i) => i + 1),
          timeNs: column(new Float64Array(count), (i) => i * 20e6),
          sequence: column(new Float64Array(count), (i) => i),
          timestamp: column(new Float64Array(count), (i) => i * 160),
          payloadType: new Uint8Array(count),
          segment: new Uint32Array(count),
          payloadOffset: new Float64Array(count).fill(one.payloadOffset[0]),
          payloadLength: new Uint32Array(count).fill(160),
          payloadMissing: new Uint32Array(count),
        },
      ],
    });
    const seen: number[] = [];
    const job = await run('long', format, join(out, `x.${format}`), ({ id, progress }) => {
      if (progress === null) return;
      seen.push(progress);
      service.cancel(id);
    });
    expect(job).toMatchObject({ state: 'cancelled', artifact: null });
    expect(seen[0]).toBeGreaterThan(0);
    expect(seen[0]).toBeLessThan(1);
    expect(readdirSync(out)).toEqual([]);
  });

  it('tells what went wrong', async () => {
    expect((await run('stream-3', 'wav', join(out, 'x.wav'))).error).toContain('G728 cannot be played');
    expect((await run('call-1', 'wav', join(out, 'no', 'folder', 'x.wav'))).error).toContain('folder does not exist');
    expect((await run('call-1', 'webm', join(out, 'x.webm'))).error).toContain('does not write webm');
    writeFileSync(fixture.capturePath, Buffer.concat([readFileSync(fixture.capturePath), Buffer.alloc(1)]));
    expect((await run('call-1', 'wav', join(out, 'x.wav'))).error).toContain('changed after it was opened');
    rmSync(fixture.capturePath);
    expect((await run('call-1', 'wav', join(out, 'x.wav'))).error).toContain('can no longer be read');
    expect(readdirSync(out)).toEqual([]);
  });

  it('can be dismissed when it has ended', async () => {
    const job = await run('call-1', 'wav', join(out, 'x.wav'));
    const dismissed: string[] = [];
    service.onDismissed(({ jobId }) => dismissed.push(jobId));
    service.dismiss(job.id);
    service.dismiss(job.id);
    expect(dismissed).toEqual([job.id]);
    expect(service.job(job.id)).toBeNull();
  });
});

describe('exportAll', () => {
  it('writes every call with media and every stream, and goes on after a failure', async () => {
    const progress: string[] = [];
    const folder = join(out, 'new', 'folder');
    const { artifacts, failures } = await service.exportAll(
      'c',
      'all',
      'auto',
      folder,
      ({ sourceId, done, total, fraction }) => progress.push(`${sourceId} ${done}/${total} ${fraction}`),
    );
    expect(artifacts.map(({ path }) => basename(path))).toEqual([
      'call-1-alice-to-bob.wav',
      'audio-1-L16-192.0.2.1-20000-to-192.0.2.2-30000.wav',
      'audio-2-L16.wav',
    ]);
    expect(failures).toEqual([
      {
        sourceId: 'stream-3',
        format: 'auto',
        error: 'G728 cannot be played: no decoder is known for it. (stream-3) Save the raw payload instead.',
      },
    ]);
    expect(readdirSync(folder).sort()).toEqual(artifacts.map(({ path }) => basename(path)).sort());
    expect(progress[0]).toBe('call-1 0/4 0');
    expect(progress.at(-1)).toBe('stream-3 3/4 1');
  });

  it.each(['wav', 'mp4', 'raw'] as const)(
    'leaves equal content in place and overwrites nothing (%s)',
    async (format) => {
      const first = await service.exportAll('c', ['stream-1'], format, out);
      const second = await service.exportAll('c', ['stream-1'], format, out);
      expect(second.artifacts).toEqual(first.artifacts);
      expect(readdirSync(out)).toHaveLength(1);
      const [{ path }] = first.artifacts;
      writeFileSync(path, 'something else');
      const third = await service.exportAll('c', ['stream-1'], format, out);
      expect(third.artifacts[0].path).toBe(path.replace(/(\.\w+)$/, '-2$1'));
      expect(readFileSync(path, 'utf8')).toBe('something else');
      expect(readdirSync(out)).toHaveLength(2);
    },
  );

  it('gives raw payload the extension of its format', async () => {
    expect(await service.suggestedName('c', 'stream-1', 'raw')).toMatch(/\.s16be$/);
    expect(await service.suggestedName('c', 'stream-3', 'raw')).toBe('audio-3-G728.raw');
    const { artifacts, failures } = await service.exportAll('c', 'all', 'raw', out);
    expect([artifacts.length, failures.length]).toEqual([3, 0]);
  });

  it('reports ids that are not there', async () => {
    const { artifacts, failures } = await service.exportAll('c', ['call-9'], 'wav', out);
    expect(artifacts).toEqual([]);
    expect(failures).toMatchObject([{ sourceId: 'call-9', error: "There is no call or stream 'call-9'." }]);
  });
});
