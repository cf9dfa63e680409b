import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SessionRow } from '#shared/model/session';
import { utf8Bytes, utf8Text } from '../../bytes/text';
import { concat } from '../../capture/testing/capture-builder';
import type { CaptureAnalysis } from '../pipeline/capture-analysis';
import { rtpBytes } from '../rtp/testing/recording';
import { Conversations, type Side } from '../sessions/testing/conversations';

const client: Side = { address: '10.0.0.5', port: 51_000 };
const server: Side = { address: '10.0.0.9', port: 6970 };
const url = 'rtsp://10.0.0.9:6970/cam';
const sdp = [
  'v=0',
  'o=- 1 1 IN IP4 10.0.0.9',
  's=-',
  't=0 0',
  'a=control:*',
  'm=video 0 RTP/AVP 96',
  'a=rtpmap:96 H264/90000',
  'a=control:trackID=1',
  'm=audio 0 RTP/AVP 96',
  'a=rtpmap:96 L16/8000',
  'a=control:trackID=2',
  '',
].join('\r\n');

let sequence = 0;

function request(method: string, target: string, ...fields: string[]): Uint8Array {
  sequence += 1;
  return utf8Bytes(
    [`${method} ${target} RTSP/1.0`, `CSeq: ${sequence}`, 'User-Agent: test', ...fields, '', ''].join('\r\n'),
  );
}

function response(status: string, body: string, ...fields: string[]): Uint8Array {
  const length = body === '' ? [] : [`Content-Length: ${body.length}`];
  return utf8Bytes([`RTSP/1.0 ${status}`, `CSeq: ${sequence}`, ...fields, ...length, '', body].join('\r\n'));
}

const rtp = (i: number, ssrc: number): Uint8Array =>
  rtpBytes({ sequence: i, timestamp: 3000 * i, payloadType: 96, ssrc, payload: new Uint8Array(40).fill(i) });

const interleaved = (channel: number, packet: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(0x24, channel, packet.length >> 8, packet.length & 0xff), packet);

interface Step {
  readonly isRequest: boolean;
  readonly bytes: Uint8Array;
}

/** DESCRIBE, two SETUPs and PLAY with both media interleaved, and some media. */
function playback(): Step[] {
  sequence = 0;
  const steps: Step[] = [];
  const ask = (bytes: Uint8Array): void => void steps.push({ isRequest: true, bytes });
  const answer = (bytes: Uint8Array): void => void steps.push({ isRequest: false, bytes });
  ask(request('OPTIONS', '*'));
  answer(response('200 OK', '', 'Public: OPTIONS, DESCRIBE, SETUP, PLAY'));
  ask(request('DESCRIBE', url, 'Accept: application/sdp'));
  answer(response('200 OK', sdp, 'Content-Type: application/sdp', `Content-Base: ${url}/`, 'Server: camera'));
  for (const track of [1, 2]) {
    const channels = `interleaved=${2 * track - 2}-${2 * track - 1}`;
    ask(request('SETUP', `${url}/trackID=${track}`, `Transport: RTP/AVP/TCP;unicast;${channels}`));
    answer(response('200 OK', '', 'Session: 4711;timeout=30', `Transport: RTP/AVP/TCP;unicast;${channels}`));
  }
  ask(request('PLAY', url, 'Session: 4711', 'Range: npt=0-'));
  answer(response('200 OK', '', 'Session: 4711', `RTP-Info: url=${url}/trackID=1;seq=1;rtptime=3000`));
  for (let i = 1; i <= 20; i += 1) answer(concat(interleaved(0, rtp(i, 1)), interleaved(2, rtp(i, 2))));
  ask(request('GET_PARAMETER', url, 'Session: 4711'));
  answer(response('200 OK', '', 'Session: 4711'));
  return steps;
}

function session(analysis: CaptureAnalysis): SessionRow {
  const [row] = analysis.document().sessions;
  return row as unknown as SessionRow;
}

function overTcp(steps: readonly Step[], segmentBytes: readonly number[] = [1460]): CaptureAnalysis {
  const talk = new Conversations();
  let cut = 0;
  for (const { isRequest, bytes } of steps) {
    for (let at = 0; at < bytes.length; ) {
      const length = segmentBytes[cut++ % segmentBytes.length];
      const part = bytes.subarray(at, at + length);
      talk.segment(isRequest ? client : server, isRequest ? server : client, part);
      at += length;
    }
  }
  return talk.analyse();
}

