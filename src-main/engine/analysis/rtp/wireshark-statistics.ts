import type { SampleRows } from './sample-rows';

/**
 * Clock rates that Wireshark 4.0 attaches to payload types below 96, whatever was signalled. Three stand in no
 * current table of RFC 3551: 1 (1016), 2 (G721) and 19 (comfort noise before RFC 3389).
 */
const staticClockRatesHz = new Map<number, number>([
  ...[0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 15, 18, 19].map((type): [number, number] => [type, 8000]),
  ...[14, 25, 26, 28, 31, 32, 33, 34].map((type): [number, number] => [type, 90_000]),
  [6, 16_000],
  [10, 44_100],
  [11, 44_100],
  [16, 11_025],
  [17, 22_050],
]);

/**
 * Clock rate that Wireshark 4.0 counts a payload type with; 0 when it knows none, and for telephone events. `encodingName` and
 * `signalledHz` are what a session description said of it before the packet came.
 */
export function wiresharkClockRateHz(payloadType: number, encodingName: string | null, signalledHz: number): number {
  if (payloadType < 96) return staticClockRatesHz.get(payloadType) ?? 0;
  if (encodingName === null || encodingName.toLowerCase() === 'telephone-event') return 0;
  return signalledHz;
}

/**
 * The figures of `tshark 4.0 -z rtp,streams`, with its definitions: times in milliseconds, packets in capture
 * order, the clock rate in whole kilohertz, extremes and means that leave out marked packets, comfort noise and
 * timestamps from behind the first one, means divided by all packets but the first all the same. Where they differ from those
 * of RFC 3550 stands in docs/compatibility.md.
 */
export class WiresharkStatistics {
  packets = 0;
  /** -1 until a packet counted, as shown there. */
  minDeltaMs = -1;
  meanDeltaMs = 0;
  maxDeltaMs = 0;
  minJitterMs = -1;
  meanJitterMs = 0;
  maxJitterMs = 0;
  maxSkewMs = 0;
  sequenceErrors = 0;

  /** Of the last packet. */
  lastDeltaMs = 0;
  lastJitterMs = 0;
  lastSkewMs = 0;

  private firstSequence = 0;
  private lastSequence = 0;
  /** Number that the next one is held against; late packets do not move it. */
  private followedSequence = 0;
  private cycles = 0;
  private isBelowFirst = false;
  private firstTimestamp = 0;
  private firstTimeMs = 0;
  private timeMs = 0;
  /** Of the last packet that had a clock rate: one without moves the time alone. */
  private timestamp = 0;
  private mediaMs = 0;
  private payloadType = -1;

  /** Counted up to the packet captured last, though it may be a late one. */
  get expected(): number {
    return this.packets === 0 ? 0 : this.lastSequence + 0x10000 * this.cycles - this.firstSequence + 1;
  }

  /** Negative where duplicates came or the last packet is a late one. */
  get lost(): number {
    return this.expected - this.packets;
  }

  get lostPercent(): number {
    return this.expected === 0 ? 0 : (100 * this.lost) / this.expected;
  }

  update(
    sequence: number,
    timestamp: number,
    payloadType: number,
    marker: boolean,
    clockRateHz: number,
    timeNs: number,
  ): void {
    const timeMs = timeNs / 1e6;
    this.packets += 1;
    this.lastDeltaMs = 0;
    this.lastSkewMs = 0;
    if (this.packets === 1) {
      this.firstSequence = sequence;
      this.lastSequence = sequence;
      this.followedSequence = sequence;
      this.firstTimestamp = timestamp;
      this.timestamp = timestamp;
      this.firstTimeMs = timeMs;
      this.timeMs = timeMs;
      this.payloadType = payloadType;
      return;
    }

    const isInTime = (timestamp - this.firstTimestamp) >>> 0 < 2 ** 31;
    this.countCycle(sequence, isInTime);
    this.countErrors(sequence, isInTime);
    const isComfortNoise = isNoise(payloadType) || isNoise(this.payloadType);
    this.payloadType = payloadType;
    this.lastSequence = sequence;

    const deltaMs = timeMs - this.timeMs;
    this.lastDeltaMs = deltaMs;
    if (!isInTime) return;
    this.timeMs = timeMs;
    const kilohertz = Math.floor(clockRateHz / 1000);
    if (kilohertz > 0) {
      const mediaStepMs = ((timestamp - this.timestamp) | 0) / kilohertz;
      const differenceMs = Math.abs(deltaMs - mediaStepMs);
      this.lastJitterMs = (15 * this.lastJitterMs + differenceMs) / 16;
      this.mediaMs += mediaStepMs;
      this.lastSkewMs = this.mediaMs - (timeMs - this.firstTimeMs);
      this.timestamp = timestamp;
    }
    if (!marker && !isComfortNoise) this.count(deltaMs, kilohertz > 0);
  }

  /** `update` for the packets in the rows `from` to `end`, all of one payload type and clock rate. */
  updateAll(rows: SampleRows, from: number, end: number, clockRateHz: number): void {
    let row = from;
    while (row < end) {
      row = this.takeSteady(rows, row, end, clockRateHz);
      if (row === end) return;
      this.update(
        rows.sequence(row),
        rows.timestamp(row),
        rows.payloadType(row),
        rows.marker(row),
        clockRateHz,
        rows.timeNs(row),
      );
      row += 1;
    }
  }

