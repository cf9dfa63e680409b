import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureClock, TimeScale } from './timestamp';

const ticks = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

/** The time in whole nanoseconds, by BigInt. */
function exact(value: bigint, resolution: number): bigint {
  const exponent = BigInt(resolution & 0x7f);
  const units = resolution & 0x80 ? 2n ** exponent : 10n ** exponent;
  return (value * 1_000_000_000n) / units;
}

function split(resolution: number, value: bigint, offsetSeconds = 0): bigint {
  const scale = new TimeScale(resolution, offsetSeconds);
  scale.split(Number(value >> 32n), Number(value & 0xffff_ffffn));
  expect(scale.nanos).toBeGreaterThanOrEqual(0);
  expect(scale.nanos).toBeLessThan(1e9);
  return BigInt(scale.seconds) * 1_000_000_000n + BigInt(scale.nanos);
}

describe('TimeScale', () => {
  it('is exact for every decimal resolution that a clock of the next 200 years can have', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 19 }), ticks, (exponent, value) => {
        const limit = 2n ** 32n * 10n ** BigInt(exponent);
        const time = value % (limit < 2n ** 64n ? limit : 2n ** 64n);
        expect(split(exponent, time)).toBe(exact(time, exponent));
      }),
      { numRuns: 2000 },
    );
  });

  it('is exact for binary resolutions up to 2^-32', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 32 }), ticks, (exponent, value) => {
        const limit = 2n ** BigInt(32 + exponent);
        const time = value % (limit < 2n ** 64n ? limit : 2n ** 64n);
        expect(split(0x80 | exponent, time)).toBe(exact(time, 0x80 | exponent));
      }),
      { numRuns: 2000 },
    );
  });

  it('is at most a nanosecond short for finer binary resolutions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 33, max: 63 }), ticks, (exponent, value) => {
        const short = exact(value, 0x80 | exponent) - split(0x80 | exponent, value);
        expect(short >= 0n && short <= 1n).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('adds the offset in seconds, also a negative one', () => {
    expect(split(6, 1_500_000n, 10)).toBe(11_500_000_000n);
    expect(split(9, 1n, -2)).toBe(-1_999_999_999n);
  });

  it('knows resolutions that make no sense', () => {
    expect([0, 6, 9, 19, 0x80, 0xbf].every((value) => TimeScale.isSupported(value))).toBe(true);
    expect([20, 0x7f, 0xc0, 0xff].some((value) => TimeScale.isSupported(value))).toBe(false);
  });
});

describe('CaptureClock', () => {
  it('counts exactly from the first time, forwards and backwards', () => {
    const clock = new CaptureClock();
    expect(clock.originNs).toBeNull();
    expect(clock.relative(1_700_000_000, 999_999_999)).toBe(0);
    expect(clock.relative(1_700_000_001, 0)).toBe(1);
    expect(clock.relative(1_699_999_999, 999_999_998)).toBe(-1_000_000_001);
    expect(clock.originNs).toBe(1_700_000_000_999_999_999n);
  });
});
