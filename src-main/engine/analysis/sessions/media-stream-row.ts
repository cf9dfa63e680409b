import type { AudioFacts, StreamKind, StreamRow, VideoFacts } from '#shared/model/stream';

/** What is known of a media stream that is no RTP stream. */
export interface MediaStreamFacts {
  readonly id: string;
  readonly kind: StreamKind;
  readonly transport: StreamRow['transport'];
  readonly src: string;
  readonly dst: string;
  readonly codec: string | null;
  readonly clockRateHz: number | null;
  /** Messages, packets or samples that carried it. */
  readonly packets: number;
  readonly firstFrame: number;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly sessionId: string | null;
  /** It came decrypted out of TLS. */
  readonly isFromTls: boolean;
  readonly video: VideoFacts | null;
  readonly audio: AudioFacts | null;
}

/** A row of the streams table for media whose format the container tells: without what only RTP has. */
export function mediaStreamRow({ isFromTls, ...facts }: MediaStreamFacts): StreamRow {
  return {
    ...facts,
    ssrc: null,
    payloadTypes: [],
    basis: facts.codec === null ? null : 'container',
    confidence: facts.codec === null ? 0 : 1,
    alternatives: [],
    reasons: [],
    expected: facts.packets,
    lost: 0,
    lostPercent: 0,
    duplicates: 0,
    reordered: 0,
    sequenceErrors: 0,
    maxDeltaMs: null,
    meanJitterMs: null,
    maxJitterMs: null,
    maxSkewMs: null,
    clockDriftPpm: null,
    restarts: 0,
    wireshark: {
      expected: 0,
      lost: 0,
      lostPercent: 0,
      minDeltaMs: 0,
      meanDeltaMs: 0,
      maxDeltaMs: 0,
      minJitterMs: 0,
      meanJitterMs: 0,
      maxJitterMs: 0,
      maxSkewMs: 0,
    },
    mos: null,
    callId: null,
    peerId: null,
    encryption: isFromTls ? 'tls' : 'none',
    decrypted: isFromTls,
    authPassRate: null,
    truncatedPackets: 0,
    dtmf: '',
  };
}
