import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Extents, readExtents } from '#engine/bytes/extents';
import { MemorySource } from '#engine/capture/byte-source';
import { buildPcap } from '#engine/capture/testing/capture-builder';
import { collect } from '#engine/capture/testing/collect';
import { resolveFfmpeg } from '../../../media/ffmpeg/resolve';
import { analyse, capturePath, hasCaptures, hasTshark, tsharkFields } from '../../../testing/oracles';
import { FileSource } from '../../../workers/file-source';
import { nodeCipherSuite } from '../../../workers/node-cipher-suite';
import { CaptureAnalysis } from '../pipeline/capture-analysis';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-rtmp-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ffmpeg = await resolveFfmpeg();
const ffmpegPath = ffmpeg.ok ? ffmpeg.value.path : null;

interface Tag {
  readonly type: number;
  readonly timestamp: number;
  readonly payload: Buffer;
}

/** Tags of an FLV file, read by nothing that is tested here. */
function tagsOf(file: Buffer): Tag[] {
  expect(file.toString('latin1', 0, 3)).toBe('FLV');
  const tags: Tag[] = [];
  for (let at = 13; at + 11 <= file.length; ) {
    const length = file.readUIntBE(at + 1, 3);
    const timestamp = file.readUIntBE(at + 4, 3) + file[at + 7] * 2 ** 24;
    tags.push({ type: file[at], timestamp, payload: file.subarray(at + 11, at + 11 + length) });
    expect(file.readUInt32BE(at + 11 + length)).toBe(length + 11);
    at += 15 + length;
  }
  return tags;
}

const isMedia = ({ type, payload }: Tag): boolean => (type === 8 || type === 9) && payload.length > 0;
const short = ({ type, timestamp, payload }: Tag): string =>
  `${type} ${timestamp} ${payload.length} ${createHash('sha256').update(payload).digest('hex').slice(0, 16)}`;
const shortWithoutTime = (tag: Tag): string => short({ ...tag, timestamp: 0 });

function exported(analysis: CaptureAnalysis, id = 'rtmp-1'): Buffer {
  const file = analysis.file(id);
  if (!file) throw new Error(`${id} has no file`);
  const { bytes } = analysis as unknown as { bytes: Parameters<typeof readExtents>[0] };
  return Buffer.from(readExtents(bytes, file.extents, 0, Number.POSITIVE_INFINITY));
}

interface Truth {
  readonly expected: {
    readonly session: Record<string, number>;
    readonly first_rtmp_info: readonly string[];
    readonly in_capture: Record<string, number>;
  };
  readonly source: { readonly video: { readonly frames: number; readonly framemd5_md5: string } };
}

const truthOf = (name: string): Truth =>
  JSON.parse(readFileSync(capturePath(`live/rtmp/${name}.truth.json`), 'utf8')) as Truth;

/** With what the other side of the wire wrote, and how many tags at the end it did not wait for. */
const cases = [
  { name: 'play_1935_live_join', file: 'player', state: 'stopped', unread: 0 },
  { name: 'play_loopback_1935', file: 'player', state: 'stopped', unread: 5 },
  { name: 'play_lossy_client', file: 'player', state: 'stopped', unread: 0 },
  { name: 'play_lossy_server', file: 'player', state: 'stopped', unread: 0 },
  { name: 'publish_1935', file: 'server_record', state: 'stopped', unread: 0 },
  { name: 'vod_flv_1935', file: 'player', state: 'stopped', unread: 0 },
];

