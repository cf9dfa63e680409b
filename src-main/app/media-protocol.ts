import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { StoredArtifact } from '../media/artifact-store';
import { contentRange, parseRange } from '../media/range';

/**
 * Answers `media://artifact/<id>` with the artifact's bytes: 200, 206 for a range (what lets a player seek), 416 for
 * one past the end, 404 for an id that was not given out. `origin` may read the samples (WebAudio needs CORS).
 */
export function mediaHandler(
  find: (artifactId: string) => StoredArtifact | null,
  origin: string,
): (request: Request) => Promise<Response> {
  const common = { 'access-control-allow-origin': origin, 'x-content-type-options': 'nosniff' };
  const refuse = (status: number, headers: Record<string, string> = {}): Response =>
    new Response(null, { status, headers: { ...common, ...headers } });

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, { allow: 'GET, HEAD' });
    const { hostname, pathname } = new URL(request.url);
    const artifact = hostname === 'artifact' ? find(pathname.slice(1)) : null;
    const size = artifact ? await sizeOf(artifact.path) : null;
    if (!artifact || size === null) return refuse(404);

    const range = parseRange(request.headers.get('range'), size);
    if (range === 'unsatisfiable') return refuse(416, { 'content-range': contentRange(null, size) });
    const isPart = range !== 'all';
    const { start, end } = isPart ? range : { start: 0, end: size - 1 };
    const body = request.method === 'HEAD' || size === 0 ? null : openRange(artifact.path, start, end);
    return new Response(body, {
      status: isPart ? 206 : 200,
      headers: {
        ...common,
        'accept-ranges': 'bytes',
        'cache-control': 'no-store',
        'content-length': String(end - start + 1),
        'content-type': artifact.mime,
        ...(isPart ? { 'content-range': contentRange(range, size) } : {}),
      },
    });
  };
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
}

function openRange(path: string, start: number, end: number): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(path, { start, end })) as ReadableStream<Uint8Array>;
}
