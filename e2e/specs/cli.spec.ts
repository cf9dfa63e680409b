import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Artifact } from '#shared/model/artifact';
import { analyze, tapdeck } from '../support/cli';
import { probeAudio } from '../support/probe';
import { decodeWav, toneLevel } from '../support/signal';
import { type CaptureTruth, fixture, fixtureTruths, samplePath, sampleTruth } from '../support/truth';

const captures: [string, string, CaptureTruth][] = [
  ['call.pcapng', samplePath, { ...sampleTruth, complete: true }],
  ...Object.entries(fixtureTruths).map(([name, truth]): [string, string, CaptureTruth] => [name, fixture(name), truth]),
];

test.describe('analyze --json', () => {
  for (const [name, path, truth] of captures) {
    test(`${name} is what was put into it`, async () => {
      const document = await analyze(path);
      expect(document.capture).toMatchObject({
        format: truth.format,
        packets: truth.packets,
        complete: truth.complete,
      });
      if (truth.conversations) expect(document.conversations).toMatchObject(truth.conversations);
      if (truth.callsFound !== undefined) expect(document.calls).toHaveLength(truth.callsFound);
      if (truth.streamsFound !== undefined) expect(document.streams).toHaveLength(truth.streamsFound);
      if (truth.calls) {
        expect(document.calls).toHaveLength(truth.calls.length);
        truth.calls.forEach(({ callId, setupSeconds, durationSeconds, ...facts }, index) => {
          const call = document.calls[index];
          expect(call).toMatchObject({ ...facts, callIds: [callId] });
          if (setupSeconds !== null) expect(call.setupSeconds).toBeCloseTo(setupSeconds, 3);
          if (durationSeconds !== null) expect(call.durationSeconds).toBeCloseTo(durationSeconds, 3);
          expect(call.streamIds).toHaveLength(truth.streams?.length ?? 0);
        });
      }
      if (truth.streams) {
        expect(document.streams).toHaveLength(truth.streams.length);
        for (const { toneHz: _, ...facts } of truth.streams) {
          const stream = document.streams.find((row) => row.ssrc === facts.ssrc && row.src === facts.src);
          expect(stream).toMatchObject({ ...facts, clockRateHz: 8000 });
        }
      }
    });
  }

  test('reads a capture from standard input', async () => {
    const { code, stdout } = await tapdeck(['analyze', '--json', '-'], { input: await readFile(samplePath) });
    expect(code).toBe(0);
    const document = JSON.parse(stdout) as Awaited<ReturnType<typeof analyze>>;
    expect(document.capture.packets).toBe(sampleTruth.packets);
  });

  for (const name of ['empty.pcap', 'notes.txt', 'text-named-capture.pcap', 'picture.png', 'no-such-file.pcap']) {
    test(`${name} is refused in one line`, async () => {
      const { code, stdout, stderr } = await tapdeck(['analyze', '--json', fixture(name)]);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(name);
    });
  }

  test('wrong usage ends with 2', async () => {
    expect((await tapdeck(['analyse', samplePath])).code).toBe(2);
    expect((await tapdeck(['analyze'])).code).toBe(2);
  });
});

test.describe('export', () => {
  let folder: string;
  test.beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tapdeck-export-'));
  });
  test.afterEach(() => rm(folder, { recursive: true, force: true }));

  test('--all writes the call and each stream, and never twice over', async () => {
    const exportAll = async () => {
      const { code, stdout } = await tapdeck(['export', samplePath, '--all', '--out', folder, '--json']);
      expect(code).toBe(0);
      return JSON.parse(stdout) as { artifacts: Artifact[]; failures: unknown[] };
    };
    const { artifacts: all, failures } = await exportAll();
    expect(failures).toEqual([]);
    // What was fetched over HTTP amid the call is saved as it was sent.
    expect(all.filter(({ format }) => format === 'original')).toHaveLength(2);
    const artifacts = all.filter(({ format }) => format === 'wav');
    expect(artifacts).toHaveLength(1 + sampleTruth.streams.length);
    const probes = await Promise.all(artifacts.map(({ path }) => probeAudio(path)));
    expect(probes.map(({ channels }) => channels).sort()).toEqual([1, 1, 2]);

    const stereo = artifacts[probes.findIndex(({ channels }) => channels === 2)];
    const { sampleRateHz, channels } = decodeWav(await readFile(stereo.path));
    const [own, other] = sampleTruth.streams.map(({ toneHz }) => toneHz);
    for (const [samples, mine, theirs] of [
      [channels[0], own, other],
      [channels[1], other, own],
    ] as const) {
      expect(toneLevel(samples, sampleRateHz, mine, 1, 2)).toBeGreaterThan(0.04);
      expect(toneLevel(samples, sampleRateHz, theirs, 1, 2)).toBeLessThan(0.005);
    }

    const before = (await readdir(folder)).sort();
    await exportAll();
    expect((await readdir(folder)).sort()).toEqual(before);
  });

  test('a call becomes AAC in MP4', async () => {
    const [call] = (await analyze(samplePath)).calls;
    const args = ['export', samplePath, '--id', call.id, '--format', 'mp4', '--out', folder, '--json'];
    const { code, stdout } = await tapdeck(args);
    expect(code).toBe(0);
    const { artifacts } = JSON.parse(stdout) as { artifacts: Artifact[] };
    const probe = await probeAudio(artifacts[0].path);
    expect(probe).toMatchObject({ codec: 'aac', channels: 2 });
    expect(Math.abs(probe.durationSeconds - (artifacts[0].durationSeconds ?? 0))).toBeLessThan(0.05);
  });
});
