/** What the four bytes at the beginning of a frame tell (ISO/IEC 11172-3, 2.4.1.3; ISO/IEC 13818-3, 2.4.2.3). */
export interface MpegAudioHeader {
  readonly layer: 1 | 2 | 3;
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
  /** Samples per channel. */
  readonly samples: number;
  /** With the header itself. */
  readonly frameBytes: number;
}

const rates = [44_100, 48_000, 32_000];
/** kbit/s of MPEG-1 by layer, of MPEG-2 layer I, of MPEG-2 layers II and III. */
const mpeg1 = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
];
const mpeg2First = [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
const mpeg2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** Null when the word is no header, or one of free format, whose length it does not tell. */
export function mpegAudioHeader(word: number): MpegAudioHeader | null {
  const version = (word >> 19) & 3; // 0: MPEG-2.5, 2: MPEG-2, 3: MPEG-1
  const layer = 4 - ((word >> 17) & 3);
  const bitrateIndex = (word >> 12) & 15;
  const rateIndex = (word >> 10) & 3;
  if (word >>> 21 !== 0x7ff || version === 1 || layer === 4 || rateIndex === 3) return null;
  if (bitrateIndex === 0 || bitrateIndex === 15) return null;
  const sampleRateHz = rates[rateIndex] >> (version === 3 ? 0 : version === 2 ? 1 : 2);
  const table = version === 3 ? mpeg1[layer - 1] : layer === 1 ? mpeg2First : mpeg2;
  const bitrate = 1000 * table[bitrateIndex];
  const padding = (word >> 9) & 1;
  const samples = layer === 1 ? 384 : layer === 3 && version !== 3 ? 576 : 1152;
  const frameBytes =
    layer === 1
      ? 4 * (Math.floor((12 * bitrate) / sampleRateHz) + padding)
      : Math.floor((samples * bitrate) / (8 * sampleRateHz)) + padding;
  const channels = ((word >> 6) & 3) === 3 ? 1 : 2;
  return { layer: layer as 1 | 2 | 3, sampleRateHz, channels, samples, frameBytes };
}
