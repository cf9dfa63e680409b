import { BitReader } from '../../bytes/bit-reader';
import { type AmrKind, amrNarrowband, amrWideband, isAmrPayload } from '../../codecs/audio/amr-payload';
import { audio, type FormatScore, type FormatTest, Tally } from './format-test';
import type { StreamSample } from './sample';

/** How many frames of speech a payload holds; -1 when it is none of the format. */
type FrameCounter = (payload: Uint8Array) => number;

interface SpeechFormat {
  readonly name: string;
  readonly clockRateHz: number;
  readonly frameTicks: number;
  /** Share of random payloads of a fitting length that pass. */
  readonly randomRate: number;
  /** Packets that count for themselves: few where every one has the same length. */
  readonly independent: number;
  readonly limit: number;
  readonly fmtp: string;
  readonly what: string;
  readonly count: FrameCounter;
}

/** Codecs for speech: the frames in a payload, and ticks to the next packet that fit them. */
function speechTest(format: SpeechFormat): FormatTest {
  return (sample) => {
    const frames = new Tally(format.randomRate, format.independent);
    const steps = new Tally(0.05, 3);
    for (const { payload, step } of sample.whole) {
      const count = format.count(payload);
      frames.add(count > 0);
      if (count > 0 && step > 0) steps.add(step === count * format.frameTicks);
    }
    if (frames.share < 0.8 || frames.passed < 2) return null;
    // Pauses that are not sent make some steps longer.
    if (steps.count > 0 && steps.share < 0.4) return null;
    const { name, clockRateHz, fmtp, what } = format;
    return {
      ...audio(name, clockRateHz, 1, fmtp),
      evidence: frames.evidence + Math.max(0, steps.evidence) + sample.clockEvidence(clockRateHz),
      limit: Math.min(format.limit, frames.passed >= 8 ? 1 : 0.75),
      reasons: [`${what} in ${frames}`, `${format.frameTicks} ticks a frame in ${steps}`],
    };
  };
}

function amrTest(name: string, kind: AmrKind, isOctetAligned: boolean): FormatTest {
  return speechTest({
    name,
    clockRateHz: kind.sampleRateHz,
    frameTicks: kind.frameSamples,
    randomRate: isOctetAligned ? 0.002 : 0.009,
    independent: 6,
    limit: 0.96,
    fmtp: isOctetAligned ? 'octet-align=1' : '',
    what: `table of contents and length (${isOctetAligned ? 'octet-aligned' : 'bandwidth-efficient'})`,
    count: (payload) => amrFrames(payload, kind, isOctetAligned),
  });
}

function amrFrames(payload: Uint8Array, kind: AmrKind, isOctetAligned: boolean): number {
  if (payload.length < 2 || payload.length > 1500 || !isAmrPayload(payload, kind, isOctetAligned)) return -1;
  const request = payload[0] >> 4;
  if (request > 8 && request !== 15) return -1;
  if (isOctetAligned && payload[0] & 15) return -1;
  const reader = new BitReader(payload, 0);
  reader.skip(isOctetAligned ? 8 : 4);
  let bits = isOctetAligned ? 8 : 4;
  let count = 0;
  for (let follows = true; follows; count += 1) {
    follows = reader.flag();
    const type = reader.bits(4);
    const frameBits = kind.frameBits[type];
    // Damaged frames are rare: the quality bit is set.
    if (!reader.flag() && type < kind.speechTypes) return -1;
    if (isOctetAligned && reader.bits(2) !== 0) return -1;
    bits += isOctetAligned ? 8 + 8 * Math.ceil(frameBits / 8) : 6 + frameBits;
  }
  // What fills the last byte is zero (RFC 4867, sections 4.3.4 and 4.4.4).
  const filled = isOctetAligned ? 0 : 8 * payload.length - bits;
  return filled > 0 && payload[payload.length - 1] & ((1 << filled) - 1) ? -1 : count;
}

export const testAmr = amrTest('AMR', amrNarrowband, false);
export const testAmrAligned = amrTest('AMR', amrNarrowband, true);
export const testAmrWb = amrTest('AMR-WB', amrWideband, false);
export const testAmrWbAligned = amrTest('AMR-WB', amrWideband, true);

