import { type AacConfig, parseAacConfig } from '../codecs/index';
import type { AudioFile, AudioFileOptions } from './audio-file';
import { createLoasFile } from './loas-file';

const headerBytes = 7;
const maxFrameBytes = 0x1fff;

/** ADTS has room for object types 1 to 4, the rates of the table and the channel configurations. */
function fitsAdts({ objectType, rateIndex, channelConfiguration, coreFrameSamples }: AacConfig): boolean {
  const isKnown = objectType >= 1 && objectType <= 4 && rateIndex < 13;
  return isKnown && channelConfiguration > 0 && coreFrameSamples === 1024;
}

/** adts_fixed_header and adts_variable_header (ISO/IEC 14496-3, 1.A.2.2), one frame, no CRC. */
function adtsHeader({ objectType, rateIndex, channelConfiguration }: AacConfig, frameBytes: number): Uint8Array {
  const length = headerBytes + frameBytes;
  return Uint8Array.of(
    0xff,
    0xf1,
    ((objectType - 1) << 6) | (rateIndex << 2) | (channelConfiguration >> 2),
    ((channelConfiguration & 3) << 6) | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc,
  );
}

/** AAC as ADTS where that can express it (SBR is then told by the bits alone), else as LOAS. */
export function createAacFile(options: AudioFileOptions): AudioFile {
  let latest: { readonly bytes: Uint8Array; readonly config: AacConfig | null } | null = null;
  let loas: AudioFile | null = null;
  return {
    write(unit, span, silence) {
      const [bytes, frame] = unit.units;
      if (latest?.bytes !== bytes) latest = { bytes, config: parseAacConfig(bytes) };
      const { config } = latest;
      if (!loas && config && fitsAdts(config)) {
        if (headerBytes + frame.length > maxFrameBytes) return null;
        const whole = new Uint8Array(headerBytes + frame.length);
        whole.set(adtsHeader(config, frame.length));
        whole.set(frame, headerBytes);
        return whole;
      }
      loas ??= createLoasFile(options);
      return loas.write(unit, span, silence);
    },
    end: () => new Uint8Array(0),
  };
}
