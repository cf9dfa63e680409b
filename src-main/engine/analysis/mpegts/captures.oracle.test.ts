import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SessionRow } from '#shared/model/session';
import { analyse, capturePath, capturesIn, hasCaptures, hasTshark, tsharkFields } from '../../../testing/oracles';
import { resolveFfmpeg } from '../../../media/ffmpeg/resolve';
import type { CaptureAnalysis } from '../pipeline/capture-analysis';
import { Extents, readExtents } from '../../bytes/extents';
import { concatenate, sampleStream } from '../../containers/mpeg-ts/testing/ts-builder';
import { Conversations } from '../sessions/testing/conversations';
import { MemorySource } from '../../capture/byte-source';
import { type TsPartSink, tsSamples } from './ts-samples';

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

describe.skipIf(!hasCaptures || !hasTshark)('packets of a datagram', () => {
  it.each([
    ['live/codecs/udp_ts_unicast.pcapng', 'udp.port==1234,mp2t'],
    ['live/codecs/mpegts_rtp_pt33.pcapng', 'udp.port==5050,rtp'],
  ])('of %s have the PIDs and counters that tshark shows', (name, decodeAs) => {
    const path = capturePath(name);
    const analysis = analyse(path);
    const shown = tsharkFields(path, ['mp2t.pid', 'mp2t.cc'], '-d', decodeAs);
    for (let frame = 1; frame <= Math.min(60, shown.length); frame += 1) {
      const layer = analysis.frameTable.detail(frame)?.layers.find(({ id }) => id === 'mp2t');
      const packets = layer?.fields ?? [];
      const of = (field: string): number[] =>
        packets.map(({ children }) => Number.parseInt(children.find((child) => child.name === field)?.value ?? '', 10));
      const numbers = (list: string): number[] => (list === '' ? [] : list.split(',').map(Number));
      expect([of('PID'), of('Continuity Counter')]).toEqual(shown[frame - 1].map(numbers));
    }
  });
});

