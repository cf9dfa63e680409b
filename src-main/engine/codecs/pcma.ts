import type { CodecDefinition } from './definition';
import { createTableDecoder } from './sample-codec';

/**
 * A-law code word to linear (ITU-T G.711, table 1): even bits are inverted on the line; sign, 3 bits segment,
 * 4 bits step. Values of 13 bits in the Recommendation, here scaled to 16 bits (times 8).
 */
function expandALaw(codeWord: number): number {
  const bits = codeWord ^ 0x55;
  const segment = (bits >> 4) & 7;
  const step = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

const table = Int16Array.from({ length: 256 }, (_, codeWord) => expandALaw(codeWord));

/** G.711 A-law (RFC 3551, section 4.5.14). */
export const pcma: CodecDefinition = {
  id: 'pcma',
  encodingName: 'PCMA',
  media: 'audio',
  role: 'media',
  clockRateHz: 8000,
  staticTypes: [8],
  elementaryFormat: 'al',
  createDecoder: (parameters) => createTableDecoder(table, parameters),
};
