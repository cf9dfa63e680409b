import type { MosEstimate } from '#shared/model/stream';

/** R of a connection with all parameters of ITU-T G.107 at their defaults: Ro - Is. */
const defaultR = 93.2;

/** Equipment impairment (ITU-T G.113, appendix I). */
interface CodecImpairment {
  /** Impairment without loss. */
  readonly ie: number;
  /** Robustness against packet loss. */
  readonly bpl: number;
  readonly profile: string;
}

const impairments: ReadonlyMap<string, CodecImpairment> = new Map([
  ['PCMU', { ie: 0, bpl: 4.3, profile: 'G.711 without concealment, no delay' }],
  ['PCMA', { ie: 0, bpl: 4.3, profile: 'G.711 without concealment, no delay' }],
  ['G729', { ie: 11, bpl: 19, profile: 'G.729A with VAD, loss at random, no delay' }],
  ['GSM-EFR', { ie: 5, bpl: 10, profile: 'GSM-EFR, no delay' }],
]);

/**
 * Estimated listening quality by the E-model (ITU-T G.107): loss alone impairs, all else is at its default. Null
 * for codecs whose impairment G.113 does not tabulate, or not by what a name alone tells (G.723.1 has two rates). Late
 * packets count as received. BurstR is 1: G.113 uses it for a Bpl of 16 and more only, and there it is said.
 */
export function estimateMos(codec: string, lostPercent: number): MosEstimate | null {
  const impairment = impairments.get(codec.toUpperCase());
  if (!impairment) return null;
  const { ie, bpl, profile } = impairment;
  const burstR = 1;
  // G.107, equation 7-29.
  const ieEffective = ie + ((95 - ie) * lostPercent) / (lostPercent / burstR + bpl);
  const r = defaultR - ieEffective;
  return { value: mosOfR(r), r, ie, bpl, burstR, delayMs: 0, profile };
}

/** G.107, annex B; below R = 6.5 the cubic dips under 1 and is held there. */
export function mosOfR(r: number): number {
  if (r < 6.5) return 1;
  if (r >= 100) return 4.5;
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}
