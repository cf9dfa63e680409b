import { doubled } from '../../bytes/doubled';

/** Ticks a second of the program clock reference, and where it wraps (ISO/IEC 13818-1, 2.4.3.5). */
export const pcrHz = 27_000_000;
const pcrWrap = 2 ** 33 * 300;
/** Longest time between two references (ISO/IEC 13818-1, 2.7.2), and largest step without announcement. */
const maxStepTicks = pcrHz / 10;
/** Readings kept: beyond, every second one is left out. */
const maxKept = 1 << 15;
/** Readings that a line is laid through at least. */
const minKept = 10;
/** How far consecutive readings may lie from the line of bytes for a stream of constant rate, of their distance. */
const constantRate = 0.01;
const accuracyTicks = 500e-9 * pcrHz;

export interface PcrJitter {
  /** Between the earliest and the latest arrival against the clock, drift removed (PCR_OJ of ETSI TR 101 290, 5.3.2). */
  readonly peakToPeakMs: number;
  /** How much faster than the capture's clock the program's runs, in parts per million. */
  readonly driftPpm: number;
}

/** Program clock references of one PID. */
export class PcrLog {
  count = 0;
  /** Announced by the discontinuity indicator, and not. */
  announcedJumps = 0;
  unannouncedJumps = 0;
  repetitionErrors = 0;
  maxIntervalMs = 0;
  /** Ticks that the clock went on, jumps left out. */
  spanTicks = 0;
  /** Bytes of the transport stream in that time. */
  spanBytes = 0;
  /** Latest reading without wraps; NaN before the first. */
  latest = Number.NaN;
  private raw = 0;
  private latestByte = 0;
  private isExpectingJump = false;
  private ticks = new Float64Array(256);
  private times = new Float64Array(256);
  private bytes = new Float64Array(256);
  private segments = new Uint32Array(256);
  private kept = 0;
  private every = 1;
  private segment = 0;

  /** The next reading stands in no relation to the last, as announced. */
  expectJump(): void {
    this.isExpectingJump = true;
  }

  /**
   * `raw`: base * 300 + extension; `byte`: where it stands in the transport stream. Answers which checks failed: bit 0
   * repetition, bit 1 discontinuity.
   */
  push(raw: number, timeNs: number, byte: number): number {
    let failed = 0;
    if (this.count === 0) {
      this.latest = raw;
    } else {
      let step = raw - this.raw;
      if (step < -pcrWrap / 2) step += pcrWrap;
      const isSmooth = step >= 0 && step <= maxStepTicks;
      if (this.isExpectingJump) {
        this.announcedJumps += 1;
        this.segment += 1;
      } else {
        if (step >= 0 && step < 10 * pcrHz) this.maxIntervalMs = Math.max(this.maxIntervalMs, (1000 * step) / pcrHz);
        if (!isSmooth) {
          this.unannouncedJumps += 1;
          failed |= 2;
        }
        if (step > maxStepTicks && step < 10 * pcrHz) {
          this.repetitionErrors += 1;
          failed |= 1;
        }
        if (step >= 0 && step < 10 * pcrHz) {
          this.spanTicks += step;
          this.spanBytes += byte - this.latestByte;
        } else {
          this.segment += 1;
        }
      }
      this.latest += step;
    }
    this.isExpectingJump = false;
    this.raw = raw;
    this.latestByte = byte;
    if (this.count % this.every === 0) this.keep(timeNs, byte);
    this.count += 1;
    return failed;
  }

  /** Arrival against the clock; null with too few readings. */
  jitter(): PcrJitter | null {
    const line = this.fit(this.times);
    if (!line) return null;
    // Ticks a nanosecond against 0.027.
    return { peakToPeakMs: (1000 * line.spread) / pcrHz, driftPpm: (line.slope / (pcrHz / 1e9) - 1) * 1e6 };
  }

  /**
   * Readings against the bytes between them: largest deviation in nanoseconds and how many are beyond 500 ns
   * (PCR_accuracy_error of ETSI TR 101 290, 5.2.2). Null for streams whose rate is not constant: nothing can be told.
   */
  accuracy(): { readonly maxNs: number; readonly errors: number; readonly checked: number } | null {
    const line = this.fit(this.bytes);
    if (!line) return null;
    let max = 0;
    let errors = 0;
    let checked = 0;
    for (let i = 1; i < this.kept; i += 1) {
      if (this.segments[i] !== this.segments[i - 1]) continue;
      const step = this.ticks[i] - this.ticks[i - 1];
      const deviation = Math.abs(step - line.slope * (this.bytes[i] - this.bytes[i - 1]));
      if (deviation > constantRate * step) return null;
      checked += 1;
      max = Math.max(max, deviation);
      if (deviation > accuracyTicks) errors += 1;
    }
    return { maxNs: (1e9 * max) / pcrHz, errors, checked };
  }

  /** A line of ticks over `x` through the longest segment, and how far apart the readings lie around it. */
  private fit(x: Float64Array): { readonly slope: number; readonly spread: number } | null {
    const [from, to] = this.longestSegment();
    const count = to - from;
    if (count < minKept) return null;
    let meanX = 0;
    let meanY = 0;
    for (let i = from; i < to; i += 1) {
      meanX += (x[i] - x[from]) / count;
      meanY += (this.ticks[i] - this.ticks[from]) / count;
    }
    let covariance = 0;
    let variance = 0;
    for (let i = from; i < to; i += 1) {
      const dx = x[i] - x[from] - meanX;
      covariance += dx * (this.ticks[i] - this.ticks[from] - meanY);
      variance += dx * dx;
    }
    if (variance === 0) return null;
    const slope = covariance / variance;
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = from; i < to; i += 1) {
      const rest = this.ticks[i] - this.ticks[from] - slope * (x[i] - x[from]);
      lowest = Math.min(lowest, rest);
      highest = Math.max(highest, rest);
    }
    return { slope, spread: highest - lowest };
  }

  private longestSegment(): readonly [from: number, to: number] {
    let best: readonly [number, number] = [0, 0];
    let from = 0;
    for (let i = 1; i <= this.kept; i += 1) {
      if (i < this.kept && this.segments[i] === this.segments[from]) continue;
      if (i - from > best[1] - best[0]) best = [from, i];
      from = i;
    }
    return best;
  }

  private keep(timeNs: number, byte: number): void {
    if (this.kept === maxKept) this.thin();
    if (this.kept === this.ticks.length) {
      this.ticks = doubled(this.ticks);
      this.times = doubled(this.times);
      this.bytes = doubled(this.bytes);
      this.segments = doubled(this.segments);
    }
    this.ticks[this.kept] = this.latest;
    this.times[this.kept] = timeNs;
    this.bytes[this.kept] = byte;
    this.segments[this.kept] = this.segment;
    this.kept += 1;
  }

  private thin(): void {
    this.kept >>= 1;
    this.every *= 2;
    for (let i = 0; i < this.kept; i += 1) {
      this.ticks[i] = this.ticks[2 * i];
      this.times[i] = this.times[2 * i];
      this.bytes[i] = this.bytes[2 * i];
      this.segments[i] = this.segments[2 * i];
    }
  }
}
