import type { CodecDefinition } from './definition';

const common = { media: 'video', role: 'media', clockRateHz: 90_000 } as const;

/**
 * MPEG transport streams in RTP: whole packets of 188 bytes, without a header of the payload format (RFC 2250,
 * section 2). What is in them is found by taking the transport stream apart.
 */
export const mp2t: CodecDefinition = {
  id: 'mp2t',
  encodingName: 'MP2T',
  staticTypes: [33],
  elementaryFormat: 'ts',
  ...common,
};

/**
 * MPEG program streams in RTP, as GB/T 28181 has them (annex C): a pack for each picture, cut into packets. Its
 * descriptions call it `PS`; `MP2P` is the name that is registered (RFC 3555, section 4.2.10).
 */
const programStream = { staticTypes: [], elementaryFormat: 'mpg', ...common } as const;
export const mp2p: CodecDefinition = { id: 'mp2p', encodingName: 'MP2P', ...programStream };
export const ps: CodecDefinition = { id: 'ps', encodingName: 'PS', ...programStream };
