import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionRow } from '#shared/model/session';
import { readExtents } from '../../bytes/extents';
import { packHeader, pesPackets, programStreamMap, systemHeader } from '../../containers/mpeg-ps/testing/ps-builder';
import {
  concatenate,
  h264Unit,
  patSection,
  pes,
  pmtSection,
  sampleStream,
  TsBuilder,
} from '../../containers/mpeg-ts/testing/ts-builder';
import { demux, unitsOf } from '../../containers/mpeg-ts/testing/demux';
import type { CaptureAnalysis } from '../pipeline/capture-analysis';
import { Conversations, type Side } from '../sessions/testing/conversations';
import { probeTransportStream } from './ts-protocol';

const sender: Side = { address: '192.0.2.1', port: 40_000 };
const group: Side = { address: '239.1.1.1', port: 1234 };
const perDatagram = 7 * 188;

function sessionsOf(analysis: CaptureAnalysis): SessionRow[] {
  const rows = analysis.tables.page({ table: 'sessions', offset: 0, limit: 100 })?.rows ?? [];
  return rows.flatMap(({ id, kind }) => (kind === 'mpegts' ? (analysis.session(String(id)) ?? []) : []));
}

function fileOf(analysis: CaptureAnalysis, id: string): Uint8Array {
  const file = analysis.file(id);
  if (!file) throw new Error(`no file of ${id}`);
  const { bytes } = analysis as unknown as { bytes: { read(address: number, target: Uint8Array): number } };
  const total = [...file.extents.length.subarray(0, file.extents.count)].reduce((sum, length) => sum + length, 0);
  return readExtents(bytes, file.extents, 0, total);
}

function datagrams(bytes: Uint8Array, size = perDatagram): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(size * i, size * (i + 1)));
}

/** An RTP packet of dynamic or static payload type. */
function rtp(
  payload: Uint8Array,
  sequence: number,
  timestamp: number,
  payloadType: number,
  marker = false,
): Uint8Array {
  const header = [0x80, (marker ? 0x80 : 0) | payloadType, (sequence >> 8) & 0xff, sequence & 0xff];
  const clock = [24, 16, 8, 0].map((shift) => Math.floor(timestamp / 2 ** shift) & 0xff);
  return Uint8Array.from([...header, ...clock, 0x11, 0x22, 0x33, 0x44, ...payload]);
}