/** RFC 3551, section 4.5.8.1: 33 bytes, each frame begins with the signature 0xD. */
export const testGsm = speechTest({
  name: 'GSM',
  clockRateHz: 8000,
  frameTicks: 160,
  randomRate: 1 / 16,
  independent: 8,
  limit: 0.97,
  fmtp: '',
  what: 'frames of 33 bytes with signature 0xD',
  count: signedFrames(33, 0xd),
});

/** RFC 3551, section 4.5.9. */
export const testGsmEfr = speechTest({
  name: 'GSM-EFR',
  clockRateHz: 8000,
  frameTicks: 160,
  randomRate: 1 / 16,
  independent: 8,
  limit: 0.95,
  fmtp: '',
  what: 'frames of 31 bytes with signature 0xC',
  count: signedFrames(31, 0xc),
});

function signedFrames(size: number, signature: number): FrameCounter {
  return (payload) => {
    if (payload.length % size !== 0) return -1;
    for (let at = 0; at < payload.length; at += size) if (payload[at] >> 4 !== signature) return -1;
    return payload.length / size;
  };
}

/** RFC 3952: the last bit of a frame is empty. */
function ilbcTest(size: number, ticks: number, mode: number): FormatTest {
  return speechTest({
    name: 'iLBC',
    clockRateHz: 8000,
    frameTicks: ticks,
    randomRate: 0.5,
    independent: 24,
    limit: 0.95,
    fmtp: `mode=${mode}`,
    what: `frames of ${size} bytes whose last bit is clear`,
    count: (payload) => {
      if (payload.length % size !== 0) return -1;
      for (let at = size - 1; at < payload.length; at += size) if (payload[at] & 1) return -1;
      return payload.length / size;
    },
  });
}

export const testIlbc20 = ilbcTest(38, 160, 20);
export const testIlbc30 = ilbcTest(50, 240, 30);

/** RFC 3551, section 4.5.7: the two low bits of the first byte tell the length of the frame. */
export const testG723 = speechTest({
  name: 'G723',
  clockRateHz: 8000,
  frameTicks: 240,
  randomRate: 0.1,
  independent: 12,
  limit: 0.95,
  fmtp: '',
  what: 'frame lengths as their first bytes say',
  count: (payload) => {
    let count = 0;
    let at = 0;
    for (; at < payload.length; count += 1) at += [24, 20, 4, 1000][payload[at] & 3];
    return at === payload.length ? count : -1;
  },
});

/**
 * G.729 frames have no header but a parity bit over the six high bits of the first pitch delay (ITU-T G.729, 3.7.2),
 * which random bytes fulfil every other time.
 */
export function testG729(sample: StreamSample): FormatScore | null {
  const frames = new Tally(0.5, 60);
  const steps = new Tally(0.03, 3);
  for (const { payload, step } of sample.whole) {
    const count = Math.floor(payload.length / 10);
    const rest = payload.length % 10;
    if ((rest !== 0 && rest !== 2) || payload.length > 240) return null;
    for (let at = 0; at + 10 <= payload.length; at += 10) frames.add(isPitchParityRight(payload, at));
    if (step > 0 && rest === 0) steps.add(step === 80 * count);
  }
  if (frames.count < 8 || frames.share < 0.9 || steps.share < 0.4) return null;
  return {
    ...audio('G729', 8000),
    evidence: frames.evidence + Math.max(0, steps.evidence) + sample.clockEvidence(8000),
    limit: frames.count >= 30 ? 0.95 : 0.8,
    reasons: [
      `pitch parity is right in ${frames.passed} of ${frames.count} frames of 10 bytes`,
      `80 ticks a frame in ${steps}`,
    ],
  };
}

function isPitchParityRight(payload: Uint8Array, at: number): boolean {
  // L0 1, L1 7, L2 5, L3 5 bits, then P1 of 8 and P0, its parity.
  const word = (payload[at + 2] << 16) | (payload[at + 3] << 8);
  const pitch = (word >> 14) & 0xff;
  let sum = 1;
  for (let bit = 2; bit < 8; bit += 1) sum += (pitch >> bit) & 1;
  return (sum & 1) === ((word >> 13) & 1);
}

