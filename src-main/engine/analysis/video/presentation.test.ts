import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryPoints, presentationOrder, presentationTimes } from './presentation';

const clock = 90_000;

/** `[timestamp in ticks, arrival in seconds, segment]` in decoding order. */
function times(pictures: readonly (readonly [number, number, number?])[]): number[] {
  const table = {
    count: pictures.length,
    timestamp: Float64Array.from(pictures, ([timestamp]) => timestamp),
    arrivalSeconds: Float64Array.from(pictures, ([, arrival]) => arrival),
    segment: Uint32Array.from(pictures, ([, , segment = 0]) => segment),
  };
  return [...presentationTimes(table, clock)].map((time) => Math.round(time * 1e4) / 1e4);
}

describe('presentationTimes', () => {
  it('follows the timestamps from the first arrival on, at a variable rate, in whatever order', () => {
    const sent = [
      [1000, 5],
      [1000 + 9000, 5.01],
      [1000 + 3000, 5.02],
      [1000 + 27_000, 5.31],
    ] as const;
    expect(times(sent)).toEqual([5, 5.1, 5.0333, 5.3]);
  });

  it('keeps pauses: those of the timestamp, and those in which it stood', () => {
    expect(
      times([
        [0, 0],
        [3000, 0.033],
        [3000 + 900_000, 10.04],
      ]),
    ).toEqual([0, 0.0333, 10.0333]);
    const stood = Array.from({ length: 20 }, (_, i) => [3000 * i, i / 30 + (i >= 10 ? 10 : 0)] as const);
    expect(times(stood).slice(9, 12)).toEqual([0.3, 10.3333, 10.3667]);
  });

  it('does not take a stall of the network for a pause', () => {
    const stalled = Array.from({ length: 60 }, (_, i) => [3000 * i, i < 10 ? i / 30 : Math.max(i / 30, 2)] as const);
    expect(times(stalled)).toEqual(Array.from({ length: 60 }, (_, i) => Math.round((i / 30) * 1e4) / 1e4));
  });

  it('does not follow a timestamp that leaps', () => {
    expect(
      times([
        [0, 0],
        [3000, 0.0333],
        [3000 + 90_000 * 3600, 0.0667],
        [6000 + 90_000 * 3600, 0.1],
      ]),
    ).toEqual([0, 0.0333, 0.0667, 0.1]);
  });

  it('places restarts by arrival, never before what was', () => {
    expect(
      times([
        [0, 1],
        [90_000, 2],
        [7, 4, 1],
        [3007, 4, 1],
      ]),
    ).toEqual([1, 2, 4, 4.0333]);
    expect(
      times([
        [0, 1],
        [270_000, 1.2],
        [7, 1.3, 1],
      ])[2],
    ).toBeGreaterThanOrEqual(
      times([
        [0, 1],
        [270_000, 1.2],
      ])[1],
    );
  });

  it('goes by arrival where the timestamp never moves', () => {
    expect(
      times([
        [5, 0],
        [5, 0.04],
        [5, 0.08],
        [5, 0.08],
      ]),
    ).toEqual([0, 0.04, 0.08, 0.08]);
  });

  it('gives finite times, one segment behind the other, whatever the columns', () => {
    const picture = fc.tuple(
      fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(picture, { maxLength: 50 }), fc.nat(3), (pictures, every) => {
        const result = times(pictures.map(([ts, at], i) => [ts, at, every > 0 ? Math.floor(i / every) : 0]));
        expect(result.every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe('decoding order', () => {
  it('is not that of presentation', () => {
    const shown = Float64Array.of(0, 4, 2, 1, 3, 8, 6, 5, 7);
    expect([...presentationOrder(shown)]).toEqual([0, 3, 2, 4, 1, 7, 6, 8, 5]);
  });

  it('enters only at keys that nothing behind them precedes', () => {
    expect([...entryPoints(Float64Array.of(0, 1, 2, 3), Uint8Array.of(0, 1, 0, 1))]).toEqual([1, 1, 0, 1]);
    // The picture behind the key belongs before it and before what was shown.
    expect([...entryPoints(Float64Array.of(0, 3, 5, 2), Uint8Array.of(1, 0, 1, 0))]).toEqual([1, 0, 0, 0]);
  });
});
