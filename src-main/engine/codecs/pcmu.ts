import type { CodecDefinition } from './definition';
import { createTableDecoder } from './sample-codec';

/**
 * µ-law code word to linear (ITU-T G.711, table 2): bits are inverted on the line; sign, 3 bits segment,
 * 4 bits step. Values of 14 bits in the Recommendation, here scaled to 16 bits (times 4).
 */
function expandMuLaw(codeWord: number): number {
  const bits = ~codeWord & 0xff;
  const segment = (bits >> 4) & 7;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << segment) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}

const table = Int16Array.from({ length: 256 }, (_, codeWord) => expandMuLaw(codeWord));

/** G.711 µ-law (RFC 3551, section 4.5.14). */
export const pcmu: CodecDefinition = {
  id: 'pcmu',
  encodingName: 'PCMU',
  media: 'audio',
  role: 'media',
  clockRateHz: 8000,
  staticTypes: [0],
  elementaryFormat: 'ul',
  createDecoder: (parameters) => createTableDecoder(table, parameters),
};
