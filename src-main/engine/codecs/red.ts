import type { CodecDefinition } from './definition';

/** Header of a redundant block: `1 | block PT (7) | timestamp offset (14) | block length (10)`. */
const blockHeaderBytes = 4;

/** The primary data of a payload with redundancy. */
export interface PrimaryBlock {
  readonly payloadType: number;
  /** Offset in the payload. */
  readonly start: number;
}

/**
 * Where the primary data lies: its header, one byte `0 | block PT (7)`, is the last one, its data comes behind those
 * of all others (RFC 2198, section 3). Null when the payload is malformed.
 */
export function primaryBlock(payload: Uint8Array): PrimaryBlock | null {
  let at = 0;
  let redundant = 0;
  while (at < payload.length && payload[at] & 0x80) {
    if (at + blockHeaderBytes > payload.length) return null;
    redundant += ((payload[at + 2] & 3) << 8) | payload[at + 3];
    at += blockHeaderBytes;
  }
  const start = at + 1 + redundant;
  return at < payload.length && start <= payload.length ? { payloadType: payload[at], start } : null;
}

/** Redundant audio data (RFC 2198): another format's payloads, with copies of earlier ones. */
export const red: CodecDefinition = {
  id: 'red',
  encodingName: 'red',
  media: 'audio',
  role: 'media',
  clockRateHz: 8000,
  staticTypes: [],
  elementaryFormat: null,
};
