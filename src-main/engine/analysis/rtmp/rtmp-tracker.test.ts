import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Direction, StreamChannel } from '../../flow/stream-dissector';
import { MemorySource } from '../../capture/byte-source';
import { concat } from '../../capture/testing/capture-builder';
import { TestSink } from '../../capture/testing/collect';
import { readExtents } from '../../bytes/extents';
import { RtmpType } from '../../protocols/rtmp';
import {
  amf0,
  bytesOf32,
  ChunkWriter,
  firstFlight,
  noise,
  secondFlight,
  type SentMessage,
} from '../../protocols/rtmp/testing/rtmp-script';
import { CaptureBytes, MemorySpill } from '../../store/capture-bytes';
import type { SessionHost } from '../sessions/session-host';
import { ffmpegLine, fileNameOf, rtmpdumpLine, shellWord } from './command-lines';
import { RtmpTracker } from './rtmp-tracker';

const sps = Uint8Array.of(
  ...[
    0x67, 0x4d, 0x40, 0x15, 0xec, 0xa0, 0xf0, 0x47, 0x60, 0x22, 0, 0, 3, 0, 2, 0, 0, 3, 0, 0x64, 0x1e, 0x2c, 0x5b, 0x2c,
    0x01,
  ],
);
const avcC = concat(
  Uint8Array.of(1, 0x4d, 0x40, 0x15, 0xff, 0xe1, 0, sps.length),
  sps,
  Uint8Array.of(1, 0, 4, 0x68, 0xeb, 0xec, 0xb2),
);
const avcConfig = concat(Uint8Array.of(0x17, 0, 0, 0, 0), avcC);
const aacConfig = Uint8Array.of(0xaf, 0, 0x12, 0x10);
const picture = (length: number, isKey: boolean, composition = 0, seed = 1): Uint8Array =>
  concat(Uint8Array.of(isKey ? 0x17 : 0x27, 1, 0, 0, composition), noise(length, seed));
const sound = (length: number, seed = 1): Uint8Array => concat(Uint8Array.of(0xaf, 1), noise(length, seed));

/** A tracker and one connection that is fed by hand; every frame is 10 ms later than the one before. */
function tracked(layers: readonly string[] = []) {
  const sink = new TestSink();
  const bytes = new CaptureBytes(new MemorySource(new Uint8Array(0)), new MemorySpill());
  const tracker = new RtmpTracker({ sink, bytes } as unknown as SessionHost);
  const ends = [
    { address: '10.0.0.1', port: 40_000 },
    { address: '10.0.0.2', port: 1935 },
  ];
  const channel: StreamChannel = {
    flow: 6,
    layers,
    sink,
    endpoints: (direction) => ({ source: ends[direction], destination: ends[1 - direction] }),
    claim: () => undefined,
    keep: (from, start, end) => bytes.keep(from, start, end),
    inside: () => {
      throw new Error('nothing inside');
    },
  };
  const dissector = tracker.protocols[0].open(channel);
  const writers = [new ChunkWriter(), new ChunkWriter()];
  let frame = 0;
  const sendBytes = (direction: Direction, data: Uint8Array): void => {
    frame += 1;
    const address = bytes.keep(data, 0, data.length);
    dissector.onData(direction, data, 0, data.length, frame, frame * 1e7, address);
  };
  const send = (direction: Direction, ...messages: readonly SentMessage[]): void => {
    sendBytes(direction, concat(...messages.map((message) => writers[direction].message(message))));
  };
  const shake = (): void => {
    sendBytes(0, firstFlight(1));
    sendBytes(1, concat(firstFlight(2), secondFlight(1)));
    sendBytes(0, secondFlight(2));
  };
  const command = (...values: readonly unknown[]): SentMessage => ({
    type: RtmpType.commandAmf0,
    payload: amf0(...values),
    chunkStreamId: 3,
    messageStreamId: 0,
  });
  const connect = (facts: Record<string, unknown> = {}): void => {
    shake();
    send(0, command('connect', 1, { app: 'live', tcUrl: 'rtmp://10.0.0.2/live', flashVer: 'LNX 9', ...facts }));
    send(1, command('_result', 1, { fmsVer: 'FMS/3' }, { level: 'status', code: 'NetConnection.Connect.Success' }));
  };
  const read = (id: string): Uint8Array | null => {
    const file = tracker.file(id);
    return file && readExtents(bytes, file.extents, 0, Number.POSITIVE_INFINITY);
  };
  const rows = (id: string) => {
    const source = tracker.tables[0].rows(id);
    return Array.from({ length: source?.count ?? 0 }, (_, i) => source?.row(i) ?? { id: '' });
  };
  return { bytes, command, connect, dissector, read, rows, send, sendBytes, shake, sink, tracker, writers };
}

