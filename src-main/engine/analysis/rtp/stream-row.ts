import type { AudioFacts, BindingBasis, StreamRow } from '#shared/model/stream';
import { findCodec } from '../../codecs/index';
import { type Endpoint, formatEndpoint } from '../../net/endpoint';
import { findPayload } from './announcements';
import { estimateMos } from './e-model';
import type { PayloadUse } from './payload-use';
import type { RtpStream } from './rtp-stream';

/** A description is a statement, a static payload type a convention. */
const confidences: Partial<Record<BindingBasis, number>> = { user: 1, sdp: 1, rtsp: 1, static: 0.9, inferred: 0.8 };

/** A stream as the tables show it. `peer` is the stream in the other direction. */
export function streamRow(stream: RtpStream, peer: RtpStream | null): StreamRow {
  const { statistics, wireshark, context, announcement } = stream;
  const { sequence } = statistics;
  const use = stream.mainUse;
  const codec = use?.binding?.encodingName ?? null;
  const hasClock = (use?.clockRateHz ?? 0) > 0;
  const basis = basisOf(stream, use);
  const kind = stream.kind;
  return {
    id: stream.id,
    kind,
    transport: 'rtp',
    src: formatEndpoint(context.source),
    dst: formatEndpoint(context.destination),
    ssrc: `0x${stream.ssrc.toString(16).padStart(8, '0')}`,
    payloadTypes: stream.uses.map((u) => u.payloadType),
    codec,
    clockRateHz: hasClock && use ? use.clockRateHz : null,
    basis,
    ...certainty(stream, use, basis),
    packets: statistics.packets,
    expected: statistics.expected,
    lost: statistics.lost,
    lostPercent: statistics.lostPercent,
    duplicates: sequence.duplicates,
    reordered: sequence.reordered,
    sequenceErrors: sequence.errors,
    maxDeltaMs: statistics.deltas > 0 ? statistics.maxDeltaMs : null,
    meanJitterMs: statistics.meanJitterMs,
    maxJitterMs: statistics.meanJitterMs === null ? null : statistics.maxJitterMs,
    maxSkewMs: hasClock ? statistics.maxSkewMs : null,
    clockDriftPpm: statistics.clockDriftPpm,
    restarts: sequence.segment,
    wireshark: {
      expected: wireshark.expected,
      lost: wireshark.lost,
      lostPercent: wireshark.lostPercent,
      minDeltaMs: wireshark.minDeltaMs,
      meanDeltaMs: wireshark.meanDeltaMs,
      maxDeltaMs: wireshark.maxDeltaMs,
      minJitterMs: wireshark.minJitterMs,
      meanJitterMs: wireshark.meanJitterMs,
      maxJitterMs: wireshark.maxJitterMs,
      maxSkewMs: wireshark.maxSkewMs,
    },
    mos: codec === null ? null : estimateMos(codec, statistics.lostPercent),
    firstFrame: stream.firstFrame,
    startSeconds: stream.firstTimeNs / 1e9,
    durationSeconds: (stream.lastTimeNs - stream.firstTimeNs) / 1e9,
    callId: stream.callIds[0] ?? null,
    sessionId: announcement?.sessionId ?? null,
    peerId: peer?.id ?? null,
    encryption: announcement?.isSecure ? 'srtp' : 'none',
    decrypted: false,
    authPassRate: null,
    video: stream.videoFacts,
    audio: kind === 'audio' ? audioFacts(stream, use) : null,
    truncatedPackets: statistics.truncatedPackets,
    dtmf: stream.dtmf,
  };
}

/** The stream in the other direction: on the reverse flow, else between the same hosts in the same call. */
export function findPeer(
  stream: RtpStream,
  reverse: readonly RtpStream[],
  ofCall: readonly RtpStream[],
): RtpStream | null {
  const onFlow = longestTogether(stream, reverse);
  if (onFlow) return onFlow;
  const { source, destination } = stream.context;
  const asymmetric = ofCall.filter(
    ({ context }) => isSameHost(context.source, destination) && isSameHost(context.destination, source),
  );
  return longestTogether(stream, asymmetric);
}

function isSameHost(a: Endpoint, b: Endpoint): boolean {
  return a.address === b.address;
}

function longestTogether(stream: RtpStream, others: readonly RtpStream[]): RtpStream | null {
  let best: RtpStream | null = null;
  let bestNs = 0;
  for (const other of others) {
    if (other === stream || other.kind !== stream.kind) continue;
    const ns = Math.min(stream.lastTimeNs, other.lastTimeNs) - Math.max(stream.firstTimeNs, other.firstTimeNs);
    if (ns > bestNs) {
      best = other;
      bestNs = ns;
    }
  }
  return best;
}

/** How sure the codec is, what else it may be, and why. */
function certainty(
  stream: RtpStream,
  use: PayloadUse | null,
  basis: BindingBasis | null,
): Pick<StreamRow, 'confidence' | 'alternatives' | 'reasons'> {
  const inference = use ? stream.inferences.get(use.payloadType) : undefined;
  const known = use?.binding && basis !== null ? (confidences[basis] ?? 0) : 0;
  if (!inference) return { confidence: known, alternatives: [], reasons: [] };
  const { candidates, confidence, contradicts, reasons } = inference;
  if (basis === 'inferred' && use?.binding) return { confidence, alternatives: candidates.slice(1), reasons };
  if (basis === 'user') return { confidence: known, alternatives: candidates, reasons: [] };
  if (!contradicts) return { confidence: known, alternatives: candidates, reasons };
  // Said is said; but the packets say something else.
  const doubt = `the packets look like ${inference.binding?.encodingName}`;
  return { confidence: 1 - confidence, alternatives: candidates, reasons: [doubt, ...reasons] };
}

function basisOf(stream: RtpStream, use: PayloadUse | null): BindingBasis | null {
  if (!use) return null;
  if (!use.binding) return use.clockRateHz > 0 ? 'inferred' : null;
  const { announcement } = stream;
  const isAnnounced = announcement !== null && findPayload(announcement, use.payloadType) !== null;
  // A description that lists a static payload type without defining it has signalled it all the same.
  return use.binding.basis === 'static' && isAnnounced ? 'sdp' : use.binding.basis;
}

function audioFacts({ statistics }: RtpStream, use: PayloadUse | null): AudioFacts | null {
  if (!use?.binding) return null;
  const { encodingName, clockRateHz, channels, fmtp } = use.binding;
  // The clock is not always the sampling rate (G722, MPA), nor the channels of `opus/48000/2` those that are sent.
  const coding = findCodec(encodingName)?.createCoding?.({ clockRateHz, channels, fmtp });
  const sound = coding ?? { sampleRateHz: clockRateHz, channels };
  return { sampleRateHz: sound.sampleRateHz, channels: sound.channels, seconds: statistics.mediaSeconds };
}
