/**
 * Values as uPlot wants them. NaN means that nothing was measured: a stretch without values longer than
 * `bridgeSeconds` becomes a gap (null), a shorter one is drawn through (undefined).
 */
export function toPlotValues(
  time: ArrayLike<number>,
  values: ArrayLike<number>,
  bridgeSeconds: number,
): (number | null | undefined)[] {
  const plot: (number | null | undefined)[] = [];
  let last = -1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) {
      plot.push(null);
      continue;
    }
    if (last >= 0 && i - last > 1 && time[i] - time[last] <= bridgeSeconds) plot.fill(undefined, last + 1, i);
    plot.push(value);
    last = i;
  }
  return plot;
}

/** Ends of the time axis: half a step beyond the first and last value, never empty. */
export function timeRange(time: ArrayLike<number>): [number, number] {
  if (time.length === 0) return [0, 1];
  const first = time[0];
  const last = time[time.length - 1];
  const half = time.length > 1 && last > first ? (last - first) / (time.length - 1) / 2 : 0.5;
  return [first - half, last + half];
}

/** Index of the value nearest to a time; -1 without values. */
export function nearestIndex(time: ArrayLike<number>, seconds: number): number {
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time[middle] < seconds) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return time.length === 0 ? -1 : 0;
  if (low === time.length) return low - 1;
  return seconds - time[low - 1] <= time[low] - seconds ? low - 1 : low;
}
