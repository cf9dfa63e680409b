import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlaylist } from './playlist';

const at = 'http://host:8088/live/hi.m3u8?token=1';

describe('parsePlaylist', () => {
  it('reads a master playlist with separate sound', () => {
    const text = [
      '#EXTM3U',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",LANGUAGE="en",URI="en/a.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360,CODECS="avc1.64001e,mp4a.40.2",AUDIO="a"',
      '/other/mid.m3u8',
    ].join('\n');
    expect(parsePlaylist(text, at)).toEqual({
      kind: 'master',
      url: at,
      variants: [
        {
          url: 'http://host:8088/other/mid.m3u8',
          bandwidth: 800_000,
          codecs: 'avc1.64001e,mp4a.40.2',
          width: 640,
          height: 360,
          audio: [{ url: 'http://host:8088/live/en/a.m3u8', name: 'English', language: 'en' }],
        },
      ],
    });
  });

  it('numbers segments, and knows their ranges, keys and initialization', () => {
    const text = [
      '#EXTM3U',
      '#EXT-X-VERSION:7',
      '#EXT-X-TARGETDURATION:4',
      '#EXT-X-MEDIA-SEQUENCE:41',
      '#EXT-X-MAP:URI="all.mp4",BYTERANGE="700@0"',
      '#EXT-X-KEY:METHOD=AES-128,URI="k/1.key",IV=0x000102030405060708090A0B0C0D0E0F',
      '#EXTINF:4.0,',
      '#EXT-X-BYTERANGE:1000@700',
      'all.mp4',
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-KEY:METHOD=NONE',
      '#EXTINF:3.5,',
      '#EXT-X-BYTERANGE:500',
      'all.mp4',
      '#EXT-X-ENDLIST',
    ].join('\r\n');
    const playlist = parsePlaylist(text, at);
    if (playlist?.kind !== 'media') throw new Error('no media playlist');
    expect(playlist.isEnded).toBe(true);
    expect(playlist.targetDurationSeconds).toBe(4);
    const [first, second] = playlist.segments;
    expect(first).toMatchObject({
      sequence: 41,
      url: 'http://host:8088/live/all.mp4',
      byteRange: { offset: 700, length: 1000 },
      init: { url: 'http://host:8088/live/all.mp4', byteRange: { offset: 0, length: 700 } },
      key: { method: 'AES-128', url: 'http://host:8088/live/k/1.key' },
    });
    expect(first.key?.iv).toEqual(Uint8Array.from({ length: 16 }, (_, i) => i));
    expect(second).toMatchObject({ sequence: 42, byteRange: { offset: 1700, length: 500 }, key: null });
    expect(second.discontinuitySequence).toBe(first.discontinuitySequence + 1);
  });

  it('keeps paths on their host', () => {
    const playlist = parsePlaylist('#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n../../../../etc/passwd\n', at);
    expect(playlist?.kind === 'media' && playlist.segments[0].url).toBe('http://host:8088/etc/passwd');
  });

  it('reads ten thousand segments', () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `#EXTINF:2,\n${i}.ts`);
    const playlist = parsePlaylist(`#EXTM3U\n#EXT-X-TARGETDURATION:2\n${lines.join('\n')}\n`, at);
    expect(playlist?.kind === 'media' && playlist.segments.length).toBe(10_000);
  });

  it('never throws', () => {
    const line = fc.oneof(
      fc.constantFrom(
        '#EXTINF:2,',
        '#EXTINF:x',
        '#EXT-X-KEY:METHOD=AES-128',
        '#EXT-X-KEY:METHOD=AES-128,URI="k",IV=0x12',
        '#EXT-X-MAP:URI=',
        '#EXT-X-BYTERANGE:5',
        '#EXT-X-STREAM-INF:BANDWIDTH=1',
        '#EXT-X-MEDIA:TYPE=AUDIO',
        '#EXT-X-MEDIA-SEQUENCE:-7',
        '#EXT-X-TARGETDURATION:2',
        'a.ts',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        parsePlaylist(['#EXTM3U', ...lines].join('\n'), at);
      }),
    );
  });
});
