import { BitReader } from '../bytes/bit-reader';
import { u16be } from '../bytes/integers';
import { AacCoding } from './audio/aac-coding';
import { type AacConfig, parseAacConfig, plainAacConfig } from './audio/aac-config';
import { Deinterleaver } from './audio/deinterleaver';
import { audioUnit } from './audio/frame-depacketizer';
import type { AccessUnit, CodecDefinition, CodecParameters, Depacketizer, MediaPacket } from './definition';
import { formatParameters, hexBytes } from './picture/format-parameters';

/** Lengths in bits of the fields of an AU-header (RFC 3640, section 4.1); 0 when absent. */
interface HeaderFields {
  readonly size: number;
  readonly index: number;
  readonly indexDelta: number;
  readonly ctsDelta: number;
  readonly dtsDelta: number;
  readonly hasRandomAccess: boolean;
  readonly streamState: number;
  readonly auxiliarySize: number;
  /** Bytes of every access unit when no header says it; 0 when unsaid. */
  readonly constantSize: number;
}

interface Header {
  readonly size: number;
  /** Frames after the first one of the packet. */
  readonly index: number;
}

interface Pending {
  readonly packet: MediaPacket;
  readonly bytes: Uint8Array;
  filled: number;
  readonly frames: number[];
}

const maxFieldBits = 32;
const maxUnitBytes = 65_536;

function fieldsOf(parameters: ReadonlyMap<string, string>): HeaderFields {
  // Section 3.3.5 and 3.3.6 fix the lengths of the two AAC modes; who says nothing means the usual one.
  const mode = parameters.get('mode')?.toLowerCase();
  const [size, index] = mode === 'aac-lbr' ? [6, 2] : mode === undefined || mode === 'aac-hbr' ? [13, 3] : [0, 0];
  const bits = (name: string, otherwise: number): number => {
    const value = Number(parameters.get(name) ?? otherwise);
    return Number.isInteger(value) && value >= 0 && value <= maxFieldBits ? value : otherwise;
  };
  const constantSize = Number(parameters.get('constantsize') ?? 0);
  return {
    size: bits('sizelength', size),
    index: bits('indexlength', index),
    indexDelta: bits('indexdeltalength', index),
    ctsDelta: bits('ctsdeltalength', 0),
    dtsDelta: bits('dtsdeltalength', 0),
    hasRandomAccess: parameters.get('randomaccessindication') === '1',
    streamState: bits('streamstateindication', 0),
    auxiliarySize: bits('auxiliarydatasizelength', 0),
    constantSize: Number.isInteger(constantSize) && constantSize > 0 ? Math.min(constantSize, maxUnitBytes) : 0,
  };
}

/**
 * Access units behind their headers, whole ones or one fragment a packet (RFC 3640, section 3.2). Interleaved ones
 * (section 3.2.3.2) are put in order by their index.
 */
class GenericDepacketizer implements Depacketizer {
  private readonly order = new Deinterleaver();
  private isInterleaved = false;
  private pending: Pending | null = null;

  constructor(
    private readonly fields: HeaderFields,
    private readonly configuration: Uint8Array,
    /** Ticks of the RTP clock that a frame lasts. */
    private readonly frameTicks: number,
  ) {}

  push(packet: MediaPacket): readonly AccessUnit[] {
    const units = [...this.checkPending(packet), ...this.unpack(packet)];
    return this.isInterleaved ? this.order.push(units, packet.timestamp) : units;
  }

  reset(): readonly AccessUnit[] {
    return this.flush();
  }

  flush(): readonly AccessUnit[] {
    return [...this.order.flush(), ...this.abandon()];
  }

  private unpack(packet: MediaPacket): AccessUnit[] {
    const { payload, missing } = packet;
    const damaged = [audioUnit(packet, packet.timestamp, [], { isDamaged: true })];
    const section = missing > 0 ? null : this.readHeaders(payload);
    if (!section) return damaged;
    const { headers, start } = section;
    if (this.pending) return this.continue(packet, payload.subarray(start));
    const [first] = headers;
    if (headers.length === 1 && first.size > payload.length - start) return this.begin(packet, first, start) ?? damaged;
    const units: AccessUnit[] = [];
    let at = start;
    for (const { size, index } of headers) {
      if (at + size > payload.length) {
        units.push(audioUnit(packet, this.timeOf(packet, index), [], { isFirst: at === start, isDamaged: true }));
        break;
      }
      const frame = payload.slice(at, at + size);
      if (size > 0) {
        units.push(audioUnit(packet, this.timeOf(packet, index), this.unit(frame), { isFirst: at === start }));
      }
      at += size;
    }
    return units;
  }

