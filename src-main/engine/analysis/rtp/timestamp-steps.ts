const remembered = 8;

/** The usual step of the timestamp from one packet to the next: the most frequent of the first few seen. */
export class TimestampSteps {
  /** Most frequent step; 0 before any was seen. */
  usual = 0;
  private usualCount = 0;
  private total = 0;
  private readonly steps = new Float64Array(remembered);
  private readonly counts = new Uint32Array(remembered);

  /** Share of the steps that are the usual one, 0..1. */
  get usualShare(): number {
    return this.total > 0 ? this.usualCount / this.total : 0;
  }

  /** `push` for the usual step, `count` times. */
  pushUsual(count: number): void {
    if (count === 0) return;
    let slot = 0;
    while (slot < remembered && (this.counts[slot] === 0 || this.steps[slot] !== this.usual)) slot += 1;
    if (slot === remembered) {
      // Other steps have taken its place: it comes in again as a new one.
      for (let i = 0; i < count; i += 1) this.push(this.usual);
      return;
    }
    this.total += count;
    this.counts[slot] += count;
    this.usualCount = this.counts[slot];
  }

  /** `step` is that of two packets with consecutive sequence numbers and different timestamps. */
  push(step: number): void {
    this.total += 1;
    let slot = 0;
    let rarest = 0;
    while (slot < remembered && this.counts[slot] > 0 && this.steps[slot] !== step) {
      if (this.counts[slot] < this.counts[rarest]) rarest = slot;
      slot += 1;
    }
    if (slot === remembered) {
      // The rarest makes room, so that single odd steps cannot keep out a usual one.
      slot = rarest;
      this.counts[slot] = 0;
    }
    this.steps[slot] = step;
    this.counts[slot] += 1;
    if (this.counts[slot] > this.usualCount || step === this.usual) {
      this.usual = step;
      this.usualCount = this.counts[slot];
    }
  }
}
