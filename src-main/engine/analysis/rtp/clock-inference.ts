import type { InferredClock } from './rtp-stream';
import type { RtpStatistics } from './statistics';

/** RTP clock rates in use; 90 kHz is that of all video (RFC 3551, section 5). */
const usualRatesHz = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 90_000, 96_000];
/** Slopes are snapped to a rate so close to them. */
const tolerance = 0.015;
const minSeconds = 2;
const minPackets = 20;

/** Shorter streams are judged by their packet time as well, which then must be one of these. */
const shortTolerance = 0.05;
const shortMinSeconds = 0.2;
const shortMinPackets = 10;
const shortMinShare = 0.8;
const packetTimesMs = [10, 20, 30, 40, 60];

/**
 * Clock rate of a stream that nothing was said about: slope of timestamp over arrival, snapped to the rates in use;
 * null when it fits none.
 */
export function inferClock({ slope, steps }: RtpStatistics): InferredClock | null {
  const rate = slope.ticksPerSecond;
  if (rate === null || rate <= 0) return null;
  const nearest = usualRatesHz.reduce((a, b) => (Math.abs(b - rate) < Math.abs(a - rate) ? b : a));
  const error = Math.abs(rate / nearest - 1);
  if (slope.coveredSeconds >= minSeconds && slope.count >= minPackets) {
    return error <= tolerance ? { clockRateHz: nearest, confidence: 0.9 - 20 * error } : null;
  }
  const isLongEnough = slope.coveredSeconds >= shortMinSeconds && slope.count >= shortMinPackets;
  const packetTimeMs = (steps.usual * 1000) / nearest;
  const isUsual = steps.usualShare >= shortMinShare && packetTimesMs.includes(packetTimeMs);
  return isLongEnough && isUsual && error <= shortTolerance ? { clockRateHz: nearest, confidence: 0.5 } : null;
}
