import type { MasterPlaylist, MediaPlaylist, PlaylistSegment, Variant } from '../../protocols/hls';
import type { FetchedList, PlannedSegment, Presentation, Rendition } from './presentation';

type Fetched = FetchedList<MasterPlaylist | MediaPlaylist>;

/**
 * Puts playlists together: the media playlists of a viewer below the master playlist that names them, those that none
 * names by themselves. A live playlist that was fetched many times becomes one list, by media sequence number.
 */
export function hlsPresentations(playlists: readonly Fetched[]): Presentation[] {
  const presentations: Presentation[] = [];
  for (const [viewer, own] of byViewer(playlists)) {
    const taken = new Set<string>();
    for (const [url, masters] of byUrl(own.filter(({ list }) => list.kind === 'master'))) {
      const variants = masters.flatMap(({ list }) => (list.kind === 'master' ? list.variants : []));
      const renditions = renditionsOf(variants, own);
      for (const { id } of renditions) taken.add(id);
      const lists = [...masters, ...own.filter(({ list }) => renditions.some(({ id }) => id === list.url))];
      presentations.push({ kind: 'hls', url, viewer, renditions, ...factsOf(lists) });
    }
    for (const [url, lists] of byUrl(own.filter(({ list }) => list.kind === 'media' && !taken.has(list.url)))) {
      const rendition = renditionOf(url, 'main', null, null, lists);
      presentations.push({ kind: 'hls', url, viewer, renditions: [rendition], ...factsOf(lists) });
    }
  }
  return presentations.sort((a, b) => a.firstExchange - b.firstExchange);
}

function byViewer(playlists: readonly Fetched[]): Map<string, Fetched[]> {
  const found = new Map<string, Fetched[]>();
  for (const playlist of playlists) {
    const own = found.get(playlist.viewer);
    if (own) own.push(playlist);
    else found.set(playlist.viewer, [playlist]);
  }
  return found;
}

function byUrl(playlists: readonly Fetched[]): Map<string, Fetched[]> {
  const found = new Map<string, Fetched[]>();
  for (const playlist of playlists) {
    const own = found.get(playlist.list.url);
    if (own) own.push(playlist);
    else found.set(playlist.list.url, [playlist]);
  }
  return found;
}

/** Those variants, and sound beside them, whose playlists were fetched. */
function renditionsOf(variants: readonly Variant[], own: readonly Fetched[]): Rendition[] {
  const fetched = byUrl(own.filter(({ list }) => list.kind === 'media'));
  const renditions = new Map<string, Rendition>();
  for (const variant of variants) {
    const lists = fetched.get(variant.url);
    if (lists && !renditions.has(variant.url)) {
      renditions.set(variant.url, renditionOf(variant.url, 'main', variant, null, lists));
    }
    for (const { url, language } of variant.audio) {
      const sound = fetched.get(url);
      if (sound && !renditions.has(url)) renditions.set(url, renditionOf(url, 'audio', null, language, sound));
    }
  }
  return [...renditions.values()];
}

function renditionOf(
  url: string,
  role: Rendition['role'],
  variant: Variant | null,
  language: string | null,
  lists: readonly Fetched[],
): Rendition {
  return {
    id: url,
    role,
    bandwidth: variant?.bandwidth ?? 0,
    codecs: variant?.codecs ?? null,
    width: variant?.width ?? null,
    height: variant?.height ?? null,
    language,
    segments: mergedSegments(lists),
  };
}

/** What a later playlist says of a number counts; a server that began anew goes on counting below. */
function mergedSegments(lists: readonly Fetched[]): PlannedSegment[] {
  const bySequence = new Map<number, PlaylistSegment>();
  for (const { list } of lists) {
    if (list.kind === 'media') for (const segment of list.segments) bySequence.set(segment.sequence, segment);
  }
  return [...bySequence.values()]
    .sort((a, b) => a.sequence - b.sequence)
    .map(({ discontinuitySequence, ...segment }) => ({ ...segment, discontinuity: discontinuitySequence }));
}

function factsOf(lists: readonly Fetched[]): Pick<Presentation, 'isLive' | 'playlistRequests' | 'firstExchange'> {
  const media = lists.flatMap(({ list }) => (list.kind === 'media' ? [list] : []));
  return {
    isLive: media.some(({ isEnded }) => !isEnded),
    playlistRequests: lists.length,
    firstExchange: Math.min(...lists.map(({ exchange }) => exchange)),
  };
}
