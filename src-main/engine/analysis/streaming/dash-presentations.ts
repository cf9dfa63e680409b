import type { DashManifest, Representation } from '../../protocols/dash';
import type { FetchedList, PlannedSegment, Presentation, Rendition } from './presentation';

type Fetched = FetchedList<DashManifest>;

/** Addresses that a viewer asked for, in the order of the requests. */
type RequestedUrls = (viewer: string) => readonly string[];

/**
 * Puts manifests together: one presentation a viewer and manifest, whose representations have the segments that any of
 * its versions named, and those that were fetched by an address that fits the template.
 */
export function dashPresentations(manifests: readonly Fetched[], requested: RequestedUrls): Presentation[] {
  const groups = new Map<string, Fetched[]>();
  for (const manifest of manifests) {
    const key = JSON.stringify([manifest.viewer, manifest.list.url]);
    const own = groups.get(key);
    if (own) own.push(manifest);
    else groups.set(key, [manifest]);
  }
  return [...groups.values()].map((own) => {
    const [{ viewer, list }] = own;
    return {
      kind: 'dash',
      url: list.url,
      viewer,
      renditions: renditionsOf(own, requested(viewer)),
      isLive: own.some((version) => version.list.isDynamic),
      playlistRequests: own.length,
      firstExchange: Math.min(...own.map(({ exchange }) => exchange)),
    };
  });
}

function renditionsOf(versions: readonly Fetched[], requested: readonly string[]): Rendition[] {
  const byId = new Map<string, Representation[]>();
  for (const { list } of versions) {
    for (const representation of list.representations) {
      if (representation.kind === 'other') continue;
      const key = `${representation.kind} ${representation.id}`;
      const own = byId.get(key);
      if (own) own.push(representation);
      else byId.set(key, [representation]);
    }
  }
  const hasVideo = [...byId.values()].some(([{ kind }]) => kind === 'video');
  return [...byId].map(([id, own]) => {
    const [{ bandwidth, codecs, height, kind, language, width }] = own;
    const role = kind === 'audio' && hasVideo ? 'audio' : 'main';
    return { id, role, bandwidth, codecs, width, height, language, segments: segmentsOf(own, requested) };
  });
}

function segmentsOf(versions: readonly Representation[], requested: readonly string[]): PlannedSegment[] {
  const byUrl = new Map<string, PlannedSegment>();
  for (const { init, period, segments } of versions) {
    for (const { byteRange, durationSeconds, url } of segments) {
      const key = JSON.stringify([url, byteRange]);
      if (byUrl.has(key)) continue;
      byUrl.set(key, { sequence: byUrl.size, url, byteRange, durationSeconds, discontinuity: period, init, key: null });
    }
  }
  const [{ init, pattern, period }] = versions;
  if (pattern === null) return [...byUrl.values()];
  const known = new Set([...byUrl.values()].map(({ url }) => url));
  const found = requested
    .filter((url) => !known.has(url))
    .flatMap((url) => {
      const value = pattern.valueOf(url);
      return value === null ? [] : [{ url, value }];
    })
    .sort((a, b) => a.value - b.value);
  const further = found.map(
    ({ url }, i): PlannedSegment => ({
      sequence: byUrl.size + i,
      url,
      byteRange: null,
      durationSeconds: pattern.durationSeconds,
      discontinuity: period,
      init,
      key: null,
    }),
  );
  return [...byUrl.values(), ...further];
}
