import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import { type CodecDefinition, codecs, findCodec, type PcmDecoder } from '#engine/codecs/index';

/** Sampling rates and channels that are rendered: what lies outside is a mistake or an attack in the signalling. */
const minRateHz = 4000;
const maxRateHz = 192_000;
const maxChannels = 8;

/** What the packets of one payload type are, for rendering. */
export interface PayloadUse {
  /** As shown: `PCMU`, `payload type 97`. */
  readonly name: string;
  readonly codec: CodecDefinition | null;
  readonly clockRateHz: number;
  /** Null when this version cannot turn the payload into samples. */
  readonly decoder: PcmDecoder | null;
}

/** Looks up what a payload type of a stream means: by its binding, else by the static table of RFC 3551. */
export function payloadUse(stream: RtpMediaIndex, payloadType: number): PayloadUse {
  const binding = stream.bindings.find((candidate) => candidate.payloadType === payloadType);
  const codec = binding
    ? findCodec(binding.encodingName)
    : codecs.values().find(({ staticTypes }) => staticTypes.includes(payloadType));
  const encodingName = binding?.encodingName ?? codec?.encodingName ?? `payload type ${payloadType}`;
  const clockRateHz = binding?.clockRateHz ?? codec?.clockRateHz ?? 0;
  const channels = binding?.channels ?? 1;
  // Of ciphertext nothing can be told, not even digits.
  if (stream.isEncrypted) return { name: `${encodingName} (encrypted)`, codec: null, clockRateHz, decoder: null };
  const isSane = clockRateHz >= minRateHz && clockRateHz <= maxRateHz && channels >= 1 && channels <= maxChannels;
  const decoder = (isSane && codec?.createDecoder?.({ clockRateHz, channels })) || null;
  return { name: encodingName, codec: codec ?? null, clockRateHz, decoder };
}

/** Uses of all payload types that occur in a stream, by payload type. */
export function payloadUses(stream: RtpMediaIndex): ReadonlyMap<number, PayloadUse> {
  const uses = new Map<number, PayloadUse>();
  for (let i = 0; i < stream.count; i += 1) {
    const payloadType = stream.payloadType[i];
    if (!uses.has(payloadType)) uses.set(payloadType, payloadUse(stream, payloadType));
  }
  return uses;
}