const on = (messageStreamId: number, message: SentMessage): SentMessage => ({ ...message, messageStreamId });

describe('RtmpTracker', () => {
  it('lists what was played, with everything that was said of it', () => {
    const { command, connect, rows, send, tracker } = tracked();
    connect({ swfUrl: 'http://a/b.swf', pageUrl: 'http://a/' });
    send(0, command('createStream', 2, null));
    send(1, command('_result', 2, null, 1));
    send(0, on(1, command('play', 0, null, 'rmc1')));
    expect(tracker.sessions()[0].state).toBe('connected');
    send(1, on(1, command('onStatus', 0, null, { level: 'status', code: 'NetStream.Play.Start' })));
    send(1, { type: 18, payload: amf0('onMetaData', { width: 480, height: 272, framerate: 25, encoder: 'x\u0000y' }) });
    send(1, { type: 9, payload: avcConfig }, { type: 8, payload: aacConfig });
    for (let i = 0; i < 10; i += 1) {
      send(1, { type: 9, payload: picture(300, i === 0, 40, i), timestampMs: 40 * i });
      send(1, { type: 8, payload: sound(100, i), timestampMs: 40 * i });
    }
    const [row, ...others] = tracker.sessions();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      id: 'rtmp-1',
      kind: 'rtmp',
      url: 'rtmp://10.0.0.2/live/rmc1',
      state: 'playing',
      client: '10.0.0.1:40000',
      server: '10.0.0.2:1935',
      agent: 'LNX 9',
      bytes: 10 * 400,
      missingBytes: 0,
      streamIds: ['rtmp-1-video', 'rtmp-1-audio'],
      firstFrame: 1,
      media: 'video',
    });
    expect(row.details).toMatchObject({
      app: 'live',
      playPath: 'rmc1',
      mode: 'play',
      handshake: 'plain',
      server: 'FMS/3',
      'onMetaData.width': 480,
      'onMetaData.encoder': 'xy',
      ffmpeg:
        'ffmpeg -rtmp_swfurl http://a/b.swf -rtmp_pageurl http://a/ -i rtmp://10.0.0.2/live/rmc1 -c copy rmc1.flv',
      rtmpdump:
        "rtmpdump -r rtmp://10.0.0.2/live -a live -f 'LNX 9' -W http://a/b.swf -p http://a/ -y rmc1 -o rmc1.flv",
    });
    expect(tracker.streams()).toMatchObject([
      {
        id: 'rtmp-1-video',
        transport: 'rtmp',
        basis: 'container',
        codec: 'H264',
        src: '10.0.0.2:1935',
        dst: '10.0.0.1:40000',
        packets: 10,
        sessionId: 'rtmp-1',
        encryption: 'none',
        durationSeconds: 0.4,
        video: { width: 480, height: 272, frames: 10, keyFrames: 1, damagedFrames: 0, frameRate: 25 },
      },
      { codec: 'AAC', audio: { sampleRateHz: 44_100, channels: 2 } },
    ]);
    expect(
      rows('rtmp-1')
        .map(({ label }) => label)
        .slice(0, 11),
    ).toEqual([
      'Handshake C0+C1',
      'Handshake S0+S1+S2',
      'Handshake C2',
      "connect('live')",
      "_result('NetConnection.Connect.Success')",
      'createStream()',
      '_result()',
      "play('rmc1')",
      "onStatus('NetStream.Play.Start')",
      'onMetaData()',
      'Video Data',
    ]);
    expect(rows('rtmp-1').find(({ label }) => label === 'Video Data')).toMatchObject({
      summary: 'H.264 parameters, 0 ms',
    });
  });

  it('gives samples with decoding and presentation apart, and the parameters of the codecs', () => {
    const { bytes, connect, send, tracker } = tracked();
    connect();
    send(1, { type: 9, payload: avcConfig }, { type: 8, payload: aacConfig });
    const sent = [picture(5000, true, 80, 1), picture(700, false, 160, 2), picture(600, false, 0, 3)];
    sent.forEach((payload, i) =>
      send(1, { type: 9, payload, timestampMs: 0xffffffec + 40 * i - (i > 0 ? 2 ** 32 : 0) }),
    );
    send(1, { type: 8, payload: sound(90), timestampMs: 10 });
    const samples = tracker.samples('rtmp-1');
    const [video, audio] = samples?.tracks ?? [];
    expect(video).toMatchObject({ codec: 'H264', framing: 'length-prefixed', width: 480, height: 272, count: 3 });
    expect(video.config).toEqual(avcC);
    expect(audio).toMatchObject({ codec: 'AAC', framing: 'raw', sampleRateHz: 44_100, channels: 2 });
    expect(audio.config).toEqual(aacConfig.subarray(2));
    // The first picture came at 70 ms, is decoded then and shown 80 ms later.
    const ms = (times: Float64Array): number[] => Array.from(times, (time) => Math.round(1000 * time));
    expect(ms(video.timeSeconds)).toEqual([150, 270, 150]);
    expect(ms(video.decodeSeconds)).toEqual([70, 110, 150]);
    expect([...video.isKey]).toEqual([1, 0, 0]);
    sent.forEach((payload, i) => {
      const extents = {
        count: video.extentStart[i + 1] - video.extentStart[i],
        address: video.extents.address.slice(video.extentStart[i]),
        length: video.extents.length.slice(video.extentStart[i]),
      };
      expect(readExtents(bytes, extents, 0, 1e6)).toEqual(payload.subarray(5));
    });
    expect(tracker.samples('rtmp-1-audio')?.tracks).toHaveLength(1);
    expect(tracker.samples('nothing')).toBeNull();
  });

  it('writes FLV with the payloads as they were sent, and metadata as files have it', () => {
    const { command, connect, read, send } = tracked();
    connect();
    send(0, on(1, command('publish', 2, null, 'cam', 'live')));
    const metadata = amf0('onMetaData', { width: 480 });
    send(0, { type: 18, payload: concat(amf0('@setDataFrame'), metadata) });
    send(0, { type: 9, payload: avcConfig }, { type: 9, payload: picture(900, true), timestampMs: 0x1000020 });
    const file = read('rtmp-1');
    const tag = (type: number, time: readonly number[], payload: Uint8Array): Uint8Array =>
      concat(
        Uint8Array.of(type, 0, payload.length >> 8, payload.length, ...time, 0, 0, 0),
        payload,
        bytesOf32(payload.length + 11),
      );
    expect(file).toEqual(
      concat(
        Uint8Array.of(0x46, 0x4c, 0x56, 1, 1, 0, 0, 0, 9, 0, 0, 0, 0),
        tag(18, [0, 0, 0, 0], metadata),
        tag(9, [0, 0, 0, 0], avcConfig),
        tag(9, [0, 0, 0x20, 1], picture(900, true)),
      ),
    );
  });

  it('keeps several message streams of a connection apart, and names played one after the other', () => {
    const { command, connect, rows, send, tracker } = tracked();
    connect();
    send(0, on(1, command('play', 0, null, 'one')), on(2, command('play', 0, null, 'two')));
    for (const messageStreamId of [1, 2]) {
      send(
        1,
        { type: 9, payload: avcConfig, messageStreamId },
        { type: 9, payload: picture(99, true), messageStreamId },
      );
    }
    send(0, on(0, command('deleteStream', 5, null, 1)));
    send(0, on(1, command('play', 0, null, 'three')));
    send(1, on(1, command('onStatus', 0, null, { level: 'error', code: 'NetStream.Play.StreamNotFound' })));
    expect(tracker.sessions().map(({ id, url, state, streamIds }) => [id, url, state, streamIds])).toEqual([
      ['rtmp-1', 'rtmp://10.0.0.2/live/one', 'stopped', ['rtmp-1-video']],
      ['rtmp-1-2', 'rtmp://10.0.0.2/live/two', 'playing', ['rtmp-1-2-video']],
      ['rtmp-1-3', 'rtmp://10.0.0.2/live/three', 'failed: NetStream.Play.StreamNotFound', []],
    ]);
    const labels = rows('rtmp-1-2').map(({ label }) => label);
    expect(labels).toContain("play('two')");
    expect(labels).toContain("connect('live')");
    expect(labels).not.toContain("play('one')");
    expect(tracker.file('rtmp-1-3')).toBeNull();
  });

  it('takes aggregate messages apart', () => {
    const { connect, read, rows, send, tracker } = tracked();
    connect();
    const part = (type: number, time: number, payload: Uint8Array): Uint8Array =>
      concat(
        Uint8Array.of(type, 0, payload.length >> 8, payload.length, 0, time >> 8, time, 0, 0, 0, 0),
        payload,
        bytesOf32(payload.length + 11),
      );
    const aggregate = concat(
      part(9, 1000, avcConfig),
      part(9, 1000, picture(300, true, 0, 1)),
      part(8, 1010, sound(40)),
      part(9, 1040, picture(200, false, 0, 2)),
    );
    send(1, { type: RtmpType.aggregate, payload: aggregate, timestampMs: 5000 });
    expect(
      rows('rtmp-1')
        .slice(-5)
        .map(({ label, summary, bytes }) => `${label}: ${summary} (${bytes})`),
    ).toEqual([
      `Aggregate:  (${aggregate.length})`,
      'Video Data: H.264 parameters, 5000 ms; in an aggregate (45)',
      'Video Data: H.264 key, 5000 ms; in an aggregate (305)',
      'Audio Data: AAC, 5010 ms; in an aggregate (42)',
      'Video Data: H.264, 5040 ms; in an aggregate (205)',
    ]);
    expect(tracker.samples('rtmp-1')?.tracks.map(({ count }) => count)).toEqual([2, 1]);
    expect(read('rtmp-1')?.length).toBe(13 + aggregate.length);
  });

  it('knows Enhanced RTMP, and names what it does not take apart', () => {
    const { connect, send, tracker } = tracked();
    connect();
    const four = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));
    send(1, { type: 9, payload: concat(Uint8Array.of(0x91, ...four('av01')), noise(200)) });
    send(1, { type: 9, payload: concat(Uint8Array.of(0xa1, ...four('av01')), noise(200)), timestampMs: 40 });
    send(1, { type: 8, payload: concat(Uint8Array.of(0x90, ...four('Opus')), noise(19)) });
    send(1, { type: 8, payload: concat(Uint8Array.of(0x91, ...four('Opus')), noise(90)), timestampMs: 20 });
    send(1, { type: 9, payload: concat(Uint8Array.of(0xa6, 0x21, ...four('hvc1')), noise(90)), timestampMs: 60 });
    expect(tracker.streams().map(({ codec, packets }) => [codec, packets])).toEqual([
      ['AV1', 2],
      ['OPUS', 1],
    ]);
    const samples = tracker.samples('rtmp-1');
    expect(samples?.tracks.map(({ framing }) => framing)).toEqual(['raw', 'raw']);
    expect(samples?.notes).toEqual(['Messages with several video or audio tracks are kept in the file only.']);
  });

  it('shows a command as a tree, and a flow with the media as bars', () => {
    const { command, connect, rows, send, tracker } = tracked();
    connect();
    send(0, on(1, command('play', 0, null, 'x')));
    send(1, { type: 9, payload: avcConfig }, { type: 9, payload: picture(30, true) });
    const row = rows('rtmp-1').find(({ label }) => label === "connect('live')");
    const detail = tracker.message(String(row?.id));
    expect(detail?.fields).toMatchObject([
      {
        name: 'RTMP Header',
        children: [{ name: 'Chunk Stream ID', value: '3' }, {}, {}, { value: 'AMF0 Command (20)' }, {}],
      },
      {
        name: 'RTMP Body',
        children: [
          { name: 'Name', value: 'connect' },
          { name: 'Number', value: '1' },
          { name: 'Object', children: [{ name: 'app', value: 'live' }, { name: 'tcUrl' }, { name: 'flashVer' }] },
        ],
      },
    ]);
    const ladder = tracker.ladder('rtmp-1');
    expect(ladder?.hosts.map(({ address }) => address)).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(ladder?.items.map(({ label, fromHost, toHost }) => `${fromHost}>${toHost} ${label}`)).toEqual([
      '0>1 Handshake C0+C1',
      '1>0 Handshake S0+S1+S2',
      '0>1 Handshake C2',
      "0>1 connect('live')",
      "1>0 _result('NetConnection.Connect.Success')",
      "0>1 play('x')",
      '1>0 H.264 video',
    ]);
    expect(tracker.framesOf('rtmp-1-video')).toEqual({ flows: [6, 7], frames: [] });
    expect(tracker.message('rtmp-message-99999')).toBeNull();
  });

  it('lists RTMPE as what it is', () => {
    const { sendBytes, tracker } = tracked();
    sendBytes(0, firstFlight(1, 6, 0x80000302));
    sendBytes(1, concat(firstFlight(2, 6, 0x03050707), noise(1536, 9)));
    sendBytes(0, noise(5000));
    expect(tracker.sessions()).toMatchObject([{ state: 'encrypted', media: null, url: null }]);
  });

  it('says what is missing when bytes were lost', () => {
    const { bytes, connect, dissector, send, tracker, writers } = tracked(['TLS']);
    connect();
    send(1, { type: 9, payload: avcConfig });
    const data = writers[1].message({ type: 9, payload: picture(2000, true), timestampMs: 5 });
    const address = bytes.keep(data, 0, data.length);
    dissector.onData(1, data, 0, 100, 50, 5e8, address);
    dissector.onGap(1, 30, 51, 5e8);
    dissector.onData(1, data, 130, data.length, 51, 5e8, address + 130);
    send(1, { type: 9, payload: picture(200, false), timestampMs: 45 });
    const track = tracker.samples('rtmp-1')?.tracks[0];
    expect([...(track?.isDamaged ?? [])]).toEqual([1, 0]);
    expect([...(track?.missing ?? [])]).toEqual([30, 0]);
    expect(tracker.sessions()[0]).toMatchObject({ missingBytes: 30, layers: ['TLS'] });
    expect(tracker.streams()[0]).toMatchObject({ encryption: 'tls', decrypted: true, video: { damagedFrames: 1 } });
  });
});