describe.skipIf(!hasTshark)('continuity', () => {
  it('is lost where tshark misses packets, and as many of them', () => {
    const { packets } = sampleStream(80).builder;
    // One packet of 17, none of the first ones.
    const kept = packets.filter((_, i) => i < 20 || i % 17 !== 0);
    const capture = new Conversations();
    for (let i = 0; i + 7 <= kept.length; i += 7) {
      const [from, to] = [
        { address: '192.0.2.1', port: 5000 },
        { address: '192.0.2.9', port: 1234 },
      ];
      capture.datagram(from, to, concatenate(kept.slice(i, i + 7)));
    }
    const folder = mkdtempSync(join(tmpdir(), 'tapdeck-ts-'));
    try {
      const path = join(folder, 'lossy.pcap');
      writeFileSync(path, capture.file());
      const fields = ['mp2t.analysis.skips'];
      const skips = tsharkFields(path, fields, '-d', 'udp.port==1234,mp2t').flatMap(([list]) =>
        list.split(',').map(Number),
      );
      const [session] = transportStreams(analyse(path));
      expect(session.details['lost packets']).toBe(skips.reduce((sum, count) => sum + count, 0));
      expect(session.details['continuity errors']).toBe(skips.filter((count) => count > 0).length);
      expect(session.details['lost packets']).toBeGreaterThan(10);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(!hasCaptures)('transport streams in RTP', () => {
  it('are the payloads in order, with the streams in them', () => {
    const name = 'live/codecs/mpegts_rtp_pt33.pcapng';
    const { expected } = truthOf(name);
    const analysis = analyse(capturePath(name));
    const [session] = transportStreams(analysis);
    expect(session).toMatchObject({ url: 'rtp://10.20.30.50:5050', state: 'complete', media: 'video' });
    const bytes = fileBytes(analysis, session.id);
    expect(bytes.length).toBe(expected.extracted.ts_bytes);
    expect(sha256(bytes)).toBe(expected.extracted.ts_sha256);
    const rows = analysis.streams().filter(({ sessionId }) => sessionId === session.id);
    // The sender stopped within the last picture.
    expect(rows[0].video).toMatchObject({ frames: expected.extracted.frames, damagedFrames: 1 });
    expect(rows[1].audio).toMatchObject({ sampleRateHz: 44_100, channels: 2 });
    expect(session.streamIds).toEqual([...rows.map(({ id }) => id), 'rtp-1']);
    expect(analysis.streams().find(({ id }) => id === 'rtp-1')).toMatchObject({ codec: 'MP2T', kind: 'video' });
  });
});

describe.skipIf(!hasCaptures)('captures of others', () => {
  it.each([
    ['tsduck-162-vlan-rtp-ts.pcap', [['rtp://235.0.2.1:2000', 112]]],
    // Of the last datagram over IPv6 only one fragment is there.
    [
      'tsduck-176-udp-v4v6.pcapng',
      [
        ['udp://192.168.233.11:7777', 84],
        ['udp://[fdb2:2c26:f4e4:1:21c:42ff:fe38:46a8]:8888', 70],
      ],
    ],
    // One datagram alone, a protocol over TCP that is none, and other media over SRT and RIST.
    ['ndpi-mpegts.pcap', []],
    ['tsduck-102.pcapng', []],
    ['ebu-srt_stream.pcap', []],
    ['ebu-rist_stream.pcap', []],
  ])('%s', (name, expected) => {
    const sessions = transportStreams(analyse(capturePath(`public/mpegts/${name}`)));
    expect(sessions.map(({ url, details }) => [url, details['TS packets']])).toEqual(expected);
  });

  it('without transport streams have none', () => {
    for (const name of capturesIn('public/negative', /\.pcap/)) {
      expect(transportStreams(analyse(capturePath(name))), name).toEqual([]);
    }
  });
});

const ffmpeg = await resolveFfmpeg();

describe.skipIf(!hasCaptures || !ffmpeg.ok)('access units', () => {
  /** Hashes of the packets that ffmpeg copies out of a file, by stream. */
  function copied(path: string): string[][] {
    const args = ['-v', 'error', '-i', path, '-map', '0', '-c', 'copy', '-f', 'framemd5', '-'];
    const lines = execFileSync(ffmpeg.ok ? ffmpeg.value.path : '', args, { encoding: 'utf8' }).split('\n');
    const streams: string[][] = [];
    for (const line of lines) {
      if (line === '' || line.startsWith('#')) continue;
      const [stream, , , , , hash] = line.split(',').map((field) => field.trim());
      (streams[Number(stream)] ??= []).push(hash);
    }
    return streams;
  }

  it.each(['plain_keepalive_8088.reference.ts', 'aes128.reference.ts'])(
    'of %s are those that ffmpeg copies',
    (name) => {
      const path = capturePath(`live/hls/${name}`);
      const bytes = new Uint8Array(readFileSync(path));
      const source = new MemorySource(bytes);
      const whole = (sink: TsPartSink): void => sink.push(bytes, 0, bytes.length, 1, 0, 0);
      const samples = tsSamples({ id: 'file', title: name, isPaced: false }, [whole]);
      const hashes = samples?.tracks.map(({ count, extentStart, extents }) =>
        Array.from({ length: count }, (_, i) => {
          const own = new Extents();
          for (let e = extentStart[i]; e < extentStart[i + 1]; e += 1) own.push(extents.address[e], extents.length[e]);
          return createHash('md5')
            .update(readExtents(source, own, 0, own.total))
            .digest('hex');
        }),
      );
      expect(hashes).toEqual(copied(path));
      const [video] = samples?.tracks ?? [];
      expect(video.decodeSeconds.every((time, i) => i === 0 || time > video.decodeSeconds[i - 1])).toBe(true);
      expect(video.timeSeconds[0]).toBeCloseTo(0, 6);
    },
  );
});