describe.skipIf(!hasCaptures)('RTMP of real peers', { timeout: 60_000 }, () => {
  it.each(cases)('$name: every tag as the other side has it', ({ name, file, state, unread }) => {
    const analysis = analyse(capturePath(`live/rtmp/${name}.pcapng`));
    const { session } = truthOf(name).expected;
    const own = tagsOf(exported(analysis)).filter(isMedia);
    const other = tagsOf(readFileSync(capturePath(`live/rtmp/${name}.${file}.flv`)));
    // The end of the sequence is not written by everyone; the server writes parameters twice.
    const isPicture = (tag: Tag): boolean => !(tag.type === 9 && tag.payload[1] === 2);
    const once = other
      .filter((tag) => isMedia(tag) && isPicture(tag))
      .map(short)
      .filter((tag, i, all) => tag !== all[i - 1]);
    const sent = own.filter(isPicture).map(short);
    expect(sent.slice(0, sent.length - unread)).toEqual(once);

    const rows = analysis.document().sessions;
    expect(rows).toMatchObject([{ id: 'rtmp-1', kind: 'rtmp', state, missingBytes: 0, media: 'video' }]);
    const [video, audio] = analysis.streams();
    expect(video).toMatchObject({
      id: 'rtmp-1-video',
      codec: 'H264',
      basis: 'container',
      packets: session.video_messages,
      video: { width: 480, height: 272, frames: session.video_messages, frameRate: 25, damagedFrames: 0 },
    });
    expect(audio).toMatchObject({
      codec: 'AAC',
      packets: session.audio_messages,
      audio: { sampleRateHz: 44_100, channels: 2 },
    });
    expect(Math.max(...own.map(({ timestamp }) => timestamp))).toBe(session.last_ts_ms);
    expect(analysis.document().diagnostics.filter(({ code }) => code.startsWith('rtmp'))).toEqual([]);
  });

  it.each(cases)('$name: messages as Wireshark names them', ({ name }) => {
    const analysis = analyse(capturePath(`live/rtmp/${name}.pcapng`));
    const rows = analysis.tables.page({ table: 'session-messages', scope: 'rtmp-1', offset: 0, limit: 40 })?.rows ?? [];
    const byFrame = new Map<unknown, string[]>();
    for (const { frame, label } of rows) byFrame.set(frame, [...(byFrame.get(frame) ?? []), String(label)]);
    const lines = [...byFrame.values()].map((labels) => labels.join('|')).filter((line) => !/^Handshake/.test(line));
    // What tshark 4.0 shows of commands without a known reading is the name alone.
    const plain = (line: string): string =>
      line.replace(/(FCSubscribe|getStreamLength|@setDataFrame)\('[^']*'\)/g, '$1()');
    const expected = truthOf(name).expected.first_rtmp_info.filter((line) => !/^Handshake/.test(line));
    expect(lines.map(plain).slice(0, expected.length)).toEqual(expected);
  });

  it('finds the messages of a capture that begins in the middle, and says what is missing', () => {
    const analysis = analyse(capturePath('live/rtmp/play_midstream.pcapng'));
    const player = tagsOf(readFileSync(capturePath('live/rtmp/play_midstream.player.flv'))).filter(isMedia);
    const own = tagsOf(exported(analysis)).filter(isMedia);
    // Every byte of the connection is accounted for, so these are all; the truth file counts 34 pictures and 57 frames of
    // sound more, which the publisher sent 12 s later again.
    expect(own.length).toBe(837);
    expect(own.map(shortWithoutTime)).toEqual(player.slice(-own.length).map(shortWithoutTime));
    const [row] = analysis.document().sessions;
    expect(row).toMatchObject({ url: null, state: 'stopped', missingBytes: 0, client: '172.16.4.83:44402' });
    const samples = analysis.samples('rtmp-1');
    expect(samples?.tracks.map(({ codec, count, config }) => [codec, count, config])).toEqual([
      ['H264', 307, null],
      ['AAC', 530, null],
    ]);
    expect(samples?.notes.filter((note) => note.includes('before the capture began'))).toHaveLength(2);
    // Steps are those that were sent.
    const steps = player.slice(-own.length).map(({ timestamp }, i, all) => timestamp - all[0].timestamp);
    const video = own.filter(({ type }) => type === 9);
    const sent = player.slice(-own.length).filter(({ type }) => type === 9);
    expect(video.map(({ timestamp }) => timestamp - video[0].timestamp)).toEqual(
      sent.map(({ timestamp }) => timestamp - sent[0].timestamp),
    );
    expect(steps.length).toBe(own.length);
  });

  it('finds it among other traffic, on a port that says nothing', () => {
    const analysis = analyse(capturePath('live/misc/mixed_all_ethernet.pcapng'));
    const rows = analysis.document().sessions.filter(({ kind }) => kind === 'rtmp');
    expect(rows).toMatchObject([{ url: 'rtmp://203.0.113.57:8099/live/rmc1', missingBytes: 0, media: 'video' }]);
    const pictures = (tags: readonly Tag[]): string[] =>
      tags.filter(({ type, payload }) => type === 9 && payload[1] === 1).map(short);
    const player = tagsOf(readFileSync(capturePath('live/rtmp/vod_flv_1935.player.flv')));
    expect(pictures(tagsOf(exported(analysis)))).toEqual(pictures(player));
  });

  it('reads RTMPS with the key log as it reads its plain kin', () => {
    const opened = CaptureAnalysis.open(new FileSource(capturePath('live/rtmp/rtmps_443.pcapng')), {
      ciphers: nodeCipherSuite,
      keyLogs: [{ bytes: readFileSync(capturePath('live/rtmp/rtmps_443.keylog.txt')), origin: 'key-log' }],
    });
    if (!opened.ok) throw new Error(opened.error.message);
    while (opened.value.ingest(() => false));
    opened.value.finish();
    const own = tagsOf(exported(opened.value)).filter(isMedia);
    const player = tagsOf(readFileSync(capturePath('live/rtmp/rtmps_443.player.flv'))).filter(isMedia);
    const isPicture = (tag: Tag): boolean => !(tag.type === 9 && tag.payload[1] === 2);
    const sent = own.filter(isPicture).map(short);
    const read = player.filter(isPicture).map(short);
    // The player did not wait for the last frames of sound.
    expect(sent.slice(0, read.length)).toEqual(read);
    expect(own.filter(({ type, payload }) => type === 9 && payload[1] === 1)).toHaveLength(300);
    const session = opened.value.document().sessions.find(({ kind }) => kind === 'rtmp');
    expect(session).toMatchObject({ layers: ['TLS'], media: 'video', missingBytes: 0, server: '203.0.113.57:443' });
    expect(opened.value.streams()).toMatchObject([{ encryption: 'tls', decrypted: true }, { decrypted: true }]);
  });

  it.skipIf(!ffmpegPath)('decodes to the pictures of the source', () => {
    const path = join(folder, 'loopback.flv');
    writeFileSync(path, exported(analyse(capturePath('live/rtmp/play_loopback_1935.pcapng'))));
    const out = execFileSync(
      ffmpegPath ?? '',
      ['-v', 'error', '-i', path, '-map', '0:v:0', '-vsync', '0', '-f', 'framemd5', '-'],
      { encoding: 'utf8' },
    );
    const hashes = out
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(',').pop()?.trim());
    const { frames, framemd5_md5: hash } = truthOf('play_loopback_1935').source.video;
    expect(hashes).toHaveLength(frames);
    expect(createHash('md5').update(hashes.join('\n')).digest('hex')).toBe(hash);
  });
});

