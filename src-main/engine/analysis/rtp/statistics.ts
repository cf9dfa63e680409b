import { extendTimestamp } from '#shared/base/sequence';
import { LossHistory } from './loss-history';
import type { SampleRows } from './sample-rows';
import { SequenceTracker, SequenceVerdict } from './sequence-tracker';
import { SlopeEstimator } from './slope';
import { TimestampSteps } from './timestamp-steps';

/** A transit time that jumps by more is a new time base, not drift: the regression starts a new group. */
const timeBaseJumpSeconds = 0.5;
/** So does a pause: senders resume from a timestamp that is only about right. */
const pauseSeconds = 1;
/** Drift is told of streams that last at least so long with at least so many packets. */
const minDriftSeconds = 2;
const minDriftPackets = 20;
/** Milliseconds that are no skew but the rounding of its subtraction. */
const rounding = 1e-6;
/** Consecutive packets whose timestamps are so many usual steps apart enclose silence, marker or not. */
const silenceSteps = 3;

/** Seconds since the first packet and timestamps of packets whose slope is to be counted. */
const steadySeconds = new Float64Array(64);
const steadyTicks = new Float64Array(steadySeconds.length);

/**
 * Statistics of one RTP stream by the definitions of RFC 3550 and RFC 4737, fed packet by packet in capture
 * order. Times are nanoseconds in, milliseconds out. The `last*` fields describe the packet that was fed last.
 */
export class RtpStatistics {
  readonly sequence = new SequenceTracker();
  readonly steps = new TimestampSteps();
  readonly slope = new SlopeEstimator();
  readonly losses = new LossHistory();

  packets = 0;
  markers = 0;
  truncatedPackets = 0;
  /** IP bytes, headers included. */
  ipBytes = 0;
  payloadBytes = 0;
  /** Longest time between two packets that follow each other in the capture; silence and restarts left out. */
  maxDeltaMs = 0;
  /** Packets that `maxDeltaMs` was taken over. */
  deltas = 0;
  /** Largest interarrival jitter (RFC 3550, section 6.4.1 and appendix A.8). */
  maxJitterMs = 0;
  private jitterSumMs = 0;
  private jitters = 0;
  /** Media time minus arrival time, both since the start of the segment, where it is largest; > 0 is early. */
  maxSkewMs = 0;
  /** Time that the timestamp skipped without loss: silence that was not sent. */
  silenceSeconds = 0;
  /** Media time between first and last timestamp of the segments that are over. */
  private closedMediaSeconds = 0;

  lastVerdict: SequenceVerdict = SequenceVerdict.first;
  /** Arrival after the packet before it; NaN for the first. */
  lastDeltaMs = Number.NaN;
  lastJitterMs = Number.NaN;
  lastSkewMs = Number.NaN;
  /** Timestamp without wraps, counted within the segment. */
  lastTimestamp = 0;
  lastIsSilence = false;

  private firstTimeNs = 0;
  private previousTimeNs = 0;
  private clockRateHz = 0;
  /** Interarrival jitter in timestamp units. */
  private jitter = 0;
  /** The packet that timing was last taken from. */
  private timedNs = 0;
  private timedTimestamp = 0;
  private originNs = 0;
  private originTimestamp = 0;
  private lowestTimestamp = 0;
  private highestTimestamp = 0;
  private hasOrigin = false;
  private jumpNs = 0;
  private jumpTimestamp = 0;

  /** RFC 3550, appendix A.3, with each number counted once: never negative. */
  get expected(): number {
    return this.sequence.expected;
  }

  get lost(): number {
    return this.sequence.expected - this.sequence.received;
  }

  get lostPercent(): number {
    return this.expected > 0 ? (100 * this.lost) / this.expected : 0;
  }

  /** Mean of the interarrival jitter over the packets that changed it; null without clock rate. */
  get meanJitterMs(): number | null {
    return this.jitters > 0 ? this.jitterSumMs / this.jitters : null;
  }

  /** Rate of the media clock against the capture's, in parts per million off the nominal one; null when too short. */
  get clockDriftPpm(): number | null {
    if (this.slope.coveredSeconds < minDriftSeconds || this.slope.count < minDriftPackets) return null;
    const ticksPerSecond = this.slope.ticksPerSecond;
    if (ticksPerSecond === null || this.clockRateHz === 0) return null;
    return (ticksPerSecond / this.clockRateHz - 1) * 1e6;
  }

