import type { PacketField } from '#shared/model/packet';
import { u16be, u32be } from '../../../bytes/integers';
import { formatAddress, formatMac } from '../../../net/endpoint';

/** What is known around a layer: whoever is inside asks here. */
export interface Surroundings {
  /** Directed flow of the frame; -1 when it belongs to none. */
  readonly flow: number;
  readonly frame: number;
  /** Ports of the transport around the layer; -1 without one. */
  sourcePort: number;
  destinationPort: number;
  readonly links: PacketLinks;
}

/** What the analysis found out that single bytes do not tell. */
export interface PacketLinks {
  /** Stream that packets of `ssrc` in a directed flow belong to; null when they are no media. */
  streamOf(flow: number, ssrc: number): { readonly id: string; readonly callId: string | null } | null;
  /** Whether a directed flow carries media. */
  hasMedia(flow: number): boolean;
  /** Whether a directed flow carries RTCP. */
  hasRtcp(flow: number): boolean;
  /** The SIP message that a frame completed; null when it did not. */
  messageAt(frame: number): { readonly label: string; readonly callId: string | null } | null;
}

/** The bytes a layer may look at: `bytes[start..end)` captured, up to `wireEnd` on the wire. */
export interface LayerInput {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly wireEnd: number;
  readonly around: Surroundings;
}

/** What a layer carries: the id of the next one, null for bytes that nothing is known about. */
export interface Carried {
  readonly layer: string | null;
  readonly start: number;
  readonly end: number;
  readonly wireEnd: number;
}

/**
 * One protocol of the layer tree: a file here and a line in the index. `dissect` writes fields and says what it
 * carries (null: nothing); it never throws, whatever the bytes are.
 */
export interface LayerDefinition {
  readonly id: string;
  readonly title: string;
  /** What the table of packets calls it; its id in capitals without. */
  readonly name?: string;
  /** Where it stands: LINKTYPE_ numbers, EtherTypes, IP protocol numbers. */
  readonly linkTypes?: readonly number[];
  readonly etherTypes?: readonly number[];
  readonly ipProtocols?: readonly number[];
  /** Whether the payload of a UDP datagram or a TCP segment is of this protocol. */
  readonly isInside?: (transport: 'udp' | 'tcp', input: LayerInput) => boolean;
  /** One line for the table of packets, for protocols inside a transport. */
  readonly info?: (input: LayerInput) => string;
  dissect(input: LayerInput, out: LayerWriter): Carried | null;
}

/** Writes the fields of one layer. Fields that are not captured are left out and noted. */
export class LayerWriter {
  fields: PacketField[] = [];
  summary = '';
  diagnostic: string | null = null;

  constructor(
    readonly bytes: Uint8Array,
    /** Position of the buffer's first byte: what offsets count from. */
    private readonly base: number,
    private readonly end: number,
  ) {}

  /** Notes what is wrong; the first fault stays. */
  fault(text: string): void {
    this.diagnostic ??= text;
  }

  /** Whether `length` bytes at `at` were captured; notes it when they were not. */
  has(at: number, length: number): boolean {
    if (length >= 0 && at + length <= this.end) return true;
    this.fault(`Cut short: ${at + length - this.end} more bytes are expected.`);
    return false;
  }

  field(name: string, at: number, length: number, value: string, children: readonly PacketField[] = []): void {
    this.fields.push({ name, value, offset: at - this.base, length, children });
  }

  /** A field with fields of its own, written inside `write`. */
  group(name: string, at: number, length: number, value: string, write: () => void): void {
    const outer = this.fields;
    this.fields = [];
    write();
    const children = this.fields;
    this.fields = outer;
    this.field(name, at, length, value, children);
  }

  u8(name: string, at: number, format: (value: number) => string = String): number {
    if (!this.has(at, 1)) return 0;
    const value = this.bytes[at];
    this.field(name, at, 1, format(value));
    return value;
  }

  u16(name: string, at: number, format: (value: number) => string = String): number {
    if (!this.has(at, 2)) return 0;
    const value = u16be(this.bytes, at);
    this.field(name, at, 2, format(value));
    return value;
  }

  u32(name: string, at: number, format: (value: number) => string = String): number {
    if (!this.has(at, 4)) return 0;
    const value = u32be(this.bytes, at);
    this.field(name, at, 4, format(value));
    return value;
  }

  /** An IP address of 4 or 16 bytes; empty when it was not captured. */
  address(name: string, at: number, length: 4 | 16): string {
    if (!this.has(at, length)) return '';
    const text = formatAddress(this.bytes, at, length);
    this.field(name, at, length, text);
    return text;
  }

  mac(name: string, at: number): string {
    if (!this.has(at, 6)) return '';
    const text = formatMac(this.bytes, at);
    this.field(name, at, 6, text);
    return text;
  }

  /** Bytes that are shown as such. */
  data(name: string, at: number, length: number): void {
    const shown = Math.max(0, Math.min(length, this.end - at));
    if (shown > 0) this.field(name, at, shown, hexText(this.bytes, at, shown));
  }
}

/** `0x0800`: `digits` hexadecimal digits. */
export function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

export const hex16 = (value: number): string => hex(value, 4);
export const hex32 = (value: number): string => hex(value, 8);

/** `6 (TCP)`; the number alone when it has no name. */
export function named(names: Readonly<Record<number, string>>): (value: number) => string {
  return (value) => (names[value] === undefined ? String(value) : `${value} (${names[value]})`);
}

/** Longest run of bytes that a value spells out. */
const longestHex = 32;

/** `00 1b 2c …`. */
export function hexText(bytes: Uint8Array, at: number, length: number): string {
  const parts: string[] = [];
  for (let i = 0; i < Math.min(length, longestHex); i += 1) parts.push(bytes[at + i].toString(16).padStart(2, '0'));
  return length > longestHex ? `${parts.join(' ')} … (${length} bytes)` : parts.join(' ');
}

/** Names of the bits that are set, `none` without any. */
export function flagText(value: number, names: readonly (readonly [mask: number, name: string])[]): string {
  const set = names.filter(([mask]) => (value & mask) !== 0).map(([, name]) => name);
  return set.length === 0 ? 'none' : set.join(', ');
}
