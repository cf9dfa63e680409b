import type { StreamSample } from './sample';

/** What a test of one payload format found in the packets of a stream. */
export interface FormatScore {
  readonly encodingName: string;
  /** Log-likelihood (natural) of the packets in this format against random bytes of the same lengths. */
  readonly evidence: number;
  /** Not surer than this, however many packets agree: what the test cannot tell apart stays in the balance. */
  readonly limit: number;
  readonly clockRateHz: number;
  readonly channels: number;
  /** Format parameters as a description would have them; empty when none are needed. */
  readonly fmtp: string;
  /** Why, as people read it. */
  readonly reasons: readonly string[];
}

/** Null when the packets cannot be of the format. */
export type FormatTest = (sample: StreamSample) => FormatScore | null;

/** Packets of a stream are not independent of each other: more than so many of them prove nothing further. */
const maxIndependent = 24;
/** Share of packets of a format that its test passes: senders err, packets are damaged. */
const passRate = 0.98;

/** Counts what passes a test that random bytes pass at a known rate. */
export class Tally {
  passed = 0;
  failed = 0;

  constructor(
    private readonly randomRate: number,
    private readonly independent = maxIndependent,
  ) {}

  add(isPassed: boolean): void {
    if (isPassed) this.passed += 1;
    else this.failed += 1;
  }

  get count(): number {
    return this.passed + this.failed;
  }

  get share(): number {
    return this.count > 0 ? this.passed / this.count : 0;
  }

  get evidence(): number {
    if (this.count === 0) return 0;
    const all =
      this.passed * Math.log(passRate / this.randomRate) +
      this.failed * Math.log((1 - passRate) / (1 - this.randomRate));
    return all * Math.min(1, this.independent / this.count);
  }

  /** `23 of 24 packets` */
  toString(): string {
    return `${this.passed} of ${this.count} packets`;
  }
}

export const audio = (encodingName: string, clockRateHz: number, channels = 1, fmtp = '') => ({
  encodingName,
  clockRateHz,
  channels,
  fmtp,
});

export const video = (encodingName: string, fmtp = '') => ({ encodingName, clockRateHz: 90_000, channels: 1, fmtp });
