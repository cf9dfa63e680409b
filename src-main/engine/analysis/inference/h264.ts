import { confirmPictures } from './confirm';
import { type FormatScore, Tally, video } from './format-test';
import type { StreamSample } from './sample';

const stapA = 24;
const fuA = 28;

/** Types whose nal_ref_idc must be 0, and those where it must not be (Rec. ITU-T H.264, 7.4.1). */
function isHeaderPlausible(first: number): boolean {
  const type = first & 0x1f;
  const isReference = (first & 0x60) !== 0;
  if (first & 0x80 || type === 0 || type > 20) return false;
  if (type === 5 || type === 7 || type === 8) return isReference;
  return !((type === 6 || (type >= 9 && type <= 12)) && isReference);
}

function isPlausible(payload: Uint8Array): boolean {
  const type = payload[0] & 0x1f;
  if (type === stapA) return isAggregate(payload);
  if (type === fuA) {
    if (payload.length < 3 || payload[0] & 0x80) return false;
    const flags = payload[1] >> 5;
    return (flags & 1) === 0 && flags !== 6 && isHeaderPlausible((payload[0] & 0xe0) | (payload[1] & 0x1f));
  }
  return isHeaderPlausible(payload[0]);
}

/** SEI messages with their lengths (Rec. ITU-T H.264, 7.3.2.3.1) reach from the header to the trailing bits. */
function hasMessages(payload: Uint8Array): boolean {
  let at = 1;
  const value = (): number => {
    let sum = 0;
    while (payload[at] === 255) {
      sum += 255;
      at += 1;
    }
    at += 1;
    return sum + (payload[at - 1] ?? payload.length);
  };
  const type = value();
  const size = value();
  return type <= 205 && size > 0 && at + size < payload.length;
}

function isAggregate(payload: Uint8Array): boolean {
  let at = 1;
  while (at + 2 < payload.length) {
    const size = (payload[at] << 8) | payload[at + 1];
    if (size === 0 || !isHeaderPlausible(payload[at + 2])) return false;
    at += 2 + size;
  }
  return at === payload.length;
}

/**
 * H.264 (RFC 6184): NAL unit headers, chains of fragments, parameter sets. Random bytes pass the header alone in 22 of
 * 100 cases; a fragment that goes on as the one before it said, in one of 250.
 */
export function testH264(sample: StreamSample): FormatScore | null {
  const { whole } = sample;
  // Slices are longer than events and silence descriptors are.
  if (!whole.some(({ payload }) => payload.length >= 12)) return null;
  // Alone they prove nothing: any constant byte may be one.
  const headers = new Tally(0.22, 3);
  const chains = new Tally(0.004);
  const messages = new Tally(0.05, 2);
  for (const { payload } of whole) {
    headers.add(isPlausible(payload));
    if ((payload[0] & 0x1f) === 6) messages.add(hasMessages(payload));
  }
  for (let i = 0; i + 1 < whole.length; i += 1) {
    const { payload, step } = whole[i];
    const next = whole[i + 1].payload;
    if ((payload[0] & 0x1f) !== fuA || Number.isNaN(step) || payload.length < 2) continue;
    const goesOn = (next[0] & 0x1f) === fuA && next.length > 1 && !(next[1] & 0x80);
    if (payload[1] & 0x40) chains.add(!goesOn);
    else chains.add(goesOn && step === 0 && ((next[1] ^ payload[1]) & 0x1f) === 0);
  }
  if (headers.share < 0.7) return null;
  const { picture, intact } = confirmPictures('H264', sample);
  const timing = sample.clockEvidence(90_000) + (sample.sharedTimestamps > 0.3 ? 3 : 0);
  const reasons = [`NAL unit headers are legal in ${headers}`];
  if (chains.count > 0) reasons.push(`fragments (FU-A) follow each other in ${chains}`);
  if (messages.count > 0) reasons.push(`SEI messages fit in ${messages}`);
  if (picture) reasons.push(`sequence parameter set: ${picture}`);
  if (picture && intact > 0) reasons.push(`${intact} whole access units`);
  return {
    ...video('H264'),
    evidence: headers.evidence + chains.evidence + messages.evidence + (picture ? 12 : 0) + timing,
    limit: picture ? 0.99 : chains.passed >= 4 ? 0.97 : 0.7,
    reasons,
  };
}
