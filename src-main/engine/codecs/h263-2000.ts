import type { CodecDefinition } from './definition';
import { h2631998 } from './h263-1998';

/** H.263 of 2000, H.263++: packets are those of 1998 (RFC 4629). */
export const h2632000: CodecDefinition = {
  ...h2631998,
  id: 'h263-2000',
  encodingName: 'H263-2000',
};