  /** Media time that the timestamps span, one usual step for each segment's last packet included. */
  get mediaSeconds(): number {
    return this.closedMediaSeconds + this.openMediaSeconds();
  }

  /**
   * Takes the next packet in capture order. `clockRateHz` is that of its payload type, 0 when unknown. Packets of a
   * telephone event repeat the timestamp of its beginning (RFC 4733, section 2.2) and say nothing about timing.
   */
  update(
    sequence: number,
    timestamp: number,
    marker: boolean,
    isEvent: boolean,
    clockRateHz: number,
    timeNs: number,
    ipBytes: number,
    payloadBytes: number,
    isTruncated: boolean,
  ): void {
    const isFirst = this.packets === 0;
    if (isFirst) this.firstTimeNs = timeNs;
    this.packets += 1;
    this.ipBytes += ipBytes;
    this.payloadBytes += payloadBytes;
    if (marker) this.markers += 1;
    if (isTruncated) this.truncatedPackets += 1;
    this.lastDeltaMs = isFirst ? Number.NaN : (timeNs - this.previousTimeNs) / 1e6;
    this.previousTimeNs = timeNs;

    const verdict = this.sequence.push(sequence);
    this.lastVerdict = verdict;
    this.losses.take(timeNs - this.firstTimeNs, this.sequence.gap, verdict === SequenceVerdict.reordered);
    this.lastIsSilence = false;
    this.lastSkewMs = Number.NaN;
    switch (verdict) {
      case SequenceVerdict.first:
        this.openSegment(timestamp, timeNs, isEvent, clockRateHz);
        break;
      case SequenceVerdict.jump:
        this.jumpNs = timeNs;
        this.jumpTimestamp = timestamp;
        this.lastTimestamp = timestamp;
        break;
      case SequenceVerdict.duplicate:
        this.lastTimestamp = extendTimestamp(timestamp, this.timedTimestamp);
        this.takeDelta();
        break;
      case SequenceVerdict.restart:
        this.openSegment(this.jumpTimestamp, this.jumpNs, isEvent, clockRateHz);
        this.takeTime(timestamp, timeNs, isEvent, marker, verdict);
        this.takeDelta();
        break;
      default:
        this.setClock(clockRateHz, isEvent);
        this.takeTime(timestamp, timeNs, isEvent, marker, verdict);
        if (!this.lastIsSilence) this.takeDelta();
    }
    this.lastJitterMs = this.jitters > 0 ? this.jitterMs() : Number.NaN;
  }

  /**
   * `update` for the packets in the rows `from` to `end`, none of which is an event, all of one clock rate: what is
   * counted of an ordinary stream stays in registers from packet to packet.
   */
  updateAll(rows: SampleRows, from: number, end: number, clockRateHz: number): void {
    let row = from;
    while (row < end) {
      const count = this.sequence.follow(rows, row, end);
      if (count > 0) this.takeInSequence(rows, row, row + count, clockRateHz);
      else {
        this.update(
          rows.sequence(row),
          rows.timestamp(row),
          rows.marker(row),
          false,
          clockRateHz,
          rows.timeNs(row),
          rows.ipBytes(row),
          rows.payloadBytes(row),
          rows.isTruncated(row),
        );
      }
      row += Math.max(1, count);
    }
  }

  /** The stream is over: decides about a last packet that nothing followed. */
  finish(): void {
    this.sequence.settle();
  }

  /** Packets that follow each other; their sequence numbers are counted. */
  private takeInSequence(rows: SampleRows, from: number, end: number, clockRateHz: number): void {
    let { ipBytes, payloadBytes, markers, truncatedPackets } = this;
    for (let row = from; row < end; row += 1) {
      ipBytes += rows.ipBytes(row);
      payloadBytes += rows.payloadBytes(row);
      if (rows.marker(row)) markers += 1;
      if (rows.isTruncated(row)) truncatedPackets += 1;
    }
    this.packets += end - from;
    this.ipBytes = ipBytes;
    this.payloadBytes = payloadBytes;
    this.markers = markers;
    this.truncatedPackets = truncatedPackets;
    this.lastVerdict = SequenceVerdict.next;
    this.losses.takeAll(rows, from, end, this.firstTimeNs);
    this.setClock(clockRateHz, false);
    let row = from;
    while (row < end) {
      row = this.takeSteady(rows, row, end);
      if (row === end) break;
      const timeNs = rows.timeNs(row);
      this.lastDeltaMs = (timeNs - this.previousTimeNs) / 1e6;
      this.previousTimeNs = timeNs;
      this.lastIsSilence = false;
      this.lastSkewMs = Number.NaN;
      this.takeTime(rows.timestamp(row), timeNs, false, rows.marker(row), SequenceVerdict.next);
      if (!this.lastIsSilence) this.takeDelta();
      this.lastJitterMs = this.jitters > 0 ? this.jitterMs() : Number.NaN;
      row += 1;
    }
  }

