/** Fixed part of the header (RFC 3550, section 5.1). */
const rtpHeaderLength = 12;

/**
 * The fields of one RTP packet. One instance is reused for all packets. Positions are offsets into the bytes
 * that were parsed.
 */
export class RtpHeader {
  marker = false;
  payloadType = 0;
  sequence = 0;
  timestamp = 0;
  ssrc = 0;
  csrcCount = 0;
  /** Contributing sources: `csrcCount` times four bytes from here. */
  csrcStart = 0;
  /** "Defined by profile" of the header extension; -1 without one (RFC 3550, section 5.3.1). */
  extensionProfile = -1;
  /** Body of the header extension is `[extensionStart..extensionEnd)`. */
  extensionStart = 0;
  extensionEnd = 0;
  /** Payload, padding removed, is `[payloadStart..payloadEnd)`. */
  payloadStart = 0;
  payloadEnd = 0;
  /** Padding bytes at the end; 0 when there is none or its length byte was not captured. */
  paddingLength = 0;
  /** The padding bit is set and the length in the last byte is impossible; the payload then keeps all bytes. */
  isPaddingInvalid = false;
}

/**
 * Parses the RTP packet `bytes[start..end)` into `header`. `missing` bytes followed on the wire that were not
 * captured: header parts that lie in them count as present. Returns false when the version is not 2 or the header
 * does not fit into the datagram (RFC 3550, section 5.1 and appendix A.1); `header` is then undefined.
 */
export function parseRtpHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  missing: number,
  header: RtpHeader,
): boolean {
  if (end - start < rtpHeaderLength || end > bytes.length) return false;
  const first = bytes[start];
  if (first >> 6 !== 2) return false;
  const wireEnd = end + missing;

  const second = bytes[start + 1];
  header.marker = second >= 0x80;
  header.payloadType = second & 0x7f;
  header.sequence = (bytes[start + 2] << 8) | bytes[start + 3];
  header.timestamp = readUint32(bytes, start + 4);
  header.ssrc = readUint32(bytes, start + 8);
  header.csrcCount = first & 0x0f;
  header.csrcStart = start + rtpHeaderLength;

  let position = header.csrcStart + 4 * header.csrcCount;
  header.extensionProfile = -1;
  header.extensionStart = position;
  header.extensionEnd = position;
  if (first & 0x10) {
    if (position + 4 > wireEnd) return false;
    if (position + 4 <= end) {
      header.extensionProfile = (bytes[position] << 8) | bytes[position + 1];
      header.extensionStart = position + 4;
      position += 4 + 4 * ((bytes[position + 2] << 8) | bytes[position + 3]);
      header.extensionEnd = Math.min(position, end);
    } else {
      position = end;
    }
  }
  if (position > wireEnd) return false;

  header.payloadStart = Math.min(position, end);
  header.payloadEnd = end;
  header.paddingLength = 0;
  header.isPaddingInvalid = false;
  if (first & 0x20 && missing === 0) {
    const padding = end > position ? bytes[end - 1] : 0;
    if (padding === 0 || padding > end - position) {
      header.isPaddingInvalid = true;
    } else {
      header.paddingLength = padding;
      header.payloadEnd = end - padding;
    }
  }
  return true;
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0;
}
