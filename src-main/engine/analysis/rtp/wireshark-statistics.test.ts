import { describe, expect, it } from 'vitest';
import { WiresharkStatistics, wiresharkClockRateHz } from './wireshark-statistics';

interface Packet {
  readonly sequence: number;
  readonly timestamp: number;
  readonly timeMs: number;
  readonly marker?: boolean;
  readonly payloadType?: number;
  readonly clockRateHz?: number;
}

function count(packets: readonly Packet[], clockRateHz = 8000): WiresharkStatistics {
  const statistics = new WiresharkStatistics();
  for (const p of packets) {
    statistics.update(
      p.sequence & 0xffff,
      p.timestamp % 2 ** 32,
      p.payloadType ?? 0,
      p.marker ?? false,
      p.clockRateHz ?? clockRateHz,
      p.timeMs * 1e6,
    );
  }
  return statistics;
}

function paced(number: number, step: number, intervalMs: number): Packet[] {
  return Array.from({ length: number }, (_, i) => ({ sequence: i, timestamp: step * i, timeMs: intervalMs * i }));
}

// The expected figures are what tshark 4.0.17 printed for captures with these packets.
describe('WiresharkStatistics', () => {
  it('cuts the clock rate to whole kilohertz', () => {
    const l16 = count(paced(500, 882, 20), 44_100);
    expect(l16.minJitterMs).toBeCloseTo(0.003, 3);
    expect(l16.meanJitterMs).toBeCloseTo(0.044, 3);
    expect(l16.maxJitterMs).toBeCloseTo(0.045, 3);
  });

  it('leaves marked packets out', () => {
    expect(count(paced(500, 160, 20).map((p) => ({ ...p, marker: true })))).toMatchObject({
      minDeltaMs: -1,
      meanDeltaMs: 0,
      maxDeltaMs: 0,
      minJitterMs: -1,
      meanJitterMs: 0,
      maxJitterMs: 0,
    });
  });

  it('counts duplicates as received', () => {
    const doubled = paced(500, 160, 20).flatMap((p) => [p, { ...p, timeMs: p.timeMs + 0.1 }]);
    const statistics = count(doubled);
    expect(statistics).toMatchObject({ packets: 1000, expected: 500, lost: -500, lostPercent: -100 });
    expect(statistics.minDeltaMs).toBeCloseTo(0.1, 3);
    expect(statistics.meanDeltaMs).toBeCloseTo(9.99, 3);
    expect(statistics.maxDeltaMs).toBeCloseTo(19.9, 3);
    expect(statistics.meanJitterMs).toBeCloseTo(0.098, 3);
  });

  it('expects up to the packet captured last, late or not', () => {
    const packets = [...paced(500, 160, 20), { sequence: 100, timestamp: 16_000, timeMs: 10_000 }];
    const statistics = count(packets);
    expect(statistics).toMatchObject({ packets: 501, expected: 101, lost: -400 });
    expect(statistics.lostPercent).toBeCloseTo(-396, 0);
    expect(statistics.maxJitterMs).toBeCloseTo(500, 6);
    expect(statistics.meanJitterMs).toBeCloseTo(1, 6);
  });

  it('takes a restart for loss', () => {
    const second = paced(250, 160, 20).map((p) => ({
      sequence: p.sequence + 39_900,
      timestamp: p.timestamp + 40_000,
      timeMs: p.timeMs + 5000,
    }));
    expect(count([...paced(250, 160, 20), ...second])).toMatchObject({ expected: 40_150, lost: 39_650 });
  });

  it('counts cycles of the sequence number', () => {
    const packets = paced(100_000, 160, 20).map((p) => ({ ...p, sequence: p.sequence + 65_000 }));
    expect(count(packets)).toMatchObject({ expected: 100_000, lost: 0, sequenceErrors: 0 });
    expect(count(paced(70_000, 160, 20))).toMatchObject({ expected: 70_000, lost: 0, sequenceErrors: 0 });
  });

  it('lets packets from behind the first timestamp change nothing', () => {
    const packets = [
      { sequence: 1, timestamp: 9088, timeMs: 0 },
      { sequence: 0, timestamp: 8928, timeMs: 6.75 },
      { sequence: 2, timestamp: 9248, timeMs: 20 },
    ];
    expect(count(packets)).toMatchObject({ maxJitterMs: 0, maxDeltaMs: 20, meanDeltaMs: 10 });
  });

  it('lets packets without clock rate move the time but not the timestamp', () => {
    const packets = [
      { sequence: 1, timestamp: 0, timeMs: 0 },
      { sequence: 2, timestamp: 160, timeMs: 20 },
      { sequence: 3, timestamp: 160, timeMs: 40, clockRateHz: 0 },
      { sequence: 4, timestamp: 480, timeMs: 60 },
    ];
    const statistics = count(packets);
    // 40 ms of media against 20 ms since the event.
    expect(statistics.lastJitterMs).toBeCloseTo(20 / 16, 9);
    expect(statistics.maxDeltaMs).toBe(20);
  });

  it('leaves comfort noise and what follows it out', () => {
    const packets = paced(4, 160, 20).map((p, i) => ({ ...p, payloadType: i === 1 ? 13 : 0, timeMs: i * i * 20 }));
    expect(count(packets)).toMatchObject({ minDeltaMs: 100, maxDeltaMs: 100 });
  });

  it('knows the clock rates of payload types below 96, signalled ones of the others, and none of events', () => {
    expect(wiresharkClockRateHz(9, 'G722', 16_000)).toBe(8000);
    expect(wiresharkClockRateHz(20, 'X', 8000)).toBe(0);
    expect(wiresharkClockRateHz(96, null, 0)).toBe(0);
    expect(wiresharkClockRateHz(96, 'opus', 48_000)).toBe(48_000);
    expect(wiresharkClockRateHz(101, 'telephone-event', 8000)).toBe(0);
  });
});
