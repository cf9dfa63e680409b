/** Parameters of a payload type as signalled (RFC 8866, section 6.6). */
export interface CodecParameters {
  /** Rate of the RTP timestamp. */
  readonly clockRateHz: number;
  readonly channels: number;
  /** Format parameters as signalled (`a=fmtp`); absent when there were none. */
  readonly fmtp?: string;
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

/** One RTP packet in the order of its stream: duplicates are left out, late ones stand where they belong. */
export interface MediaPacket {
  /** Padding removed; borrowed until `push` returns. */
  readonly payload: Uint8Array;
  /** Sequence number without wraps. */
  readonly sequence: number;
  /** Timestamp without wraps. */
  readonly timestamp: number;
  readonly marker: boolean;
  /** Frame of the capture. */
  readonly frame: number;
  /** Sequence numbers directly before this one that never came. */
  readonly lostBefore: number;
  /** Payload bytes that the capture did not keep. */
  readonly missing: number;
}

/** A run of sequence numbers that never came. */
export interface SequenceGap {
  readonly first: number;
  readonly count: number;
}

/** What a decoder takes at once: a picture, a frame of audio. Its bytes are its own. */
export interface AccessUnit {
  /** RTP timestamp without wraps: the instant of presentation. */
  readonly timestamp: number;
  /** NAL units without start codes, or the whole coded picture as one unit; only whole ones. */
  readonly units: readonly Uint8Array[];
  /** It can be decoded without those before it. */
  readonly isKey: boolean;
  /** It lacks packets, or bytes of them. */
  readonly isDamaged: boolean;
  /** Packets are missing between the last one of the access unit before and the first one of this. */
  readonly followsGap: boolean;
  /** Sequence numbers that never came: directly before it, in it, and behind it when its end is missing. */
  readonly gaps: readonly SequenceGap[];
  /** Frames of the capture that its packets came in, in sequence order. */
  readonly frames: readonly number[];
}

/**
 * Makes access units of packets. Any bytes are legal input; nothing is joined across a gap. Each method returns the
 * access units that have become complete, in decoding order.
 */
export interface Depacketizer {
  push(packet: MediaPacket): readonly AccessUnit[];
  /** What follows has nothing to do with what came before: the sender restarted, or the payload changed. */
  reset(reason: 'restart' | 'format'): readonly AccessUnit[];
  /** Nothing more comes. */
  flush(): readonly AccessUnit[];
}

/** What the coded bits say about the pictures. */
export interface VideoDescription {
  /** Luma samples as shown, cropping applied. */
  readonly width: number;
  readonly height: number;
  /** As people say it: `High`, `Main 10`; null where the format has none. */
  readonly profile: string | null;
  /** As containers say it (RFC 6381): `avc1.64001f`; null where there is no such name. */
  readonly codecString: string | null;
  /** Pictures a second as the bits claim; null when they do not. */
  readonly frameRate: number | null;
  /** Pictures that may come before another one in decoding order and follow it in presentation; null when unsaid. */
  readonly maxReorder: number | null;
}

/** Learns of the pictures of a stream what a container and a person have to know. */
export interface VideoInspector {
  /** In decoding order. */
  push(unit: AccessUnit): void;
  /** Of the last picture that could be told; null when nothing has said it yet. */
  readonly description: VideoDescription | null;
  /** NAL units that decoding needs beside the pictures, in the order in which they are to be sent. */
  readonly parameterSets: readonly Uint8Array[];
}

/** How long a unit of coded audio sounds. */
export interface CodedSpan {
  /** Samples per channel; 0 for a unit without sound of its own: a silence descriptor, no data. */
  readonly samples: number;
  readonly sampleRateHz: number;
}

/** Coded audio, which needs a decoder: what the access units of a stream hold, and how long each of them sounds. */
export interface AudioCoding {
  /** Of the decoded sound, as far as signalling tells; the coded bits have the last word. */
  readonly sampleRateHz: number;
  readonly channels: number;
  /** For whole units; the rate is that of the coded samples, a decoder may give a multiple of it (SBR). */
  measure(unit: AccessUnit): CodedSpan;
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
  /** Samples that can be told from the payload alone; absent where there are none, or a decoder with memory is needed. */
  readonly createDecoder?: (parameters: CodecParameters) => PcmDecoder;
  /** Absent where every payload stands for itself. */
  readonly createDepacketizer?: (parameters: CodecParameters) => Depacketizer;
  /** Of coded audio alone, beside a depacketizer. */
  readonly createCoding?: (parameters: CodecParameters) => AudioCoding;
  /** Of video alone. */
  readonly createInspector?: (parameters: CodecParameters) => VideoInspector;
}
