/** A payload format that a person may name. */
export interface PayloadFormat {
  readonly encodingName: string;
  readonly media: 'audio' | 'video';
  /** The usual rate. */
  readonly clockRateHz: number;
}

/** What was said of the flows of a capture, and what may be said. */
export interface DecodeAsState {
  readonly rules: readonly DecodeAsRule[];
  readonly formats: readonly PayloadFormat[];
}

/** What a person says the flows from or to a UDP port carry: RTP, and perhaps in which format. */
export interface DecodeAsRule {
  readonly port: number;
  /** Of the payload type that carries the media; null to leave it to signalling and inference. */
  readonly format: {
    /** Encoding name as registered (RFC 4855). */
    readonly encodingName: string;
    /** Null for the usual rate of the format. */
    readonly clockRateHz: number | null;
    readonly channels: number | null;
  } | null;
}