  /** `AU-headers-length (16) | AU-header ... | auxiliary section`, each section padded to whole bytes. */
  private readHeaders(payload: Uint8Array): { headers: Header[]; start: number } | null {
    const { fields } = this;
    const headers: Header[] = [];
    let start = 0;
    const hasHeaders = fields.size + fields.index + fields.indexDelta + fields.ctsDelta + fields.dtsDelta > 0;
    if (hasHeaders || fields.hasRandomAccess || fields.streamState > 0) {
      if (payload.length < 2) return null;
      const end = 16 + u16be(payload, 0);
      start = Math.ceil(end / 8);
      if (start > payload.length) return null;
      const reader = new BitReader(payload, 2, start);
      while (reader.position < end) {
        const header = this.readHeader(reader, headers, payload.length);
        if (!header || reader.position > end) return null;
        headers.push(header);
      }
    }
    if (fields.auxiliarySize > 0) {
      const reader = new BitReader(payload, start);
      reader.skip(reader.bits(fields.auxiliarySize));
      if (reader.isTruncated) return null;
      start = Math.ceil(reader.position / 8);
    }
    if (headers.length === 0) this.addConstantSizes(headers, payload.length - start);
    return headers.length > 0 ? { headers, start } : null;
  }

  private readHeader(reader: BitReader, before: readonly Header[], payloadBytes: number): Header | null {
    const { fields } = this;
    const size = fields.size > 0 ? reader.bits(fields.size) : fields.constantSize || payloadBytes;
    const previous = before.at(-1);
    let index = 0;
    if (previous) {
      const delta = fields.indexDelta > 0 ? reader.bits(fields.indexDelta) : 0;
      if (delta > 0) this.isInterleaved = true;
      index = previous.index + 1 + delta;
    } else {
      reader.skip(fields.index);
    }
    // The first header of a packet never has a CTS-delta, but its flag (section 3.2.1.1).
    if (fields.ctsDelta > 0 && reader.flag()) reader.skip(fields.ctsDelta);
    if (fields.dtsDelta > 0 && reader.flag()) reader.skip(fields.dtsDelta);
    if (fields.hasRandomAccess) reader.skip(1);
    reader.skip(fields.streamState);
    return reader.isTruncated || size > maxUnitBytes ? null : { size, index };
  }

  private addConstantSizes(headers: Header[], bytes: number): void {
    const size = this.fields.constantSize || bytes;
    if (size <= 0) return;
    for (let at = 0; at + size <= bytes; at += size) headers.push({ size, index: headers.length });
  }

  /** First fragment of an access unit that did not fit: its header tells the size of the whole. */
  private begin(packet: MediaPacket, { size }: Header, start: number): AccessUnit[] | null {
    if (packet.marker) return null;
    this.pending = { packet, bytes: new Uint8Array(size), filled: 0, frames: [] };
    return this.continue(packet, packet.payload.subarray(start));
  }

  private continue(packet: MediaPacket, piece: Uint8Array): AccessUnit[] {
    const { pending } = this;
    if (!pending) return [];
    pending.frames.push(packet.frame);
    const fits = pending.filled + piece.length <= pending.bytes.length;
    if (fits) pending.bytes.set(piece, pending.filled);
    pending.filled += piece.length;
    if (fits && pending.filled < pending.bytes.length && !packet.marker) return [];
    if (pending.filled !== pending.bytes.length) return this.abandon();
    this.pending = null;
    return [
      { ...audioUnit(pending.packet, pending.packet.timestamp, this.unit(pending.bytes)), frames: pending.frames },
    ];
  }

  /** Nothing is joined across a gap, nor with what bears another timestamp. */
  private checkPending(packet: MediaPacket): AccessUnit[] {
    const isSame = packet.lostBefore === 0 && packet.missing === 0;
    return this.pending && (!isSame || this.pending.packet.timestamp !== packet.timestamp) ? this.abandon() : [];
  }

  private abandon(): AccessUnit[] {
    const { pending } = this;
    this.pending = null;
    if (!pending) return [];
    const unit = audioUnit(pending.packet, pending.packet.timestamp, [], { isDamaged: true });
    return [{ ...unit, frames: pending.frames }];
  }

  private timeOf({ timestamp }: MediaPacket, index: number): number {
    return timestamp + Math.round(index * this.frameTicks);
  }

  private unit(frame: Uint8Array): Uint8Array[] {
    return [this.configuration, frame];
  }
}

/** The configuration signalled; without one, AAC LC of clock rate and channels. */
function configOf({ fmtp, clockRateHz, channels }: CodecParameters): AacConfig | null {
  const signalled = hexBytes(formatParameters(fmtp).get('config'));
  return signalled.length > 0 ? parseAacConfig(signalled) : plainAacConfig(clockRateHz, channels);
}

/** MPEG-4 elementary streams of any kind (RFC 3640); AAC is the one that is sent. */
export const mpeg4Generic: CodecDefinition = {
  id: 'mpeg4-generic',
  encodingName: 'MPEG4-GENERIC',
  media: 'audio',
  role: 'media',
  clockRateHz: 44_100,
  staticTypes: [],
  elementaryFormat: 'aac',
  createDepacketizer: (parameters) => {
    const map = formatParameters(parameters.fmtp);
    const config = configOf(parameters);
    const constantTicks = Number(map.get('constantduration') ?? 0);
    const coreTicks = config ? (config.coreFrameSamples * parameters.clockRateHz) / config.coreRateHz : 1024;
    const ticks = constantTicks > 0 && Number.isFinite(constantTicks) ? constantTicks : coreTicks;
    const configuration = config?.bytes ?? hexBytes(map.get('config'));
    return new GenericDepacketizer(fieldsOf(map), configuration, ticks);
  },
  createCoding: (parameters) => new AacCoding(configOf(parameters), parameters.clockRateHz, parameters.channels),
};
