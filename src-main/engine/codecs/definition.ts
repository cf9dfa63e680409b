/** Parameters of a payload type as signalled (RFC 8866, section 6.6). */
export interface CodecParameters {
  /** Rate of the RTP timestamp. */
  readonly clockRateHz: number;
  readonly channels: number;
}

/** Turns the payload of one RTP packet into samples: 16 bits signed, channels interleaved. */
export interface PcmDecoder {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Samples per channel in a payload of so many bytes; a rest that fills no sample of every channel is left out. */
  samplesIn(payloadBytes: number): number;
  /**
   * Decodes into `target` (room for `samplesIn(payload.length) * channels`) and returns samples per channel.
   * Any bytes are legal input.
   */
  decode(payload: Uint8Array, target: Int16Array): number;
}

/** What a payload carries: media, a description of background noise, or events such as DTMF digits. */
export type CodecRole = 'media' | 'comfort-noise' | 'events';

/** One RTP payload format. */
export interface CodecDefinition {
  /** Encoding name in lower case: names are compared without regard to case (RFC 4855, section 3). */
  readonly id: string;
  /** Encoding name as registered. */
  readonly encodingName: string;
  readonly media: 'audio' | 'video';
  readonly role: CodecRole;
  /** Rate of the RTP timestamp where nothing else was signalled. */
  readonly clockRateHz: number;
  /** Payload types that mean this format without signalling (RFC 3551, section 6). */
  readonly staticTypes: readonly number[];
  /** Extension of a file that holds the payloads one after the other; null where that makes no sense. */
  readonly elementaryFormat: string | null;
  /** Absent where a payload holds no samples. */
  readonly createDecoder?: (parameters: CodecParameters) => PcmDecoder;
}
