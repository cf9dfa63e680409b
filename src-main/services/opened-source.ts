import type { MediaFile, MediaSamples } from '#engine/analysis/sessions/media-samples';
import type { CaptureLocation } from '../media/capture-location';
import { RpcFailure } from '../workers/rpc/protocol';
import type { MediaSource, MediaSourceIndex } from './media-source';

/** What an id stands for: packets of RTP, coded samples, or bytes that were sent as a file. */
export type OpenedSource =
  | { readonly kind: 'rtp'; readonly index: MediaSourceIndex }
  | { readonly kind: 'samples'; readonly samples: MediaSamples; readonly capturePath: CaptureLocation }
  | { readonly kind: 'file'; readonly file: MediaFile; readonly capturePath: CaptureLocation };

/** Coded samples say most of what was sent, the file they came in less. Fails with `not-found`. */
export async function openSource(captures: MediaSource, captureId: string, sourceId: string): Promise<OpenedSource> {
  return (
    (await samplesOf(captures, captureId, sourceId)) ??
    (await fileOf(captures, captureId, sourceId)) ?? {
      kind: 'rtp',
      index: await captures.mediaIndex(captureId, sourceId),
    }
  );
}

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

async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RpcFailure && error.failure.code === 'not-found') return null;
    throw error;
  }
}
