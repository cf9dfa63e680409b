/**
 * Mean of each value and those before it, `length` in all, or fewer at the beginning. NaN (nothing came) counts as 0;
 * a stretch of nothing as long as the window stays NaN.
 */
export function trailingMean(values: ArrayLike<number>, length: number): Float64Array {
  const window = Math.max(1, length);
  const means = new Float64Array(values.length);
  let sum = 0;
  let known = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) {
      sum += values[i];
      known++;
    }
    const leaving = i - window;
    if (leaving >= 0 && !Number.isNaN(values[leaving])) {
      sum -= values[leaving];
      known--;
    }
    // Nothing known: exactly nothing, whatever rounding has left in the sum.
    if (known === 0) sum = 0;
    means[i] = known === 0 ? Number.NaN : sum / Math.min(window, i + 1);
  }
  return means;
}