  /**
   * Takes the time of packets in sequence, with their clock rate set, as long as each is the usual step after the one
   * before, or shares its timestamp; returns the first row that is not, or `end`. The same operations in the same order
   * as in `takeTime`, so that the same figures come out to the last digit.
   */
  private takeSteady(rows: SampleRows, from: number, end: number): number {
    const { clockRateHz, firstTimeNs, originNs, originTimestamp } = this;
    if (clockRateHz === 0 || !this.hasOrigin) return from;
    const { usual } = this.steps;
    const maxDifference = timeBaseJumpSeconds * clockRateHz;
    let { previousTimeNs, timedNs, timedTimestamp, highestTimestamp, jitter, jitterSumMs, maxJitterMs } = this;
    let { maxSkewMs, maxDeltaMs, lastDeltaMs, lastSkewMs } = this;
    let jitterMs = 0;
    let usualSteps = 0;
    let row = from;
    const last = Math.min(end, from + steadySeconds.length);
    for (; row < last; row += 1) {
      const extended = extendTimestamp(rows.timestamp(row), timedTimestamp);
      const step = extended - timedTimestamp;
      if (step !== usual && step !== 0) break;
      const timeNs = rows.timeNs(row);
      const elapsedNs = timeNs - timedNs;
      const difference = (elapsedNs * clockRateHz) / 1e9 - step;
      const distance = Math.abs(difference);
      if (distance > maxDifference || elapsedNs > pauseSeconds * 1e9) break;
      if (step !== 0) usualSteps += 1;
      lastDeltaMs = (timeNs - previousTimeNs) / 1e6;
      previousTimeNs = timeNs;
      if (lastDeltaMs > maxDeltaMs) maxDeltaMs = lastDeltaMs;
      if (extended > highestTimestamp) highestTimestamp = extended;
      timedNs = timeNs;
      timedTimestamp = extended;
      jitter += (distance - jitter) / 16;
      jitterMs = (jitter / clockRateHz) * 1000;
      jitterSumMs += jitterMs;
      if (jitterMs > maxJitterMs) maxJitterMs = jitterMs;
      lastSkewMs = ((extended - originTimestamp) / clockRateHz) * 1000 - (timeNs - originNs) / 1e6;
      if (Math.abs(lastSkewMs) > Math.abs(maxSkewMs) + rounding) maxSkewMs = lastSkewMs;
      steadySeconds[row - from] = (timeNs - firstTimeNs) / 1e9;
      steadyTicks[row - from] = extended;
    }
    const count = row - from;
    if (count === 0) return row;
    this.previousTimeNs = previousTimeNs;
    this.timedNs = timedNs;
    this.timedTimestamp = timedTimestamp;
    this.highestTimestamp = highestTimestamp;
    this.jitter = jitter;
    this.jitterSumMs = jitterSumMs;
    this.jitters += count;
    this.maxJitterMs = maxJitterMs;
    this.maxSkewMs = maxSkewMs;
    this.maxDeltaMs = maxDeltaMs;
    this.deltas += count;
    this.lastDeltaMs = lastDeltaMs;
    this.lastSkewMs = lastSkewMs;
    this.lastJitterMs = jitterMs;
    this.lastTimestamp = timedTimestamp;
    this.lastIsSilence = false;
    this.steps.pushUsual(usualSteps);
    this.slope.pushAll(steadySeconds, steadyTicks, count);
    return row;
  }

  private takeDelta(): void {
    this.deltas += 1;
    if (this.lastDeltaMs > this.maxDeltaMs) this.maxDeltaMs = this.lastDeltaMs;
  }

