import type { CodecDefinition } from './definition';

/**
 * Comfort noise (RFC 3389): level and spectrum of the background, sent once when somebody stops speaking.
 * It holds no samples, and what a receiver would make of it is its own invention: its time is rendered as silence.
 */
export const cn: CodecDefinition = {
  id: 'cn',
  encodingName: 'CN',
  media: 'audio',
  role: 'comfort-noise',
  clockRateHz: 8000,
  staticTypes: [13],
  elementaryFormat: null,
};
