import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { type CodecDefinition, type CodecParameters, codecs, findCodec } from '#engine/codecs/index';
import type { Decoded } from './sound/decode-sound';
import { PcmSound, type Sound } from './sound/sound';

/** Sampling rates and channels that are rendered: what lies outside is a mistake or an attack in the signalling. */
const minRateHz = 4000;
const maxRateHz = 192_000;
const maxChannels = 8;

/** A stream with what was decoded of it before, by payload type. */
export type SoundStream = RtpMediaIndex & { readonly sounds?: ReadonlyMap<number, Decoded> };

/** What the packets of one payload type are, for rendering. */
export interface PayloadUse {
  /** As shown: `PCMU`, `payload type 97`. */
  readonly name: string;
  readonly codec: CodecDefinition | null;
  readonly parameters: CodecParameters;
  readonly clockRateHz: number;
  /** Null when the payload cannot be turned into samples. */
  readonly sound: Sound | null;
  /** It sounds only after `DecodedStreams` has decoded it. */
  readonly needsDecoder: boolean;
  /** Why there is no sound where there should be some; null where there is nothing to say. */
  readonly reason: string | null;
}

/** Looks up what a payload type of a stream means: by its binding, else by the static table of RFC 3551. */
export function payloadUse(stream: SoundStream, payloadType: number): PayloadUse {
  const binding = stream.bindings.find((candidate) => candidate.payloadType === payloadType);
  const codec = binding
    ? findCodec(binding.encodingName)
    : codecs.values().find(({ staticTypes }) => staticTypes.includes(payloadType));
  const encodingName = binding?.encodingName ?? codec?.encodingName ?? `payload type ${payloadType}`;
  const clockRateHz = binding?.clockRateHz ?? codec?.clockRateHz ?? 0;
  const channels = binding?.channels ?? 1;
  const parameters = { clockRateHz, channels, fmtp: binding?.fmtp };
  const silent = { codec: codec ?? null, parameters, clockRateHz, sound: null, needsDecoder: false, reason: null };
  // Of ciphertext nothing can be told, not even digits.
  if (stream.isEncrypted) {
    return { ...silent, name: `${encodingName} (encrypted)`, codec: null, reason: 'it is encrypted' };
  }
  const isSane = clockRateHz >= minRateHz && clockRateHz <= maxRateHz && channels >= 1 && channels <= maxChannels;
  if (!codec || !isSane) return { ...silent, name: encodingName };
  const decoder = codec.createDecoder?.(parameters);
  if (decoder) return { ...silent, name: encodingName, sound: new PcmSound(stream, decoder) };
  const decoded = stream.sounds?.get(payloadType);
  if (decoded && 'sound' in decoded) return { ...silent, name: encodingName, sound: decoded.sound };
  const needsDecoder = codec.createCoding !== undefined;
  const reason = decoded && 'reason' in decoded ? decoded.reason : needsDecoder ? 'it was not decoded' : null;
  return { ...silent, name: encodingName, needsDecoder, reason };
}

/** Uses of all payload types that occur in a stream, by payload type. */
export function payloadUses(stream: SoundStream): ReadonlyMap<number, PayloadUse> {
  const uses = new Map<number, PayloadUse>();
  for (let i = 0; i < stream.count; i += 1) {
    const payloadType = stream.payloadType[i];
    if (!uses.has(payloadType)) uses.set(payloadType, payloadUse(stream, payloadType));
  }
  return uses;
}
