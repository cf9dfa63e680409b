import type { PayloadBinding } from '../../protocols/rtp';
import { type FormatInference, inferFormat } from './infer-format';
import type { StreamSample } from './sample';

/** A description is not doubted for less. */
const minConfidence = 0.9;
const minWhole = 24;

/** Formats that carry others, or of which no test is known: nothing contradicts them. */
const notJudged = new Set(['RED', 'CN', 'TELEPHONE-EVENT', 'ULPFEC', 'FLEXFEC-03', 'RTX', 'T140', 'H263', 'H263-2000']);

/** Another format that the packets of a stream have beyond doubt, against what was said of them; null when none. */
export function judgeBinding(binding: PayloadBinding, sample: StreamSample): FormatInference | null {
  const said = binding.encodingName.toUpperCase();
  if (notJudged.has(said) || sample.whole.length < minWhole) return null;
  const inference = inferFormat(sample);
  const { best } = inference;
  if (!best || best.confidence < minConfidence || best.encodingName.toUpperCase() === said) return null;
  if (inference.candidates.some(({ encodingName }) => encodingName.toUpperCase() === said)) return null;
  return inference;
}