  /**
   * Takes packets as long as each follows the one before in number and time, within one round of the numbers; returns
   * the first row that does not, or `end`. What it does to the figures is what `update` does, in the same order, with
   * everything in registers.
   */
  private takeSteady(rows: SampleRows, from: number, end: number, clockRateHz: number): number {
    const { firstSequence, firstTimestamp, firstTimeMs, lastSequence, payloadType } = this;
    const isSteady = this.packets > 0 && !this.isBelowFirst && lastSequence === this.followedSequence;
    if (!isSteady || lastSequence < firstSequence || rows.payloadType(from) !== payloadType) return from;
    const kilohertz = Math.floor(clockRateHz / 1000);
    const isNoisy = isNoise(payloadType);
    let { minDeltaMs, meanDeltaMs, maxDeltaMs, minJitterMs, meanJitterMs, maxJitterMs, maxSkewMs } = this;
    let { packets, timeMs, timestamp, mediaMs } = this;
    let lastJitterMs = this.lastJitterMs;
    let deltaMs = 0;
    let skewMs = 0;
    let sequence = lastSequence;
    let row = from;
    // No number follows the highest one: from there to 0 a round begins, which is none of ours.
    for (; row < end && rows.sequence(row) === sequence + 1; row += 1) {
      const nextTimestamp = rows.timestamp(row);
      if ((nextTimestamp - firstTimestamp) >>> 0 >= 2 ** 31) break;
      sequence += 1;
      const before = packets;
      packets += 1;
      const nextMs = rows.timeNs(row) / 1e6;
      deltaMs = nextMs - timeMs;
      timeMs = nextMs;
      skewMs = 0;
      if (kilohertz > 0) {
        const mediaStepMs = ((nextTimestamp - timestamp) | 0) / kilohertz;
        lastJitterMs = (15 * lastJitterMs + Math.abs(deltaMs - mediaStepMs)) / 16;
        mediaMs += mediaStepMs;
        skewMs = mediaMs - (nextMs - firstTimeMs);
        timestamp = nextTimestamp;
      }
      if (rows.marker(row) || isNoisy) continue;
      if (minDeltaMs < 0 || deltaMs < minDeltaMs) minDeltaMs = deltaMs;
      if (deltaMs > maxDeltaMs) maxDeltaMs = deltaMs;
      meanDeltaMs += (deltaMs - meanDeltaMs) / before;
      if (kilohertz === 0) continue;
      if (minJitterMs < 0 || lastJitterMs < minJitterMs) minJitterMs = lastJitterMs;
      if (lastJitterMs > maxJitterMs) maxJitterMs = lastJitterMs;
      meanJitterMs += (lastJitterMs - meanJitterMs) / before;
      if (Math.abs(skewMs) > Math.abs(maxSkewMs)) maxSkewMs = skewMs;
    }
    if (row === from) return from;
    this.packets = packets;
    this.lastSequence = sequence;
    this.followedSequence = sequence;
    this.timeMs = timeMs;
    this.timestamp = timestamp;
    this.mediaMs = mediaMs;
    this.lastDeltaMs = deltaMs;
    this.lastJitterMs = lastJitterMs;
    this.lastSkewMs = skewMs;
    this.minDeltaMs = minDeltaMs;
    this.meanDeltaMs = meanDeltaMs;
    this.maxDeltaMs = maxDeltaMs;
    this.minJitterMs = minJitterMs;
    this.meanJitterMs = meanJitterMs;
    this.maxJitterMs = maxJitterMs;
    this.maxSkewMs = maxSkewMs;
    return row;
  }

  private count(deltaMs: number, hasClock: boolean): void {
    const before = this.packets - 1;
    if (this.minDeltaMs < 0 || deltaMs < this.minDeltaMs) this.minDeltaMs = deltaMs;
    if (deltaMs > this.maxDeltaMs) this.maxDeltaMs = deltaMs;
    this.meanDeltaMs += (deltaMs - this.meanDeltaMs) / before;
    if (!hasClock) return;
    const jitterMs = this.lastJitterMs;
    if (this.minJitterMs < 0 || jitterMs < this.minJitterMs) this.minJitterMs = jitterMs;
    if (jitterMs > this.maxJitterMs) this.maxJitterMs = jitterMs;
    this.meanJitterMs += (jitterMs - this.meanJitterMs) / before;
    if (Math.abs(this.lastSkewMs) > Math.abs(this.maxSkewMs)) this.maxSkewMs = this.lastSkewMs;
  }

  /** A number below the first one means a wrap, once until the numbers have passed the first one again. */
  private countCycle(sequence: number, isInTime: boolean): void {
    if (!isInTime) return;
    if (!this.isBelowFirst) {
      const isWrapped = sequence < this.firstSequence || (sequence === 0 && this.lastSequence === 0xffff);
      if (!isWrapped) return;
      this.cycles += 1;
      this.isBelowFirst = true;
    } else if (sequence > this.firstSequence) {
      this.isBelowFirst = false;
    }
  }

  private countErrors(sequence: number, isInTime: boolean): void {
    const isNext = sequence === ((this.followedSequence + 1) & 0xffff);
    const isAhead = sequence > this.followedSequence || this.followedSequence - sequence > 0xff00;
    if (!isInTime || !isAhead) {
      this.sequenceErrors += 1;
      return;
    }
    if (!isNext) this.sequenceErrors += 1;
    this.followedSequence = sequence;
  }
}

function isNoise(payloadType: number): boolean {
  return payloadType === 13 || payloadType === 19;
}
