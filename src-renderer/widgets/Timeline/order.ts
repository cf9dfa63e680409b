import type { TimelineLane } from '#shared/model/timeline';

export interface PlacedLane {
  readonly lane: TimelineLane;
  /** 1 at the top, 2 for the streams of a call. */
  readonly level: 1 | 2;
}

/** Lanes in the order of their start, each followed by those that belong to it. */
export function placeLanes(lanes: readonly TimelineLane[]): PlacedLane[] {
  const byStart = [...lanes].sort((a, b) => a.startSeconds - b.startSeconds);
  const ids = new Set(lanes.map(({ id }) => id));
  const children = new Map<string, TimelineLane[]>();
  const top: TimelineLane[] = [];
  for (const lane of byStart) {
    if (lane.parentId === null || !ids.has(lane.parentId)) {
      top.push(lane);
    } else {
      const siblings = children.get(lane.parentId);
      if (siblings) siblings.push(lane);
      else children.set(lane.parentId, [lane]);
    }
  }
  return top.flatMap((lane) => [
    { lane, level: 1 as const },
    ...(children.get(lane.id) ?? []).map((child) => ({ lane: child, level: 2 as const })),
  ]);
}
