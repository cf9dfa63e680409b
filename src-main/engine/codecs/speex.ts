import { BitReader } from '../bytes/bit-reader';
import { FrameDepacketizer } from './audio/frame-depacketizer';
import type { CodecDefinition } from './definition';

/** Bits of a frame by submode, its first five among them (Speex manual, table 9.1). */
const narrowbandBits = [5, 43, 119, 160, 220, 300, 364, 492, 79];
/** Bits of a wideband layer by submode, its first four among them (table 10.1). */
const widebandBits = [4, 36, 112, 192, 352];
const frameSamples = 160;
/** Frames of a packet that are believed: more than a second in one is none. */
const maxFrames = 60;

/** Frames in a payload; 0 when it is malformed. */
function countFrames(payload: Uint8Array): number {
  const reader = new BitReader(payload);
  let frames = 0;
  while (reader.remaining >= 5) {
    const start = reader.position;
    if (reader.flag()) {
      // A layer of higher frequencies belongs to the frame before it; a 1 on its own is padding.
      const bits = widebandBits[reader.bits(3)];
      if (frames === 0 || bits === undefined) break;
      reader.skip(start + bits - reader.position);
      if (reader.isTruncated) return 0;
      continue;
    }
    const mode = reader.bits(4);
    if (mode === 15) break; // terminator: what follows is padding
    if (mode === 14) {
      const code = reader.bits(4);
      reader.skip(code < 2 ? 1 : code < 8 ? 4 : code < 10 ? 8 : code < 12 ? 16 : code < 14 ? 32 : 64);
      continue;
    }
    if (mode === 13) {
      reader.skip(8 * reader.bits(5));
      continue;
    }
    const bits = narrowbandBits[mode];
    if (bits === undefined) return 0;
    reader.skip(start + bits - reader.position);
    if (reader.isTruncated) return 0;
    frames += 1;
  }
  return frames > maxFrames ? 0 : frames;
}

/** Sampling rates of the three modes (RFC 5574, section 3.1). */
function rateOf(clockRateHz: number): number {
  return clockRateHz >= 32_000 ? 32_000 : clockRateHz >= 16_000 ? 16_000 : 8000;
}

/** Speex (RFC 5574): a payload is one or more frames of 20 ms, filled up to whole bytes. */
export const speex: CodecDefinition = {
  id: 'speex',
  encodingName: 'speex',
  media: 'audio',
  role: 'media',
  clockRateHz: 8000,
  staticTypes: [],
  elementaryFormat: 'spx',
  createDepacketizer: () =>
    new FrameDepacketizer((payload) => [countFrames(payload) > 0 ? { bytes: payload.slice(), offset: 0 } : null]),
  createCoding: ({ clockRateHz }) => {
    const sampleRateHz = rateOf(clockRateHz);
    const perFrame = (frameSamples * sampleRateHz) / 8000;
    return {
      sampleRateHz,
      channels: 1,
      measure: ({ units: [payload] }) => ({ samples: countFrames(payload) * perFrame, sampleRateHz }),
    };
  },
};
