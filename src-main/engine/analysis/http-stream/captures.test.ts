import { describe, expect, it } from 'vitest';
import { capturePath, hasCaptures } from '../../../testing/oracles';
import { analyseHttp } from '../http/testing/analyse-http';

describe.skipIf(!hasCaptures)('progressive media of real captures', () => {
  it('puts a film of ranges together: every picture, every sound', () => {
    const { analysis } = analyseHttp(capturePath('live/misc/http_mp4_ranges.pcapng'));
    const [session] = analysis.document().sessions;
    expect(session).toMatchObject({ kind: 'http-stream', state: 'complete', missingBytes: 0, media: 'video' });
    const [video, audio] = analysis.samples(session.id)?.tracks ?? [];
    expect(video).toMatchObject({ codec: 'H264', count: 300, width: 480, height: 272 });
    expect(audio).toMatchObject({ codec: 'AAC', count: 518 });
    expect([...video.isDamaged].some((flag) => flag === 1)).toBe(false);
    expect(analysis.file(session.id)?.extension).toBe('mp4');
  });

  it('leaves segments and pictures to the sessions they belong to', () => {
    for (const name of ['live/hls/plain_keepalive_8088', 'live/hls/fmp4_cmaf', 'live/camera/camera_multipart_8081']) {
      const { analysis } = analyseHttp(capturePath(`${name}.pcapng`));
      expect(analysis.document().sessions.map(({ kind }) => kind)).toHaveLength(1);
    }
  });
});
