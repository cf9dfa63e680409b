import { FrameDepacketizer } from './audio/frame-depacketizer';
import type { CodecDefinition } from './definition';

/**
 * G.722 at 64 kbit/s (RFC 3551, section 4.5.2): each octet is two samples at 16 kHz, while the RTP clock stayed at
 * 8000 by mistake.
 */
export const g722: CodecDefinition = {
  id: 'g722',
  encodingName: 'G722',
  media: 'audio',
  role: 'media',
  clockRateHz: 8000,
  staticTypes: [9],
  elementaryFormat: 'g722',
  createDepacketizer: () => new FrameDepacketizer((payload) => [{ bytes: payload.slice(), offset: 0 }]),
  createCoding: () => ({
    sampleRateHz: 16_000,
    channels: 1,
    measure: ({ units: [octets] }) => ({ samples: 2 * octets.length, sampleRateHz: 16_000 }),
  }),
};
