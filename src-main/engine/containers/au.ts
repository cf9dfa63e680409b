import type { PcmContainer, PcmFormat } from './pcm-container';

const headerBytes = 24;
/** 16-bit linear PCM. */
const encodingLinear16 = 3;

/**
 * Sun/NeXT audio file, PCM of 16 bits, big endian: what Wireshark's RTP player saves as `.au`. Six 32-bit words:
 * magic, offset of the samples, their bytes, encoding, rate, channels. A length of all ones means "unknown".
 */
export const au: PcmContainer = {
  extension: 'au',
  mime: 'audio/basic',
  maxDataBytes: 0xffff_fffe,

  header({ sampleRateHz, channels }: PcmFormat, samples: number): Uint8Array {
    const bytes = new Uint8Array(headerBytes);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0x2e73_6e64); // ".snd"
    view.setUint32(4, headerBytes);
    view.setUint32(8, samples * channels * 2);
    view.setUint32(12, encodingLinear16);
    view.setUint32(16, sampleRateHz);
    view.setUint32(20, channels);
    return bytes;
  },

  encode(samples: Int16Array, target: Uint8Array): number {
    for (let i = 0; i < samples.length; i += 1) {
      target[2 * i] = samples[i] >> 8;
      target[2 * i + 1] = samples[i];
    }
    return 2 * samples.length;
  },
};
