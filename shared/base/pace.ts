/**
 * How long to wait before asking again for something that took `tookMs` and changes all the time: the one who answers
 * spends at most a fifth of the time on it, the one who asks never waits longer than a few seconds.
 */
export function restMs(tookMs: number): number {
  return Math.min(4000, Math.max(100, 4 * tookMs));
}