/** Bits of a narrowband frame by mode, and of the layer that wideband lays upon it (Speex manual, tables 9.1, 10.1). */
const speexBits = [5, 43, 119, 160, 220, 300, 364, 492, 79];
const speexHighBits = [4, 36, 112, 192, 352];

/** Frames in a payload that is Speex to its end, where a 0 and ones fill the last byte (RFC 5574, section 3.3). */
function speexFrames(payload: Uint8Array, isWideband: boolean): number {
  let at = 0;
  let count = 0;
  const end = 8 * payload.length;
  const bits = (from: number, length: number): number => {
    let value = 0;
    for (let i = from; i < from + length; i += 1) value = 2 * value + ((payload[i >> 3] >> (7 - (i & 7))) & 1);
    return value;
  };
  while (end - at >= 5 && bits(at, 5) !== 15) {
    const mode = bits(at, 5);
    if (mode > 8 || mode === 0) return -1;
    at += speexBits[mode];
    if (isWideband) {
      if (end - at < 4) return -1;
      const high = bits(at, 4) - 8;
      if (high < 0 || high > 4) return -1;
      at += speexHighBits[high];
    }
    if (at > end) return -1;
    count += 1;
  }
  const left = end - at;
  return left < 8 && (left === 0 || bits(at, left) === 2 ** (left - 1) - 1) ? count : -1;
}

function speexTest(isWideband: boolean): FormatTest {
  return speechTest({
    name: 'speex',
    clockRateHz: isWideband ? 16_000 : 8000,
    frameTicks: isWideband ? 320 : 160,
    randomRate: 0.005,
    independent: 4,
    limit: 0.93,
    fmtp: '',
    what: `Speex frames (${isWideband ? 'wideband' : 'narrowband'}) fill the payload`,
    count: (payload) => (payload.length > 400 ? -1 : speexFrames(payload, isWideband)),
  });
}

export const testSpeex = speexTest(false);
export const testSpeexWideband = speexTest(true);

/** Milliseconds of a frame by configuration (RFC 6716, table 2), times ten. */
function opusFrameTenths(config: number): number {
  if (config < 12) return [100, 200, 400, 600][config & 3];
  if (config < 16) return config & 1 ? 200 : 100;
  return [25, 50, 100, 200][config & 3];
}

/** Ticks at 48 kHz that a payload lasts; -1 when its structure (RFC 6716, section 3.2) does not hold. */
function opusTicks(payload: Uint8Array): number {
  const code = payload[0] & 3;
  const ticks = 4.8 * opusFrameTenths(payload[0] >> 3);
  if (code === 0) return ticks;
  if (code === 1) return payload.length % 2 === 1 ? 2 * ticks : -1;
  if (payload.length < 2) return -1;
  if (code === 2) return payload[1] < payload.length ? 2 * ticks : -1;
  const count = payload[1] & 63;
  return count > 0 && count * ticks <= 5760 ? count * ticks : -1;
}

/** Opus (RFC 7587): any byte begins a packet, but only those of Opus last as long as the timestamps go on. */
export function testOpus(sample: StreamSample): FormatScore | null {
  const packets = new Tally(1 / 10, 10);
  const configs = new Map<number, number>();
  for (const { payload, step } of sample.whole) {
    const ticks = opusTicks(payload);
    configs.set(payload[0] >> 3, (configs.get(payload[0] >> 3) ?? 0) + 1);
    if (ticks < 0) packets.add(false);
    // Silence that is not sent makes longer steps.
    else if (step > 0 && step <= 5760) packets.add(Math.abs(step - ticks) < 0.5);
  }
  if (packets.count < 4 || packets.share < 0.8) return null;
  const modes = [...configs.values()].reduce((a, b) => Math.max(a, b), 0) / sample.whole.length;
  const hasClock = sample.ticksPerSecond !== null && sample.coveredSeconds >= 0.2;
  return {
    ...audio('opus', 48_000, 2),
    evidence: packets.evidence + (modes > 0.5 ? 2 : 0) + sample.clockEvidence(48_000),
    limit: hasClock && packets.count >= 10 ? 0.95 : 0.75,
    reasons: [`durations that the packets name are the steps of the timestamps in ${packets}`],
  };
}
