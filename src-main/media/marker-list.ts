import type { MarkerKind, PlayerMarker } from '#shared/model/player';

/** Something worth seeing on a lane, before neighbours are merged. */
export interface MarkerEvent {
  readonly kind: MarkerKind;
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly frame: number;
  /** Packets concerned: summed when neighbours are merged. */
  readonly packets: number;
  /** Says more than kind and number: the digit, the kind of silence. Only events of equal detail are merged. */
  readonly detail?: string;
}

/** Events of one kind closer to each other than this become one marker. */
const mergeSeconds = 0.05;
/** Markers on a lane: beyond it events further apart are merged. */
const maxMarkers = 2000;

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

function label({ kind, packets, startSeconds, endSeconds, detail }: MarkerEvent): string {
  const packetsAre = plural(packets, 'packet', 'packets');
  switch (kind) {
    case 'lost':
      return `${packetsAre} lost`;
    case 'reordered':
      return `${packetsAre} out of order`;
    case 'duplicate':
      return plural(packets, 'duplicate', 'duplicates');
    case 'truncated':
      return `${packetsAre} cut short by the capture`;
    case 'restart':
      return plural(packets, 'restart of the sender', 'restarts of the sender');
    case 'dtmf':
      return `DTMF ${detail}`;
    case 'silence':
      return `${detail}, ${(endSeconds - startSeconds).toFixed(2)} s`;
  }
}

/** Collects the events of one lane; how many are held is bounded. */
export class MarkerList {
  private events: MarkerEvent[] = [];
  private limit = 4 * maxMarkers;

  add(event: MarkerEvent): void {
    this.events.push(event);
    if (this.events.length < this.limit) return;
    this.events = merge(this.events, mergeSeconds);
    // When nothing is near enough to be merged, distances grow until half the room is free again.
    for (let gap = 2 * mergeSeconds; this.events.length > this.limit / 2; gap *= 2) {
      this.events = merge(this.events, gap);
    }
  }

  /** Markers in the order of their start, neighbours of a kind merged. */
  markers(): PlayerMarker[] {
    let merged = merge(this.events, mergeSeconds);
    for (let gap = 2 * mergeSeconds; merged.length > maxMarkers; gap *= 2) merged = merge(merged, gap);
    return merged.map((event) => ({
      kind: event.kind,
      startSeconds: event.startSeconds,
      endSeconds: event.endSeconds,
      label: label(event),
      frame: event.frame,
    }));
  }
}

function mergeKey({ kind, detail }: MarkerEvent): string {
  return `${kind} ${detail ?? ''}`;
}

function merge(events: readonly MarkerEvent[], gapSeconds: number): MarkerEvent[] {
  const sorted = [...events].sort((a, b) => a.startSeconds - b.startSeconds || a.frame - b.frame);
  const merged: MarkerEvent[] = [];
  const lastOfKind = new Map<string, number>();
  for (const event of sorted) {
    const key = mergeKey(event);
    const at = lastOfKind.get(key);
    const previous = at === undefined ? undefined : merged[at];
    // A 5 pressed twice is two digits, unless there is no room to say so.
    const standsAlone = event.kind === 'dtmf' && gapSeconds <= mergeSeconds;
    if (at === undefined || !previous || standsAlone || event.startSeconds > previous.endSeconds + gapSeconds) {
      lastOfKind.set(key, merged.push(event) - 1);
    } else {
      merged[at] = {
        ...previous,
        endSeconds: Math.max(previous.endSeconds, event.endSeconds),
        packets: previous.packets + event.packets,
      };
    }
  }
  return merged;
}
