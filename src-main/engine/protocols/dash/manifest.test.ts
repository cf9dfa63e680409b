import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseManifest } from './manifest';

const at = 'http://host/dash/a.mpd';

describe('parseManifest', () => {
  it('numbers the segments of a template by duration', () => {
    const manifest = parseManifest(
      `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT0M9.5S">
      <Period><AdaptationSet contentType="video" width="640" height="360">
      <SegmentTemplate timescale="1000" duration="4000" startNumber="1" initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/seg-$Number%03d$.m4s"/>
      <Representation id="v1" bandwidth="800000" codecs="avc1.64001e"/></AdaptationSet></Period></MPD>`,
      at,
    );
    expect(manifest).toMatchObject({ isDynamic: false, durationSeconds: 9.5 });
    const [video] = manifest?.representations ?? [];
    expect(video).toMatchObject({
      id: 'v1',
      kind: 'video',
      bandwidth: 800_000,
      width: 640,
      init: { url: 'http://host/dash/v1/init.mp4' },
      pattern: null,
    });
    expect(video.segments.map(({ url }) => url)).toEqual([1, 2, 3].map((n) => `http://host/dash/v1/seg-00${n}.m4s`));
    expect(video.segments[0].durationSeconds).toBe(4);
  });

  it('follows a timeline, and goes on behind it', () => {
    const manifest = parseManifest(
      `<MPD type="dynamic"><Period><BaseURL>live/</BaseURL><AdaptationSet mimeType="audio/mp4">
      <Representation id="a" bandwidth="96000"><SegmentTemplate timescale="48000" initialization="i.mp4" media="a-$Time$.m4s">
      <SegmentTimeline><S t="96000" d="96000" r="1"/><S d="48000"/></SegmentTimeline></SegmentTemplate></Representation></AdaptationSet></Period></MPD>`,
      at,
    );
    const [audio] = manifest?.representations ?? [];
    expect(audio.segments.map(({ url, durationSeconds }) => [url, durationSeconds])).toEqual([
      ['http://host/dash/live/a-96000.m4s', 2],
      ['http://host/dash/live/a-192000.m4s', 2],
      ['http://host/dash/live/a-288000.m4s', 1],
    ]);
    expect(audio.pattern?.valueOf('http://host/dash/live/a-336000.m4s')).toBe(336_000);
    expect(audio.pattern?.valueOf('http://host/dash/live/b-336000.m4s')).toBeNull();
  });

  it('reads lists with byte ranges', () => {
    const manifest = parseManifest(
      `<MPD><Period><AdaptationSet mimeType="video/mp4"><Representation id="v"><BaseURL>all.mp4</BaseURL>
      <SegmentList duration="2"><Initialization range="0-699"/><SegmentURL mediaRange="700-1699"/></SegmentList>
      </Representation></AdaptationSet></Period></MPD>`,
      at,
    );
    const [video] = manifest?.representations ?? [];
    expect(video.init).toEqual({ url: 'http://host/dash/all.mp4', byteRange: { offset: 0, length: 700 } });
    expect(video.segments).toEqual([
      { sequence: 0, url: 'http://host/dash/all.mp4', byteRange: { offset: 700, length: 1000 }, durationSeconds: 2 },
    ]);
  });

  it('is bounded, whatever the manifest asks for', () => {
    const manifest = parseManifest(
      `<MPD mediaPresentationDuration="PT999999H"><Period><AdaptationSet><SegmentTemplate duration="1" media="$Number$"/>
      <Representation id="x"/></AdaptationSet></Period></MPD>`,
      at,
    );
    expect(manifest?.representations[0].segments).toHaveLength(100_000);
    const timeline = `<MPD><Period><AdaptationSet><SegmentTemplate media="$Time$"><SegmentTimeline><S t="0" d="1" r="4000000000"/></SegmentTimeline></SegmentTemplate><Representation id="x"/></AdaptationSet></Period></MPD>`;
    expect(parseManifest(timeline, at)?.representations[0].segments).toHaveLength(100_000);
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      '<MPD>',
      '<Period>',
      '<AdaptationSet',
      ' width="x"',
      '>',
      '<Representation id="',
      '"',
      '/>',
      '</MPD>',
      '<!ENTITY a "b">',
      '&a;',
      '<S r="-1" d="1"/>',
      '<SegmentTemplate media="$Number$">',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 40 }), (pieces) => {
        parseManifest(pieces.join(''), at);
      }),
    );
  });
});
