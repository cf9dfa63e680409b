import type { CodecDefinition, CodecParameters, PcmDecoder } from './definition';

/** Highest 16 of the 20 bits of sample `i`: two samples share the middle one of five octets. */
function sampleAt(payload: Uint8Array, i: number): number {
  const at = (i >> 1) * 5;
  if (i % 2 === 0) return (payload[at] << 8) | payload[at + 1];
  return ((payload[at + 2] & 0x0f) << 12) | (payload[at + 3] << 4) | (payload[at + 4] >> 4);
}

function createL20Decoder({ clockRateHz, channels }: CodecParameters): PcmDecoder {
  const samplesIn = (payloadBytes: number): number => Math.floor(Math.floor((8 * payloadBytes) / 20) / channels);
  return {
    sampleRateHz: clockRateHz,
    channels,
    samplesIn,
    decode(payload, target) {
      const samples = samplesIn(payload.length);
      const end = samples * channels;
      for (let i = 0; i < end; i += 1) target[i] = sampleAt(payload, i);
      return samples;
    },
  };
}

/** Linear PCM of 20 bits, packed (RFC 3190, section 4); decoded to 16 bits. */
export const l20: CodecDefinition = {
  id: 'l20',
  encodingName: 'L20',
  media: 'audio',
  role: 'media',
  clockRateHz: 48_000,
  staticTypes: [],
  elementaryFormat: null,
  createDecoder: createL20Decoder,
};
