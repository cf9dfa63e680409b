/** Buckets a second as long as the total stays below `maxBuckets`. */
const bucketsPerSecond = 200;
const maxBuckets = 1 << 18;

/**
 * Lowest and highest sample of equal stretches of time, one list a channel: what a waveform is drawn from.
 * The stretches share the duration exactly, so a waveform never drifts against its audio.
 */
export class PeakCollector {
  private readonly buckets: number;
  private readonly peaks: Float32Array[];
  private bucket = 0;
  private bucketEnd: number;
  private position = 0;
  private isFresh = true;

  constructor(
    private readonly samples: number,
    sampleRateHz: number,
    private readonly channels: number,
  ) {
    const wanted = Math.ceil((samples / sampleRateHz) * bucketsPerSecond);
    this.buckets = Math.max(1, Math.min(wanted, samples, maxBuckets));
    this.peaks = Array.from({ length: channels }, () => new Float32Array(2 * this.buckets));
    this.bucketEnd = this.endOf(0);
  }

  /** Takes the next samples, channels interleaved. */
  push(block: Int16Array): void {
    const { channels, peaks } = this;
    for (let i = 0; i < block.length; i += channels) {
      if (this.position >= this.bucketEnd) {
        this.bucket += 1;
        this.bucketEnd = this.endOf(this.bucket);
        this.isFresh = true;
      }
      const at = 2 * this.bucket;
      for (let c = 0; c < channels; c += 1) {
        const value = block[i + c] / 32_768;
        const lane = peaks[c];
        if (this.isFresh || value < lane[at]) lane[at] = value;
        if (this.isFresh || value > lane[at + 1]) lane[at + 1] = value;
      }
      this.isFresh = false;
      this.position += 1;
    }
  }

  /** [min, max] pairs of one channel, -1..1. */
  channel(index: number): Float32Array {
    return this.peaks[index];
  }

  private endOf(bucket: number): number {
    return Math.floor(((bucket + 1) * this.samples) / this.buckets);
  }
}
