import { copyBits } from '../bytes/bit-copy';
import { BitReader } from '../bytes/bit-reader';
import { AacCoding } from './audio/aac-coding';
import { type AacConfig, readAacConfig } from './audio/aac-config';
import { audioUnit } from './audio/frame-depacketizer';
import type { AccessUnit, CodecDefinition, CodecParameters, Depacketizer, MediaPacket } from './definition';
import { concatenate } from './picture/coded-picture';
import { formatParameters, hexBytes } from './picture/format-parameters';

/** StreamMuxConfig (ISO/IEC 14496-3, 1.7.3) of one program with one layer. */
interface MuxConfig {
  readonly config: AacConfig;
  /** Frames of an AudioMuxElement. */
  readonly frames: number;
  /** Bits of a frame when they do not stand before it; 0 when they do. */
  readonly fixedBits: number;
  readonly otherDataBits: number;
}

const maxElementBytes = 1 << 18;

/** Null for several programs or layers, for object types other than AAC, and for malformed ones. */
function readMuxConfig(reader: BitReader, source: Uint8Array): MuxConfig | null {
  const version = reader.bit();
  if (version === 1 && reader.flag()) return null; // audioMuxVersionA is reserved
  if (version === 1) readValue(reader); // taraBufferFullness
  reader.skip(1); // allStreamsSameTimeFraming
  const frames = 1 + reader.bits(6);
  const programs = 1 + reader.bits(4);
  const layers = 1 + reader.bits(3);
  if (programs > 1 || layers > 1) return null;
  const length = version === 1 ? readValue(reader) : 0;
  const start = reader.position;
  const config = readAacConfig(reader, source);
  if (!config) return null;
  if (version === 1) reader.skip(Math.max(0, start + length - reader.position));
  const frameLengthType = reader.bits(3);
  let fixedBits = 0;
  if (frameLengthType === 0)
    reader.skip(8); // latmBufferFullness
  else if (frameLengthType === 1) fixedBits = 8 * (reader.bits(9) + 20);
  else return null;
  const otherDataBits = reader.flag() ? readOtherLength(reader, version) : 0;
  if (reader.flag()) reader.skip(8); // crcCheckSum
  return reader.isTruncated ? null : { config, frames, fixedBits, otherDataBits };
}

/** Configuration that an AudioMuxElement begins with; null when it stands in an earlier one, or cannot be read. */
export function latmConfig(element: Uint8Array): AacConfig | null {
  const reader = new BitReader(element);
  return reader.flag() ? null : (readMuxConfig(reader, element)?.config ?? null);
}

/** LatmGetValue: 1 to 4 bytes. */
function readValue(reader: BitReader): number {
  return reader.bits(8 * (1 + reader.bits(2)));
}

function readOtherLength(reader: BitReader, version: number): number {
  if (version === 1) return readValue(reader);
  let length = 0;
  for (let more = true; more && !reader.isTruncated; ) {
    more = reader.flag();
    length = length * 256 + reader.bits(8);
  }
  return length;
}

/**
 * One AudioMuxElement in one or several packets, the last of them marked (RFC 6416, section 6.3). Its configuration was
 * signalled (`cpresent=0`), or stands in some of the elements: those before the first one cannot be read.
 */
class LatmDepacketizer implements Depacketizer {
  private mux: MuxConfig | null;
  private pieces: Uint8Array[] = [];
  private first: MediaPacket | null = null;
  private frames: number[] = [];
  private isBroken = false;
  private length = 0;

  constructor(
    signalled: MuxConfig | null,
    private readonly hasConfigInBand: boolean,
    private readonly clockRateHz: number,
  ) {
    this.mux = signalled;
  }

  push(packet: MediaPacket): readonly AccessUnit[] {
    const units: AccessUnit[] = [];
    if (this.first && (packet.lostBefore > 0 || packet.timestamp !== this.first.timestamp)) {
      this.isBroken = true;
      units.push(...this.finish());
    }
    this.first ??= packet;
    this.frames.push(packet.frame);
    this.length += packet.payload.length;
    if (packet.missing > 0 || this.length > maxElementBytes) this.isBroken = true;
    else if (!this.isBroken) this.pieces.push(packet.payload.slice());
    // Senders that never mark send whole elements: the length tells.
    if (packet.marker || this.isWhole()) units.push(...this.finish());
    return units;
  }

