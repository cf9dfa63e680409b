import { Ac3Depacketizer, ac3Coding } from './audio/ac3-depacketizer';
import type { CodecDefinition } from './definition';

/** AC-3 (RFC 4184). The first byte ends in the frame type: 0 whole frames, 1 and 2 the first fragment, 3 later ones. */
export const ac3: CodecDefinition = {
  id: 'ac3',
  encodingName: 'ac3',
  media: 'audio',
  role: 'media',
  clockRateHz: 48_000,
  staticTypes: [],
  elementaryFormat: 'ac3',
  createDepacketizer: ({ clockRateHz }) =>
    new Ac3Depacketizer(clockRateHz, ([first]) => {
      const type = first & 3;
      return type === 0 ? 'whole' : type === 3 ? 'later-fragment' : 'first-fragment';
    }),
  createCoding: ac3Coding,
};
