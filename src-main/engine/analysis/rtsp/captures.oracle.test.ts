import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { analyse, capturePath, capturesIn, hasCaptures } from '../../../testing/oracles';

interface Truth {
  readonly expected: {
    readonly server: string;
    readonly transport: 'udp' | 'tcp';
    readonly rtsp_methods: Record<string, number>;
    readonly credentials: string | null;
    readonly streams: Record<
      'video' | 'audio',
      { readonly ssrc: string; readonly packets: number; readonly lost: number; readonly pt: number }
    >;
  };
}

const captures = capturesIn('live/rtsp', /\.pcapng$/);

describe.skipIf(!hasCaptures)('RTSP in captures', () => {
  it.each(captures)('finds the session and its streams: %s', (name) => {
    const path = capturePath(name);
    const { expected } = JSON.parse(readFileSync(path.replace(/pcapng$/, 'truth.json'), 'utf8')) as Truth;
    const analysis = analyse(path);
    const document = analysis.document();
    const streams = analysis.streams();
    expect(document.sessions).toHaveLength(1);
    const [session] = document.sessions;
    expect(session).toMatchObject({ kind: 'rtsp', server: expected.server, state: 'torn down', media: 'video' });
    const methods = Object.entries(expected.rtsp_methods).map(([method, count]) => `${method} ${count}`);
    expect(session.details.methods).toBe(methods.join(', '));
    expect(session.details.authentication).toBe(expected.credentials === null ? null : 'Digest');
    if (expected.credentials) expect(session.details.user).toBe(expected.credentials.split(':')[0]);
    expect(streams).toHaveLength(2);
    expect([...session.streamIds].sort()).toEqual(streams.map(({ id }) => id).sort());
    for (const kind of ['video', 'audio'] as const) {
      const { ssrc, packets, lost, pt } = expected.streams[kind];
      expect(streams.find((stream) => stream.ssrc === ssrc)).toMatchObject({
        kind,
        packets,
        lost,
        payloadTypes: [pt],
        codec: kind === 'video' ? 'H264' : 'MPEG4-GENERIC',
        basis: 'rtsp',
        sessionId: session.id,
      });
    }
    const requests = Object.values(expected.rtsp_methods).reduce((sum, count) => sum + count, 0);
    const ladder = analysis.ladder(session.id);
    expect(ladder?.items.filter(({ kind }) => kind === 'message')).toHaveLength(2 * requests);
    expect(ladder?.items.filter(({ kind }) => kind === 'media')).toHaveLength(2);
  });
});