  reset(): readonly AccessUnit[] {
    return this.flush();
  }

  flush(): readonly AccessUnit[] {
    if (this.first) this.isBroken = true;
    return this.finish();
  }

  private isWhole(): boolean {
    if (this.isBroken || this.pieces.length !== 1) return false;
    const { mux } = this;
    const isWhole = this.read(this.pieces[0]) !== null;
    this.mux = mux;
    return isWhole;
  }

  private finish(): AccessUnit[] {
    const { first, frames } = this;
    const frameList = this.isBroken ? null : this.read(concatenate(this.pieces, this.length));
    this.first = null;
    this.frames = [];
    this.pieces = [];
    this.length = 0;
    this.isBroken = false;
    if (!first) return [];
    const { mux } = this;
    if (!frameList || !mux) return [{ ...audioUnit(first, first.timestamp, [], { isDamaged: true }), frames }];
    const ticks = (mux.config.coreFrameSamples * this.clockRateHz) / mux.config.coreRateHz;
    return frameList.map((frame, i) => ({
      ...audioUnit(first, first.timestamp + Math.round(i * ticks), [mux.config.bytes, frame], { isFirst: i === 0 }),
      frames,
    }));
  }

  /** Frames of an AudioMuxElement (1.7.3); null when it is malformed, or its configuration unknown. */
  private read(element: Uint8Array): Uint8Array[] | null {
    const reader = new BitReader(element);
    if (this.hasConfigInBand && !reader.flag()) {
      const mux = readMuxConfig(reader, element);
      // The same configuration keeps its identity: it is parsed once.
      if (!mux || !this.mux || !isSame(mux, this.mux)) this.mux = mux;
    }
    const { mux } = this;
    if (!mux) return null;
    const frames: Uint8Array[] = [];
    for (let i = 0; i < mux.frames; i += 1) {
      const bytes = mux.fixedBits > 0 ? mux.fixedBits / 8 : readLength(reader);
      if (8 * bytes > reader.remaining) return null;
      frames.push(copyBits(element, reader.position, 8 * bytes));
      reader.skip(8 * bytes);
    }
    reader.skip(mux.otherDataBits);
    return reader.isTruncated || reader.remaining >= 8 ? null : frames;
  }
}

/** PayloadLengthInfo: bytes of 255 and one that is less are added up. */
function readLength(reader: BitReader): number {
  let length = 0;
  for (let part = 255; part === 255 && !reader.isTruncated; ) {
    part = reader.bits(8);
    length += part;
  }
  return length;
}

function isSame(a: MuxConfig, b: MuxConfig): boolean {
  const isSameConfig = a.config.bits === b.config.bits && a.config.bytes.every((byte, i) => byte === b.config.bytes[i]);
  return isSameConfig && a.frames === b.frames && a.fixedBits === b.fixedBits && a.otherDataBits === b.otherDataBits;
}

function signalledMux({ fmtp }: CodecParameters): { readonly mux: MuxConfig | null; readonly isInBand: boolean } {
  const parameters = formatParameters(fmtp);
  const bytes = hexBytes(parameters.get('config'));
  const mux = bytes.length > 0 ? readMuxConfig(new BitReader(bytes), bytes) : null;
  // RFC 6416, section 7.3: the configuration is in band unless said otherwise; senders of `config` mean what they say.
  return { mux, isInBand: parameters.get('cpresent') !== '0' };
}

/** AAC in LATM (RFC 6416, section 6). */
export const mp4aLatm: CodecDefinition = {
  id: 'mp4a-latm',
  encodingName: 'MP4A-LATM',
  media: 'audio',
  role: 'media',
  clockRateHz: 90_000,
  staticTypes: [],
  elementaryFormat: 'aac',
  createDepacketizer: (parameters) => {
    const { mux, isInBand } = signalledMux(parameters);
    return new LatmDepacketizer(mux, isInBand, parameters.clockRateHz);
  },
  createCoding: (parameters) => {
    const config = signalledMux(parameters).mux?.config ?? null;
    const { clockRateHz, channels } = parameters;
    // The clock need not be the sampling rate; one that is none of audio tells nothing.
    return new AacCoding(config, clockRateHz === 90_000 ? 48_000 : clockRateHz, channels);
  },
};