describe('datagrams of packets with sync bytes', () => {
  const { bytes, video, audio } = sampleStream(30);

  it('are a transport stream, with its streams, samples and file', () => {
    const capture = new Conversations();
    for (const datagram of datagrams(bytes)) capture.datagram(sender, group, datagram);
    const analysis = capture.analyse();
    const [session] = sessionsOf(analysis);
    expect(session).toMatchObject({
      url: 'udp://239.1.1.1:1234',
      server: '192.0.2.1:40000',
      state: 'complete',
      bytes: bytes.length,
      media: 'video',
      streamIds: [`${session.id}/pid-256`, `${session.id}/pid-257`],
    });
    const rows = analysis.streams().filter(({ sessionId }) => sessionId === session.id);
    expect(rows.map(({ codec, basis, transport }) => [codec, basis, transport])).toEqual([
      ['H264', 'container', 'mpegts'],
      ['AAC', 'container', 'mpegts'],
    ]);
    expect(rows[0].video).toMatchObject({ frames: video.length, keyFrames: 6, damagedFrames: 0, frameRate: 25 });
    expect(rows[1].audio).toMatchObject({ sampleRateHz: 48_000, channels: 2 });
    expect(Buffer.from(fileOf(analysis, session.id)).equals(Buffer.from(bytes))).toBe(true);
    const samples = analysis.samples(session.id);
    expect(samples?.tracks.map(({ kind, count }) => [kind, count])).toEqual([
      ['video', video.length],
      ['audio', audio.length],
    ]);
    // 25 pictures a second, and two frames of 1024 samples for each of them, 40 ms apart.
    const [pictures, sound] = samples?.tracks ?? [];
    expect(pictures.timeSeconds[5] - pictures.timeSeconds[0]).toBeCloseTo(0.2, 9);
    // Pictures are shown 80 ms after they are decoded, with the sound that came at the same time.
    expect(pictures.timeSeconds[0] - sound.timeSeconds[0]).toBeCloseTo(0.08, 9);
    expect(Math.abs(sound.timeSeconds[0] - session.startSeconds)).toBeLessThan(0.02);
    expect(sound.timeSeconds[1] - sound.timeSeconds[0]).toBeCloseTo(1024 / 48_000, 4);
    expect(sound.timeSeconds[2] - sound.timeSeconds[0]).toBeCloseTo(0.04, 9);
    expect(analysis.file(session.id)?.extension).toBe('ts');
    const frames = analysis.frameRecords(session.id);
    expect(frames).not.toBeNull();
    const conversations = analysis.tables.page({ table: 'conversations.udp', offset: 0, limit: 1 })?.rows ?? [];
    expect(conversations[0]).toMatchObject({ protocol: 'MPEG-TS' });
  });

  it('are none when there is only one, or when they only resemble it', () => {
    const alone = new Conversations().datagram(sender, group, bytes.subarray(0, perDatagram)).analyse();
    expect(sessionsOf(alone)).toEqual([]);
    const other = new Conversations();
    // A protocol whose messages of 188 bytes begin with a G.
    for (let i = 0; i < 40; i += 1) {
      other.datagram(
        sender,
        group,
        Uint8Array.from({ length: 188 }, (_, at) => (at === 0 ? 0x47 : (at * i * 7) & 0xff)),
      );
    }
    expect(sessionsOf(other.analyse())).toEqual([]);
  });

  it('that are lost damage exactly the pictures that were in them', () => {
    const parts = datagrams(bytes);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: parts.length - 2 }), (lost) => {
        const capture = new Conversations();
        for (const [i, part] of parts.entries()) if (i !== lost) capture.datagram(sender, group, part);
        const analysis = capture.analyse();
        const [session] = sessionsOf(analysis);
        expect(session.state).toMatch(/continuity error/);
        const [track] = analysis.samples(session.id)?.tracks ?? [];
        const from = 7 * lost;
        const to = from + 6;
        const hit = video.filter(({ first, last }) => first <= to && last >= from).length;
        const intact = track.isDamaged.filter((flag) => flag === 0).length;
        expect(intact).toBe(video.length - hit);
        // The end of one picture and the beginning of the next may be lost together.
        const gone = video.filter(({ first, last }) => first >= from && last <= to).length;
        expect(track.count - intact).toBeLessThanOrEqual(hit - gone);
        if (hit > gone) expect(track.count - intact).toBeGreaterThan(0);
      }),
      { numRuns: 12 },
    );
  });

  it('of several programs give each of them alone', () => {
    const builder = new TsBuilder();
    const pat = patSection([
      [1, 0x1000],
      [2, 0x1001],
    ]);
    for (let i = 0; i < 20; i += 1) {
      if (i % 5 === 0) {
        builder.sections(0, pat);
        builder.sections(0x1000, pmtSection(1, 256, [{ pid: 256, streamType: 0x1b }]));
        builder.sections(0x1001, pmtSection(2, 272, [{ pid: 272, streamType: 0x1b }]));
      }
      for (const pid of [256, 272]) {
        builder.pes(
          pid,
          pes(h264Unit(400 + pid, i, i % 5 === 0), { pts: 3600 * i, isUnbounded: true }),
          27_000_000 + 1_080_000 * i,
        );
      }
    }
    const capture = new Conversations();
    for (const datagram of datagrams(builder.bytes())) capture.datagram(sender, group, datagram);
    const analysis = capture.analyse();
    const [session] = sessionsOf(analysis);
    const second = demux(fileOf(analysis, `${session.id}/program-2`));
    expect([...second.demuxer.programs.keys()]).toEqual([2]);
    expect(unitsOf(second.units, 272)).toHaveLength(20);
    expect(second.units.every(({ isDamaged }) => !isDamaged)).toBe(true);
    expect(second.demuxer.checks.get('continuity').count).toBe(0);
    expect(second.demuxer.checks.get('crc').count).toBe(0);
    expect(analysis.samples(`${session.id}/program-2`)?.tracks.map(({ streamId }) => streamId)).toEqual([
      `${session.id}/pid-272`,
    ]);
    expect(analysis.file(`${session.id}/program-3`)).toBeNull();
  });

  it('that are nothing but stuffing belong to the stream, also where nothing tells them apart', () => {
    const nothing = new TsBuilder();
    for (let i = 0; i < 70; i += 1) nothing.packet(0x1fff, new Uint8Array(184).fill(0xff), {});
    // Counters of null packets need not go on.
    const stuffing = concatenate(nothing.packets.map(() => nothing.packets[0]));
    const whole = concatenate([bytes.subarray(0, 14 * perDatagram), stuffing, bytes.subarray(14 * perDatagram)]);
    const capture = new Conversations();
    for (const datagram of datagrams(whole)) capture.datagram(sender, group, datagram);
    const analysis = capture.analyse();
    const [session] = sessionsOf(analysis);
    expect(session.state).toBe('complete');
    expect(session.details['null packets']).toBe(70);
    expect(Buffer.from(fileOf(analysis, session.id)).equals(Buffer.from(whole))).toBe(true);
  });

  it('of 192 and 204 bytes are read and kept as they are', () => {
    for (const stride of [192, 204]) {
      const packets = datagrams(bytes, 188).map((packet, i) => {
        const more = new Uint8Array(stride - 188).fill(i & 0x3f);
        return concatenate(stride === 192 ? [more, packet] : [packet, more]);
      });
      const whole = concatenate(packets);
      const capture = new Conversations();
      for (const datagram of datagrams(whole, 7 * stride)) capture.datagram(sender, group, datagram);
      const analysis = capture.analyse();
      const [session] = sessionsOf(analysis);
      expect(session.details).toMatchObject({ 'packet size': stride, 'continuity errors': 0 });
      expect(analysis.samples(session.id)?.tracks[0].count).toBe(video.length);
      expect(Buffer.from(fileOf(analysis, session.id)).equals(Buffer.from(whole))).toBe(true);
      expect(demux(fileOf(analysis, `${session.id}/program-1`)).units.length).toBe(video.length + audio.length);
    }
  });

  it('with faults are told of among the diagnostics', () => {
    const capture = new Conversations();
    const parts = datagrams(bytes);
    for (const [i, part] of parts.entries()) if (i !== 5) capture.datagram(sender, group, part);
    const rows = capture.analyse().tables.page({ table: 'diagnostics', offset: 0, limit: 50 })?.rows ?? [];
    expect(rows.find(({ code }) => code === 'mpegts-continuity')).toMatchObject({ severity: 'warning', firstFrame: 6 });
  });

  it('are told of in tables', () => {
    const capture = new Conversations();
    for (const datagram of datagrams(bytes)) capture.datagram(sender, group, datagram);
    const analysis = capture.analyse();
    const [{ id: scope }] = sessionsOf(analysis);
    const pids = analysis.tables.page({ table: 'ts-pids', scope, offset: 0, limit: 50 })?.rows ?? [];
    expect(pids.map(({ pid, type, description }) => [pid, type, description])).toEqual([
      [0, 'table', 'PAT (programs)'],
      [256, 'video', 'H.264'],
      [257, 'audio', 'AAC (ADTS)'],
      [0x1000, 'table', 'PMT (program map)'],
    ]);
    const checks = analysis.tables.page({ table: 'ts-checks', scope, offset: 0, limit: 50 })?.rows ?? [];
    expect(checks.find(({ name }) => name === 'Continuity_count_error')).toMatchObject({
      number: '1.4',
      state: 'ok',
      count: 0,
    });
    expect(analysis.tables.page({ table: 'ts-pids', scope: 'nothing', offset: 0, limit: 50 })).toBeNull();
  });
});

