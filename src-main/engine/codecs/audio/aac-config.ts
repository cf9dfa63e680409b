import { copyBits } from '../../bytes/bit-copy';
import { BitReader } from '../../bytes/bit-reader';

/** ISO/IEC 14496-3, table 1.18; 15 stands for a rate written out. */
const rates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350];
/** Channels by configuration (table 1.19); 0 stands for a description that follows, which is not counted here. */
const channelCounts = [2, 1, 2, 3, 4, 5, 6, 8];

/** Audio object types (table 1.17). */
const AudioObject = { main: 1, lc: 2, ltp: 4, sbr: 5, ps: 29, ld: 23, eld: 39 } as const;

/** AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1), as far as files and times need it. */
export interface AacConfig {
  readonly bytes: Uint8Array;
  /** Bits that belong to it; the last byte may have more. */
  readonly bits: number;
  /** Of the core: what SBR is laid upon. */
  readonly objectType: number;
  readonly coreRateHz: number;
  /** Index into the table of rates; 15 when the rate is written out. */
  readonly rateIndex: number;
  readonly channelConfiguration: number;
  /** Samples per channel of a frame at the core's rate. */
  readonly coreFrameSamples: number;
  /** Of the decoded sound. */
  readonly sampleRateHz: number;
  readonly channels: number;
}

/**
 * Reads a configuration from where the reader stands, to its exact end as far as the core goes: what follows in
 * sections of its own (1.6.6) is left to decoders. Null for object types other than those of AAC, and for malformed
 * ones.
 */
export function readAacConfig(reader: BitReader, source: Uint8Array): AacConfig | null {
  const start = reader.position;
  let objectType = readObjectType(reader);
  let { rateIndex, rateHz } = readRate(reader);
  const channelConfiguration = reader.bits(4);
  const coreRate = { rateIndex, rateHz };
  let channels = channelCounts[channelConfiguration] ?? 0;
  if (objectType === AudioObject.sbr || objectType === AudioObject.ps) {
    if (objectType === AudioObject.ps) channels = 2;
    ({ rateIndex, rateHz } = readRate(reader));
    objectType = readObjectType(reader);
  }
  const frame = readSpecific(reader, objectType, channelConfiguration);
  if (frame === 0 || reader.isTruncated || coreRate.rateHz === 0 || rateHz === 0 || channels === 0) return null;
  return {
    bytes: copyBits(source, start, reader.position - start),
    bits: reader.position - start,
    objectType,
    coreRateHz: coreRate.rateHz,
    rateIndex: coreRate.rateIndex,
    channelConfiguration,
    coreFrameSamples: frame,
    sampleRateHz: rateHz,
    channels,
  };
}

/** A configuration that stands alone; what follows its core belongs to it. */
export function parseAacConfig(bytes: Uint8Array): AacConfig | null {
  const config = readAacConfig(new BitReader(bytes), bytes);
  return config && { ...config, bytes, bits: 8 * bytes.length };
}

/** AAC LC as nothing but rate and channels say; null when there is no code for them. */
export function plainAacConfig(sampleRateHz: number, channels: number): AacConfig | null {
  const index = rates.indexOf(sampleRateHz);
  const configuration = channelCounts.indexOf(channels, 1);
  if (index < 0 || configuration < 0) return null;
  const word = (AudioObject.lc << 11) | (index << 7) | (configuration << 3);
  return parseAacConfig(Uint8Array.of(word >> 8, word & 0xff));
}

function readObjectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === 31 ? 32 + reader.bits(6) : type;
}

function readRate(reader: BitReader): { rateIndex: number; rateHz: number } {
  const rateIndex = reader.bits(4);
  return { rateIndex, rateHz: rateIndex === 15 ? reader.bits(24) : (rates[rateIndex] ?? 0) };
}

/** GASpecificConfig (4.4.1) or ELDSpecificConfig (4.6.20); answers samples of a frame, 0 for what is not AAC. */
function readSpecific(reader: BitReader, objectType: number, channelConfiguration: number): number {
  if (objectType === AudioObject.eld) return readEld(reader, channelConfiguration);
  const isResilient = objectType >= 17 && objectType <= AudioObject.ld;
  if (!(objectType >= AudioObject.main && objectType <= AudioObject.ltp) && !isResilient && objectType !== 6) return 0;
  const isShort = reader.flag();
  if (reader.flag()) reader.skip(14); // coreCoderDelay
  const hasExtension = reader.flag();
  if (channelConfiguration === 0) skipProgramConfig(reader);
  if (objectType === 6 || objectType === 20) reader.skip(3); // layerNr
  if (hasExtension) {
    if (objectType === 22) reader.skip(16);
    else if (objectType === 17 || objectType === 19 || objectType === 20 || objectType === AudioObject.ld) {
      reader.skip(3);
    }
    reader.skip(1); // extensionFlag3
  }
  if (isResilient) reader.skip(2); // epConfig
  const long = objectType === AudioObject.ld ? 512 : 1024;
  return isShort ? (long * 15) / 16 : long;
}

/** Without SBR of its own only: with it the frame is read by decoders, its length is the same. */
function readEld(reader: BitReader, channelConfiguration: number): number {
  const isShort = reader.flag();
  reader.skip(3);
  const hasSbr = reader.flag();
  if (hasSbr || channelConfiguration === 0) return 0;
  while (!reader.isTruncated && reader.bits(4) !== 0) {
    let length = reader.bits(4);
    if (length === 15) length += reader.bits(8);
    if (length === 15 + 255) length += reader.bits(16);
    reader.skip(8 * length);
  }
  reader.skip(2); // epConfig
  return isShort ? 480 : 512;
}

/** program_config_element (4.4.1.1); it aligns to bytes within itself. */
function skipProgramConfig(reader: BitReader): void {
  const start = reader.position;
  reader.skip(10);
  const [front, side, back] = [reader.bits(4), reader.bits(4), reader.bits(4)];
  const [lfe, data, coupling] = [reader.bits(2), reader.bits(3), reader.bits(4)];
  if (reader.flag()) reader.skip(4);
  if (reader.flag()) reader.skip(4);
  if (reader.flag()) reader.skip(3);
  reader.skip(5 * (front + side + back + coupling) + 4 * (lfe + data));
  reader.skip((8 - ((reader.position - start) % 8)) % 8);
  reader.skip(8 * reader.bits(8));
}
