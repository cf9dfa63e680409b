import { u16be } from '../bytes/integers';
import { IpProtocol, type PacketView } from './packet';

/** What the checksum of a UDP datagram says about it. */
export const UdpChecksum = {
  /** Right, or none, which IPv4 allows (RFC 768). */
  right: 0,
  wrong: 1,
  /** The sum of the pseudo header alone: the capturing machine leaves the rest to its network card. */
  offloaded: 2,
  /** Not all of the datagram was captured. */
  unknown: 3,
  /** None in IPv6, which asks for one (RFC 8200, section 8.1). */
  missing: 4,
} as const;

/** Words of the buffer that was summed last: windows stay the same for many frames. */
let words: Int32Array = new Int32Array(0);

/** Verifies the checksum of the datagram in `packet`, pseudo header and payload. */
export function verifyUdpChecksum(packet: PacketView): number {
  const { bytes, transportStart, payloadEnd, payloadMissing } = packet;
  if (packet.protocol !== IpProtocol.udp || transportStart < 0 || payloadMissing > 0) return UdpChecksum.unknown;
  const length = u16be(bytes, transportStart + 4);
  // A length that lies was reported, and what the sum would cover is anybody's guess.
  if (transportStart + length !== payloadEnd) return UdpChecksum.unknown;
  const stored = u16be(bytes, transportStart + 6);
  if (stored === 0) return packet.ipVersion === 4 ? UdpChecksum.right : UdpChecksum.missing;
  const pseudo = fold(sumAddresses(packet) + IpProtocol.udp + length);
  if (fold(pseudo + sum(bytes, transportStart, payloadEnd)) === 0xffff) return UdpChecksum.right;
  return stored === fold(pseudo) ? UdpChecksum.offloaded : UdpChecksum.wrong;
}

/** Source and destination lie side by side in both versions, but for packets that were put together. */
function sumAddresses({ bytes, ipVersion, source, destination }: PacketView): number {
  const length = ipVersion === 4 ? 4 : 16;
  let total = 0;
  for (let i = 0; i < length; i += 2) total += u16be(bytes, source + i) + u16be(bytes, destination + i);
  return total;
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Sum of the 16-bit words of `bytes[start..end)`, at most 16 bits. Aligned words of 4 bytes are added in the
 * machine's byte order, and the result is swapped when that, or an odd start, asks for it (RFC 1071, section 2).
 */
function sum(bytes: Uint8Array, start: number, end: number): number {
  if (words.buffer !== bytes.buffer) words = new Int32Array(bytes.buffer, 0, bytes.buffer.byteLength >> 2);
  const view = words;
  const { byteOffset } = bytes;
  const alignedStart = Math.min(end, start + (-(byteOffset + start) & 3));
  const alignedEnd = Math.max(alignedStart, end - ((byteOffset + end) & 3));
  let total = 0;
  for (let i = (byteOffset + alignedStart) >> 2, last = (byteOffset + alignedEnd) >> 2; i < last; i += 1) {
    const word = view[i];
    total += (word & 0xffff) + (word >>> 16);
  }
  total = fold(total);
  if (isLittleEndian !== (((alignedStart - start) & 1) !== 0)) total = ((total & 0xff) << 8) | (total >>> 8);
  for (let i = start; i < alignedStart; i += 1) total += ((i - start) & 1) === 0 ? bytes[i] << 8 : bytes[i];
  for (let i = alignedEnd; i < end; i += 1) total += ((i - start) & 1) === 0 ? bytes[i] << 8 : bytes[i];
  return fold(total);
}

/** Adds the carries back in; 0 stays 0, other multiples of 65535 become 65535. */
function fold(value: number): number {
  const once = (value & 0xffff) + (value >>> 16);
  return (once & 0xffff) + (once >>> 16);
}
