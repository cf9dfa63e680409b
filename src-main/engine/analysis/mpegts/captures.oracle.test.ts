import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SessionRow } from '#shared/model/session';
import { analyse, capturePath, hasCaptures, hasTshark, tsharkFields } from '../../../testing/oracles';
import type { CaptureAnalysis } from '../pipeline/capture-analysis';
import { readExtents } from '../../bytes/extents';

const truthOf = (name: string) =>
  JSON.parse(readFileSync(capturePath(name.replace(/\.pcapng$/, '.truth.json')), 'utf8'));

function fileBytes(analysis: CaptureAnalysis, id: string): Uint8Array {
  const file = analysis.file(id);
  if (!file) throw new Error(`no file ${id}`);
  const { bytes } = analysis as unknown as { bytes: { read(address: number, target: Uint8Array): number } };
  const size = file.extents.length.subarray(0, file.extents.count).reduce((sum, length) => sum + length, 0);
  return readExtents(bytes, file.extents, 0, size);
}

/** Sessions of the table, with all that is known of them. */
function transportStreams(analysis: CaptureAnalysis): SessionRow[] {
  const rows = analysis.tables.page({ table: 'sessions', offset: 0, limit: 100 })?.rows ?? [];
  return rows.flatMap(({ id, kind }) => (kind === 'mpegts' ? (analysis.session(id) ?? []) : []));
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(!hasCaptures)('transport streams over UDP', () => {
  it('are the bytes that were sent, with the streams in them', () => {
    const name = 'live/codecs/udp_ts_unicast.pcapng';
    const { expected } = truthOf(name);
    const analysis = analyse(capturePath(name));
    const [session] = transportStreams(analysis);
    expect(session).toMatchObject({ url: `udp://${expected.dst}`, bytes: expected.ts_bytes, state: 'complete' });
    expect(session.details['TS packets']).toBe(expected.ts_packets);
    const bytes = fileBytes(analysis, session.id);
    expect(bytes.length).toBe(expected.ts_bytes);
    expect(sha256(bytes)).toBe(expected.ts_sha256);
    const rows = analysis.streams().filter(({ sessionId }) => sessionId === session.id);
    expect(rows.map(({ codec, kind }) => [codec, kind])).toEqual([
      ['H264', 'video'],
      ['AAC', 'audio'],
    ]);
    expect(rows[0].video).toMatchObject({ frames: expected.frames, damagedFrames: 0 });
    expect(rows[0].video).toMatchObject({ width: 352, height: 288, frameRate: 25 });
    const checks = analysis.tables.page({ table: 'ts-checks', scope: session.id, offset: 0, limit: 50 })?.rows ?? [];
    expect(checks.filter(({ state }) => state === 'failed')).toEqual([]);
    const samples = analysis.samples(session.id);
    expect(samples?.tracks.map(({ codec, count }) => [codec, count])).toEqual([
      ['H264', 200],
      ['AAC', 346],
    ]);
    // What is played is what was counted.
    expect(analysis.samples(rows[1].id)?.tracks.map(({ streamId }) => streamId)).toEqual([rows[1].id]);
  });

  it.skipIf(!hasTshark)('have the packets on each PID that tshark counts', () => {
    const path = capturePath('live/codecs/udp_ts_unicast.pcapng');
    const counted = new Map<number, number>();
    for (const [pids] of tsharkFields(path, ['mp2t.pid'], '-d', 'udp.port==1234,mp2t')) {
      for (const pid of pids.split(',')) if (pid) counted.set(Number(pid), (counted.get(Number(pid)) ?? 0) + 1);
    }
    const analysis = analyse(path);
    const [session] = transportStreams(analysis);
    const rows = analysis.tables.page({ table: 'ts-pids', scope: session.id, offset: 0, limit: 50 })?.rows ?? [];
    expect(new Map(rows.map(({ pid, packets }) => [pid, packets]))).toEqual(
      new Map([...counted].sort(([a], [b]) => a - b)),
    );
  });
});
