import type { AudioFile, AudioFileOptions } from './audio-file';
import { BitWriter } from './bit-writer';

const syncWord = 0x2b7;
const syncBytes = 3;
const maxElementBytes = 0x1fff;

/**
 * AudioSyncStream of AudioMuxElements, the configuration in each (ISO/IEC 14496-3, 1.7.2 and 1.7.3): any AAC can stand
 * in it, and it can be entered anywhere.
 */
export function createLoasFile(_options: AudioFileOptions): AudioFile {
  let latest: { readonly config: Uint8Array; readonly head: BitWriter } | null = null;
  return {
    write({ units: [config, frame] }) {
      if (latest?.config !== config) latest = { config, head: elementHead(config) };
      const headBits = latest.head.length;
      const lengthBytes = Math.floor(frame.length / 255) + 1;
      const elementBytes = Math.ceil(headBits / 8) + lengthBytes + frame.length;
      if (elementBytes > maxElementBytes) return null;
      const bytes = new Uint8Array(syncBytes + elementBytes);
      const sync = syncWord * 0x2000 + elementBytes;
      bytes[0] = sync >> 16;
      bytes[1] = (sync >> 8) & 0xff;
      bytes[2] = sync & 0xff;
      bytes.set(latest.head.bytes(), syncBytes);
      // PayloadLengthInfo and the frame follow the head without a gap: shifted by what its last byte lacks.
      const at = syncBytes + (headBits >> 3);
      const shift = headBits & 7;
      for (let i = 0; i < lengthBytes + frame.length; i += 1) {
        const value = i < lengthBytes - 1 ? 255 : i === lengthBytes - 1 ? frame.length % 255 : frame[i - lengthBytes];
        bytes[at + i] |= value >> shift;
        if (shift > 0) bytes[at + i + 1] |= (value << (8 - shift)) & 0xff;
      }
      return bytes;
    },
    end: () => new Uint8Array(0),
  };
}

/** AudioMuxElement up to PayloadLengthInfo. Version 1 says how long the AudioSpecificConfig is: it need not be parsed. */
function elementHead(config: Uint8Array): BitWriter {
  const writer = new BitWriter();
  writer.bits(0, 1); // useSameStreamMux
  writer.bits(1, 1); // audioMuxVersion
  writer.bits(0, 1); // audioMuxVersionA
  writer.bits(0, 2); // taraBufferFullness in one byte
  writer.bits(0xff, 8);
  writer.bits(1, 1); // allStreamsSameTimeFraming
  writer.bits(0, 6); // numSubFrames
  writer.bits(0, 4); // numProgram
  writer.bits(0, 3); // numLayer
  writer.bits(1, 2); // ascLen in two bytes
  writer.bits(8 * config.length, 16);
  for (const byte of config) writer.bits(byte, 8);
  writer.bits(0, 3); // frameLengthType
  writer.bits(0xff, 8); // latmBufferFullness
  writer.bits(0, 1); // otherDataPresent
  writer.bits(0, 1); // crcCheckPresent
  return writer;
}
