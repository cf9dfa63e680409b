import { FrameDepacketizer } from './audio/frame-depacketizer';
import type { CodecDefinition } from './definition';

interface Variant {
  readonly id: string;
  readonly encodingName: string;
  readonly bitsPerSample: 2 | 3 | 4 | 5;
}

/**
 * G.726 with 2 to 5 bits a sample. RFC 3551, section 4.5.4, puts the first code word of an octet into its lowest
 * bits, ITU-T I.366.2 (the AAL2 names) into its highest. Code words fill whole groups of octets.
 */
function g726({ id, encodingName, bitsPerSample }: Variant): CodecDefinition {
  // Eight code words of 3 or 5 bits make whole octets, as do four of 2 and two of 4.
  const groupBytes = bitsPerSample % 2 === 0 ? 1 : bitsPerSample;
  return {
    id,
    encodingName,
    media: 'audio',
    role: 'media',
    clockRateHz: 8000,
    staticTypes: [],
    elementaryFormat: 'g726',
    createDepacketizer: () =>
      new FrameDepacketizer((payload) => {
        const whole = payload.length - (payload.length % groupBytes);
        const frame = whole > 0 ? [{ bytes: payload.slice(0, whole), offset: 0 }] : [];
        return whole < payload.length ? [...frame, null] : frame;
      }),
    createCoding: () => ({
      sampleRateHz: 8000,
      channels: 1,
      measure: ({ units: [octets] }) => ({ samples: (8 * octets.length) / bitsPerSample, sampleRateHz: 8000 }),
    }),
  };
}

/** The eight formats of RFC 3551, sections 4.5.4 and 6. */
export const g726Formats: readonly CodecDefinition[] = [
  g726({ id: 'g726-16', encodingName: 'G726-16', bitsPerSample: 2 }),
  g726({ id: 'g726-24', encodingName: 'G726-24', bitsPerSample: 3 }),
  g726({ id: 'g726-32', encodingName: 'G726-32', bitsPerSample: 4 }),
  g726({ id: 'g726-40', encodingName: 'G726-40', bitsPerSample: 5 }),
  g726({ id: 'aal2-g726-16', encodingName: 'AAL2-G726-16', bitsPerSample: 2 }),
  g726({ id: 'aal2-g726-24', encodingName: 'AAL2-G726-24', bitsPerSample: 3 }),
  g726({ id: 'aal2-g726-32', encodingName: 'AAL2-G726-32', bitsPerSample: 4 }),
  g726({ id: 'aal2-g726-40', encodingName: 'AAL2-G726-40', bitsPerSample: 5 }),
];
