import type { StreamKind, StreamRow } from '#shared/model/stream';
import { formatEndpoint } from '../../net/endpoint';
import { mediaStreamRow } from '../sessions/media-stream-row';
import { type EsFacts, encodingName, isVideoCodec, ticksPerSecond } from './es-facts';
import type { MediaSource } from './media-source';

/** What a container says of one of its streams. */
export interface EsRowParts {
  readonly id: string;
  readonly kind: string;
  /** What it is where no codec is known. */
  readonly name: string;
  /** Null of streams that are only named. */
  readonly facts: EsFacts | null;
  readonly packets: number;
  readonly firstFrame: number;
  readonly firstTimeNs: number;
  readonly lastTimeNs: number;
}

/** An elementary stream as the streams table shows it. */
export function esRow(source: MediaSource, parts: EsRowParts): StreamRow {
  const { facts } = parts;
  const kind: StreamKind = parts.kind === 'video' || parts.kind === 'audio' ? parts.kind : 'data';
  const isVideo = facts !== null && isVideoCodec(facts.codec);
  const hasUnits = facts !== null && facts.units > 0;
  const startNs = hasUnits ? facts.firstTimeNs : parts.firstTimeNs;
  const endNs = hasUnits ? facts.lastTimeNs : parts.lastTimeNs;
  return mediaStreamRow({
    id: parts.id,
    kind,
    transport: 'mpegts',
    src: formatEndpoint(source.source),
    dst: formatEndpoint(source.destination),
    codec: facts ? encodingName(facts.codec) : parts.name,
    clockRateHz: facts ? ticksPerSecond : null,
    packets: parts.packets,
    firstFrame: hasUnits ? facts.firstFrame : parts.firstFrame,
    startSeconds: startNs / 1e9,
    durationSeconds: Math.max(0, endNs - startNs) / 1e9,
    sessionId: source.id,
    isFromTls: source.layers.includes('TLS'),
    video: isVideo && facts ? facts.video : null,
    audio: facts && !isVideo ? facts.audio : null,
  });
}

/** What of a session can be played. */
export function mediaOf(all: readonly (EsFacts | null)[]): 'video' | 'audio' | null {
  const codecs = all.flatMap((facts) => (facts && facts.units > 0 ? [facts.codec] : []));
  if (codecs.length === 0) return null;
  return codecs.some((codec) => isVideoCodec(codec)) ? 'video' : 'audio';
}
