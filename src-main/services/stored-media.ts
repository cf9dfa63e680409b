import type { MediaFile } from '#engine/analysis/sessions/media-samples';
import type { CaptureLocation } from '../media/capture-location';
import type { StoredMediaInput } from '../media/samples/stored-samples';
import type { MediaSource } from './media-source';
import { SourceRows } from './source-rows';

/** A file that was sent, as the media worker takes it apart: its times begin where it was asked for. */
export async function storedMedia(
  captures: MediaSource,
  captureId: string,
  { file, capturePath }: { readonly file: MediaFile; readonly capturePath: CaptureLocation },
): Promise<StoredMediaInput> {
  const rows = new SourceRows((query) => captures.page(captureId, query));
  const { sourceId } = file;
  const row = (await rows.find('sessions', sourceId))?.row ?? (await rows.find('objects', sourceId))?.row ?? {};
  const { startSeconds, firstFrame, frame, url, name } = row as Readonly<Record<string, unknown>>;
  return {
    file,
    capturePath,
    captureBytes: captures.summary(captureId).bytes,
    title: String(url ?? name ?? sourceId),
    startSeconds: typeof startSeconds === 'number' ? startSeconds : 0,
    firstFrame: Number(firstFrame ?? frame ?? 0),
  };
}

/** Kinds of files with something to see or hear in them. */
export function isMedia({ mime }: MediaFile): boolean {
  return /^(audio|video)\//.test(mime);
}
