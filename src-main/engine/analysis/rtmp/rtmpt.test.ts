import { describe, expect, it } from 'vitest';
import { utf8Bytes } from '../../bytes/text';
import { concat } from '../../capture/testing/capture-builder';
import { amf0, ChunkWriter, firstFlight, noise, secondFlight } from '../../protocols/rtmp/testing/rtmp-script';
import { Conversations, type Side } from '../sessions/testing/conversations';

const server: Side = { address: '10.0.0.9', port: 80 };
const clients: readonly Side[] = [
  { address: '10.0.0.5', port: 51_000 },
  { address: '10.0.0.5', port: 51_001 },
];

interface Post {
  readonly path: string;
  readonly request: Uint8Array;
  readonly response: Uint8Array;
}

const zero = Uint8Array.of(0);
const interval = (bytes: Uint8Array): Uint8Array => concat(Uint8Array.of(3), bytes);

/** A stream that is played through HTTP, each side's bytes cut where its sender liked. */
function playback(): Post[] {
  const writers = [new ChunkWriter(), new ChunkWriter()];
  const command = (side: number, messageStreamId: number, ...values: readonly unknown[]): Uint8Array =>
    writers[side].message({ type: 20, payload: amf0(...values), chunkStreamId: 3, messageStreamId });
  const picture = (time: number): Uint8Array =>
    writers[1].message({
      type: 9,
      payload: concat(Uint8Array.of(0x27, 1, 0, 0, 0), noise(900, time + 1)),
      timestampMs: time,
    });
  const media = concat(...[0, 40, 80, 120].map(picture));
  const s = concat(firstFlight(2), secondFlight(1));
  return [
    { path: '/open/1', request: zero, response: utf8Bytes('Abc123\n') },
    { path: '/send/Abc123/1', request: firstFlight(1), response: interval(s.subarray(0, 2000)) },
    { path: '/idle/Abc123/2', request: zero, response: interval(s.subarray(2000)) },
    {
      path: '/send/Abc123/3',
      request: concat(secondFlight(2), command(0, 0, 'connect', 1, { app: 'live', tcUrl: 'rtmpt://h/live' })),
      response: interval(command(1, 0, '_result', 1, null, { code: 'NetConnection.Connect.Success' })),
    },
    {
      path: '/send/Abc123/4',
      request: command(0, 1, 'play', 0, null, 'rmc1'),
      response: interval(media.subarray(0, 1234)),
    },
    { path: '/idle/Abc123/5', request: zero, response: interval(media.subarray(1234)) },
    { path: '/close/Abc123/6', request: zero, response: zero },
  ];
}

const head = (path: string, length: number): Uint8Array =>
  utf8Bytes(`POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-fcs\r\nContent-Length: ${length}\r\n\r\n`);
const answer = (length: number): Uint8Array =>
  utf8Bytes(`HTTP/1.1 200 OK\r\nContent-Type: application/x-fcs\r\nContent-Length: ${length}\r\n\r\n`);

describe('RTMPT', () => {
  it.each([1, 2])('reads RTMP in HTTP, on %i connections', (connections) => {
    const capture = new Conversations();
    playback().forEach(({ path, request, response }, i) => {
      const client = clients[i % connections];
      capture.segment(client, server, concat(head(path, request.length), request));
      capture.segment(server, client, concat(answer(response.length), response));
    });
    const analysis = capture.analyse();
    const rows = analysis.document().sessions.filter(({ kind }) => kind === 'rtmp');
    expect(rows).toMatchObject([
      {
        id: 'rtmp-1',
        url: 'rtmpt://h/live/rmc1',
        state: 'playing',
        server: '10.0.0.9:80',
        layers: ['HTTP'],
        missingBytes: 0,
        bytes: 3600,
      },
    ]);
    expect(analysis.samples('rtmp-1')?.tracks.map(({ count, codec }) => [codec, count])).toEqual([['H264', 4]]);
    const page = analysis.tables.page({ table: 'session-messages', scope: 'rtmp-1', offset: 0, limit: 20 });
    expect(page?.rows.map(({ label }) => label)).toEqual([
      'Handshake C0+C1',
      'Handshake S0+S1+S2',
      'Handshake C2',
      "connect('live')",
      "_result('NetConnection.Connect.Success')",
      "play('rmc1')",
      'Video Data',
      'Video Data',
      'Video Data',
      'Video Data',
    ]);
    expect(analysis.document().diagnostics).toEqual([]);
  });

  it('finds its way into a tunnel whose beginning is missing', () => {
    const capture = new Conversations();
    for (const { path, request, response } of playback().slice(5)) {
      capture.segment(clients[0], server, concat(head(path, request.length), request));
      capture.segment(server, clients[0], concat(answer(response.length), response));
    }
    const rows = capture
      .analyse()
      .document()
      .sessions.filter(({ kind }) => kind === 'rtmp');
    expect(rows).toMatchObject([{ id: 'rtmp-1', url: null, layers: ['HTTP'], media: 'video' }]);
  });
});
