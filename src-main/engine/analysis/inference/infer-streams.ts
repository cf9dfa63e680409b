import type { PayloadBinding } from '../../protocols/rtp';
import type { PacketSource } from '../rtp/packet-source';
import type { PayloadInference } from '../rtp/payload-inference';
import type { RtpStream } from '../rtp/rtp-stream';
import { collectSamples, sampleSize, type WantedSample } from './collect';
import { type FormatCandidate, type FormatInference, inferFormat } from './infer-format';
import { judgeBinding } from './contradiction';

/** Streams whose formats are inferred; those beyond stay unknown, so that a flood of streams costs bounded time. */
const maxInferred = 10_000;
/** Streams whose known formats are checked. */
const maxChecked = 150;
const checkedPackets = 64;
const minShare = 0.02;

/**
 * Infers the payload formats of streams that nothing was said about, and checks what was said of the others. Gives the
 * results by stream and payload type to `found`.
 */
export function inferStreams(
  streams: readonly RtpStream[],
  source: PacketSource,
  found: (stream: RtpStream, payloadType: number, inference: PayloadInference) => void,
): void {
  const unknown: WantedSample[] = [];
  const known: WantedSample[] = [];
  for (const stream of streams) {
    if (stream.announcement?.isSecure) continue;
    for (const use of stream.uses) {
      const isMinor = use.packets < minShare * stream.statistics.packets;
      if (use.binding === null && !isMinor) unknown.push({ stream, payloadType: use.payloadType });
      else if (use.binding && use === stream.mainUse && use.binding.basis !== 'user') {
        known.push({ stream, payloadType: use.payloadType });
      }
    }
  }
  const inferred = unknown.slice(0, maxInferred);
  const size = sampleSize(inferred.length);
  byFlow(inferred, (flow, wanted) => {
    const samples = collectSamples(flow, wanted, size, source);
    samples.forEach((sample, i) => {
      const { stream, payloadType } = wanted[i];
      found(stream, payloadType, toPayload(payloadType, inferFormat(sample), false));
    });
  });
  byFlow(known.slice(0, maxChecked), (flow, wanted) => {
    const samples = collectSamples(flow, wanted, checkedPackets, source);
    samples.forEach((sample, i) => {
      const { stream, payloadType } = wanted[i];
      const binding = stream.uses.find((use) => use.payloadType === payloadType)?.binding;
      const other = binding ? judgeBinding(binding, sample) : null;
      if (other) found(stream, payloadType, toPayload(payloadType, other, true));
    });
  });
}

function toPayload(
  payloadType: number,
  { best, candidates, reasons }: FormatInference,
  contradicts: boolean,
): PayloadInference {
  return {
    binding: best && bindingOf(payloadType, best),
    confidence: best?.confidence ?? 0,
    candidates: candidates.map(({ encodingName, confidence }) => ({ codec: encodingName, confidence })),
    reasons,
    contradicts,
  };
}

function bindingOf(
  payloadType: number,
  { encodingName, clockRateHz, channels, fmtp }: FormatCandidate,
): PayloadBinding {
  return { payloadType, encodingName, clockRateHz, channels, fmtp, basis: 'inferred' };
}

function byFlow(all: readonly WantedSample[], visit: (flow: number, wanted: readonly WantedSample[]) => void): void {
  const flows = new Map<number, WantedSample[]>();
  for (const wanted of all) {
    const { flow } = wanted.stream.context;
    const same = flows.get(flow);
    if (same) same.push(wanted);
    else flows.set(flow, [wanted]);
  }
  for (const [flow, wanted] of flows) visit(flow, wanted);
}
