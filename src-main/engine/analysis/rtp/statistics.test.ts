import { describe, expect, it } from 'vitest';
import { RtpStatistics } from './statistics';
import { randomNumbers } from './testing/recording';

interface Packet {
  readonly sequence: number;
  readonly timestamp: number;
  readonly timeMs: number;
  readonly marker?: boolean;
  readonly isEvent?: boolean;
  readonly isTruncated?: boolean;
}

function count(packets: readonly Packet[], clockRateHz = 8000): RtpStatistics {
  const statistics = new RtpStatistics();
  for (const { sequence, timestamp, timeMs, marker = false, isEvent = false, isTruncated = false } of packets) {
    statistics.update(
      sequence & 0xffff,
      timestamp % 2 ** 32,
      marker,
      isEvent,
      clockRateHz,
      Math.round(timeMs * 1e6),
      200,
      160,
      isTruncated,
    );
  }
  statistics.finish();
  return statistics;
}

function paced(number: number, step: number, intervalMs: number, delay: (i: number) => number = () => 0): Packet[] {
  return Array.from({ length: number }, (_, i) => ({
    sequence: 7 + i,
    timestamp: 1000 + step * i,
    timeMs: intervalMs * i + delay(i),
  }));
}

describe('RtpStatistics', () => {
  it('computes interarrival jitter as RFC 3550, appendix A.8', () => {
    // Transit 0, 2, 2, -1 ms: D is 2, 0, 3 ms and J 2/16, then 15/16 of that, then that + (3 - that)/16.
    const late = [0, 2, 2, -1];
    const { maxJitterMs, meanJitterMs } = count(paced(4, 160, 20, (i) => late[i]));
    const j1 = 2 / 16;
    const j2 = (j1 * 15) / 16;
    const j3 = j2 + (3 - j2) / 16;
    expect(maxJitterMs).toBeCloseTo(j3, 9);
    expect(meanJitterMs).toBeCloseTo((j1 + j2 + j3) / 3, 9);
  });

  it('finds no jitter and no drift in perfect L16 at 44.1 kHz', () => {
    const statistics = count(paced(500, 882, 20), 44_100);
    expect(statistics.maxJitterMs).toBeCloseTo(0, 9);
    expect(statistics.clockDriftPpm).toBeCloseTo(0, 6);
    expect(statistics.maxSkewMs).toBe(0);
    expect(statistics.maxDeltaMs).toBe(20);
    expect(statistics.mediaSeconds).toBeCloseTo(10, 9);
  });

  it('counts marked packets like any other', () => {
    const packets = paced(500, 160, 20, (i) => (i % 2) * 10).map((p) => ({ ...p, marker: true }));
    const statistics = count(packets);
    expect(statistics.markers).toBe(500);
    expect(statistics.maxDeltaMs).toBe(30);
    // |D| is 10 ms throughout: J tends to 10 ms.
    expect(statistics.maxJitterMs).toBeCloseTo(10, 6);
  });

  it('tells the drift of a fast clock in parts per million', () => {
    const random = randomNumbers(3);
    // 250 ppm fast: 20 ms of media come every 19.995 ms.
    const packets = paced(3000, 160, 20 / 1.00025, () => 5 * random());
    expect(count(packets).clockDriftPpm).toBeCloseTo(250, -1);
    expect(count(paced(3000, 160, 20 / 1.00025)).clockDriftPpm).toBeCloseTo(250, 1);
    expect(count(paced(60, 160, 20)).clockDriftPpm).toBeNull();
  });

  it('does not take a new time base for drift', () => {
    const packets = paced(1000, 160, 20).map((p, i) => (i < 500 ? p : { ...p, timeMs: p.timeMs + 3000 }));
    expect(count(packets).clockDriftPpm).toBeCloseTo(0, 6);
    const resumed = paced(1000, 160, 20).map((p, i) =>
      i < 500 ? p : { ...p, timestamp: p.timestamp + 24_000, timeMs: p.timeMs + 3015 },
    );
    expect(count(resumed).clockDriftPpm).toBeCloseTo(0, 6);
  });

  it('signs skew: early is positive, late negative', () => {
    expect(count(paced(10, 160, 20, (i) => (i === 5 ? 4 : 0))).maxSkewMs).toBeCloseTo(-4, 9);
    expect(count(paced(10, 160, 20, (i) => (i === 5 ? -4 : 0))).maxSkewMs).toBeCloseTo(4, 9);
  });

  it('leaves silence that was not sent out of the longest delta, and measures it', () => {
    const speech = paced(400, 160, 20).map((p, i) =>
      i < 150 ? p : { ...p, timestamp: p.timestamp + 16_000, timeMs: p.timeMs + 2000, marker: i === 150 },
    );
    const statistics = count(speech);
    expect(statistics.silenceSeconds).toBeCloseTo(2, 9);
    expect(statistics.maxDeltaMs).toBe(20);
    expect(statistics.lost).toBe(0);
    expect(statistics.maxJitterMs).toBeCloseTo(0, 9);
    expect(statistics.mediaSeconds).toBeCloseTo(10, 9);
  });

  it('takes silence without a marker for silence too, but a pause that the timestamp ignores for a delay', () => {
    const pause = (ticks: number) =>
      paced(100, 160, 20).map((p, i) =>
        i < 50 ? p : { ...p, timestamp: p.timestamp + ticks, timeMs: p.timeMs + 500 },
      );
    expect(count(pause(4000))).toMatchObject({ maxDeltaMs: 20, silenceSeconds: 0.5 });
    expect(count(pause(0))).toMatchObject({ maxDeltaMs: 520, silenceSeconds: 0 });
  });

  it('keeps events out of jitter and skew: they repeat the timestamp of their beginning', () => {
    const audio = paced(100, 160, 20);
    const events = audio.map((p, i) => ({ ...p, timestamp: i >= 40 && i < 50 ? 1000 + 6400 : p.timestamp }));
    const marked = events.map((p, i) => ({ ...p, isEvent: i >= 40 && i < 50 }));
    expect(count(marked).maxJitterMs).toBeCloseTo(0, 9);
    expect(count(marked).maxSkewMs).toBe(0);
    expect(count(events).maxJitterMs).toBeGreaterThan(5);
  });

  it('keeps segments apart', () => {
    const first = paced(250, 160, 20);
    const second = paced(250, 160, 20).map((p) => ({
      sequence: p.sequence + 40_000,
      timestamp: p.timestamp + 3_000_000_000,
      timeMs: p.timeMs + 9000,
    }));
    const statistics = count([...first, ...second]);
    expect(statistics).toMatchObject({ expected: 500, lost: 0, packets: 500, maxDeltaMs: 20 });
    expect(statistics.sequence.segment).toBe(1);
    expect(statistics.maxJitterMs).toBeCloseTo(0, 9);
    expect(statistics.maxSkewMs).toBe(0);
    expect(statistics.mediaSeconds).toBeCloseTo(10, 9);
  });

  it('takes no timing from duplicates', () => {
    const doubled = paced(500, 160, 20).flatMap((p) => [p, { ...p, timeMs: p.timeMs + 0.1 }]);
    const statistics = count(doubled);
    expect(statistics).toMatchObject({ packets: 1000, expected: 500, lost: 0 });
    expect(statistics.sequence.duplicates).toBe(500);
    expect(statistics.maxJitterMs).toBeCloseTo(0, 9);
  });

  it('follows wraps of sequence number and timestamp', () => {
    const packets = paced(500, 160, 20).map((p) => ({
      ...p,
      sequence: p.sequence + 65_300,
      timestamp: p.timestamp + 2 ** 32 - 40_000,
    }));
    const statistics = count(packets);
    expect(statistics).toMatchObject({ expected: 500, lost: 0 });
    expect(statistics.maxJitterMs).toBeCloseTo(0, 9);
    expect(statistics.maxSkewMs).toBe(0);
  });

  it('says nothing about timing without a clock rate', () => {
    const statistics = count(paced(500, 160, 20), 0);
    expect(statistics).toMatchObject({ meanJitterMs: null, clockDriftPpm: null, maxSkewMs: 0, maxDeltaMs: 20 });
    expect(statistics.slope.ticksPerSecond).toBeCloseTo(8000, 3);
    expect(statistics.steps.usual).toBe(160);
  });

  it('counts packets that the capture cut short', () => {
    expect(count(paced(10, 160, 20).map((p, i) => ({ ...p, isTruncated: i < 3 }))).truncatedPackets).toBe(3);
  });
});
