import { type ExtentColumns, Extents } from '../../bytes/extents';
import { FlvDemuxer } from '../../containers/flv-demuxer';
import type { CaptureBytes } from '../../store/capture-bytes';
import { tsSamples } from '../mpegts/ts-samples';
import { FlvMedia } from '../rtmp/flv-media';
import type { MediaSamples } from '../sessions/media-samples';
import { pourExtents } from '../sessions/pour-extents';
import { mp4Tracks } from '../streaming/mp4-samples';

/** Bytes of media that were transferred. */
export interface StreamContent {
  readonly id: string;
  readonly title: string;
  readonly extension: string;
  readonly extents: ExtentColumns;
  readonly frame: number;
  readonly startSeconds: number;
}

const mp4Kinds = new Set(['mp4', 'm4a', 'mov', '3gp', 'm4s']);

/** What can be taken apart here: kinds that have samples with times of their own. */
export const hasSamples = (extension: string): boolean =>
  extension === 'flv' || extension === 'ts' || mp4Kinds.has(extension);

/** Samples of a transferred file; null for kinds that are played as they are, and where nothing is found. */
export function streamSamples(content: StreamContent, bytes: CaptureBytes): MediaSamples | null {
  const { extension, id, title } = content;
  if (extension === 'flv') return flvSamples(content, bytes);
  if (extension === 'ts') {
    const { extents, frame, startSeconds } = content;
    return tsSamples({ id, title, isPaced: false }, [
      (sink) => pourExtents(extents, bytes, frame, startSeconds * 1e9, sink),
    ]);
  }
  return mp4Kinds.has(extension) ? mp4Samples(content, bytes) : null;
}

function mp4Samples(
  { extents, frame, id, startSeconds, title }: StreamContent,
  bytes: CaptureBytes,
): MediaSamples | null {
  const media = new Extents();
  media.pushFrom(extents);
  const part = { init: null, segments: [{ media, frame }], shiftSeconds: 0 };
  const found = mp4Tracks([part], bytes, (kind) => `${id}/${kind}`);
  if (found.length === 0) return null;
  const first = Math.min(...found.map(({ firstSeconds }) => firstSeconds));
  const tracks = found.map((track) => track.build(startSeconds - first));
  const video = tracks.filter(({ kind }) => kind === 'video').slice(0, 1);
  return { sourceId: id, title, tracks: [...video, ...tracks.filter(({ kind }) => kind === 'audio')], notes: [] };
}

function flvSamples(content: StreamContent, bytes: CaptureBytes): MediaSamples | null {
  const { extents, frame, id, startSeconds, title } = content;
  const timeNs = startSeconds * 1e9;
  const media = new FlvMedia(bytes, (kind) => `${id}/${kind}`);
  const demuxer = new FlvDemuxer({ onTag: (tag) => media.push(tag) });
  pourExtents(extents, bytes, frame, timeNs, {
    push: (...data) => demuxer.push(...data),
    gap: (length) => demuxer.gap(length, frame, timeNs),
  });
  demuxer.end(timeNs);
  return media.hasSamples ? media.samples(id, title) : null;
}
