import { Ac3Depacketizer, ac3Coding } from './audio/ac3-depacketizer';
import type { CodecDefinition } from './definition';

/** Enhanced AC-3 (RFC 4598). The first byte ends in a bit that is set for fragments. */
export const eac3: CodecDefinition = {
  id: 'eac3',
  encodingName: 'eac3',
  media: 'audio',
  role: 'media',
  clockRateHz: 48_000,
  staticTypes: [],
  elementaryFormat: 'eac3',
  createDepacketizer: ({ clockRateHz }) =>
    new Ac3Depacketizer(clockRateHz, ([first], isContinued) => {
      if ((first & 1) === 0) return 'whole';
      return isContinued ? 'later-fragment' : 'first-fragment';
    }),
  createCoding: ac3Coding,
};
