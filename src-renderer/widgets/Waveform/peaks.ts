/**
 * Lanes' peaks as the channels that wavesurfer wants: one array a lane, all of one length, everything within -1..1
 * (it would scale all lanes down together otherwise). [min, max] pairs stay in turn, as a signal with the right
 * envelope; `drawPeaks` reads it back.
 */
export function toChannels(lanes: readonly Float32Array[]): Float32Array[] {
  const length = lanes.reduce((longest, lane) => Math.max(longest, lane.length), 2);
  return lanes.map((lane) => {
    const channel = new Float32Array(length);
    for (let i = 0; i < lane.length; i++) {
      const value = lane[i];
      channel[i] = value > 1 ? 1 : value < -1 ? -1 : value || 0;
    }
    return channel;
  });
}

/**
 * Lowest and highest value that pixel column `x` of `width` shows. At least one [min, max] pair of neighbours, whether
 * the slice begins with a minimum or with a maximum.
 */
export function columnRange(values: ArrayLike<number>, x: number, width: number): readonly [number, number] {
  const start = Math.floor((x * values.length) / width);
  const end = Math.min(values.length, Math.max(start + 2, Math.ceil(((x + 1) * values.length) / width)));
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return low <= high ? [low, high] : [0, 0];
}

/** Paints one channel into its canvas: a column a pixel, never thinner than a device pixel. */
export function drawPeaks(channels: readonly ArrayLike<number>[], context: CanvasRenderingContext2D): void {
  const { width, height } = context.canvas;
  const values = channels[0];
  if (!values || values.length === 0) return;
  const middle = height / 2;
  const reach = middle - 1;
  context.beginPath();
  for (let x = 0; x < width; x++) {
    const [low, high] = columnRange(values, x, width);
    const top = Math.round(middle - high * reach);
    const bottom = Math.round(middle - low * reach);
    context.rect(x, top, 1, Math.max(1, bottom - top));
  }
  context.fill();
}