describe('RTP', () => {
  const { bytes, video } = sampleStream(30);
  const parts = datagrams(bytes);

  it('of payload type 33 in any order, some twice, is the transport stream that was sent', () => {
    const order = parts.map((_, i) => i);
    [order[4], order[5]] = [order[5], order[4]];
    order.splice(8, 0, 7);
    const capture = new Conversations();
    for (const i of order) capture.datagram(sender, group, rtp(parts[i], 65_530 + i, 1000 * i, 33));
    const analysis = capture.analyse();
    const [session] = sessionsOf(analysis);
    expect(session).toMatchObject({ url: 'rtp://239.1.1.1:1234', state: 'complete' });
    expect(Buffer.from(fileOf(analysis, session.id)).equals(Buffer.from(bytes))).toBe(true);
    expect(analysis.samples(session.id)?.tracks[0].count).toBe(video.length);
  });

  it('of a dynamic type with a program stream gives its streams, and damage where packets are lost', () => {
    const capture = new Conversations();
    let sequence = 0;
    let lost = 0;
    for (let i = 0; i < 40; i += 1) {
      const unit = h264Unit(i % 10 === 0 ? 9000 : 1500 + i, i, i % 10 === 0);
      const head =
        i % 10 === 0
          ? [
              systemHeader(),
              programStreamMap([
                [0x1b, 0xe0],
                [0x90, 0xc0],
              ]),
            ]
          : [];
      const sound = pes(new Uint8Array(320).fill(0xd5), { streamId: 0xc0, pts: 3600 * i });
      const pack = concatenate([packHeader(3600 * i), ...head, pesPackets(unit, { pts: 3600 * i }), sound]);
      const pieces = datagrams(pack, 1400);
      pieces.forEach((piece, at) => {
        // Of the eleventh picture a piece in the middle never comes.
        if (i === 10 && at === 3) lost += 1;
        else capture.datagram(sender, group, rtp(piece, sequence, 3600 * i, 96, at === pieces.length - 1));
        sequence += 1;
      });
    }
    expect(lost).toBe(1);
    const analysis = capture.analyse();
    const [session] = sessionsOf(analysis);
    expect(session).toMatchObject({ url: 'rtp://239.1.1.1:1234', state: '1 damaged unit', media: 'video' });
    const rows = analysis.streams().filter(({ sessionId }) => sessionId === session.id);
    expect(rows.map(({ codec }) => codec)).toEqual(['H264', 'PCMA']);
    expect(rows[0].video).toMatchObject({ frames: 40, keyFrames: 4, damagedFrames: 1 });
    expect(rows[1].audio).toMatchObject({ sampleRateHz: 8000, channels: 1 });
    const samples = analysis.samples(session.id);
    expect(samples?.tracks[0].isDamaged[10]).toBe(1);
    expect(analysis.file(session.id)).toMatchObject({ extension: 'mpg' });
  });
});

