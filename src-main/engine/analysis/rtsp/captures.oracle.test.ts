import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capturePath, capturesIn, hasCaptures } from '../../../testing/oracles';
import { FileSource } from '../../../workers/file-source';
import { CaptureBytes, MemorySpill } from '../../store/capture-bytes';
import { CaptureAnalysis } from '../pipeline/capture-analysis';
import { playOrder } from '../rtp/play-order';

interface Truth {
  readonly expected: {
    readonly server: string;
    readonly transport: 'udp' | 'tcp';
    readonly rtsp_methods: Record<string, number>;
    readonly credentials: string | null;
    readonly streams: Record<
      'video' | 'audio',
      {
        readonly ssrc: string;
        readonly packets: number;
        readonly lost: number;
        readonly pt: number;
        readonly payload_sha256: string;
      }
    >;
  };
}

/** The analysis of a capture, and the bytes that its addresses name: those kept beside the file as well. */
function analyse(path: string): { readonly analysis: CaptureAnalysis; readonly bytes: CaptureBytes } {
  const source = new FileSource(path);
  const spill = new MemorySpill();
  const opened = CaptureAnalysis.open(source, { spill });
  if (!opened.ok) throw new Error(opened.error.message);
  while (opened.value.ingest(() => false));
  opened.value.finish();
  return { analysis: opened.value, bytes: new CaptureBytes(source, spill) };
}

/** SHA-256 of all payloads of a stream, in the order of play. */
function payloadHash({ analysis, bytes }: ReturnType<typeof analyse>, streamId: string): string {
  const [index] = analysis.media.indexes(streamId)?.streams ?? [];
  if (!index) throw new Error(`${streamId} has no packets`);
  const hash = createHash('sha256');
  for (const packet of playOrder(index).packets) {
    const payload = new Uint8Array(index.payloadLength[packet]);
    expect(bytes.read(index.payloadOffset[packet], payload)).toBe(payload.length);
    hash.update(payload);
  }
  return hash.digest('hex');
}

const captures = capturesIn('live/rtsp', /\.pcapng$/);

describe.skipIf(!hasCaptures)('RTSP in captures', () => {
  it.each(captures)('finds the session and its streams: %s', (name) => {
    const path = capturePath(name);
    const { expected } = JSON.parse(readFileSync(path.replace(/pcapng$/, 'truth.json'), 'utf8')) as Truth;
    const analysed = analyse(path);
    const { analysis } = analysed;
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
      const { ssrc, packets, lost, pt, payload_sha256: hash } = expected.streams[kind];
      const stream = streams.find((row) => row.ssrc === ssrc);
      expect(payloadHash(analysed, stream?.id ?? '')).toBe(hash);
      expect(stream).toMatchObject({
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
