import { describe, expect, it } from 'vitest';
import { fragmentedFile } from '../../containers/mp4/testing/mp4-builder';
import { Conversations, type Side } from '../sessions/testing/conversations';

const server: Side = { address: '203.0.113.5', port: 8099 };
const viewer = (n: number): Side => ({ address: `192.0.2.${n}`, port: 50_000 + n });
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** Requests of viewers, each answered at once. */
class Web {
  private readonly traffic = new Conversations();

  get(who: Side, target: string, body: string | Uint8Array, { range = '', status = '200 OK', lost = 0 } = {}): this {
    const request = range === '' ? '' : `Range: bytes=${range}\r\n`;
    this.traffic.segment(who, server, bytesOf(`GET ${target} HTTP/1.1\r\nHost: tv.example\r\n${request}\r\n`));
    const content = typeof body === 'string' ? bytesOf(body) : body;
    const ranged = range === '' ? '' : `Content-Range: bytes ${range}/*\r\n`;
    const head = `HTTP/1.1 ${status}\r\nContent-Length: ${content.length}\r\n${ranged}\r\n`;
    this.traffic.segment(server, who, bytesOf(head));
    if (lost === 0) this.traffic.segment(server, who, content);
    else {
      this.traffic.segment(server, who, content.subarray(0, 10)).lose(server, who, lost);
      this.traffic.segment(server, who, content.subarray(10 + lost));
    }
    return this;
  }

  analyse() {
    const analysis = this.traffic.analyse();
    const sessions = analysis.document().sessions.filter(({ kind }) => kind === 'hls' || kind === 'dash');
    const segments = (id: string) =>
      (analysis.tables.page({ table: 'segments', scope: id, offset: 0, limit: 100 })?.rows ?? []).map(
        ({ rendition, sequence, state, times }) => [rendition, sequence, state, times],
      );
    return { analysis, sessions, segments };
  }
}

const sample = { size: 50, duration: 90_000, shift: 0, isKey: true };
/** Three fragments of one picture a second, and their initialization. */
const film = (() => {
  const { file, starts } = fragmentedFile([
    [sample, sample],
    [sample, sample],
    [sample, sample],
  ]);
  const edges = [...starts, file.length];
  return {
    init: file.subarray(0, starts[0]),
    parts: starts.map((at, i) => file.subarray(at, edges[i + 1])),
    file,
    edges,
  };
})();

const media = (name: string, from = 0, count = 3, isEnded = true): string =>
  [
    '#EXTM3U',
    '#EXT-X-TARGETDURATION:2',
    `#EXT-X-MEDIA-SEQUENCE:${from}`,
    '#EXT-X-MAP:URI="init.mp4"',
    ...Array.from({ length: count }, (_, i) => `#EXTINF:2.0,\n${name}-${from + i}.m4s`),
    ...(isEnded ? ['#EXT-X-ENDLIST'] : []),
    '',
  ].join('\n');

const master = [
  '#EXTM3U',
  '#EXT-X-STREAM-INF:BANDWIDTH=500000,RESOLUTION=320x240',
  'low.m3u8',
  '#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESOLUTION=320x240',
  'high.m3u8',
  '',
].join('\n');

