import { u16be } from '../../bytes/integers';
import { audio, type FormatScore, Tally } from './format-test';
import type { StreamSample } from './sample';

/** MPEG audio (RFC 2250, section 3.5): two zero bytes, an offset, and the sync word where a frame begins. */
export function testMpegAudio(sample: StreamSample): FormatScore | null {
  const packets = new Tally(1e-6);
  let frames = 0;
  for (const { payload } of sample.whole) {
    if (payload.length < 8) return null;
    const isFragment = u16be(payload, 2) > 0;
    const hasSync = payload[4] === 0xff && payload[5] >> 5 === 7 && (payload[5] & 6) !== 0 && payload[6] >> 4 !== 15;
    if (hasSync && !isFragment) frames += 1;
    packets.add(u16be(payload, 0) === 0 && (isFragment || hasSync));
  }
  if (packets.share < 0.8 || frames === 0) return null;
  return {
    ...audio('MPA', 90_000),
    evidence: packets.evidence + sample.clockEvidence(90_000),
    limit: frames >= 3 ? 0.98 : 0.8,
    reasons: [`zero bytes and the sync word of MPEG audio in ${packets}`],
  };
}

/** AC-3 rates by code (ATSC A/52, table 5.6). */
const ac3Rates = [48_000, 44_100, 32_000];

/** AC-3 (RFC 4184): six zero bits, frame type, and the sync word 0B77 where frames begin. */
export function testAc3(sample: StreamSample): FormatScore | null {
  const packets = new Tally(1 / 64, 8);
  const frames = new Tally(1e-5);
  let rateHz = 48_000;
  let isEnhanced = false;
  for (const { payload } of sample.whole) {
    if (payload.length < 8) return null;
    packets.add(payload[0] >> 2 === 0);
    if ((payload[0] & 3) !== 0) continue;
    const hasSync = u16be(payload, 2) === 0x0b77;
    frames.add(hasSync);
    if (!hasSync) continue;
    isEnhanced = payload[7] >> 3 > 10;
    rateHz = ac3Rates[payload[6] >> 6] ?? rateHz;
  }
  if (packets.share < 0.9 || frames.passed === 0 || frames.share < 0.8) return null;
  const clock = sample.nearestRate(ac3Rates) ?? rateHz;
  return {
    ...audio(isEnhanced ? 'EAC3' : 'AC3', isEnhanced ? clock : rateHz, 2),
    evidence: packets.evidence + frames.evidence + sample.clockEvidence(rateHz),
    limit: frames.passed >= 3 ? 0.97 : 0.8,
    reasons: [`sync word of AC-3 where frames begin: ${frames}`],
  };
}
