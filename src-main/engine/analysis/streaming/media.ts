import { ExtentReader } from '../../bytes/extent-reader';
import { Extents } from '../../bytes/extents';
import type { CaptureBytes } from '../../store/capture-bytes';
import { tsSamples } from '../mpegts/ts-samples';
import type { MediaFile, MediaSamples, SampleTrack } from '../sessions/media-samples';
import { pourExtents } from '../sessions/pour-extents';
import { type Mp4Part, mp4Tracks } from './mp4-samples';
import type { Presentation } from './presentation';
import type { SegmentFetches } from './segment-fetches';
import { playedSegments, type WatchedSegment } from './watched';

const syncByte = 0x47;

interface PlayedMedia {
  readonly watched: WatchedSegment;
  readonly media: Extents;
  readonly init: Extents | null;
}

/** Makes samples and files of what a presentation consists of. */
export class PresentationMedia {
  constructor(
    private readonly bytes: CaptureBytes,
    private readonly fetches: SegmentFetches,
  ) {}

  /** Samples of a session, in media order; null when nothing of it can be taken apart. */
  samples(id: string, presentation: Presentation): MediaSamples | null {
    const title = presentation.url;
    const main = this.played(presentation, 'main');
    const sound = this.played(presentation, 'audio');
    const startSeconds = startOf([...main, ...sound]);
    const tracks = [
      ...this.tracks(id, presentation, main, startSeconds),
      ...this.tracks(`${id}/audio`, presentation, sound, startSeconds),
    ];
    if (tracks.length === 0) return null;
    const video = tracks.filter(({ kind }) => kind === 'video').sort((a, b) => b.count - a.count);
    const audio = tracks.filter(({ kind }) => kind === 'audio').sort((a, b) => b.count - a.count);
    return { sourceId: id, title, tracks: [...video.slice(0, 1), ...audio], notes: this.notes(presentation, video) };
  }

  /** The segments one after the other, as a player would write them to a file; null when there are none. */
  file(id: string, presentation: Presentation): MediaFile | null {
    const main = this.played(presentation, 'main');
    if (main.length === 0) return null;
    const extents = new Extents();
    let init: Extents | null = null;
    for (const played of main) {
      if (played.init && !isSame(played.init, init)) {
        extents.pushFrom(played.init);
        init = played.init;
      }
      extents.pushFrom(played.media);
    }
    const isTs = this.isTransportStream(main[0].media);
    return { sourceId: id, extension: isTs ? 'ts' : 'mp4', mime: isTs ? 'video/mp2t' : 'video/mp4', extents };
  }

  private played(presentation: Presentation, role: 'main' | 'audio'): PlayedMedia[] {
    return playedSegments(presentation, role, this.fetches).flatMap((watched) => {
      const media = this.fetches.media(presentation.viewer, watched.segment);
      if (media === null || media.total === 0) return [];
      return [{ watched, media, init: this.fetches.initialization(presentation.viewer, watched.segment) }];
    });
  }

  private tracks(
    id: string,
    { url }: Presentation,
    played: readonly PlayedMedia[],
    startSeconds: number,
  ): readonly SampleTrack[] {
    if (played.length === 0) return [];
    if (this.isTransportStream(played[0].media)) {
      const parts = played.map(({ media, watched }) => (sink: Parameters<typeof pourExtents>[4]): void => {
        pourExtents(media, this.bytes, frameOf(watched), startSeconds * 1e9, sink);
      });
      return tsSamples({ id, title: url, isPaced: false }, parts)?.tracks ?? [];
    }
    const found = mp4Tracks(partsOf(played), this.bytes, (kind) => `${id}/${kind}`);
    const first = Math.min(...found.map(({ firstSeconds }) => firstSeconds));
    return found.map((track) => track.build(startSeconds - first));
  }

  private isTransportStream(media: Extents): boolean {
    const [first] = new ExtentReader(this.bytes, media).read(0, 1);
    return first === syncByte;
  }

  private notes(presentation: Presentation, video: readonly SampleTrack[]): string[] {
    const notes: string[] = [];
    const played = playedSegments(presentation, 'main', this.fetches);
    const lost = played.filter(({ state }) => state === 'skipped' || state === 'failed').length;
    const damaged = played.filter(({ state }) => state === 'damaged').length;
    const variants = new Set(played.map(({ rendition }) => rendition.id)).size;
    if (lost > 0) notes.push(`${lost} of ${played.length} segments are not in the capture.`);
    if (damaged > 0) notes.push(`Bytes are missing in ${damaged} segments.`);
    if (variants > 1) notes.push(`The viewer changed between ${variants} variants.`);
    if (video.length > 1) notes.push('The parameters of the picture change: what has others is left out.');
    const closed = played.filter(({ fetch, segment: { key } }) => fetch !== null && this.isClosed(presentation, key));
    if (closed.length > 0) notes.push(`${closed.length} segments are encrypted, and their key is not in the capture.`);
    return notes;
  }

  private isClosed({ viewer }: Presentation, key: WatchedSegment['segment']['key']): boolean {
    return key !== null && !this.fetches.hasKey(viewer, key);
  }
}

/** Times go on where a discontinuity begins another clock: as long as the segments before it play. */
function partsOf(played: readonly PlayedMedia[]): Mp4Part[] {
  const parts: { init: Extents | null; segments: { media: Extents; frame: number }[]; shiftSeconds: number }[] = [];
  let last: PlayedMedia | null = null;
  for (const item of played) {
    const isOther =
      last === null ||
      last.watched.segment.discontinuity !== item.watched.segment.discontinuity ||
      !isSame(item.init, last.init);
    if (isOther) parts.push({ init: item.init, segments: [], shiftSeconds: 0 });
    parts[parts.length - 1].segments.push({ media: item.media, frame: frameOf(item.watched) });
    last = item;
  }
  return parts;
}

function isSame(a: Extents | null, b: Extents | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.total === b.total && a.count === b.count && a.address.subarray(0, a.count).every((at, i) => at === b.address[i])
  );
}

function startOf(played: readonly PlayedMedia[]): number {
  const times = played.map(({ watched }) => watched.fetch?.firstByteNs ?? 0);
  return times.length === 0 ? 0 : Math.min(...times) / 1e9;
}

function frameOf({ fetch }: WatchedSegment): number {
  return Math.max(0, fetch?.record.responseBody?.firstFrame ?? fetch?.record.responseFrame ?? 0);
}