describe.skipIf(!hasCaptures || !hasTshark)('RTMP beside tshark', { timeout: 60_000 }, () => {
  it.each(cases)('$name: the same messages on the same chunk streams with the same times', ({ name }) => {
    const path = capturePath(`live/rtmp/${name}.pcapng`);
    const analysis = analyse(path);
    const rows =
      analysis.tables.page({ table: 'session-messages', scope: 'rtmp-1', offset: 0, limit: 5000 })?.rows ?? [];
    const own = rows.flatMap(({ id, source }) => {
      const fields = analysis.sessionMessage(String(id))?.fields[0]?.children ?? [];
      const value = (wanted: string): string => fields.find((field) => field.name === wanted)?.value ?? '';
      return fields.length === 0 ? [] : [`${String(source)} ${value('Chunk Stream ID')} ${value('Timestamp')}`];
    });
    // Type and length are fields of some header formats only; a time is shown for all.
    const fields = ['ip.src', 'tcp.srcport', 'rtmpt.header.csid', 'rtmpt.header.timestamp'];
    const lines = tsharkFields(path, fields, '-Y', 'rtmpt', '-o', 'tcp.reassemble_out_of_order:TRUE');
    const list = (text: string): string[] => (text === '' ? [] : text.split(','));
    const theirs = lines.flatMap(([address, port, streams, times]) => {
      // A time that goes back, a difference of nearly 2^32, is not shown: that frame tells nothing.
      const isTold = list(streams).length === list(times).length;
      return list(streams).map((stream, i) => `${address}:${port} ${stream} ${isTold ? list(times)[i] : '?'}`);
    });
    const byDirection = (all: readonly string[]): Record<string, string[]> => {
      const sides: Record<string, string[]> = {};
      for (const line of all) (sides[line.slice(0, line.indexOf(' '))] ??= []).push(line);
      return sides;
    };
    const known = byDirection(theirs);
    const found = byDirection(own);
    for (const [side, messages] of Object.entries(known)) {
      const ours = found[side] ?? [];
      expect(ours.map((line, i) => (messages[i]?.endsWith('?') ? line.replace(/\S+$/, '?') : line))).toEqual(messages);
    }
    expect(Object.keys(found).sort()).toEqual(Object.keys(known).sort());
  });
});

