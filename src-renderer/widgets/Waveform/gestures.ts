import type { LoopRange } from './overlay';

/** A press that moves less is a click. */
const clickPixels = 4;
/** How near to an edge of the loop a press must be to move it. */
const edgePixels = 5;

/** Where a pointer is: time under it, and how many pixels a second takes there. */
export interface PointerPlace {
  readonly x: number;
  readonly seconds: number;
  readonly pixelsPerSecond: number;
}

/** Edge of the loop that a pointer can take hold of. */
export function loopEdgeAt(loop: LoopRange | null, place: PointerPlace): 'start' | 'end' | null {
  if (!loop) return null;
  const reach = edgePixels / place.pixelsPerSecond;
  const toStart = Math.abs(place.seconds - loop.startSeconds);
  const toEnd = Math.abs(place.seconds - loop.endSeconds);
  if (Math.min(toStart, toEnd) > reach) return null;
  return toStart < toEnd ? 'start' : 'end';
}

export interface Drag {
  /** Loop that the drag describes so far; null while it is still a click. */
  move(place: PointerPlace): LoopRange | null;
}

/** Begins a drag: from an edge of the loop it moves that edge, from anywhere else it draws a new loop. */
export function beginDrag(loop: LoopRange | null, from: PointerPlace): Drag {
  const edge = loopEdgeAt(loop, from);
  const fixed = loop && edge ? (edge === 'start' ? loop.endSeconds : loop.startSeconds) : from.seconds;
  let isDrag = edge !== null;
  return {
    move(place) {
      isDrag ||= Math.abs(place.x - from.x) >= clickPixels;
      if (!isDrag) return null;
      return { startSeconds: Math.min(fixed, place.seconds), endSeconds: Math.max(fixed, place.seconds) };
    },
  };
}
