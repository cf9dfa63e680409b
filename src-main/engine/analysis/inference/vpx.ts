import { type FormatScore, Tally, video } from './format-test';
import type { StreamSample } from './sample';

/** Picture numbers of consecutive packets: the same within a picture, one more in the next (7 or 15 bits). */
function goesOn(previous: number, next: number, isSame: boolean): boolean {
  const step = (next - previous) & 0x7f;
  return isSame ? step === 0 : step === 1;
}

/** VP8 (RFC 7741): reserved bits, the start bit at new timestamps, picture numbers, start codes of key frames. */
export function testVp8(sample: StreamSample): FormatScore | null {
  // By themselves a few bits that any constant byte has as well.
  const packets = new Tally(0.12, 2);
  const numbers = new Tally(1 / 128);
  let keys = 0;
  let previous = -1;
  let size = '';
  for (const { payload, begins, step } of sample.whole) {
    const [first] = payload;
    const startsPicture = (first & 0x17) === 0x10;
    packets.add((first & 0x48) === 0 && (first & 7) <= 7 && (!begins || startsPicture));
    let at = 1;
    let number = -1;
    if (first & 0x80 && payload.length > 4) {
      const extension = payload[1];
      at = 2;
      if (extension & 0x80) {
        number = payload[at] & 0x80 ? payload[at + 1] : payload[at];
        at += payload[at] & 0x80 ? 2 : 1;
      }
      at += (extension & 0x40 ? 1 : 0) + (extension & 0x30 ? 1 : 0);
    }
    if (previous >= 0 && number >= 0) numbers.add(goesOn(previous, number, !begins));
    previous = Number.isNaN(step) ? -1 : number;
    // Start code of key frames (RFC 6386, section 9.1).
    const isKey =
      startsPicture &&
      at + 10 <= payload.length &&
      (payload[at] & 1) === 0 &&
      payload[at + 3] === 0x9d &&
      payload[at + 4] === 0x01 &&
      payload[at + 5] === 0x2a;
    if (!isKey) continue;
    keys += 1;
    size = `${(payload[at + 6] | (payload[at + 7] << 8)) & 0x3fff} x ${(payload[at + 8] | (payload[at + 9] << 8)) & 0x3fff}`;
  }
  if (packets.share < 0.8) return null;
  const reasons = [`payload descriptor fits in ${packets}`];
  if (numbers.count > 0) reasons.push(`picture numbers go on in ${numbers}`);
  if (keys > 0) reasons.push(`key frame start code: ${size}`);
  return {
    ...video('VP8'),
    evidence: packets.evidence + numbers.evidence + Math.min(2, keys) * 12 + sample.clockEvidence(90_000),
    limit: keys > 0 ? 0.98 : numbers.passed > 8 && numbers.share > 0.9 ? 0.95 : 0.7,
    reasons,
  };
}

/** VP9 (RFC 9628): beginning and end of pictures, picture numbers, the frame marker. */
export function testVp9(sample: StreamSample): FormatScore | null {
  const packets = new Tally(0.2, 2);
  const numbers = new Tally(1 / 128);
  let previous = -1;
  for (const { payload, begins, marker, step } of sample.whole) {
    const [first] = payload;
    packets.add((!begins || (first & 8) !== 0) && (!marker || (first & 4) !== 0));
    const number = first & 0x80 && payload.length > 3 ? (payload[1] & 0x80 ? payload[2] : payload[1]) : -1;
    if (previous >= 0) numbers.add(number >= 0 && goesOn(previous, number, !begins));
    previous = Number.isNaN(step) ? -1 : number;
  }
  if (packets.share < 0.8 || numbers.count === 0 || numbers.share < 0.8) return null;
  return {
    ...video('VP9'),
    evidence: packets.evidence + numbers.evidence + sample.clockEvidence(90_000),
    limit: numbers.passed >= 8 ? 0.96 : 0.7,
    reasons: [`pictures begin and end where timestamps do in ${packets}`, `picture numbers go on in ${numbers}`],
  };
}

/** AV1 (RTP payload format, section 4.4): aggregation header, continued elements, headers of open bitstream units. */
export function testAv1(sample: StreamSample): FormatScore | null {
  const packets = new Tally(0.03, 5);
  let sequenceHeaders = 0;
  let goesOnAfter = -1;
  for (const { payload, step } of sample.whole) {
    const [first] = payload;
    const continues = (first & 0x80) !== 0;
    let fits = payload.length > 2 && (first & 7) === 0 && !(first & 8 && continues);
    if (goesOnAfter >= 0) fits &&= continues === (goesOnAfter === 1);
    const count = (first >> 4) & 3;
    // With one element there is no length in front of it.
    const at = count === 1 ? 1 : payload[1] & 0x80 ? 3 : 2;
    const header = payload[at] ?? 0x80;
    const type = (header >> 3) & 15;
    if (!continues) fits &&= (header & 0x81) === 0 && ((type >= 1 && type <= 8) || type === 15);
    if (fits && first & 8 && type === 1) sequenceHeaders += 1;
    packets.add(fits);
    goesOnAfter = Number.isNaN(step) ? -1 : (first >> 6) & 1;
  }
  if (packets.share < 0.9) return null;
  const reasons = [`aggregation header and OBU headers fit in ${packets}`];
  if (sequenceHeaders > 0) reasons.push('a sequence header where a coded sequence begins');
  return {
    ...video('AV1'),
    evidence: packets.evidence + Math.min(2, sequenceHeaders) * 4 + sample.clockEvidence(90_000),
    limit: sequenceHeaders > 0 ? 0.96 : 0.8,
    reasons,
  };
}
