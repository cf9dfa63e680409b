import { RtpSample } from './rtp-sample';

/** Samples of one stream that are counted at a time. */
const depth = 32;
/** Streams that may wait at a time; past that all are counted. */
const slots = 2048;
/** A sample is a row of 40 bytes: the time as a double, then eight 32-bit words. */
const rowDoubles = 5;
const rowWords = 10;
const markerBit = 1 << 23;

/**
 * Lets samples wait until there is a handful of the same stream. The statistics of a stream lie in many places of the
 * memory; of hundreds of streams side by side they fit no cache, but those of one do while its samples are counted.
 */
export class SampleQueues {
  private readonly doubles = new Float64Array(slots * depth * rowDoubles);
  private readonly words = new Uint32Array(this.doubles.buffer);
  private readonly lengths = new Uint8Array(slots);
  private readonly owners = new Uint32Array(slots);
  private used = 0;
  /** Slot of each stream + 1; 0 without one. */
  private slotOf = new Uint16Array(256);
  private readonly sample = new RtpSample();

  /** `take` counts one sample of the stream with the given index; the sample is reused. */
  constructor(private readonly take: (stream: number, sample: RtpSample) => void) {}

  push(stream: number, sample: RtpSample): void {
    const slot = stream < this.slotOf.length && this.slotOf[stream] > 0 ? this.slotOf[stream] - 1 : this.assign(stream);
    const length = this.lengths[slot];
    const row = slot * depth + length;
    const { words } = this;
    const at = row * rowWords + 2;
    this.doubles[row * rowDoubles] = sample.timeNs;
    words[at] = sample.frame;
    words[at + 1] = sample.sequence | (sample.payloadType << 16) | (sample.marker ? markerBit : 0);
    words[at + 2] = sample.timestamp;
    words[at + 3] = sample.ipBytes;
    words[at + 4] = sample.payloadBytes;
    words[at + 5] = sample.missing;
    words[at + 6] = sample.payloadWord;
    words[at + 7] = sample.payloadWord < 0 ? 0 : 1;
    this.lengths[slot] = length + 1;
    if (length + 1 === depth) this.count(slot);
  }

  /** Counts what waits of one stream. */
  settle(stream: number): void {
    if (stream < this.slotOf.length && this.slotOf[stream] > 0) this.count(this.slotOf[stream] - 1);
  }

  /** Counts all that waits. */
  settleAll(): void {
    for (let slot = 0; slot < this.used; slot += 1) {
      this.count(slot);
      this.slotOf[this.owners[slot]] = 0;
    }
    this.used = 0;
  }

  private assign(stream: number): number {
    if (stream >= this.slotOf.length) {
      const grown = new Uint16Array(Math.max(stream + 1, this.slotOf.length * 2));
      grown.set(this.slotOf);
      this.slotOf = grown;
    }
    if (this.used === slots) this.settleAll();
    const slot = this.used;
    this.used += 1;
    this.owners[slot] = stream;
    this.lengths[slot] = 0;
    this.slotOf[stream] = slot + 1;
    return slot;
  }

  private count(slot: number): void {
    const { sample, words } = this;
    const length = this.lengths[slot];
    const stream = this.owners[slot];
    this.lengths[slot] = 0;
    for (let i = 0; i < length; i += 1) {
      const row = slot * depth + i;
      const at = row * rowWords + 2;
      sample.timeNs = this.doubles[row * rowDoubles];
      sample.frame = words[at];
      sample.sequence = words[at + 1] & 0xffff;
      sample.payloadType = (words[at + 1] >>> 16) & 0x7f;
      sample.marker = (words[at + 1] & markerBit) !== 0;
      sample.timestamp = words[at + 2];
      sample.ipBytes = words[at + 3];
      sample.payloadBytes = words[at + 4];
      sample.missing = words[at + 5];
      sample.payloadWord = words[at + 7] === 0 ? -1 : words[at + 6];
      this.take(stream, sample);
    }
  }
}
