import { FrameDepacketizer, type PayloadFrame } from './audio/frame-depacketizer';
import type { CodecDefinition } from './definition';

/** Octets of a frame by the lowest two bits of its first one: 6.3 kbit/s, 5.3 kbit/s, silence descriptor, nothing. */
const sizes = [24, 20, 4, 1];
const frameSamples = 240;

function split(payload: Uint8Array): (PayloadFrame | null)[] {
  const frames: (PayloadFrame | null)[] = [];
  for (let at = 0; at < payload.length; ) {
    const end = at + sizes[payload[at] & 3];
    frames.push(end <= payload.length ? { bytes: payload.slice(at, end), offset: frames.length * frameSamples } : null);
    at = end;
  }
  return frames;
}

/** G.723.1 (RFC 3551, section 4.5.3): frames of 30 ms, the rate may change with each. */
export const g723: CodecDefinition = {
  id: 'g723',
  encodingName: 'G723',
  media: 'audio',
  role: 'media',
  clockRateHz: 8000,
  staticTypes: [4],
  elementaryFormat: 'g723_1',
  createDepacketizer: () => new FrameDepacketizer(split),
  createCoding: () => ({
    sampleRateHz: 8000,
    channels: 1,
    measure: ({ units: [frame] }) => ({ samples: frame.length >= sizes[1] ? frameSamples : 0, sampleRateHz: 8000 }),
  }),
};
