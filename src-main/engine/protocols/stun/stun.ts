import { formatAddress } from '../../bytes/addresses';

/** RFC 8489, section 5. */
const headerLength = 20;
const magicCookie = [0x21, 0x12, 0xa4, 0x42];

/** Methods (RFC 8489, section 18.2; RFC 8656, section 17). */
export const StunMethod = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  createPermission: 0x008,
  channelBind: 0x009,
} as const;

/** RFC 8489, section 18.3; RFC 8656, section 18. */
export const StunAttribute = {
  channelNumber: 0x000c,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  fingerprint: 0x8028,
} as const;

/** What a message is for. */
export type StunClass = 'request' | 'indication' | 'success' | 'error';

const classes = ['request', 'indication', 'success', 'error'] as const;
const methodNames: ReadonlyMap<number, string> = new Map([
  [StunMethod.binding, 'Binding'],
  [StunMethod.allocate, 'Allocate'],
  [StunMethod.refresh, 'Refresh'],
  [StunMethod.send, 'Send'],
  [StunMethod.data, 'Data'],
  [StunMethod.createPermission, 'CreatePermission'],
  [StunMethod.channelBind, 'ChannelBind'],
]);

/**
 * Whether `bytes[start..end)` begins with a STUN message: the two highest bits are zero, the magic cookie is there and
 * the length is a multiple of four (RFC 8489, section 5). In a datagram it must fill all of it.
 */
export function isStun(bytes: Uint8Array, start: number, end: number, isDatagram: boolean): boolean {
  if (end - start < headerLength || bytes[start] > 0x3f) return false;
  for (let i = 0; i < 4; i += 1) if (bytes[start + 4 + i] !== magicCookie[i]) return false;
  const length = stunLength(bytes, start);
  return length % 4 === 0 && (!isDatagram || start + length === end);
}

/** Bytes of the message at `start`, header included. */
export function stunLength(bytes: Uint8Array, start: number): number {
  return headerLength + ((bytes[start + 2] << 8) | bytes[start + 3]);
}

/** The method of a message (RFC 8489, section 5: its bits lie around those of the class). */
export function stunMethod(bytes: Uint8Array, start: number): number {
  const type = (bytes[start] << 8) | bytes[start + 1];
  return (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2);
}

export function stunClass(bytes: Uint8Array, start: number): StunClass {
  return classes[((bytes[start + 1] >> 4) & 1) | ((bytes[start] & 1) << 1)];
}

/** `Binding request`, `Data indication`. */
export function stunName(bytes: Uint8Array, start: number): string {
  const method = stunMethod(bytes, start);
  return `${methodNames.get(method) ?? `method 0x${method.toString(16)}`} ${stunClass(bytes, start)}`;
}

/** Offset of the value of an attribute, and its length; null when the message has none such. */
export function stunAttribute(
  bytes: Uint8Array,
  start: number,
  end: number,
  type: number,
): { readonly start: number; readonly end: number } | null {
  const messageEnd = Math.min(end, start + stunLength(bytes, start));
  let at = start + headerLength;
  while (at + 4 <= messageEnd) {
    const length = (bytes[at + 2] << 8) | bytes[at + 3];
    const valueEnd = at + 4 + length;
    if (valueEnd > messageEnd) return null;
    if (((bytes[at] << 8) | bytes[at + 1]) === type) return { start: at + 4, end: valueEnd };
    // Values are padded to four bytes.
    at = valueEnd + ((4 - (length % 4)) % 4);
  }
  return null;
}

/** The address in an XOR-... attribute (RFC 8489, section 14.2); null when it has none. */
export function stunPeer(bytes: Uint8Array, start: number, end: number): { address: string; port: number } | null {
  const found = stunAttribute(bytes, start, end, StunAttribute.xorPeerAddress);
  if (!found) return null;
  const length = bytes[found.start + 1] === 2 ? 16 : 4;
  if (found.end - found.start < 4 + length) return null;
  const address = new Uint8Array(length);
  // The mask is the magic cookie and, for IPv6, the transaction identifier behind it.
  for (let i = 0; i < length; i += 1) address[i] = bytes[found.start + 4 + i] ^ bytes[start + 4 + i];
  const port = ((bytes[found.start + 2] << 8) | bytes[found.start + 3]) ^ 0x2112;
  return { address: formatAddress(address, 0, length), port };
}

/** Channel that a ChannelBind request names; -1 without one. */
export function stunChannel(bytes: Uint8Array, start: number, end: number): number {
  const found = stunAttribute(bytes, start, end, StunAttribute.channelNumber);
  return found && found.end - found.start >= 2 ? (bytes[found.start] << 8) | bytes[found.start + 1] : -1;
}

/**
 * Bytes of the ChannelData message at `start`, header included and padding not (RFC 8656, section 12.4; channels up to
 * 0x7fff were allowed by RFC 5766); 0 when none begins there.
 */
export function channelDataLength(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 4 || bytes[start] < 0x40 || bytes[start] > 0x7f) return 0;
  return 4 + ((bytes[start + 2] << 8) | bytes[start + 3]);
}

/** Whether a datagram is one ChannelData message; senders may pad it to four bytes. */
export function isChannelData(bytes: Uint8Array, start: number, end: number): boolean {
  const length = channelDataLength(bytes, start, end);
  const rest = end - start - length;
  return length > 4 && rest >= 0 && rest < 4 && (rest === 0 || (end - start) % 4 === 0);
}
