import { entryPoints } from '#engine/analysis/video/presentation';
import type { VideoPlan } from './video-plan';

/** How far before a time decoding begins at most, so that it begins with a whole picture. */
const longestRunUpSeconds = 20;

/**
 * Time, on the axis of the capture, of the picture to begin decoding with so that those from `seconds` on are right: the
 * last whole key before it, a damaged one where no whole one is near; minus infinity is the first picture of all.
 */
export function entryBefore({ table, shown, times }: VideoPlan, seconds: number): number {
  const pictures = Uint32Array.from(shown.keys()).filter((picture) => shown[picture] === 1);
  const kept = Float64Array.from(pictures, (picture) => times[picture]);
  const keys = Uint8Array.from(pictures, (picture) => table.isKey[picture]);
  const entries = entryPoints(kept, keys);
  let nearest: number | null = null;
  for (let i = kept.length - 1; i > 0; i -= 1) {
    if (!entries[i] || kept[i] > seconds) continue;
    if (nearest !== null && kept[i] < seconds - longestRunUpSeconds) return nearest;
    if (!table.isDamaged[pictures[i]]) return kept[i];
    nearest ??= kept[i];
  }
  return nearest !== null && kept[0] < seconds - longestRunUpSeconds ? nearest : Number.NEGATIVE_INFINITY;
}
