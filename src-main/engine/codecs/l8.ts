import type { CodecDefinition } from './definition';
import { createTableDecoder } from './sample-codec';

const table = Int16Array.from({ length: 256 }, (_, octet) => (octet - 128) << 8);

/** Linear PCM, 8 bits, offset by 128 (RFC 3551, section 4.5.10). */
export const l8: CodecDefinition = {
  id: 'l8',
  encodingName: 'L8',
  media: 'audio',
  role: 'media',
  clockRateHz: 8000,
  staticTypes: [],
  elementaryFormat: 'u8',
  createDecoder: (parameters) => createTableDecoder(table, parameters),
};
