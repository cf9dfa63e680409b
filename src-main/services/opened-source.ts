import { RpcFailure } from '../workers/rpc/protocol';
import type { MediaSource } from './media-source';
import { SourceRows } from './source-rows';

/** Null when there are none. */
export async function samplesOf(captures: MediaSource, captureId: string, sourceId: string) {
  const found = await unlessMissing(captures.mediaSamples(captureId, sourceId));
  if (!found || found.tracks.length === 0) return null;
  const { capturePath, ...samples } = found;
  return { kind: 'samples', samples, capturePath } as const;
}

/** Null when there is none. */
export async function fileOf(captures: MediaSource, captureId: string, sourceId: string) {
  const found = await unlessMissing(captures.mediaFile(captureId, sourceId));
  if (!found) return null;
  const { capturePath, ...file } = found;
  return { kind: 'file', file, capturePath } as const;
}

/** Null where there is no such thing. */
export async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RpcFailure && error.failure.code === 'not-found') return null;
    throw error;
  }
}

/**
 * Asks something of an RTP stream or a call. A session that is no more than its RTP streams stands for the first one of
 * that kind, or for its first one.
 */
export async function askRtp<T>(
  captures: MediaSource,
  captureId: string,
  sourceId: string,
  kind: 'video' | 'audio',
  ask: (sourceId: string) => Promise<T>,
): Promise<T> {
  const answer = await unlessMissing(ask(sourceId));
  if (answer) return answer;
  const rows = new SourceRows((query) => captures.page(captureId, query));
  const session = await rows.find('sessions', sourceId);
  const ids: unknown = session?.row.streamIds;
  const streams = (await rows.rows('streams')).filter(({ id }) => Array.isArray(ids) && ids.includes(id));
  const stream = streams.find((row) => row.kind === kind) ?? streams[0];
  return ask(stream?.id ?? sourceId);
}
