import { concat } from '../../capture/testing/capture-builder';

/** Builds packets for tests, from the inside out. Checksums are left 0: the engine does not look at them. */

const be16 = (value: number): Uint8Array => Uint8Array.of((value >> 8) & 0xff, value & 0xff);
const be32 = (value: number): Uint8Array =>
  Uint8Array.of((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);

export const MAC_A = Uint8Array.of(2, 0, 0, 0, 0, 0x0a);
export const MAC_B = Uint8Array.of(2, 0, 0, 0, 0, 0x0b);

/** Ethernet II; `tags` are VLAN tags from the outside in, as EtherType and identifier. */
export function ethernet(
  etherType: number,
  payload: Uint8Array,
  tags: readonly (readonly [number, number])[] = [],
): Uint8Array {
  return concat(MAC_B, MAC_A, ...tags.map(([type, id]) => concat(be16(type), be16(id))), be16(etherType), payload);
}

export function ipv4Address(text: string): Uint8Array {
  return Uint8Array.from(text.split('.'), Number);
}

/** `text` with all eight groups or one `::`. */
export function ipv6Address(text: string): Uint8Array {
  const [head, tail] = text.split('::').map((part) => part.split(':').filter(Boolean));
  const groups =
    tail === undefined ? head : [...head, ...new Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return concat(...groups.map((group) => be16(Number.parseInt(group, 16))));
}

interface Ipv4Options {
  readonly source?: string;
  readonly destination?: string;
  readonly identification?: number;
  /** In bytes. */
  readonly fragmentOffset?: number;
  readonly hasMore?: boolean;
  /** Header options, padded to 4 bytes. */
  readonly options?: Uint8Array;
  readonly totalLength?: number;
}

export function ipv4(protocol: number, payload: Uint8Array, fields: Ipv4Options = {}): Uint8Array {
  const { source = '192.0.2.1', destination = '192.0.2.2', identification = 1, fragmentOffset = 0 } = fields;
  const { hasMore = false, options = new Uint8Array(0) } = fields;
  const { totalLength = 20 + options.length + payload.length } = fields;
  return concat(
    Uint8Array.of(0x45 + options.length / 4, 0),
    be16(totalLength),
    be16(identification),
    be16(fragmentOffset / 8 + (hasMore ? 0x2000 : 0)),
    Uint8Array.of(64, protocol, 0, 0),
    ipv4Address(source),
    ipv4Address(destination),
    options,
    payload,
  );
}

interface Ipv6Options {
  readonly source?: string;
  readonly destination?: string;
  readonly payloadLength?: number;
}

export function ipv6(nextHeader: number, payload: Uint8Array, fields: Ipv6Options = {}): Uint8Array {
  const { source = '2001:db8::1', destination = '2001:db8::2', payloadLength = payload.length } = fields;
  return concat(
    Uint8Array.of(0x60, 0, 0, 0),
    be16(payloadLength),
    Uint8Array.of(nextHeader, 63),
    ipv6Address(source),
    ipv6Address(destination),
    payload,
  );
}

/** A fragment header (RFC 8200, section 4.5) and what follows it; `offset` in bytes. */
export function ipv6Fragment(
  nextHeader: number,
  payload: Uint8Array,
  fields: { readonly offset: number; readonly hasMore: boolean; readonly identification?: number },
): Uint8Array {
  const { offset, hasMore, identification = 1 } = fields;
  return concat(Uint8Array.of(nextHeader, 0), be16(offset | (hasMore ? 1 : 0)), be32(identification), payload);
}

export function udp(
  sourcePort: number,
  destinationPort: number,
  payload: Uint8Array,
  length = payload.length + 8,
): Uint8Array {
  return concat(be16(sourcePort), be16(destinationPort), be16(length), be16(0), payload);
}

interface TcpOptions {
  readonly sequence?: number;
  readonly acknowledgment?: number;
  readonly flags?: number;
  /** Header options, padded to 4 bytes. */
  readonly options?: Uint8Array;
}

export function tcp(
  sourcePort: number,
  destinationPort: number,
  payload: Uint8Array,
  fields: TcpOptions = {},
): Uint8Array {
  const { sequence = 0, acknowledgment = 0, flags = 0x10, options = new Uint8Array(0) } = fields;
  return concat(
    be16(sourcePort),
    be16(destinationPort),
    be32(sequence),
    be32(acknowledgment),
    Uint8Array.of((5 + options.length / 4) << 4, flags),
    be16(8192),
    be32(0),
    options,
    payload,
  );
}