describe('HLS', () => {
  it('keeps viewers apart', () => {
    const web = new Web();
    for (const n of [1, 2]) web.get(viewer(n), '/a.m3u8', media('a')).get(viewer(n), '/init.mp4', film.init);
    for (const i of [0, 1, 2]) web.get(viewer(1), `/a-${i}.m4s`, film.parts[i]);
    web.get(viewer(2), '/a-0.m4s', film.parts[0]).get(viewer(2), '/a-2.m4s', film.parts[2]);
    const { analysis, segments, sessions } = web.analyse();
    expect(sessions.map(({ client, state, url }) => [client, state, url])).toEqual([
      ['192.0.2.1', 'complete', 'http://tv.example/a.m3u8'],
      ['192.0.2.2', '1 segment missing', 'http://tv.example/a.m3u8'],
    ]);
    expect(analysis.samples(sessions[0].id)?.tracks[0]).toMatchObject({ codec: 'H264', count: 6 });
    const partial = analysis.samples(sessions[1].id)?.tracks[0];
    // The time of the segment that never came stays empty.
    const first = partial?.timeSeconds[0] ?? 0;
    expect([...(partial?.timeSeconds ?? [])].map((seconds) => Math.round(seconds - first))).toEqual([0, 1, 4, 5]);
    expect(segments(sessions[1].id).map(([, sequence, state]) => [sequence, state])).toEqual([
      [0, 'complete'],
      [1, 'skipped'],
      [2, 'complete'],
    ]);
  });

  it('follows a viewer from variant to variant, and counts what came twice', () => {
    const who = viewer(1);
    const web = new Web()
      .get(who, '/m.m3u8', master)
      .get(who, '/low.m3u8', media('low'))
      .get(who, '/init.mp4', film.init);
    web.get(who, '/low-0.m4s', film.parts[0]).get(who, '/high.m3u8', media('high'));
    web.get(who, '/low-1.m4s', film.parts[1]).get(who, '/high-1.m4s', film.parts[1]);
    web.get(who, '/high-2.m4s', film.parts[2]).get(who, '/high-2.m4s', film.parts[2]);
    const { analysis, segments, sessions } = web.analyse();
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ state: 'complete', details: { variants: 2, segments: 3, fetchedTwice: 1 } });
    expect(segments(sessions[0].id)).toEqual([
      ['320x240, 0.5 Mbit/s', 0, 'complete', 1],
      ['320x240, 0.5 Mbit/s', 1, 'complete', 1],
      ['320x240, 0.5 Mbit/s', 2, 'not-requested', 0],
      ['320x240, 2 Mbit/s', 0, 'not-requested', 0],
      ['320x240, 2 Mbit/s', 1, 'complete', 1],
      ['320x240, 2 Mbit/s', 2, 'complete', 2],
    ]);
    expect(analysis.samples(sessions[0].id)?.tracks[0].count).toBe(6);
  });

  it('puts a live playlist that was reloaded together', () => {
    const who = viewer(1);
    const web = new Web().get(who, '/l.m3u8', media('l', 0, 2, false)).get(who, '/init.mp4', film.init);
    web.get(who, '/l-0.m4s', film.parts[0]).get(who, '/l-1.m4s', film.parts[1]);
    web.get(who, '/l.m3u8', media('l', 1, 2, false)).get(who, '/l-2.m4s', film.parts[2]);
    const { sessions } = web.analyse();
    expect(sessions[0]).toMatchObject({ state: 'complete', details: { live: true, playlistRequests: 2, segments: 3 } });
  });

  it('knows the hole of a segment, and that a segment was refused', () => {
    const who = viewer(1);
    const web = new Web().get(who, '/a.m3u8', media('a')).get(who, '/init.mp4', film.init);
    web.get(who, '/a-0.m4s', film.parts[0], { lost: 20 }).get(who, '/a-1.m4s', 'no', { status: '404 Not Found' });
    web.get(who, '/a-2.m4s', film.parts[2]);
    const { segments, sessions } = web.analyse();
    expect(sessions[0].missingBytes).toBe(20);
    expect(segments(sessions[0].id).map(([, , state]) => state)).toEqual(['damaged', 'failed', 'complete']);
  });

  it('takes segments out of ranges of one file', () => {
    const who = viewer(1);
    const [a, b, c, d] = film.edges;
    const ranges = [
      [a, b],
      [b, c],
      [c, d],
    ] as const;
    const playlist = [
      '#EXTM3U',
      '#EXT-X-TARGETDURATION:2',
      `#EXT-X-MAP:URI="all.mp4",BYTERANGE="${a}@0"`,
      ...ranges.map(([from, to]) => `#EXTINF:2.0,\n#EXT-X-BYTERANGE:${to - from}@${from}\nall.mp4`),
      '#EXT-X-ENDLIST',
      '',
    ].join('\n');
    const web = new Web().get(who, '/r.m3u8', playlist);
    for (const [from, to] of [[0, a], ...ranges]) {
      const part = film.file.subarray(from, to);
      web.get(who, '/all.mp4', part, { range: `${from}-${to - 1}`, status: '206 Partial Content' });
    }
    const { analysis, sessions } = web.analyse();
    expect(sessions[0]).toMatchObject({ state: 'complete', bytes: d - a });
    expect(analysis.samples(sessions[0].id)?.tracks[0].count).toBe(6);
  });
});

describe('DASH', () => {
  it('joins what a manifest names', () => {
    const who = viewer(1);
    const manifest = `<?xml version="1.0"?>
      <MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT6S"><Period>
      <AdaptationSet contentType="video"><SegmentTemplate duration="2" startNumber="0" initialization="$RepresentationID$-i.mp4" media="$RepresentationID$-$Number$.m4s"/>
      <Representation id="v" bandwidth="700000" width="320" height="240"/></AdaptationSet></Period></MPD>`;
    const web = new Web().get(who, '/d/a.mpd', manifest).get(who, '/d/v-i.mp4', film.init);
    for (const i of [0, 1, 2]) web.get(who, `/d/v-${i}.m4s`, film.parts[i]);
    const { analysis, segments, sessions } = web.analyse();
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ kind: 'dash', url: 'http://tv.example/d/a.mpd', state: 'complete' });
    expect(segments(sessions[0].id)).toEqual([0, 1, 2].map((n) => ['320x240, 0.7 Mbit/s', n, 'complete', 1]));
    expect(analysis.samples(sessions[0].id)?.tracks[0]).toMatchObject({ kind: 'video', codec: 'H264', count: 6 });
    expect(analysis.file(sessions[0].id)?.extension).toBe('mp4');
  });
});
