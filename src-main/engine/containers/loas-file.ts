import type { AudioFile, AudioFileOptions } from './audio-file';
import { BitWriter } from './bit-writer';

const syncWord = 0x2b7;
const maxElementBytes = 0x1fff;

/**
 * AudioSyncStream of AudioMuxElements, the configuration in each (ISO/IEC 14496-3, 1.7.2 and 1.7.3): any AAC can stand
 * in it, and it can be entered anywhere.
 */
export function createLoasFile(_options: AudioFileOptions): AudioFile {
  return {
    write({ units: [config, frame] }) {
      const element = muxElement(config, frame);
      if (element.length > maxElementBytes) return null;
      const bytes = new Uint8Array(3 + element.length);
      const head = syncWord * 0x2000 + element.length;
      bytes[0] = head >> 16;
      bytes[1] = (head >> 8) & 0xff;
      bytes[2] = head & 0xff;
      bytes.set(element, 3);
      return bytes;
    },
    end: () => new Uint8Array(0),
  };
}

/** Version 1 of StreamMuxConfig says how long the AudioSpecificConfig is, so that it need not be understood. */
function muxElement(config: Uint8Array, frame: Uint8Array): Uint8Array {
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
  for (let left = frame.length; left >= 0; left -= 255) writer.bits(Math.min(255, left), 8);
  for (const byte of frame) writer.bits(byte, 8);
  return writer.bytes();
}
