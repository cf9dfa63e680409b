import { findCodec } from '../../codecs';
import { audio, type FormatScore, Tally } from './format-test';
import type { StreamSample } from './sample';

const minBytes = 800;

const predictorOrder = 10;
const lagsAtOnce = 4;
const lags = lagsAtOnce * Math.ceil((predictorOrder + 1) / lagsAtOnce);

/**
 * Share of the power that a linear predictor (autocorrelation method, Levinson and Durbin) cannot foresee, 0..1: noise
 * keeps nearly all of it, sound little, whatever its pitch. 1 for constant samples. `stride` steps over channels.
 */
function unpredictable(samples: Int16Array | Float64Array, stride = 1): number {
  const { length } = samples;
  let mean = 0;
  for (let i = 0; i < length; i += 1) mean += samples[i];
  mean /= length || 1;
  // Zeros in front stand for the samples before the first one.
  const room = lags * stride;
  const centred = new Float64Array(room + length);
  for (let i = 0; i < length; i += 1) centred[room + i] = samples[i] - mean;
  const correlation = new Float64Array(lags);
  for (let lag = 0; lag < lags; lag += lagsAtOnce) correlate(centred, room, lag, stride, correlation);
  const power = correlation[0];
  if (power <= 0) return 1;
  const weights = new Float64Array(predictorOrder + 1);
  let error = power;
  for (let order = 1; order <= predictorOrder && error > 1e-9 * power; order += 1) {
    let reflection = correlation[order];
    for (let i = 1; i < order; i += 1) reflection -= weights[i] * correlation[order - i];
    reflection /= error;
    const previous = weights.slice();
    weights[order] = reflection;
    for (let i = 1; i < order; i += 1) weights[i] = previous[i] - reflection * previous[order - i];
    error *= 1 - reflection * reflection;
  }
  return Math.max(1e-6, Math.min(1, error / power));
}

/** Correlation of the samples from `from` on with those `lag` and the next three lags before: four sums at a time. */
function correlate(samples: Float64Array, from: number, lag: number, stride: number, into: Float64Array): void {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let i = from, before = from - lag * stride; i < samples.length; i += 1, before += 1) {
    const sample = samples[i];
    first += sample * samples[before];
    second += sample * samples[before - stride];
    third += sample * samples[before - 2 * stride];
    fourth += sample * samples[before - 3 * stride];
  }
  into[lag] = first;
  into[lag + 1] = second;
  into[lag + 2] = third;
  into[lag + 3] = fourth;
}

function expand(name: 'PCMU' | 'PCMA', bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(bytes.length);
  findCodec(name)?.createDecoder?.({ clockRateHz: 8000, channels: 1 }).decode(bytes, samples);
  return samples;
}

/** Share of bytes near silence: µ-law FF, 7F, FE, 7E; A-law D5, 55, D4, 54. */
function silence({ histogram, joined }: StreamSample, codes: readonly number[]): number {
  return codes.reduce((sum, code) => sum + histogram[code], 0) / joined.length;
}

/** How many byte values there are. */
const distinct = ({ histogram }: StreamSample): number =>
  histogram.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);

const silentMu = [0xff, 0x7f, 0xfe, 0x7e];
const silentA = [0xd5, 0x55, 0xd4, 0x54];
/** Sound leaves less than this unforeseen. */
const noise = 0.85;

