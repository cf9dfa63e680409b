import { FrameDepacketizer, framesOfSize } from './audio/frame-depacketizer';
import type { CodecDefinition } from './definition';

const frameBytes = 33;
const frameSamples = 160;

/** GSM 06.10 full rate (RFC 3551, section 4.5.8): frames of 33 octets, each begins with the nibble 0xD. */
export const gsm: CodecDefinition = {
  id: 'gsm',
  encodingName: 'GSM',
  media: 'audio',
  role: 'media',
  clockRateHz: 8000,
  staticTypes: [3],
  elementaryFormat: 'gsm',
  createDepacketizer: () => new FrameDepacketizer((payload) => framesOfSize(payload, frameBytes, frameSamples)),
  createCoding: () => ({
    sampleRateHz: 8000,
    channels: 1,
    measure: () => ({ samples: frameSamples, sampleRateHz: 8000 }),
  }),
};
