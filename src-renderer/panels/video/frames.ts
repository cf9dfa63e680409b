import type { VideoFrameTable } from '#shared/model/video';

/** Times in files are counted in ticks: what lies so close before a picture's time means that picture. */
const tickSeconds = 0.0005;
/** How far behind a picture's start a jump to it goes, so that rounding does not end on the one before. */
const insideSeconds = 0.004;

/** Index of the last picture that begins at or before a time; -1 when none does. */
export function lastBefore({ timeSeconds, count }: VideoFrameTable, seconds: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeSeconds[middle] <= seconds + tickSeconds) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Index of the picture on the screen at a time; null when there is none. Before the first one stands the first. */
export function frameAt(frames: VideoFrameTable, seconds: number): number | null {
  for (let i = lastBefore(frames, seconds); i >= 0; i--) if (frames.isShown[i]) return i;
  return nextShown(frames, -1, 1);
}

/** The next picture that is shown in a direction; null at the end. */
export function nextShown({ isShown, count }: VideoFrameTable, from: number, direction: 1 | -1): number | null {
  for (let i = from + direction; i >= 0 && i < count; i += direction) if (isShown[i]) return i;
  return null;
}

/** The next damaged picture in a direction, whether it is shown or not; null when there is none. */
export function nextDamaged({ isDamaged, count }: VideoFrameTable, from: number, direction: 1 | -1): number | null {
  for (let i = from + direction; i >= 0 && i < count; i += direction) if (isDamaged[i]) return i;
  return null;
}

/** Where to seek so that this picture, and no neighbour, is on the screen. */
export function seekTarget(frames: VideoFrameTable, index: number, durationSeconds: number): number {
  const start = frames.timeSeconds[index];
  const next = nextShown(frames, index, 1);
  const end = next === null ? durationSeconds : frames.timeSeconds[next];
  return start + Math.max(0, Math.min(insideSeconds, (end - start) / 2));
}

/** Frames of the capture that a picture was made of, in their order. */
export function packetsOfFrame({ frameStart, frames }: VideoFrameTable, index: number): Uint32Array {
  return frames
    .subarray(frameStart[index], frameStart[index + 1])
    .slice()
    .sort();
}

export interface FrameCounts {
  readonly key: number;
  readonly damaged: number;
  readonly left: number;
  /** Pictures a second over the whole; null for less than two. */
  readonly rate: number | null;
}

export function countFrames({ count, isKey, isDamaged, isShown, timeSeconds }: VideoFrameTable): FrameCounts {
  const sum = (flags: Uint8Array): number => flags.reduce((total, flag) => total + flag, 0);
  const span = count > 1 ? timeSeconds[count - 1] - timeSeconds[0] : 0;
  return {
    key: sum(isKey),
    damaged: sum(isDamaged),
    left: count - sum(isShown),
    rate: span > 0 ? (count - 1) / span : null,
  };
}

/** What lies in each pixel column of a seek bar. */
export interface SeekColumns {
  /** A key picture begins here. */
  readonly key: Uint8Array;
  /** A damaged picture stands here, or begins here. */
  readonly damaged: Uint8Array;
  /** A picture that is left out would stand here. */
  readonly held: Uint8Array;
}

/** Lays pictures over `width` columns; even the shortest one is seen in one column. */
export function seekColumns(frames: VideoFrameTable, durationSeconds: number, width: number): SeekColumns {
  const columns = { key: new Uint8Array(width), damaged: new Uint8Array(width), held: new Uint8Array(width) };
  const columnOf = (seconds: number): number =>
    durationSeconds > 0 ? Math.min(width - 1, Math.max(0, Math.floor((seconds / durationSeconds) * width))) : 0;
  for (let i = 0; i < frames.count; i++) {
    const first = columnOf(frames.timeSeconds[i]);
    const end = i + 1 < frames.count ? frames.timeSeconds[i + 1] : durationSeconds;
    const last = Math.max(first, columnOf(end) - 1);
    if (frames.isKey[i]) columns.key[first] = 1;
    if (frames.isDamaged[i]) columns.damaged.fill(1, first, last + 1);
    if (!frames.isShown[i]) columns.held.fill(1, first, last + 1);
  }
  return columns;
}
