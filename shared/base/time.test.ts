import { describe, expect, it } from 'vitest';
import { formatEpochNs } from './time';

describe('formatEpochNs', () => {
  it('keeps nanoseconds, before 1970 too', () => {
    expect(formatEpochNs(1_572_866_782_123_456_789n)).toBe('2019-11-04T11:26:22.123456789Z');
    expect(formatEpochNs(0n)).toBe('1970-01-01T00:00:00.000000000Z');
    expect(formatEpochNs(-1n)).toBe('1969-12-31T23:59:59.999999999Z');
  });
  it('says so when no calendar reaches that far', () => {
    expect(formatEpochNs(10n ** 27n)).toMatch(/^1000000000000000000000000000 ns after/);
  });
});
