import { i16be } from '../bytes/integers';
import type { CodecDefinition, CodecParameters, PcmDecoder } from './definition';

function createL16Decoder({ clockRateHz, channels }: CodecParameters): PcmDecoder {
  const samplesIn = (payloadBytes: number): number => Math.floor(payloadBytes / (2 * channels));
  return {
    sampleRateHz: clockRateHz,
    channels,
    samplesIn,
    decode(payload, target) {
      const samples = samplesIn(payload.length);
      const end = samples * channels;
      for (let i = 0; i < end; i += 1) target[i] = i16be(payload, 2 * i);
      return samples;
    },
  };
}

/** Linear PCM, 16 bits signed, network byte order, channels interleaved (RFC 3551, section 4.5.11). */
export const l16: CodecDefinition = {
  id: 'l16',
  encodingName: 'L16',
  media: 'audio',
  role: 'media',
  clockRateHz: 44_100,
  staticTypes: [10, 11],
  elementaryFormat: 's16be',
  createDecoder: createL16Decoder,
};