describe('sessions of RTSP', () => {
  it('are told with what they set up, on any port', () => {
    const analysis = overTcp(playback());
    expect(session(analysis)).toMatchObject({
      url,
      state: 'playing',
      agent: 'test',
      client: '10.0.0.5:51000',
      server: '10.0.0.9:6970',
      bytes: 40 * 40,
      details: {
        version: 'RTSP/1.0',
        session: '4711',
        serverName: 'camera',
        methods: 'OPTIONS 1, DESCRIBE 1, SETUP 2, PLAY 1, GET_PARAMETER 1',
        timeoutSeconds: 30,
        keepAlives: 1,
        interleavedFrames: 40,
        unanswered: 0,
      },
    });
    // Both media have payload type 96: the channel tells them apart.
    expect(analysis.streams()).toMatchObject([
      { ssrc: '0x00000001', codec: 'H264', packets: 20, lost: 0, basis: 'rtsp' },
      { ssrc: '0x00000002', codec: 'L16', packets: 20, lost: 0, basis: 'rtsp' },
    ]);
    const { id } = session(analysis);
    const messages = analysis.tables.page({ table: 'session-messages', scope: id, offset: 0, limit: 100 });
    expect(messages?.rows.map(({ label }) => label)).toEqual(
      ['OPTIONS', '200 OK', 'DESCRIBE', '200 OK', 'SETUP', '200 OK', 'SETUP', '200 OK', 'PLAY', '200 OK'].concat(
        'GET_PARAMETER',
        '200 OK',
      ),
    );
    const detail = analysis.sessionMessage(String(messages?.rows[3].id));
    expect(detail).toMatchObject({ title: 'RTSP/1.0 200 OK', source: '10.0.0.9:6970' });
    expect(detail?.text).toContain(sdp);
    expect(detail?.fields.find(({ name }) => name === 'Session description')?.children).toHaveLength(11);
  });

  it('are the same however the segments are cut', () => {
    const whole = overTcp(playback());
    const key = (analysis: CaptureAnalysis): unknown => {
      const { state, bytes, details } = session(analysis);
      const { states: _, ...others } = details;
      return [state, bytes, others, analysis.streams().map(({ codec, packets, lost }) => [codec, packets, lost])];
    };
    for (const step of [1, 7, 53, 1000]) expect(key(overTcp(playback(), [step])), `${step}`).toEqual(key(whole));
  });

  it('go on over a gap', () => {
    const steps = playback();
    const talk = new Conversations();
    steps.forEach(({ isRequest, bytes }, i) => {
      const [from, to] = isRequest ? [client, server] : [server, client];
      if (i === 20) talk.lose(from, to, bytes.length);
      else talk.segment(from, to, bytes);
    });
    const analysis = talk.analyse();
    expect(analysis.streams()).toMatchObject([
      { packets: 19, lost: 1 },
      { packets: 19, lost: 1 },
    ]);
    expect(session(analysis).details.keepAlives).toBe(1);
  });

  it('come over UDP as well, with media on ports of their own', () => {
    sequence = 0;
    const talk = new Conversations();
    const ask = (bytes: Uint8Array): unknown => talk.datagram(client, server, bytes);
    const answer = (bytes: Uint8Array): unknown => talk.datagram(server, client, bytes);
    ask(request('DESCRIBE', url));
    answer(response('200 OK', sdp, 'Content-Type: application/sdp'));
    ask(request('SETUP', `${url}/trackID=2`, 'Transport: RTP/AVP;unicast;client_port=7000-7001'));
    answer(response('200 OK', '', 'Session: a', 'Transport: RTP/AVP;unicast;server_port=9000-9001'));
    ask(request('PLAY', url, 'Session: a'));
    answer(response('200 OK', '', 'Session: a'));
    // A packet without payload opens the way through a firewall; it is no stream.
    talk.datagram(
      { ...client, port: 7000 },
      { ...server, port: 9000 },
      rtpBytes({ sequence: 0, timestamp: 0, ssrc: 0, payloadType: 96, payload: new Uint8Array(0) }),
    );
    for (let i = 0; i < 5; i += 1) talk.datagram({ ...server, port: 9000 }, { ...client, port: 7000 }, rtp(i, 9));
    const analysis = talk.analyse();
    expect(session(analysis)).toMatchObject({ state: 'playing', media: 'audio' });
    expect(analysis.streams()).toMatchObject([{ codec: 'L16', packets: 5, sessionId: session(analysis).id }]);
  });

  it('may record', () => {
    sequence = 0;
    const steps: Step[] = [];
    const both = (ask: Uint8Array, answer: () => Uint8Array): void => {
      steps.push({ isRequest: true, bytes: ask }, { isRequest: false, bytes: answer() });
    };
    both(
      concat(
        utf8Bytes(
          `ANNOUNCE ${url} RTSP/1.0\r\nCSeq: 0\r\nContent-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`,
        ),
      ),
      () => response('200 OK', ''),
    );
    const transport = 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record';
    both(request('SETUP', `${url}/trackID=1`, transport), () => response('200 OK', '', 'Session: r', transport));
    both(request('RECORD', url, 'Session: r'), () => response('200 OK', '', 'Session: r'));
    for (let i = 0; i < 5; i += 1) steps.push({ isRequest: true, bytes: interleaved(0, rtp(i, 3)) });
    both(request('TEARDOWN', url, 'Session: r'), () => response('200 OK', '', 'Session: r'));
    const analysis = overTcp(steps);
    expect(session(analysis)).toMatchObject({ state: 'torn down', url });
    expect(session(analysis).details.states).toMatch(/^described .*, ready .*, recording .*, torn down/);
    expect(analysis.streams()).toMatchObject([
      { src: '10.0.0.5:51000', dst: '10.0.0.9:6970', codec: 'H264', packets: 5 },
    ]);
  });

  it('tell how somebody was let in, and no password', () => {
    sequence = 0;
    const secret = Buffer.from('admin:geheim').toString('base64');
    const analysis = overTcp([
      { isRequest: true, bytes: request('DESCRIBE', 'rtsp://admin:geheim@10.0.0.9/cam') },
      { isRequest: false, bytes: response('401 Unauthorized', '', 'WWW-Authenticate: Basic realm="cam"') },
      { isRequest: true, bytes: request('DESCRIBE', url, `Authorization: Basic ${secret}`) },
      { isRequest: false, bytes: response('302 Moved', '', 'Location: rtsp://admin:geheim@other/cam') },
    ]);
    expect(session(analysis)).toMatchObject({
      state: 'redirected',
      details: { authentication: 'Basic', user: 'admin', realm: 'cam', location: 'rtsp://admin:***@other/cam' },
    });
    const { id } = session(analysis);
    const rows = analysis.tables.page({ table: 'session-messages', scope: id, offset: 0, limit: 9 })?.rows ?? [];
    const details = rows.map((row) => analysis.sessionMessage(row.id));
    const raw = details.map((detail) => utf8Text(detail?.raw ?? new Uint8Array(0)));
    const shown = JSON.stringify([
      session(analysis),
      rows,
      details.map((d) => ({ ...d, raw: null })),
      raw,
      analysis.ladder(id),
    ]);
    expect(rows).toHaveLength(4);
    expect(shown).not.toContain('geheim');
    expect(shown).not.toContain(secret);
  });

  it('keep their identity over connections', () => {
    const steps = playback();
    sequence += 1;
    const later: Side = { ...client, port: 51_001 };
    const talk = new Conversations();
    for (const { isRequest, bytes } of steps)
      talk.segment(isRequest ? client : server, isRequest ? server : client, bytes);
    talk.segment(later, server, request('OPTIONS', url));
    talk.segment(server, later, response('200 OK', ''));
    talk.segment(later, server, request('TEARDOWN', url, 'Session: 4711'));
    talk.segment(server, later, response('200 OK', '', 'Session: 4711'));
    const analysis = talk.analyse();
    expect(analysis.document().sessions).toHaveLength(1);
    expect(session(analysis)).toMatchObject({ state: 'torn down', client: '10.0.0.5:51000, 10.0.0.5:51001' });
  });

  it('keep picture and sound of each together, between the same hosts', () => {
    const talk = new Conversations();
    const clients = [client, { ...client, port: 51_002 }];
    const runs = clients.map(() => playback());
    runs[0].forEach(({ isRequest }, step) => {
      for (const [i, own] of clients.entries()) {
        const text = runs[i][step].bytes;
        const bytes = Uint8Array.from(text);
        // Another session, and other sources.
        const at = utf8Text(bytes).indexOf('4711');
        if (i === 1 && at >= 0) bytes.set(utf8Bytes('0815'), at);
        else if (i === 1 && bytes[0] === 0x24) for (const source of [15, 15 + 56]) bytes[source] += 4;
        // The sound of the first comes late: that of the second is nearer to its picture.
        const isEarly = i === 0 && bytes[0] === 0x24 && step < 20;
        talk.segment(isRequest ? own : server, isRequest ? server : own, isEarly ? bytes.subarray(0, 56) : bytes);
      }
    });
    const analysis = talk.analyse();
    expect(analysis.document().sessions).toHaveLength(2);
    const videos = analysis.streams().filter(({ kind }) => kind === 'video');
    expect(videos).toHaveLength(2);
    for (const video of videos) {
      const sound = analysis.stream(analysis.media.videoSource(video.id)?.audio?.streamId ?? '');
      expect(sound).toMatchObject({ kind: 'audio', sessionId: video.sessionId });
    }
  });

  it('come through HTTP', () => {
    const steps = playback();
    const getter: Side = { ...client, port: 52_000 };
    const poster: Side = { ...client, port: 52_001 };
    const cookie = 'x-sessioncookie: Zx81\r\n';
    const type = 'application/x-rtsp-tunnelled';
    for (const size of [1460, 11]) {
      const talk = new Conversations();
      const send = (from: Side, to: Side, bytes: Uint8Array): void => {
        for (let at = 0; at < bytes.length; at += size) talk.segment(from, to, bytes.subarray(at, at + size));
      };
      send(
        getter,
        server,
        utf8Bytes(`GET /cam HTTP/1.0\r\n${cookie}Authorization: Basic YTpi\r\nAccept: ${type}\r\n\r\n`),
      );
      send(server, getter, utf8Bytes(`HTTP/1.0 200 OK\r\nContent-Type: ${type}\r\n\r\n`));
      send(
        poster,
        server,
        utf8Bytes(`POST /cam HTTP/1.0\r\n${cookie}Content-Type: ${type}\r\nContent-Length: 32767\r\n\r\n`),
      );
      for (const { isRequest, bytes } of steps) {
        if (isRequest) send(poster, server, utf8Bytes(Buffer.from(bytes).toString('base64')));
        else send(server, getter, bytes);
      }
      const analysis = talk.analyse();
      expect(session(analysis), `${size} bytes a segment`).toMatchObject({ state: 'playing', url, layers: ['HTTP'] });
      expect(session(analysis).details.unanswered).toBe(0);
      expect(analysis.streams()).toMatchObject([
        { codec: 'H264', packets: 20, lost: 0 },
        { codec: 'L16', packets: 20, lost: 0 },
      ]);
      const { id } = session(analysis);
      const [exchange] = analysis.tables.page({ table: 'exchanges', offset: 0, limit: 1 })?.rows ?? [];
      const http = JSON.stringify(analysis.sessionMessage(exchange.id));
      expect(http).toContain('Authorization');
      expect(http).not.toContain('YTpi');
      const rows = analysis.tables.page({ table: 'session-messages', scope: id, offset: 0, limit: 20 })?.rows ?? [];
      expect(analysis.sessionMessage(String(rows[4].id))?.title).toBe(`SETUP ${url}/trackID=1 RTSP/1.0`);
    }
  });

  it('survive anything', { timeout: 60_000 }, () => {
    const piece = fc.oneof(
      fc.constantFrom(...playback()),
      fc.record({ isRequest: fc.boolean(), bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }) }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 200 }), (steps, size) => {
        const analysis = overTcp(steps, [size, 3]);
        for (const { id } of analysis.document().sessions) {
          analysis.ladder(id);
          const rows =
            analysis.tables.page({ table: 'session-messages', scope: id, offset: 0, limit: 100 })?.rows ?? [];
          for (const row of rows) analysis.sessionMessage(row.id);
        }
        expect(analysis.document().diagnostics.map(({ code }) => code)).not.toContain('dissector-fault');
      }),
      { numRuns: 80 },
    );
  });
});
