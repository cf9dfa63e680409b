import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { capturePath, hasCaptures } from '../../../testing/oracles';
import { readExtents } from '../../bytes/extents';
import { analyseHttp } from '../http/testing/analyse-http';

interface Truth {
  readonly concatenated_segments?: { readonly sha256: string; readonly frames: number };
  readonly concatenated?: { readonly sha256: string; readonly frames: number };
  readonly playlist_requests?: number;
}

const truthOf = (name: string): Truth =>
  JSON.parse(readFileSync(capturePath(`live/hls/${name}.truth.json`), 'utf8')).expected as Truth;

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function hlsOf(name: string) {
  const { analysis, bytes } = analyseHttp(capturePath(`live/hls/${name}.pcapng`));
  const sessions = analysis.document().sessions.filter(({ kind }) => kind === 'hls');
  expect(sessions).toHaveLength(1);
  const [session] = sessions;
  const file = analysis.file(session.id);
  if (!file) throw new Error('the session has no file');
  return { analysis, session, extension: file.extension, joined: readExtents(bytes, file.extents, 0, 1e9) };
}

describe.skipIf(!hasCaptures)('HLS of real captures', () => {
  it.each(['plain_keepalive_8088', 'live_reload_lossy', 'fmp4_cmaf'])(
    '%s: joined as the server had it, every picture',
    (name) => {
      const truth = truthOf(name);
      const { analysis, joined, session } = hlsOf(name);
      const whole = truth.concatenated_segments ?? truth.concatenated;
      expect(hash(joined)).toBe(whole?.sha256);
      expect(session.state).toBe('complete');
      expect(session.missingBytes).toBe(0);
      if (truth.playlist_requests) expect(session.details.playlistRequests).toBe(truth.playlist_requests);
      const [video, audio] = analysis.samples(session.id)?.tracks ?? [];
      expect(video).toMatchObject({ kind: 'video', codec: 'H264', count: whole?.frames, width: 320, height: 240 });
      expect(video.isDamaged.some((flag) => flag === 1)).toBe(false);
      expect(audio).toMatchObject({ kind: 'audio', codec: 'AAC', sampleRateHz: 48_000 });
      const page = analysis.tables.page({ table: 'segments', scope: session.id, offset: 0, limit: 100 });
      expect(page?.rows.map(({ sequence, state, times }) => [sequence, state, times])).toEqual(
        [0, 1, 2, 3, 4, 5].map((sequence) => [sequence, 'complete', 1]),
      );
    },
  );

  it.each([
    ['aes128', 'ts'],
    ['gzip_chunked', 'ts'],
  ])('%s: equals the reference', (name, extension) => {
    const { joined, session } = hlsOf(name);
    const reference = readFileSync(capturePath(`live/hls/${name}.reference.${extension}`));
    expect(hash(joined)).toBe(hash(reference));
    expect(session.media).toBe('video');
  });
});
