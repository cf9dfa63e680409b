import { u32be } from '../../bytes/integers';
import { ac3Header } from '../../codecs/audio/ac3-header';
import { mpegAudioHeader } from '../../codecs/audio/mpeg-audio-header';

/** What the header of a frame of audio tells. */
export interface AudioFrame {
  /** Header included. */
  bytes: number;
  /** Samples per channel; 0 when the header does not tell. */
  samples: number;
  sampleRateHz: number;
  channels: number;
}

/** Reads the header at `at`; `headerBytes` of it are there. */
export interface AudioFrameReader {
  /** Bytes that a header takes. */
  readonly headerBytes: number;
  /** False when there is no header. `out` is filled, never replaced. */
  read(bytes: Uint8Array, at: number, out: AudioFrame): boolean;
  /** The frame belongs to the one before (dependent substreams of E-AC-3). */
  isDependent?(bytes: Uint8Array, at: number): boolean;
}

/** ISO/IEC 14496-3, table 1.18. */
const aacRates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];
const aacFrameSamples = 1024;

/** AAC behind ADTS headers (ISO/IEC 14496-3, 1.A.2.2). */
export const adtsFrame: AudioFrameReader = {
  headerBytes: 7,
  read(bytes, at, out) {
    if (bytes[at] !== 0xff || (bytes[at + 1] & 0xf6) !== 0xf0) return false;
    const rate = aacRates[(bytes[at + 2] >> 2) & 15];
    const length = ((bytes[at + 3] & 3) << 11) | (bytes[at + 4] << 3) | (bytes[at + 5] >> 5);
    if (rate === undefined || length < 7) return false;
    const configuration = ((bytes[at + 2] & 1) << 2) | (bytes[at + 3] >> 6);
    out.bytes = length;
    out.samples = aacFrameSamples * (1 + (bytes[at + 6] & 3));
    out.sampleRateHz = rate;
    out.channels = configuration === 7 ? 8 : configuration;
    return true;
  },
};

/** AAC in LOAS (ISO/IEC 14496-3, 1.7.2): what is in the frame, its multiplex configuration tells. */
export const loasFrame: AudioFrameReader = {
  headerBytes: 3,
  read(bytes, at, out) {
    if (bytes[at] !== 0x56 || bytes[at + 1] >> 5 !== 7) return false;
    out.bytes = 3 + (((bytes[at + 1] & 0x1f) << 8) | bytes[at + 2]);
    out.samples = 0;
    out.sampleRateHz = 0;
    out.channels = 0;
    return out.bytes > 3;
  },
};

export const mpegAudioFrame: AudioFrameReader = {
  headerBytes: 4,
  read(bytes, at, out) {
    if (bytes[at] !== 0xff) return false;
    const header = mpegAudioHeader(u32be(bytes, at));
    if (!header || header.frameBytes < 4) return false;
    out.bytes = header.frameBytes;
    out.samples = header.samples;
    out.sampleRateHz = header.sampleRateHz;
    out.channels = header.channels;
    return true;
  },
};

export const ac3Frame: AudioFrameReader = {
  headerBytes: 8,
  read(bytes, at, out) {
    if (bytes[at] !== 0x0b) return false;
    const header = ac3Header(bytes, at);
    if (!header || header.frameBytes < 8) return false;
    out.bytes = header.frameBytes;
    out.samples = header.samples;
    out.sampleRateHz = header.sampleRateHz;
    out.channels = header.channels;
    return true;
  },
  isDependent: (bytes, at) => ac3Header(bytes, at)?.isDependent ?? false,
};
