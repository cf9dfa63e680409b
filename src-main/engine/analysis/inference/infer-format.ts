import { testLatm, testMpeg4Generic } from './aac';
import type { FormatScore, FormatTest } from './format-test';
import { testH264 } from './h264';
import { testH265 } from './h265';
import { testAc3, testMpegAudio } from './mpeg-audio';
import {
  testH261,
  testH263,
  testJpeg,
  testMpeg4Visual,
  testMpegVideo,
  testProgramStream,
  testTransportStream,
} from './pictures';
import type { StreamSample } from './sample';
import {
  testAmr,
  testAmrAligned,
  testAmrWb,
  testAmrWbAligned,
  testG723,
  testG729,
  testGsm,
  testGsmEfr,
  testIlbc20,
  testIlbc30,
  testOpus,
  testSpeex,
  testSpeexWideband,
} from './speech';
import { testAv1, testVp8, testVp9 } from './vpx';
import { looksRandom, testByteATick, testDvi4, testG726, testLinear } from './waveform';

/** A format that the packets may have. */
export interface FormatCandidate extends FormatScore {
  /** 0..1. */
  readonly confidence: number;
}

export interface FormatInference {
  /** Null when nothing is likely enough. */
  readonly best: FormatCandidate | null;
  /** The most likely ones, the best included. */
  readonly candidates: readonly FormatCandidate[];
  /** Why the best one is believed, or why none is. */
  readonly reasons: readonly string[];
}

/** A test, and the clock rate that its format has, if that is always the same. */
type ClockedTest<Result> = readonly [clockRateHz: number | null, test: (sample: StreamSample) => Result];

const tests: readonly ClockedTest<ReturnType<FormatTest>>[] = [
  [90_000, testH264],
  [90_000, testH265],
  [90_000, testVp8],
  [90_000, testVp9],
  [90_000, testAv1],
  [90_000, testJpeg],
  [90_000, testH261],
  [90_000, testH263],
  [90_000, testMpegVideo],
  [90_000, testMpeg4Visual],
  [90_000, testTransportStream],
  [90_000, testProgramStream],
  [null, testMpeg4Generic],
  [null, testLatm],
  [90_000, testMpegAudio],
  [null, testAc3],
  [48_000, testOpus],
  [8000, testAmr],
  [8000, testAmrAligned],
  [16_000, testAmrWb],
  [16_000, testAmrWbAligned],
  [8000, testGsm],
  [8000, testGsmEfr],
  [8000, testIlbc20],
  [8000, testIlbc30],
  [8000, testG723],
  [8000, testG729],
  [8000, testSpeex],
  [16_000, testSpeexWideband],
  [null, testDvi4],
];
const manifold: readonly ClockedTest<FormatScore[]>[] = [
  [8000, testByteATick],
  [null, testLinear],
  [8000, testG726],
];

/** What a format has to be better by than none of those known, as log-likelihood. */
const unknownEvidence = 7;
const minConfidence = 0.5;
const minPackets = 4;
/** Candidates less likely than this are not worth a word. */
const worthSaying = 0.01;
const maxCandidates = 3;

/** What every test says of a sample, the most likely first; those whose clock rate is impossible are not asked. */
export function scoreFormats(sample: StreamSample): FormatScore[] {
  const isPossible = ([rateHz]: ClockedTest<unknown>): boolean =>
    rateHz === null || sample.clockEvidence(rateHz) !== Number.NEGATIVE_INFINITY;
  return [
    ...tests.filter(isPossible).flatMap(([, test]) => test(sample) ?? []),
    ...manifold.filter(isPossible).flatMap(([, test]) => test(sample)),
  ].sort((a, b) => b.evidence - a.evidence);
}

/** Names the payload format of a sample by the likelihood of all formats, none of them among these. */
export function inferFormat(sample: StreamSample): FormatInference {
  const whole = sample.whole.length;
  if (whole < minPackets) return { best: null, candidates: [], reasons: [`only ${whole} whole packets to judge by`] };
  const scores = scoreFormats(sample).filter(({ evidence }) => evidence > 0);
  const top = Math.max(unknownEvidence, scores[0]?.evidence ?? 0);
  const weights = scores.map(({ evidence }) => Math.exp(evidence - top));
  const total = weights.reduce((sum, weight) => sum + weight, Math.exp(unknownEvidence - top));
  const candidates = scores
    .map((score, i) => ({ ...score, confidence: round(Math.min(score.limit, weights[i] / total)) }))
    .filter(({ confidence }) => confidence >= worthSaying)
    .slice(0, maxCandidates);
  const [first] = candidates;
  if (first && first.confidence >= minConfidence) return { best: first, candidates, reasons: first.reasons };
  const reasons = looksRandom(sample)
    ? ['no known format fits, and the bytes are uniformly distributed: probably encrypted']
    : ['no known format fits well enough'];
  return { best: null, candidates, reasons };
}

const round = (confidence: number): number => Math.round(100 * confidence) / 100;
