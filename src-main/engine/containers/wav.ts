import type { PcmContainer, PcmFormat } from './pcm-container';

const plainHeaderBytes = 44;
/** WAVE_FORMAT_EXTENSIBLE has 24 bytes more in `fmt `: its size, valid bits, speakers, sub-format. */
const extensibleHeaderBytes = plainHeaderBytes + 24;
const formatPcm = 1;
const formatExtensible = 0xfffe;
/** KSDATAFORMAT_SUBTYPE_PCM behind its first two bytes. */
const pcmGuidTail = [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];

function writeText(bytes: Uint8Array, offset: number, text: string): void {
  for (let i = 0; i < text.length; i += 1) bytes[offset + i] = text.charCodeAt(i);
}

/**
 * RIFF/WAVE, PCM of 16 bits, little endian. More than two channels need WAVE_FORMAT_EXTENSIBLE (Microsoft,
 * "Multiple channel audio data and WAVE files"); no speakers are assigned: the channels are lanes of a capture.
 * Lengths are 32-bit: what is longer than 4 GiB (over 37 hours of stereo at 8 kHz) cannot be written.
 */
export const wav: PcmContainer = {
  extension: 'wav',
  mime: 'audio/wav',
  maxDataBytes: 0xffff_ffff - extensibleHeaderBytes,

  header({ sampleRateHz, channels }: PcmFormat, samples: number): Uint8Array {
    const isExtensible = channels > 2;
    const bytes = new Uint8Array(isExtensible ? extensibleHeaderBytes : plainHeaderBytes);
    const view = new DataView(bytes.buffer);
    const blockAlign = 2 * channels;
    const dataBytes = samples * blockAlign;
    writeText(bytes, 0, 'RIFF');
    view.setUint32(4, bytes.length - 8 + dataBytes, true);
    writeText(bytes, 8, 'WAVEfmt ');
    view.setUint32(16, isExtensible ? 40 : 16, true);
    view.setUint16(20, isExtensible ? formatExtensible : formatPcm, true);
    view.setUint16(22, channels, true);
    view.setUint32(24, sampleRateHz, true);
    view.setUint32(28, sampleRateHz * blockAlign, true);
    view.setUint16(32, blockAlign, true);
    view.setUint16(34, 16, true);
    if (isExtensible) {
      view.setUint16(36, 22, true);
      view.setUint16(38, 16, true);
      view.setUint16(44, formatPcm, true);
      bytes.set(pcmGuidTail, 46);
    }
    writeText(bytes, bytes.length - 8, 'data');
    view.setUint32(bytes.length - 4, dataBytes, true);
    return bytes;
  },

  encode(samples: Int16Array, target: Uint8Array): number {
    for (let i = 0; i < samples.length; i += 1) {
      target[2 * i] = samples[i];
      target[2 * i + 1] = samples[i] >> 8;
    }
    return 2 * samples.length;
  },
};
