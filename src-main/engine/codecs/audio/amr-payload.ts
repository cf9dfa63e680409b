import { copyBits } from '../../bytes/bit-copy';
import { BitReader } from '../../bytes/bit-reader';
import type { AccessUnit, AudioCoding, CodecParameters, Depacketizer, MediaPacket } from '../definition';
import { formatParameters } from '../picture/format-parameters';
import { Deinterleaver } from './deinterleaver';
import { audioUnit } from './frame-depacketizer';

/** What tells AMR and AMR-WB apart (RFC 4867). */
export interface AmrKind {
  readonly sampleRateHz: number;
  /** Samples of the 20 ms of a frame; ticks as well. */
  readonly frameSamples: number;
  /** Speech bits by frame type, then those of the silence descriptor; -1 for types that are none. */
  readonly frameBits: readonly number[];
  /** Frame types below this are speech. */
  readonly speechTypes: number;
}

/** 3GPP TS 26.101, table 1a; types 9 to 11 are descriptors of other codecs. */
export const amrNarrowband: AmrKind = {
  sampleRateHz: 8000,
  frameSamples: 160,
  frameBits: [95, 103, 118, 134, 148, 159, 204, 244, 39, -1, -1, -1, -1, -1, -1, 0],
  speechTypes: 8,
};

/** 3GPP TS 26.201, table 1a; 14 says that speech was lost. */
export const amrWideband: AmrKind = {
  sampleRateHz: 16_000,
  frameSamples: 320,
  frameBits: [132, 177, 253, 285, 317, 365, 397, 461, 477, 40, -1, -1, -1, -1, 0, 0],
  speechTypes: 9,
};

/** How frames are packed (RFC 4867, section 8). */
interface AmrPacking {
  readonly isOctetAligned: boolean;
  readonly hasCrc: boolean;
  readonly isInterleaved: boolean;
  /** Octets of all frames are interleaved; nobody is known to send that, and it is not read. */
  readonly isRobustlySorted: boolean;
  readonly channels: number;
}

interface TocEntry {
  readonly type: number;
  readonly isGood: boolean;
}

interface AmrPayload {
  /** Frames as in a file of RFC 4867, section 5.3: type octet, then the speech bits; in the order of the payload. */
  readonly frames: readonly Uint8Array[];
  /** Places between consecutive frames of the payload: 1 unless interleaved. */
  readonly step: number;
}

/** Signalled parameters; each of the last three implies octet alignment (RFC 4867, section 8.1). */
function packingOf({ fmtp, channels }: CodecParameters): AmrPacking {
  const parameters = formatParameters(fmtp);
  const hasCrc = parameters.get('crc') === '1';
  const isRobustlySorted = parameters.get('robust-sorting') === '1';
  const isInterleaved = parameters.has('interleaving');
  return {
    isOctetAligned: parameters.get('octet-align') === '1' || hasCrc || isRobustlySorted || isInterleaved,
    hasCrc,
    isInterleaved,
    isRobustlySorted,
    channels,
  };
}

/**
 * Reads the octet-aligned form (RFC 4867, section 4.4) or the bandwidth-efficient one (section 4.3); null when the
 * payload is not exactly what its table of contents says.
 */
function readPayload(payload: Uint8Array, kind: AmrKind, packing: AmrPacking): AmrPayload | null {
  const { isOctetAligned } = packing;
  const reader = new BitReader(payload);
  reader.skip(isOctetAligned ? 8 : 4); // codec mode request
  const interleaving = packing.isInterleaved ? reader.bits(8) : 0;
  if ((interleaving & 15) > interleaving >> 4) return null;
  const toc: TocEntry[] = [];
  for (let follows = true; follows; ) {
    follows = reader.flag();
    toc.push({ type: reader.bits(4), isGood: reader.flag() });
    if (isOctetAligned) reader.skip(2);
    if (reader.isTruncated || kind.frameBits[toc[toc.length - 1].type] < 0) return null;
  }
  if (packing.hasCrc) reader.skip(8 * toc.filter(({ type }) => kind.frameBits[type] > 0).length);
  const frames = toc.map((entry) => readFrame(payload, reader, entry, kind.frameBits[entry.type], isOctetAligned));
  return reader.isTruncated || reader.remaining >= 8 ? null : { frames, step: 1 + (interleaving >> 4) };
}

function readFrame(
  payload: Uint8Array,
  reader: BitReader,
  { type, isGood }: TocEntry,
  bits: number,
  isOctetAligned: boolean,
): Uint8Array {
  const frame = new Uint8Array(1 + Math.ceil(bits / 8));
  frame[0] = (type << 3) | (isGood ? 4 : 0);
  frame.set(copyBits(payload, reader.position, bits), 1);
  reader.skip(isOctetAligned ? 8 * (frame.length - 1) : bits);
  return frame;
}

/** The payload is exactly what one packing makes of whole frames: two packings seldom both fit. */
export function isAmrPayload(payload: Uint8Array, kind: AmrKind, isOctetAligned: boolean): boolean {
  const packing = { isOctetAligned, hasCrc: false, isInterleaved: false, isRobustlySorted: false, channels: 1 };
  return readPayload(payload, kind, packing) !== null;
}

class AmrDepacketizer implements Depacketizer {
  private packing: AmrPacking;
  private readonly order = new Deinterleaver();

  constructor(
    private readonly kind: AmrKind,
    parameters: CodecParameters,
  ) {
    this.packing = packingOf(parameters);
  }

  push(packet: MediaPacket): readonly AccessUnit[] {
    const units = this.unpack(packet);
    return this.packing.isInterleaved ? this.order.push(units, packet.timestamp) : units;
  }

  reset(): readonly AccessUnit[] {
    return this.order.flush();
  }

  flush(): readonly AccessUnit[] {
    return this.order.flush();
  }

  /**
   * By the packing signalled, as long as it fits: some senders use the other one, and say nothing or the contrary. What
   * only the other one explains to the bit is believed from then on.
   */
  private read(payload: Uint8Array): AmrPayload | null {
    const { packing, kind } = this;
    const read = readPayload(payload, kind, packing);
    if (read || packing.hasCrc || packing.isInterleaved) return read;
    const other = { ...packing, isOctetAligned: !packing.isOctetAligned };
    const otherwise = readPayload(payload, kind, other);
    if (otherwise) this.packing = other;
    return otherwise;
  }

  private unpack(packet: MediaPacket): AccessUnit[] {
    const { payload, missing, timestamp } = packet;
    const read = missing > 0 || this.packing.isRobustlySorted ? null : this.read(payload);
    const { packing, kind } = this;
    if (!read) return [audioUnit(packet, timestamp, [], { isDamaged: true })];
    // Of several channels the first is heard: their frames stand beside each other (RFC 4867, section 4.1).
    const first = read.frames.filter((_, i) => i % packing.channels === 0);
    return first.map((frame, i) =>
      audioUnit(packet, timestamp + i * read.step * kind.frameSamples, [frame], { isFirst: i === 0 }),
    );
  }
}

export function createAmrDepacketizer(kind: AmrKind, parameters: CodecParameters): Depacketizer {
  return new AmrDepacketizer(kind, parameters);
}

/** Silence descriptors are no sound: what a receiver makes of them is its own invention. */
export function amrCoding(kind: AmrKind): AudioCoding {
  return {
    sampleRateHz: kind.sampleRateHz,
    channels: 1,
    measure: ({ units: [frame] }) => ({
      samples: frame[0] >> 3 < kind.speechTypes ? kind.frameSamples : 0,
      sampleRateHz: kind.sampleRateHz,
    }),
  };
}
