import type { MarkerKind, PlayerMarker } from '#shared/model/player';

/** What is drawn first lies below; of markers at one place the later kind is the one pointed at. */
export const markerOrder: readonly MarkerKind[] = [
  'silence',
  'truncated',
  'duplicate',
  'reordered',
  'lost',
  'restart',
  'dtmf',
];

export const markerTitles: Readonly<Record<MarkerKind, string>> = {
  lost: 'Lost',
  reordered: 'Reordered',
  duplicate: 'Duplicate',
  restart: 'Restart',
  silence: 'Inserted silence',
  dtmf: 'DTMF',
  truncated: 'Truncated',
};

const reachPixels = 4;

/** Marker of a lane at a time, with a little reach to either side; null when there is none. */
export function markerAt(
  markers: readonly PlayerMarker[],
  seconds: number,
  pixelsPerSecond: number,
): PlayerMarker | null {
  const reach = reachPixels / pixelsPerSecond;
  let found: PlayerMarker | null = null;
  for (const marker of markers) {
    if (seconds < marker.startSeconds - reach || seconds > marker.endSeconds + reach) continue;
    if (found === null || markerOrder.indexOf(marker.kind) >= markerOrder.indexOf(found.kind)) found = marker;
  }
  return found;
}

/** The nearest marker before or after a time, over all lanes; null when there is none. */
export function neighbourMarker(
  markers: readonly PlayerMarker[],
  seconds: number,
  direction: 'previous' | 'next',
): PlayerMarker | null {
  // Half a millisecond, so that a jump to a marker does not find itself again.
  const slack = 0.0005;
  let found: PlayerMarker | null = null;
  for (const marker of markers) {
    const isBeyond =
      direction === 'next' ? marker.startSeconds > seconds + slack : marker.startSeconds < seconds - slack;
    if (!isBeyond) continue;
    const isNearer =
      found === null ||
      (direction === 'next' ? marker.startSeconds < found.startSeconds : marker.startSeconds > found.startSeconds);
    if (isNearer) found = marker;
  }
  return found;
}