describe.skipIf(!hasCaptures)('RTMP with lost packets', { timeout: 60_000 }, () => {
  const original = hasCaptures ? collect(new FileSource(capturePath('live/rtmp/play_1935_live_join.pcapng'))) : null;

  interface Media {
    readonly hash: string;
    readonly bytes: Uint8Array;
    readonly time: number;
    readonly missing: number;
    /** Where its bytes lie in the file. */
    readonly pieces: readonly (readonly [number, number])[];
  }

  function mediaOf(analysis: CaptureAnalysis): Media[] {
    const { bytes } = analysis as unknown as { bytes: Parameters<typeof readExtents>[0] };
    const samples = analysis.samples('rtmp-1');
    return (samples?.tracks ?? []).flatMap((track) =>
      Array.from({ length: track.count }, (_, i): Media => {
        const own = new Extents();
        for (let piece = track.extentStart[i]; piece < track.extentStart[i + 1]; piece += 1) {
          own.push(track.extents.address[piece], track.extents.length[piece]);
        }
        const payload = readExtents(bytes, own, 0, own.total);
        const pieces = Array.from({ length: own.count }, (__, n) => {
          const from = own.address[n];
          return [from, from + own.length[n]] as const;
        });
        const time = Math.round(1000 * (track.decodeSeconds[i] - track.decodeSeconds[0]));
        const hash = `${track.kind} ${createHash('sha256').update(payload).digest('hex')}`;
        return { hash, bytes: payload, time, missing: own.missing, pieces };
      }),
    );
  }

  const whole = hasCaptures ? mediaOf(analyse(capturePath('live/rtmp/play_1935_live_join.pcapng'))) : [];
  /** Of a byte before what was sent: the header of a message must be there too. */
  const overlaps = (number: number, from: number, to: number): boolean => {
    const frame = original?.frames[number - 1];
    return frame !== undefined && from - 16 < frame.fileOffset + frame.bytes.length && frame.fileOffset < to;
  };

  /** The capture without some of its frames. */
  function without(lost: ReadonlySet<number>): CaptureAnalysis {
    const records = (original?.frames ?? [])
      .filter(({ number }) => !lost.has(number))
      .map(({ timeNs, bytes, wireLength }) => ({ timeNs: BigInt(timeNs), bytes, wireLength }));
    const opened = CaptureAnalysis.open(new MemorySource(buildPcap(records, { isNano: true })));
    if (!opened.ok) throw new Error(opened.error.message);
    while (opened.value.ingest(() => false));
    opened.value.finish();
    return opened.value;
  }

  it.each([[[57]], [[101]], [[150, 151, 152]], [[300, 340, 380, 700]], [[900]], [[1200, 1201, 1202, 1203, 1204]]])(
    'has holes exactly where bytes are missing: without %j',
    (lost) => {
      const analysis = without(new Set(lost));
      const touched = whole.filter(({ pieces }) =>
        pieces.some(([from, to]) => lost.some((number) => overlaps(number, from, to))),
      );
      const spared = whole.filter((media) => !touched.includes(media));
      const own = mediaOf(analysis);
      const intact = own.filter(({ missing }) => missing === 0);
      // Whatever no lost frame touched is there, in order, and nothing else.
      expect(intact.map(({ hash }) => hash)).toEqual(spared.map(({ hash }) => hash));
      // Times that are estimates are off by less than a picture lasts.
      const errors = intact.map(({ time }, i) => Math.abs(time - spared[i].time));
      expect(Math.max(...errors)).toBeLessThan(40);
      for (const damaged of own.filter(({ missing }) => missing > 0)) {
        const original = touched.find(({ bytes }) => bytes.length === damaged.bytes.length);
        expect(original).toBeDefined();
        // A byte that came lies where it was sent; a hole reads as zeros.
        let holes = 0;
        damaged.bytes.forEach((byte, i) => {
          if (byte !== original?.bytes[i]) {
            expect(byte).toBe(0);
            holes += 1;
          }
        });
        expect(holes).toBeLessThanOrEqual(damaged.missing);
      }
    },
  );
});
