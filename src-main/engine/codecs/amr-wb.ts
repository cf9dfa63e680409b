import { amrCoding, amrWideband, createAmrDepacketizer } from './audio/amr-payload';
import type { CodecDefinition } from './definition';

/** AMR-WB (RFC 4867), octet-aligned or bandwidth-efficient. */
export const amrWb: CodecDefinition = {
  id: 'amr-wb',
  encodingName: 'AMR-WB',
  media: 'audio',
  role: 'media',
  clockRateHz: 16_000,
  staticTypes: [],
  elementaryFormat: 'awb',
  createDepacketizer: (parameters) => createAmrDepacketizer(amrWideband, parameters),
  createCoding: () => amrCoding(amrWideband),
};
