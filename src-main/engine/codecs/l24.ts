import { i16be } from '../bytes/integers';
import type { CodecDefinition, CodecParameters, PcmDecoder } from './definition';

function createL24Decoder({ clockRateHz, channels }: CodecParameters): PcmDecoder {
  const samplesIn = (payloadBytes: number): number => Math.floor(payloadBytes / (3 * channels));
  return {
    sampleRateHz: clockRateHz,
    channels,
    samplesIn,
    decode(payload, target) {
      const samples = samplesIn(payload.length);
      const end = samples * channels;
      for (let i = 0; i < end; i += 1) target[i] = i16be(payload, 3 * i);
      return samples;
    },
  };
}

/** Linear PCM of 24 bits, network byte order (RFC 3190, section 4); decoded to 16 bits. */
export const l24: CodecDefinition = {
  id: 'l24',
  encodingName: 'L24',
  media: 'audio',
  role: 'media',
  clockRateHz: 48_000,
  staticTypes: [],
  elementaryFormat: 's24be',
  createDecoder: createL24Decoder,
};
