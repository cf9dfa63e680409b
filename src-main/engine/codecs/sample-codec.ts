import type { CodecParameters, PcmDecoder } from './definition';

/**
 * Decoder of a format in which every sample is one byte that stands for itself: table lookup. Samples of
 * several channels are interleaved (RFC 3551, section 4.1).
 */
export function createTableDecoder(table: Int16Array, { clockRateHz, channels }: CodecParameters): PcmDecoder {
  return {
    sampleRateHz: clockRateHz,
    channels,
    samplesIn: (payloadBytes) => Math.floor(payloadBytes / channels),
    decode(payload, target) {
      const samples = Math.floor(payload.length / channels);
      const end = samples * channels;
      for (let i = 0; i < end; i += 1) target[i] = table[payload[i]];
      return samples;
    },
  };
}
