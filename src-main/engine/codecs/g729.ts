import { FrameDepacketizer, framesOfSize, type PayloadFrame } from './audio/frame-depacketizer';
import type { CodecDefinition } from './definition';

const frameBytes = 10;
const frameSamples = 80;
/** Silence descriptor of Annex B: only at the end of a packet. */
const silenceBytes = 2;

/** RFC 3551, section 4.5.6: zero or more frames of 10 octets, then at most one silence descriptor of 2. */
function split(payload: Uint8Array): (PayloadFrame | null)[] {
  const rest = payload.length % frameBytes;
  const speech = payload.length - rest;
  const frames = framesOfSize(payload.subarray(0, speech), frameBytes, frameSamples);
  if (rest === silenceBytes) frames.push({ bytes: payload.slice(speech), offset: frames.length * frameSamples });
  else if (rest > 0) frames.push(null);
  return frames;
}

/** G.729, also with Annex A or B (RFC 3551, section 4.5.6). */
export const g729: CodecDefinition = {
  id: 'g729',
  encodingName: 'G729',
  media: 'audio',
  role: 'media',
  clockRateHz: 8000,
  staticTypes: [18],
  elementaryFormat: 'g729',
  createDepacketizer: () => new FrameDepacketizer(split),
  createCoding: () => ({
    sampleRateHz: 8000,
    channels: 1,
    measure: ({ units: [frame] }) => ({ samples: frame.length === frameBytes ? frameSamples : 0, sampleRateHz: 8000 }),
  }),
};