describe('any bytes', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc
        .record({
          type: fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 9, 15, 16, 17, 18, 19, 20, 22),
          payload: fc.oneof(
            fc.uint8Array({ maxLength: 300 }),
            fc.uint8Array({ maxLength: 60 }).map((rest) => concat(Uint8Array.of(0x17, 0, 0, 0, 0), rest)),
            fc.uint8Array({ maxLength: 60 }).map((rest) => concat(Uint8Array.of(0x27, 1, 0, 0, 9), rest)),
            fc
              .constantFrom('play', 'publish', 'connect', '_result', 'onStatus', 'closeStream')
              .map((name) => amf0(name, 1, null, { code: name })),
          ),
          timestampMs: fc.nat(0xffffffff),
          messageStreamId: fc.nat(3),
          chunkStreamId: fc.integer({ min: 2, max: 70 }),
          format: fc.constantFrom(0 as const, 0 as const, 1 as const),
        })
        .map((message) => new ChunkWriter().message(message)),
    ),
    { maxLength: 25 },
  );

  it('give rows, samples and files that hold together', () => {
    fc.assert(
      fc.property(pieces, fc.boolean(), (all, isWhole) => {
        const { bytes, dissector, rows, sendBytes, shake, tracker } = tracked();
        if (isWhole) shake();
        all.forEach((piece, i) => {
          sendBytes(i % 3 === 0 ? 0 : 1, piece);
          if (i % 7 === 6) dissector.onGap(1, 50 * i, i, 1e7 * i);
        });
        dissector.onEnd(0, 1e9);
        dissector.onEnd(1, 1e9);
        tracker.finish();
        for (const { id } of tracker.sessions()) {
          for (const row of rows(id)) expect(tracker.message(String(row.id))).not.toBeNull();
          expect(tracker.ladder(id)).not.toBeNull();
          const file = tracker.file(id);
          if (file) expect(readExtents(bytes, file.extents, 0, 3)).toEqual(Uint8Array.of(0x46, 0x4c, 0x56));
          for (const track of tracker.samples(id)?.tracks ?? []) {
            expect(track.extentStart[track.count]).toBe(track.extents.count);
            expect(track.timeSeconds.every(Number.isFinite)).toBe(true);
            expect(tracker.samples(track.streamId)?.tracks).toHaveLength(1);
          }
        }
        for (const { durationSeconds, startSeconds } of tracker.streams()) {
          expect(Number.isFinite(durationSeconds) && Number.isFinite(startSeconds)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('command lines', () => {
  it('quote whatever a capture says', () => {
    expect(shellWord('rtmp://a/b')).toBe('rtmp://a/b');
    expect(shellWord("it's $(rm -rf /) `x`\n; \u001b[31m\u202e")).toBe("'it'\\''s $(rm -rf /) `x`; [31m'");
    expect(shellWord('')).toBe("''");
    const address = {
      tcUrl: 'rtmp://h/app?a=$(x)',
      app: 'app?a=$(x)',
      playPath: "n'; reboot #",
      swfUrl: null,
      pageUrl: null,
      flashVer: null,
    };
    expect(ffmpegLine(address, 'a.flv')).toBe(`ffmpeg -i 'rtmp://h/app?a=$(x)/n'\\''; reboot #' -c copy a.flv`);
    expect(rtmpdumpLine(address, 'a.flv')).toBe(
      `rtmpdump -r 'rtmp://h/app?a=$(x)' -a 'app?a=$(x)' -y 'n'\\''; reboot #' -o a.flv`,
    );
  });

  it('make file names that stay where they are', () => {
    expect(fileNameOf('cam7?token=s3cret')).toBe('cam7.flv');
    expect(fileNameOf('../../etc/passwd')).toBe('passwd.flv');
    expect(fileNameOf('mp4:dir/film.mp4')).toBe('film.mp4.flv');
    expect(fileNameOf('-rf')).toBe('rf.flv');
    expect(fileNameOf('..')).toBe('stream.flv');
  });
});