  /** Timestamps of different segments or clock rates are not comparable. */
  private openSegment(timestamp: number, timeNs: number, isEvent: boolean, clockRateHz: number): void {
    this.closeMedia();
    this.setClock(clockRateHz, isEvent);
    this.lastTimestamp = timestamp;
    this.timedTimestamp = timestamp;
    if (!isEvent) this.setOrigin(timestamp, timeNs);
  }

  private setOrigin(timestamp: number, timeNs: number): void {
    this.hasOrigin = true;
    this.originNs = timeNs;
    this.originTimestamp = timestamp;
    this.timedNs = timeNs;
    this.timedTimestamp = timestamp;
    this.lowestTimestamp = timestamp;
    this.highestTimestamp = timestamp;
    if (this.clockRateHz > 0) this.lastSkewMs = 0;
    this.slope.split();
    this.slope.push((timeNs - this.firstTimeNs) / 1e9, timestamp);
  }

  private setClock(clockRateHz: number, isEvent: boolean): void {
    if (isEvent || clockRateHz === this.clockRateHz) return;
    this.closeMedia();
    if (this.clockRateHz > 0) this.jitter *= clockRateHz / this.clockRateHz;
    this.clockRateHz = clockRateHz;
  }

  /** Timestamps that follow are not comparable with those before. */
  private closeMedia(): void {
    this.closedMediaSeconds += this.openMediaSeconds();
    this.hasOrigin = false;
  }

  private takeTime(
    timestamp: number,
    timeNs: number,
    isEvent: boolean,
    marker: boolean,
    verdict: SequenceVerdict,
  ): void {
    const extended = extendTimestamp(timestamp, this.timedTimestamp);
    this.lastTimestamp = extended;
    if (isEvent) return;
    if (!this.hasOrigin) {
      this.setOrigin(extended, timeNs);
      return;
    }
    const step = extended - this.timedTimestamp;
    const elapsedNs = timeNs - this.timedNs;
    if (extended > this.highestTimestamp) this.highestTimestamp = extended;
    if (extended < this.lowestTimestamp) this.lowestTimestamp = extended;
    this.timedNs = timeNs;
    this.timedTimestamp = extended;

    if (verdict === SequenceVerdict.next && step > 0) {
      this.takeSilence(step, marker);
      if (!this.lastIsSilence) this.steps.push(step);
    }
    if (this.clockRateHz > 0) {
      // D(i-1,i) of RFC 3550, section 6.4.1: how much longer the packet travelled than the one before it.
      const difference = (elapsedNs * this.clockRateHz) / 1e9 - step;
      this.jitter += (Math.abs(difference) - this.jitter) / 16;
      const jitterMs = this.jitterMs();
      this.jitterSumMs += jitterMs;
      this.jitters += 1;
      if (jitterMs > this.maxJitterMs) this.maxJitterMs = jitterMs;
      const skewMs = ((extended - this.originTimestamp) / this.clockRateHz) * 1000 - (timeNs - this.originNs) / 1e6;
      this.lastSkewMs = skewMs;
      if (Math.abs(skewMs) > Math.abs(this.maxSkewMs) + rounding) this.maxSkewMs = skewMs;
      if (Math.abs(difference) > timeBaseJumpSeconds * this.clockRateHz) this.slope.split();
    }
    if (elapsedNs > pauseSeconds * 1e9) this.slope.split();
    this.slope.push((timeNs - this.firstTimeNs) / 1e9, extended);
  }

  /** Nothing is missing, and yet the timestamp skipped: discontinuous transmission (RFC 3551, section 4.1). */
  private takeSilence(step: number, marker: boolean): void {
    const usual = this.steps.usual;
    if (usual === 0 || this.clockRateHz === 0 || this.clockRateHz === 90_000) return;
    if (step >= silenceSteps * usual || (marker && step > usual)) {
      this.lastIsSilence = true;
      this.silenceSeconds += (step - usual) / this.clockRateHz;
    }
  }

  private openMediaSeconds(): number {
    if (this.clockRateHz === 0 || !this.hasOrigin) return 0;
    return (this.highestTimestamp - this.lowestTimestamp + this.steps.usual) / this.clockRateHz;
  }

  private jitterMs(): number {
    return this.clockRateHz > 0 ? (this.jitter / this.clockRateHz) * 1000 : 0;
  }
}
