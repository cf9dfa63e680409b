import { confirmPictures } from './confirm';
import { type FormatScore, Tally, video } from './format-test';
import type { StreamSample } from './sample';

const aggregation = 48;
const fragmentation = 49;
const paci = 50;

function isPlausible(payload: Uint8Array): boolean {
  if (payload.length < 3 || payload[0] & 0x81 || payload[1] >> 3 !== 0 || (payload[1] & 7) === 0) return false;
  const type = payload[0] >> 1;
  const isBase = payload[1] === 1;
  // Switching points lie above the base layer, random access points and parameter sets in it (Rec. H.265, 7.4.2.2).
  if (type >= 2 && type <= 5 && isBase) return false;
  if (((type >= 16 && type <= 23) || type === 32 || type === 33) && !isBase) return false;
  if (type === fragmentation) return payload[2] >> 6 !== 3 && (payload[2] & 0x3f) <= 40;
  return type <= 9 || (type >= 16 && type <= 21) || (type >= 32 && type <= 40) || type === aggregation || type === paci;
}

/** H.265 (RFC 7798): two bytes of NAL unit header, which random bytes pass in 3 of 1000 cases; parameter sets. */
export function testH265(sample: StreamSample): FormatScore | null {
  const { whole } = sample;
  const headers = new Tally(0.003);
  for (const { payload } of whole) headers.add(isPlausible(payload));
  if (headers.share < 0.7) return null;
  const { picture, intact } = confirmPictures('H265', sample);
  const reasons = [`NAL unit headers of two bytes are legal in ${headers}`];
  if (picture) reasons.push(`sequence parameter set: ${picture}`, `${intact} whole access units`);
  return {
    ...video('H265'),
    evidence: headers.evidence + (picture ? 12 : 0) + sample.clockEvidence(90_000),
    limit: picture ? 0.99 : 0.95,
    reasons,
  };
}
