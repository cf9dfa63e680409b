/** One packet of a stream as the tests of payload formats see it. */
export interface SampledPacket {
  /** Padding removed. */
  readonly payload: Uint8Array;
  /** Without wraps. */
  readonly sequence: number;
  /** Without wraps. */
  readonly timestamp: number;
  readonly marker: boolean;
  readonly frame: number;
  /** Payload bytes that the capture did not keep. */
  readonly missing: number;
  /** Ticks to the next packet; NaN when that one is missing. */
  step: number;
  /** First packet of its timestamp, as far as its predecessor is known. */
  begins: boolean;
  /** Last packet of its timestamp, as far as its successor is known. */
  ends: boolean;
}

/** Packets of one payload type in sequence order, and what their timing tells. */
export class StreamSample {
  readonly packets: readonly SampledPacket[];
  /** Packets that the capture kept whole. */
  readonly whole: readonly SampledPacket[];
  /** Most frequent step between consecutive packets, zero left out; 0 without one. */
  readonly usualStep: number;
  /** Share of the consecutive packets that have the same timestamp, 0..1. */
  readonly sharedTimestamps: number;
  private joinedBytes: Uint8Array | null = null;
  private counts: Uint32Array | null = null;

  /**
   * `ticksPerSecond` is the slope of timestamp over arrival, null when unknown; `coveredSeconds` the time that it was
   * measured over.
   */
  constructor(
    packets: readonly Omit<SampledPacket, 'step' | 'begins' | 'ends'>[],
    readonly ticksPerSecond: number | null,
    readonly coveredSeconds: number,
  ) {
    const ordered = packets
      .map(({ payload, sequence, timestamp, marker, frame, missing }): SampledPacket => {
        return { payload, sequence, timestamp, marker, frame, missing, step: Number.NaN, begins: false, ends: false };
      })
      .sort((a, b) => a.sequence - b.sequence)
      .filter((packet, i, all) => i === 0 || packet.sequence !== all[i - 1].sequence);
    const steps = new Map<number, number>();
    let shared = 0;
    let pairs = 0;
    for (let i = 0; i + 1 < ordered.length; i += 1) {
      const [packet, next] = [ordered[i], ordered[i + 1]];
      if (next.sequence !== packet.sequence + 1) continue;
      packet.step = next.timestamp - packet.timestamp;
      packet.ends = packet.step !== 0;
      next.begins = packet.step !== 0;
      pairs += 1;
      if (packet.step === 0) shared += 1;
      else steps.set(packet.step, (steps.get(packet.step) ?? 0) + 1);
    }
    this.packets = ordered;
    this.whole = ordered.filter(({ missing, payload }) => missing === 0 && payload.length > 0);
    this.sharedTimestamps = pairs > 0 ? shared / pairs : 0;
    this.usualStep = [...steps].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0])[0];
  }

  /** The first payload bytes of the whole packets together, up to 32 000: some four seconds of G.711. */
  get joined(): Uint8Array {
    this.joinedBytes ??= join(this.whole);
    return this.joinedBytes;
  }

  /** How often each byte value is among those of `joined`. */
  get histogram(): Uint32Array {
    this.counts ??= countBytes(this.joined);
    return this.counts;
  }

  /**
   * Log-likelihood that the timestamps run at a rate: little for the right one, much against a wrong one, impossible
   * for one that is far off for a second or more, nothing when the stream is too short to tell.
   */
  clockEvidence(rateHz: number): number {
    // Timestamps that stand still tell of a sender without a clock, not of another one.
    if (this.ticksPerSecond === null || this.ticksPerSecond < 1 || this.coveredSeconds < 0.2) return 0;
    const error = Math.abs(this.ticksPerSecond / rateHz - 1);
    const tolerance = this.coveredSeconds >= 2 ? 0.03 : 0.15;
    if (error <= tolerance) return 2;
    return this.coveredSeconds >= 1 && error > 0.15 ? Number.NEGATIVE_INFINITY : -8 - Math.min(12, 20 * error);
  }

  /** The one of some rates that the measured one is nearest to, within 8 percent; null without one. */
  nearestRate(ratesHz: readonly number[]): number | null {
    const measured = this.ticksPerSecond;
    if (measured === null || measured <= 0) return null;
    const nearest = ratesHz.reduce((a, b) => (Math.abs(b - measured) < Math.abs(a - measured) ? b : a));
    return Math.abs(measured / nearest - 1) <= 0.08 ? nearest : null;
  }
}

/** Bytes that the waveform is judged by. */
const maxBytes = 32_000;

function join(packets: readonly SampledPacket[]): Uint8Array {
  const total = packets.reduce((sum, { payload }) => sum + payload.length, 0);
  const bytes = new Uint8Array(Math.min(maxBytes, total));
  let at = 0;
  for (const { payload } of packets) {
    const piece = payload.subarray(0, bytes.length - at);
    bytes.set(piece, at);
    at += piece.length;
    if (at === bytes.length) break;
  }
  return bytes;
}

function countBytes(bytes: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  // Not `for of`: until this is compiled well, each step of an iterator makes an object.
  for (let i = 0; i < bytes.length; i += 1) counts[bytes[i]] += 1;
  return counts;
}
