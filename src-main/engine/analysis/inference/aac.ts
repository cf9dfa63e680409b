import { u16be } from '../../bytes/integers';
import { audio, type FormatScore, Tally } from './format-test';
import type { StreamSample } from './sample';

/** ISO/IEC 14496-3, table 1.18. */
const rates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];
const frameSamples = 1024;
/** Frames with SBR last twice as long by the clock of the decoded sound. */
const frameTicks = [frameSamples, 2 * frameSamples];

/** AudioSpecificConfig of AAC-LC: object type (5 bits), rate index (4), channel configuration (4), three zero bits. */
function configOf(rateHz: number, channels: number): number {
  return (2 << 11) | (rates.indexOf(rateHz) << 7) | (channels << 3);
}

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');

interface HeaderForm {
  readonly mode: string;
  readonly sizeBits: number;
  readonly indexBits: number;
  readonly maxUnit: number;
  readonly randomRate: number;
}

/** The two AAC modes (RFC 3640, sections 3.3.5 and 3.3.6). */
const forms: readonly HeaderForm[] = [
  { mode: 'AAC-hbr', sizeBits: 13, indexBits: 3, maxUnit: 8191, randomRate: 1e-6 },
  { mode: 'AAC-lbr', sizeBits: 6, indexBits: 2, maxUnit: 63, randomRate: 1e-5 },
];

/** AU sizes of one packet; null when its headers do not fit; a fragment has one size larger than the packet. */
function unitSizes(payload: Uint8Array, { sizeBits, indexBits, maxUnit }: HeaderForm): number[] | null {
  const headerBits = sizeBits + indexBits;
  const length = payload.length < 4 ? 0 : u16be(payload, 0);
  if (length === 0 || length % headerBits !== 0) return null;
  const start = 2 + length / 8;
  if (start >= payload.length) return null;
  const sizes: number[] = [];
  let sum = 0;
  for (let at = 2; at < start; at += headerBits / 8) {
    const word = headerBits === 16 ? u16be(payload, at) : payload[at];
    const size = word >> indexBits;
    if (size === 0 || size > maxUnit || (word & ((1 << indexBits) - 1)) !== 0) return null;
    sizes.push(size);
    sum += size;
  }
  const rest = payload.length - start;
  return sum === rest || (sizes.length === 1 && sizes[0] > rest) ? sizes : null;
}

/**
 * AAC behind AU-headers (RFC 3640). Nothing in the packets names rate and channels: the rate follows from the ticks of
 * a frame against arrival, the channels from the first element of the frames (a single channel or a pair).
 */
export function testMpeg4Generic(sample: StreamSample): FormatScore | null {
  const scores = forms.flatMap((form) => testForm(sample, form) ?? []);
  return scores.reduce<FormatScore | null>((a, b) => (a && a.evidence >= b.evidence ? a : b), null);
}

function testForm(sample: StreamSample, form: HeaderForm): FormatScore | null {
  const headers = new Tally(form.randomRate);
  const elements = [0, 0, 0, 0, 0, 0, 0, 0];
  const durations = new Map<number, number>();
  for (const { payload, step } of sample.whole) {
    const sizes = unitSizes(payload, form);
    headers.add(sizes !== null);
    if (!sizes) continue;
    let at = payload.length - sizes.reduce((a, b) => a + b, 0);
    for (const size of sizes) {
      if (at > 0 && at < payload.length) elements[payload[at] >> 5] += 1;
      at += size;
    }
    if (step > 0) durations.set(step / sizes.length, (durations.get(step / sizes.length) ?? 0) + 1);
  }
  if (headers.share < 0.7 || headers.passed === 0) return null;
  const [ticks, count] = [...durations].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0]);
  const total = [...durations.values()].reduce((a, b) => a + b, 0);
  const frames = elements.reduce((a, b) => a + b, 0);
  const [single, pair] = elements;
  const isElement = frames > 0 && (single + pair + elements[3] + elements[6]) / frames > 0.8;
  const isFrameTime = total === 0 || (frameTicks.includes(ticks) && count / total > 0.6);
  const rateHz = sample.nearestRate(rates);
  const clockRateHz = rateHz ?? 44_100;
  // With SBR the clock is that of the decoded sound, and the core runs at half of it.
  const coreRateHz = ticks === 2 * frameSamples ? clockRateHz / 2 : clockRateHz;
  const channels = pair > single ? 2 : 1;
  const reasons = [`AU-headers (${form.mode}) add up to the payload in ${headers}`];
  if (isElement) reasons.push(`frames begin with a ${channels === 2 ? 'channel pair' : 'single channel'} element`);
  if (total > 0 && isFrameTime) reasons.push(`${ticks} ticks a frame`);
  reasons.push(
    rateHz === null
      ? 'rate unknown: 44100 Hz is a guess'
      : `${((1000 * (ticks || frameSamples)) / clockRateHz).toFixed(1)} ms a frame: ${clockRateHz} Hz`,
  );
  const isKnownRate = rates.includes(coreRateHz);
  return {
    ...audio(
      'MPEG4-GENERIC',
      clockRateHz,
      channels,
      `streamtype=5;profile-level-id=1;mode=${form.mode};sizelength=${form.sizeBits};indexlength=${form.indexBits};` +
        `indexdeltalength=${form.indexBits};config=${hex(configOf(isKnownRate ? coreRateHz : 44_100, channels), 4)}`,
    ),
    evidence: headers.evidence + (isElement ? 4 : -4) + (isFrameTime ? 3 : -4),
    limit: headers.passed >= 3 && isElement ? (rateHz === null ? 0.8 : 0.98) : 0.8,
    reasons,
  };
}

/** AAC in LATM without its configuration in the stream (RFC 6416, section 6): lengths in runs of 255 fill the payload. */
export function testLatm(sample: StreamSample): FormatScore | null {
  const lengths = new Tally(1 / 256);
  const seen = new Set<number>();
  for (const { payload, begins, ends } of sample.whole) {
    if (!begins || !ends) continue;
    let size = 0;
    let at = 0;
    while (payload[at] === 255) {
      size += 255;
      at += 1;
    }
    size += payload[at] ?? 0;
    seen.add(payload.length);
    // One byte that never changes says nothing.
    lengths.add(at + 1 + size === payload.length);
  }
  if (lengths.share < 0.8 || seen.size < 2) return null;
  const isFrameTime = frameTicks.includes(sample.usualStep);
  const clockRateHz = sample.nearestRate(rates) ?? 44_100;
  // StreamMuxConfig (ISO/IEC 14496-3, 1.7.3): version 0, same framing, one frame, one program, one layer, AAC-LC;
  // frames of variable length, buffer fullness unknown, no other data, no CRC.
  const bits = `01${'0'.repeat(13)}${configOf(clockRateHz, 1).toString(2).padStart(16, '0')}0001111111100`;
  const config = [...bits.padEnd(8 * Math.ceil(bits.length / 8), '0').matchAll(/.{8}/g)]
    .map(([byte]) => hex(Number.parseInt(byte, 2), 2))
    .join('');
  return {
    ...audio('MP4A-LATM', clockRateHz, 1, `cpresent=0;object=2;config=${config}`),
    evidence: Math.min(lengths.evidence, 8 * seen.size) + (isFrameTime ? 4 : -6),
    limit: 0.88,
    reasons: [
      `length bytes fill the payload in ${lengths}`,
      ...(isFrameTime ? [`${sample.usualStep} ticks a frame`] : []),
      'one channel is a guess: the configuration was not in the stream',
    ],
  };
}
