import type { BindingBasis } from '#shared/model/stream';

/** What a payload type of a stream means, and how that is known. */
export interface PayloadBinding {
  readonly payloadType: number;
  /** Encoding name as registered (RFC 4855), e.g. `PCMU`, `telephone-event`. */
  readonly encodingName: string;
  readonly clockRateHz: number;
  /** Audio channels; 1 when nothing was said. */
  readonly channels: number;
  /** Format parameters as signalled; empty when none. */
  readonly fmtp: string;
  readonly basis: BindingBasis;
}

/**
 * A receiver said where it wants its media: `address:port` of a media description (RFC 8866) as seen in an
 * offer or answer. RTP that arrives there is bound by it.
 */
export interface MediaAnnouncement {
  readonly address: string;
  readonly port: number;
  /** Where RTCP arrives (RFC 3605), usually port + 1; equal to `port` with rtcp-mux. */
  readonly rtcpPort: number;
  readonly media: 'audio' | 'video' | 'data' | 'unknown';
  readonly payloads: readonly PayloadBinding[];
  readonly callId: string | null;
  /** The session that set the media up where it is no call. */
  readonly sessionId?: string;
  /** Directed flow that the media is in, where the port says nothing: inside an RTSP connection. */
  readonly flow?: number;
  /** Frame of the message that carried the description. */
  readonly frame: number;
  readonly timeNs: number;
  /** The profile is a secure one (RTP/SAVP, UDP/TLS/RTP/SAVPF): payloads are encrypted. */
  readonly isSecure: boolean;
}
