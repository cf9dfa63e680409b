import { readFileSync } from 'node:fs';
import type { CaptureAnalysis } from '#engine/analysis/pipeline/capture-analysis';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import type { RtpEngine } from '#engine/analysis/rtp/rtp-engine';
import type { PayloadBinding } from '#engine/protocols/rtp/index';
import { analyse, capturePath } from './oracles';

/** Bindings that a session description in a file beside a capture gives. */
export function bindingsOfSdp(path: string): PayloadBinding[] {
  const text = readFileSync(path, 'utf8');
  const fmtps = new Map([...text.matchAll(/^a=fmtp:(\d+) (.*?)\r?$/gm)].map((m) => [Number(m[1]), m[2]]));
  return [...text.matchAll(/^a=rtpmap:(\d+) ([^/\s]+)\/(\d+)(?:\/(\d+))?/gm)].map((m) => ({
    payloadType: Number(m[1]),
    encodingName: m[2],
    clockRateHz: Number(m[3]),
    channels: Number(m[4] ?? 1),
    fmtp: fmtps.get(Number(m[1])) ?? '',
    basis: 'user' as const,
  }));
}

export function bindingOf(payloadType: number, encodingName: string, fmtp = '', clockRateHz = 90_000): PayloadBinding {
  return { payloadType, encodingName, clockRateHz, channels: 1, fmtp, basis: 'user' };
}

/** The engine inside an analysis, for what a person would say of a stream by hand. */
export function engineOf(analysis: CaptureAnalysis): RtpEngine {
  return (analysis as unknown as { rtp: RtpEngine }).rtp;
}

/** Analyses a capture, gives every stream these meanings, and answers the streams that carry one of them. */
export function boundStreams(
  name: string,
  bindings: readonly PayloadBinding[],
): { readonly analysis: CaptureAnalysis; readonly streams: readonly RtpMediaIndex[] } {
  const analysis = analyse(capturePath(name));
  const rtp = engineOf(analysis);
  for (const { id } of rtp.streams()) for (const b of bindings) rtp.bind(id, b.payloadType, b);
  const streams = analysis.streams().flatMap(({ id, payloadTypes }) => {
    const isBound = bindings.length === 0 || bindings.some(({ payloadType }) => payloadTypes.includes(payloadType));
    return isBound ? (analysis.media.indexes(id)?.streams ?? []) : [];
  });
  return { analysis, streams };
}
