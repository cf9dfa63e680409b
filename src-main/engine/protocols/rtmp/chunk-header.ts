import { u24be, u32be, u32le } from '../../bytes/integers';
import { isKnownType, RtmpType } from './message';

/** Longest header of a chunk: basic header of 3 bytes, message header of 11, extended timestamp of 4. */
export const maxHeaderBytes = 18;
/** A timestamp field that says: the timestamp stands behind (section 5.3.1.3). */
export const extendedMark = 0xff_ff_ff;
export const defaultChunkSize = 128;
/** No payload is longer: its length has 24 bits. */
export const maxMessageBytes = 0xff_ff_ff;

const messageHeaderBytes = [11, 7, 3, 0];

/** Bytes of the basic header, by its first byte (section 5.3.1.1). */
export function basicHeaderBytes(first: number): number {
  const low = first & 0x3f;
  return low > 1 ? 1 : low + 2;
}

/** Bytes of basic and message header together, without an extended timestamp. */
export const headerBytes = (first: number): number => basicHeaderBytes(first) + messageHeaderBytes[first >>> 6];

export function chunkStreamId(bytes: Uint8Array, at: number): number {
  const low = bytes[at] & 0x3f;
  if (low === 0) return 64 + bytes[at + 1];
  if (low === 1) return 64 + bytes[at + 1] + 256 * bytes[at + 2];
  return low;
}

/** What a header of format 0 or 1 says, and how much it speaks for itself; reused. */
export class HeaderLook {
  format = 0;
  chunkStream = 0;
  /** Bytes of the whole header. */
  bytes = 0;
  length = 0;
  type = 0;
  hasExtended = false;
  messageStream = 0;
  /** 0: impossible; else the more the less likely it is by chance. */
  points = 0;
}

/** Longest payloads that are believed of a header that stands alone, by type. */
function longest(type: number): number {
  if (type === RtmpType.video || type === RtmpType.aggregate) return 4 << 20;
  return type === RtmpType.audio ? 1 << 16 : 1 << 20;
}

/**
 * Looks at a header of format 0 or 1 at `at` with the first byte of its payload; `null` when there are too few bytes to
 * tell. `points` is 0 for what no sender writes.
 */
export function lookAtHeader(bytes: Uint8Array, at: number, end: number, look: HeaderLook): HeaderLook | null {
  look.points = 0;
  if (at >= end) return null;
  const first = bytes[at];
  const format = first >>> 6;
  if (format > 1) return look;
  const basic = basicHeaderBytes(first);
  const plain = basic + messageHeaderBytes[format];
  if (at + plain > end) return null;
  const timestamp = u24be(bytes, at + basic);
  const hasExtended = timestamp === extendedMark;
  const header = plain + (hasExtended ? 4 : 0);
  const type = bytes[at + basic + 6];
  const length = u24be(bytes, at + basic + 3);
  look.format = format;
  look.chunkStream = chunkStreamId(bytes, at);
  look.bytes = header;
  look.length = length;
  look.type = type;
  look.hasExtended = hasExtended;
  look.messageStream = format === 0 ? u32le(bytes, at + basic + 7) : -1;
  if (!isKnownType(type) || length === 0 || length > longest(type) || basic > 2) return look;
  // A difference of more than ten minutes is none.
  if (format === 1 && timestamp > 600_000 && !hasExtended) return look;
  if (format === 0 && look.messageStream > 0xff) return look;
  if (type <= RtmpType.setPeerBandwidth) {
    look.points = controlPoints(look, bytes, at + header, end);
    return look;
  }
  if (at + header >= end) return null;
  if (hasExtended && u32be(bytes, at + plain) < extendedMark) return look;
  if (!isPayloadStart(type, bytes[at + header])) return look;
  look.points = format === 0 ? 4 : 3;
  return look;
}

/** Protocol control messages have a message stream of 0 and a length that belongs to their type (section 5.4). */
function controlPoints(look: HeaderLook, bytes: Uint8Array, payload: number, end: number): number {
  const { length, type } = look;
  if (look.chunkStream !== 2 || look.messageStream > 0) return 0;
  if (type === RtmpType.userControl) {
    const isLong = length === 6 || length === 10;
    if (!isLong || (payload + 2 <= end && bytes[payload] !== 0)) return 0;
  } else if (length !== (type === RtmpType.setPeerBandwidth ? 5 : 4)) return 0;
  return look.format === 0 ? 6 : 4;
}

/** Whether a message of this type may begin with this byte. */
export function isPayloadStart(type: number, first: number): boolean {
  switch (type) {
    case RtmpType.audio: {
      const format = first >> 4;
      return format <= 11 || format >= 14;
    }
    case RtmpType.video: {
      const frameType = (first >> 4) & 7;
      const low = first & 0x0f;
      return frameType >= 1 && frameType <= 5 && (first >= 0x80 ? low <= 7 : (low >= 2 && low <= 7) || low >= 12);
    }
    case RtmpType.commandAmf0:
    case RtmpType.dataAmf0:
      return first === 2;
    case RtmpType.commandAmf3:
    case RtmpType.dataAmf3:
      return first === 0 || first === 2;
    case RtmpType.aggregate:
      return first === RtmpType.audio || first === RtmpType.video || first === RtmpType.dataAmf0;
    default:
      return true;
  }
}