describe('byte streams', () => {
  const { bytes, video } = sampleStream(30);

  it('of packets are a transport stream from their first byte on, whatever the segments', () => {
    const receiver: Side = { address: '198.51.100.2', port: 7000 };
    const capture = new Conversations();
    for (const segment of datagrams(bytes, 1000)) capture.segment(sender, receiver, segment);
    const analysis = capture.analyse();
    const [session] = sessionsOf(analysis);
    expect(session).toMatchObject({ url: 'tcp://192.0.2.1:40000', state: 'complete', bytes: bytes.length });
    expect(Buffer.from(fileOf(analysis, session.id)).equals(Buffer.from(bytes))).toBe(true);
    expect(analysis.samples(session.id)?.tracks[0].count).toBe(video.length);
  });

  it('are told by three strides, and by more where their beginning was not seen', () => {
    expect(probeTransportStream(bytes, 0, 100, true)).toBe('more');
    expect(probeTransportStream(bytes, 0, 3 * 188, true)).toBe('yes');
    expect(probeTransportStream(bytes, 1, 3 * 188, true)).toBe('no');
    expect(probeTransportStream(bytes, 50, 50 + 1300, false)).toBe('yes');
    expect(probeTransportStream(bytes, 50, 50 + 600, false)).toBe('no');
    // 47 bytes a request: a G every 188 bytes.
    const text = new TextEncoder().encode('GET /index.html HTTP/1.1\r\nHost: example.org\r\n\r\n'.repeat(20));
    expect(probeTransportStream(text, 0, text.length, true)).toBe('no');
  });
});
