import type { PlannedSegment, Presentation, Rendition } from './presentation';
import type { Fetch, SegmentFetches } from './segment-fetches';

export type SegmentState =
  /** Came whole. */
  | 'complete'
  /** Came with bytes missing. */
  | 'damaged'
  /** Asked for, and never answered with it. */
  | 'failed'
  /** Never asked for, although segments before and behind it were. */
  | 'skipped'
  /** Never asked for, before the first or behind the last one that was. */
  | 'not-requested';

/** A segment, and how it was fetched. */
export interface WatchedSegment {
  readonly rendition: Rendition;
  readonly segment: PlannedSegment;
  readonly fetch: Fetch | null;
  readonly state: SegmentState;
}

/** All segments of a rendition with their fetches. */
export function watchedSegments(
  { viewer }: Presentation,
  rendition: Rendition,
  fetches: SegmentFetches,
): WatchedSegment[] {
  const found = rendition.segments.map((segment) => ({ segment, fetch: fetches.find(viewer, segment) }));
  const [first, last] = fetchedRange(found);
  return found.map(({ fetch, segment }, i) => {
    const isInside = first >= 0 && i > first && i < last;
    return { rendition, segment, fetch, state: stateOf(fetch, isInside) };
  });
}

/** Indexes of the first and the last segment that was asked for; -1 without one. */
function fetchedRange(segments: readonly { readonly fetch: Fetch | null }[]): readonly [number, number] {
  let first = -1;
  let last = -1;
  segments.forEach(({ fetch }, i) => {
    if (fetch === null) return;
    if (first < 0) first = i;
    last = i;
  });
  return [first, last];
}

function stateOf(fetch: Fetch | null, isInside: boolean): SegmentState {
  if (fetch === null) return isInside ? 'skipped' : 'not-requested';
  if (fetch.times === 0) return 'failed';
  return fetch.missing > 0 || !fetch.record.responseBody?.isComplete ? 'damaged' : 'complete';
}

/**
 * What is played, in media order: of each sequence number the best that was fetched, since a viewer changes variants as
 * the line allows; those that nobody fetched are left out before the first and behind the last one.
 */
export function playedSegments(
  presentation: Presentation,
  role: Rendition['role'],
  fetches: SegmentFetches,
): WatchedSegment[] {
  const own = presentation.renditions.filter((rendition) => rendition.role === role);
  // Sound beside the picture is heard in one language.
  const chosen =
    role === 'audio' ? [mostFetched(presentation, own, fetches)].flatMap((rendition) => rendition ?? []) : own;
  const bySequence = new Map<number, WatchedSegment>();
  for (const rendition of chosen) {
    for (const watched of watchedSegments(presentation, rendition, fetches)) {
      const known = bySequence.get(watched.segment.sequence);
      if (!known || isBetter(watched, known)) bySequence.set(watched.segment.sequence, watched);
    }
  }
  const ordered = [...bySequence.values()].sort((a, b) => a.segment.sequence - b.segment.sequence);
  const [first, last] = fetchedRange(ordered);
  return first < 0 ? [] : ordered.slice(first, last + 1);
}

const ranks: Readonly<Record<SegmentState, number>> = {
  complete: 4,
  damaged: 3,
  failed: 2,
  skipped: 1,
  'not-requested': 0,
};

function isBetter(a: WatchedSegment, b: WatchedSegment): boolean {
  if (a.state !== b.state) return ranks[a.state] > ranks[b.state];
  return a.rendition.bandwidth > b.rendition.bandwidth;
}

function mostFetched(presentation: Presentation, own: readonly Rendition[], fetches: SegmentFetches): Rendition | null {
  const count = ({ segments }: Rendition): number =>
    segments.filter((segment) => fetches.find(presentation.viewer, segment) !== null).length;
  const [best] = own.map((rendition) => ({ rendition, count: count(rendition) })).sort((a, b) => b.count - a.count);
  return best?.rendition ?? null;
}
