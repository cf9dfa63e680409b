export type StreamKind = 'audio' | 'video' | 'data' | 'unknown';
export type BindingBasis = 'static' | 'sdp' | 'rtsp' | 'container' | 'inferred' | 'user';

/** One RTP stream: source, destination and SSRC. Times are seconds since the first frame. Unknown is null. */
export interface StreamRow {
  readonly id: string;
  readonly kind: StreamKind;
  readonly transport: 'rtp' | 'mpegts' | 'rtmp' | 'hls' | 'http-jpeg' | 'http-multipart' | 'http';
  /** `192.168.0.7:20000`, `[2001:db8::1]:20000`. */
  readonly src: string;
  readonly dst: string;
  /** `0x2de8a9b6`; null for streams that have none. */
  readonly ssrc: string | null;
  readonly payloadTypes: readonly number[];
  readonly codec: string | null;
  readonly clockRateHz: number | null;
  readonly basis: BindingBasis | null;
  /** 0..1: how sure the codec is. */
  readonly confidence: number;
  readonly alternatives: readonly { readonly codec: string; readonly confidence: number }[];
  /** Why the codec is believed where it was inferred, or why none is. */
  readonly reasons: readonly string[];
  /** Packets captured, duplicates and late ones included. */
  readonly packets: number;
  /** Sequence numbers that should have come, over all segments between restarts. */
  readonly expected: number;
  /** Sequence numbers that never came. */
  readonly lost: number;
  readonly lostPercent: number;
  readonly duplicates: number;
  readonly reordered: number;
  readonly sequenceErrors: number;
  readonly maxDeltaMs: number | null;
  readonly meanJitterMs: number | null;
  readonly maxJitterMs: number | null;
  readonly maxSkewMs: number | null;
  readonly clockDriftPpm: number | null;
  readonly restarts: number;
  readonly wireshark: WiresharkFigures;
  readonly mos: MosEstimate | null;
  /** Frame of its first packet. */
  readonly firstFrame: number;
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly callId: string | null;
  readonly sessionId: string | null;
  /** The stream in the other direction. */
  readonly peerId: string | null;
  readonly encryption: 'none' | 'srtp' | 'wpa2' | 'tls';
  readonly decrypted: boolean;
  readonly authPassRate: number | null;
  readonly video: VideoFacts | null;
  readonly audio: AudioFacts | null;
  /** Packets whose payload the capture cut short (snaplen). */
  readonly truncatedPackets: number;
  /** DTMF digits sent as telephone-event (RFC 4733), in order. */
  readonly dtmf: string;
}

/** The figures as `tshark 4.0 -z rtp,streams` prints them for the same stream. */
export interface WiresharkFigures {
  readonly expected: number;
  readonly lost: number;
  readonly lostPercent: number;
  readonly minDeltaMs: number;
  readonly meanDeltaMs: number;
  readonly maxDeltaMs: number;
  readonly minJitterMs: number;
  readonly meanJitterMs: number;
  readonly maxJitterMs: number;
  readonly maxSkewMs: number;
}

export interface MosEstimate {
  readonly value: number;
  readonly r: number;
  readonly ie: number;
  readonly bpl: number;
  readonly burstR: number;
  readonly delayMs: number;
  readonly profile: string;
}

export interface VideoFacts {
  readonly width: number | null;
  readonly height: number | null;
  readonly frames: number;
  readonly keyFrames: number;
  readonly damagedFrames: number;
  readonly frameRate: number | null;
}

export interface AudioFacts {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly seconds: number;
}

export type RtpPacketStatus =
  | 'ok'
  | 'lost-before'
  | 'reordered'
  | 'duplicate'
  | 'restart'
  | 'comfort-noise'
  | 'dtmf'
  | 'truncated';

/** One line of the per-packet table. */
export interface RtpPacketRow {
  readonly id: string;
  readonly frame: number;
  readonly timeSeconds: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly payloadType: number;
  readonly marker: boolean;
  /** Arrival after the previous packet; null for the first. */
  readonly deltaMs: number | null;
  readonly jitterMs: number | null;
  readonly skewMs: number | null;
  /** IP bytes of the trailing second, kbit/s. */
  readonly bandwidthKbps: number;
  /** Sequence numbers missing between the highest so far and this one. */
  readonly lostBefore: number;
  readonly status: RtpPacketStatus;
  readonly wiresharkDeltaMs: number;
  readonly wiresharkJitterMs: number;
  readonly wiresharkSkewMs: number;
}

/** Per-packet figures decimated for charts: all arrays have one entry a bucket; NaN where there is nothing. */
export interface RtpSeries {
  readonly streamId: string;
  /** Middle of the bucket, seconds since the first frame of the capture. */
  readonly timeSeconds: Float64Array;
  readonly jitterMs: Float64Array;
  /** Largest delta in the bucket. */
  readonly deltaMs: Float64Array;
  readonly skewMs: Float64Array;
  readonly bitrateKbps: Float64Array;
  /** Sequence numbers lost in the bucket. */
  readonly lost: Float64Array;
  readonly bucketSeconds: number;
}
