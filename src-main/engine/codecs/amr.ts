import { amrCoding, amrNarrowband, createAmrDepacketizer } from './audio/amr-payload';
import type { CodecDefinition } from './definition';

/** AMR (RFC 4867), octet-aligned or bandwidth-efficient. */
export const amr: CodecDefinition = {
  id: 'amr',
  encodingName: 'AMR',
  media: 'audio',
  role: 'media',
  clockRateHz: 8000,
  staticTypes: [],
  elementaryFormat: 'amr',
  createDepacketizer: (parameters) => createAmrDepacketizer(amrNarrowband, parameters),
  createCoding: () => amrCoding(amrNarrowband),
};
