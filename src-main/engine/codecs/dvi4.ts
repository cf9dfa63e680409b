import { i16be } from '../bytes/integers';
import type { CodecDefinition, CodecParameters, PcmDecoder } from './definition';

/** Step sizes and index changes of the IMA ADPCM algorithm ("Recommended Practices for Enhancing Digital Audio"). */
const steps = Int16Array.of(
  ...[7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97],
  ...[107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796],
  ...[876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871],
  ...[5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385],
  ...[24623, 27086, 29794, 32767],
);
const indexChanges = [-1, -1, -1, -1, 2, 4, 6, 8];
/** `predict (16) | index (8) | reserved (8)`. */
const headerBytes = 4;

function createDvi4Decoder({ clockRateHz }: CodecParameters): PcmDecoder {
  const samplesIn = (payloadBytes: number): number => 2 * Math.max(0, payloadBytes - headerBytes);
  return {
    sampleRateHz: clockRateHz,
    channels: 1,
    samplesIn,
    decode(payload, target) {
      const samples = samplesIn(payload.length);
      if (samples === 0) return 0;
      let predicted = i16be(payload, 0);
      let index = Math.min(payload[2], steps.length - 1);
      for (let i = 0; i < samples; i += 1) {
        const octet = payload[headerBytes + (i >> 1)];
        const code = i % 2 === 0 ? octet >> 4 : octet & 0x0f;
        const step = steps[index];
        let change = step >> 3;
        if (code & 4) change += step;
        if (code & 2) change += step >> 1;
        if (code & 1) change += step >> 2;
        predicted = Math.max(-32_768, Math.min(32_767, code & 8 ? predicted - change : predicted + change));
        index = Math.max(0, Math.min(steps.length - 1, index + indexChanges[code & 7]));
        target[i] = predicted;
      }
      return samples;
    },
  };
}

/**
 * IMA ADPCM as RFC 3551, section 4.5.1 has it: each packet carries the state of the predictor, so that it stands for
 * itself; the first sample of an octet is in its high bits.
 */
export const dvi4: CodecDefinition = {
  id: 'dvi4',
  encodingName: 'DVI4',
  media: 'audio',
  role: 'media',
  clockRateHz: 8000,
  staticTypes: [5, 6, 16, 17],
  elementaryFormat: 'dvi4',
  createDecoder: createDvi4Decoder,
};
