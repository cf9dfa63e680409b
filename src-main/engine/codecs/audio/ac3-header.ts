import { BitReader } from '../../bytes/bit-reader';

/** What the beginning of a synchronization frame tells (ETSI TS 102 366, 4.4 and E.1.3). */
export interface Ac3Header {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Samples per channel. */
  readonly samples: number;
  readonly frameBytes: number;
  /** A substream that belongs to the independent one before it. */
  readonly isDependent: boolean;
}

const rates = [48_000, 44_100, 32_000];
/** kbit/s by half of frmsizecod. */
const bitrates = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640];
/** Full channels by acmod; the first is dual mono. */
const modeChannels = [2, 1, 2, 3, 3, 4, 4, 5];
const blockSamples = 256;
/** Bytes that a header needs. */
const headerBytes = 8;

/** AC-3 or E-AC-3, told apart by bsid; null when there is no frame at `start`. */
export function ac3Header(bytes: Uint8Array, start: number): Ac3Header | null {
  if (bytes.length - start < headerBytes || bytes[start] !== 0x0b || bytes[start + 1] !== 0x77) return null;
  const bsid = bytes[start + 5] >> 3;
  if (bsid <= 10) return plain(bytes, start);
  return bsid <= 16 ? enhanced(bytes, start) : null;
}

function plain(bytes: Uint8Array, start: number): Ac3Header | null {
  const rateCode = bytes[start + 4] >> 6;
  const sizeCode = bytes[start + 4] & 0x3f;
  if (rateCode === 3 || sizeCode > 37) return null;
  const kbps = bitrates[sizeCode >> 1];
  const sampleRateHz = rates[rateCode];
  // A frame of 44.1 kHz is no whole number of words: odd codes have one more.
  const words = Math.floor((96_000 * kbps) / sampleRateHz) + (rateCode === 1 ? sizeCode & 1 : 0);
  const reader = new BitReader(bytes, start + 6);
  const mode = reader.bits(3);
  if ((mode & 1) !== 0 && mode !== 1) reader.skip(2); // cmixlev
  if ((mode & 4) !== 0) reader.skip(2); // surmixlev
  if (mode === 2) reader.skip(2); // dsurmod
  const channels = modeChannels[mode] + reader.bit();
  return { sampleRateHz, channels, samples: 6 * blockSamples, frameBytes: 2 * words, isDependent: false };
}

function enhanced(bytes: Uint8Array, start: number): Ac3Header | null {
  const reader = new BitReader(bytes, start + 2);
  const streamType = reader.bits(2);
  const substream = reader.bits(3);
  const frameBytes = 2 * (reader.bits(11) + 1);
  const rateCode = reader.bits(2);
  const second = reader.bits(2);
  if (streamType === 3 || (rateCode === 3 && second === 3)) return null;
  // The reduced rates have frames of six blocks.
  const sampleRateHz = rateCode === 3 ? rates[second] / 2 : rates[rateCode];
  const blocks = rateCode === 3 ? 6 : [1, 2, 3, 6][second];
  const channels = modeChannels[reader.bits(3)] + reader.bit();
  const isDependent = streamType === 1 || substream > 0;
  return { sampleRateHz, channels, samples: blocks * blockSamples, frameBytes, isDependent };
}