/** Packets whose bytes are so many a tick. */
function bytesPerTick(sample: StreamSample, ratio: number): Tally {
  const steps = new Tally(0.03, 3);
  for (const { payload, step } of sample.whole) {
    // A pause that was not sent makes a longer step.
    if (step > 0 && step <= 6 * sample.usualStep) steps.add(Math.abs(payload.length - step * ratio) < 0.01);
  }
  return steps;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/**
 * G.711 in both laws and G.722, all with a byte a tick. The right law is the one whose samples go on more smoothly;
 * where both jump about, it may be G.722, whose bytes mean something else.
 */
export function testByteATick(sample: StreamSample): FormatScore[] {
  const steps = bytesPerTick(sample, 1);
  const bytes = sample.joined;
  if (steps.passed < 2 || steps.share < 0.6 || bytes.length < minBytes) return [];
  const clock = Math.max(0, steps.evidence) + sample.clockEvidence(8000);
  const mu = unpredictable(expand('PCMU', bytes));
  const a = unpredictable(expand('PCMA', bytes));
  const quietMu = silence(sample, silentMu);
  const quietA = silence(sample, silentA);
  const base = [
    `a byte a tick in ${steps}`,
    `the next sample can be foreseen: all but ${percent(mu)} of the power as µ-law, all but ${percent(a)} as A-law`,
  ];
  const scores: FormatScore[] = [];
  const add = (name: string, own: number, other: number, quiet: number, otherQuiet: number): void => {
    const isSound = own < noise && own < other;
    const isQuiet = quiet > 0.5 && quiet > 4 * otherQuiet;
    if (!isSound && !isQuiet) return;
    const margin = isQuiet ? 1 : Math.log(other / own);
    scores.push({
      ...audio(name, 8000),
      evidence: clock + 5 + Math.min(10, 20 * margin),
      limit: bytes.length >= 8000 && margin > 0.4 ? 0.95 : 0.8,
      reasons: quiet > 0.1 ? [...base, `codes of silence: ${percent(quiet)}`] : base,
    });
  };
  add('PCMU', mu, a, quietMu, quietA);
  add('PCMA', a, mu, quietA, quietMu);
  if (mu > 0.6 && a > 0.6 && distinct(sample) > 64 && !looksRandom(sample)) {
    scores.push({
      ...audio('G722', 8000),
      evidence: clock + 6,
      limit: 0.8,
      reasons: [...base, 'neither is sound, but the bytes are not uniformly distributed'],
    });
  }
  return scores;
}

/** Linear samples of 16 or 24 bits in network order (RFC 3551, section 4.5.11; RFC 3190): smooth that way only. */
export function testLinear(sample: StreamSample): FormatScore[] {
  const bytes = sample.joined;
  if (bytes.length < minBytes) return [];
  const rates = [8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
  const clockRateHz = sample.nearestRate(rates) ?? 44_100;
  return [16, 24].flatMap((bits) =>
    [1, 2, 4, 6, 8].flatMap((channels) => {
      const size = bits / 8;
      const steps = bytesPerTick(sample, size * channels);
      if (steps.passed < 2 || steps.share < 0.6) return [];
      const count = Math.floor(bytes.length / size);
      const big = new Float64Array(count);
      const little = new Float64Array(count);
      for (let i = 0; i < count; i += 1) {
        big[i] = ((bytes[i * size] << 24) | (bytes[i * size + 1] << 16)) >> 16;
        little[i] = ((bytes[i * size + size - 1] << 24) | (bytes[i * size + size - 2] << 16)) >> 16;
      }
      const own = unpredictable(big, channels);
      const swapped = unpredictable(little, channels);
      if (own > 0.7 || own > 0.9 * swapped) return [];
      return [
        {
          ...audio(`L${bits}`, clockRateHz, channels),
          evidence: Math.max(0, steps.evidence) + 10 * (1 - own) + sample.clockEvidence(clockRateHz),
          limit: 0.94,
          reasons: [
            `${size * channels} bytes a tick in ${steps}`,
            `of samples of ${bits} bits all but ${percent(own)} can be foreseen, with bytes swapped all but ${percent(swapped)}`,
          ],
        },
      ];
    }),
  );
}

/** DVI4 (RFC 3551, section 4.5.1): predictor, index of 0 to 88, a zero byte, then half a byte a tick. */
export function testDvi4(sample: StreamSample): FormatScore | null {
  const headers = new Tally(0.0014, 8);
  const rates = [8000, 11_025, 16_000, 22_050];
  for (const { payload, step } of sample.whole) {
    if (payload.length < 8) return null;
    headers.add(payload[2] <= 88 && payload[3] === 0 && (Number.isNaN(step) || step >= 2 * (payload.length - 4)));
  }
  if (headers.share < 0.9 || sample.usualStep === 0 || distinct(sample) < 32) return null;
  const clockRateHz = sample.nearestRate(rates) ?? 8000;
  return {
    ...audio('DVI4', clockRateHz),
    evidence: headers.evidence + sample.clockEvidence(clockRateHz),
    limit: headers.passed >= 8 ? 0.95 : 0.7,
    reasons: [`predictor and step index in ${headers}`, 'half a byte a tick'],
  };
}

/** Share of codes that are zero, read from the high or the low end of the bytes. */
function zeroCodes(bytes: Uint8Array, bits: number, isLowFirst: boolean): number {
  const mask = (1 << bits) - 1;
  const count = Math.floor((8 * bytes.length) / bits);
  let zeros = 0;
  for (let i = 0; i < count; i += 1) {
    const at = i * bits;
    const [first, second] = [bytes[at >> 3], bytes[(at >> 3) + 1] ?? 0];
    const code = isLowFirst
      ? ((first | (second << 8)) >> (at & 7)) & mask
      : (((first << 8) | second) >> (16 - bits - (at & 7))) & mask;
    if (code === 0) zeros += 1;
  }
  return zeros / count;
}

/**
 * G.726: three to five bits a tick, of which encoders never send the code zero (ITU-T G.726, table 7 and following);
 * packed from the low end (RFC 3551, section 4.5.4) or from the high one (AAL2). Of four bits the order cannot be told
 * from the zeros, of two bits nothing can.
 */
export function testG726(sample: StreamSample): FormatScore[] {
  const bytes = sample.joined;
  if (bytes.length < 400) return [];
  return [2, 3, 4, 5].flatMap((bits) => {
    const steps = bytesPerTick(sample, bits / 8);
    if (steps.passed < 2 || steps.share < 0.6) return [];
    return [true, false].flatMap((isLowFirst) => {
      const zeros = bits === 2 ? null : zeroCodes(bytes, bits, isLowFirst);
      if (zeros !== null && zeros > 0.004) return [];
      if (!isLowFirst && (bits === 2 || bits === 4)) return [];
      if (bits === 2 && looksRandom(sample)) return [];
      return [
        {
          ...audio(`${isLowFirst ? '' : 'AAL2-'}G726-${8 * bits}`, 8000),
          evidence: Math.max(0, steps.evidence) + (zeros === null ? -1 : 9) + sample.clockEvidence(8000),
          limit: zeros === null ? 0.55 : bits === 4 ? 0.85 : 0.9,
          reasons: [
            `${bits} bits a tick in ${steps}`,
            zeros === null ? 'nothing else tells it from other formats' : 'the code that G.726 never sends is absent',
          ],
        },
      ];
    });
  });
}

/** Chi-square over the byte values is that of random bytes: ciphertext, or well compressed. */
export function looksRandom(sample: StreamSample): boolean {
  const counts = new Float64Array(256);
  let total = 0;
  for (const { payload } of sample.whole) {
    const length = Math.min(256, payload.length);
    for (let i = 0; i < length; i += 1) counts[payload[i]] += 1;
    total += length;
  }
  if (total < 2000) return false;
  const expected = total / 256;
  let chi = 0;
  for (const count of counts) chi += (count - expected) ** 2 / expected;
  // Mean 255, deviation 22.6.
  return chi < 345;
}
