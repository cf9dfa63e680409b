import type { Carried, LayerDefinition, LayerInput, LayerWriter } from './layer';
import { hex16, named } from './layer';

/** Names, and what stands in the second word: an echo's numbers, or a quoted packet behind it. */
interface IcmpKind {
  readonly names: Readonly<Record<number, string>>;
  readonly echoes: readonly number[];
  readonly quotes: readonly number[];
  readonly quoted: string;
}

const icmp: IcmpKind = {
  names: {
    0: 'Echo Reply',
    3: 'Destination Unreachable',
    4: 'Source Quench',
    5: 'Redirect',
    8: 'Echo',
    9: 'Router Advertisement',
    10: 'Router Solicitation',
    11: 'Time Exceeded',
    12: 'Parameter Problem',
    13: 'Timestamp',
    14: 'Timestamp Reply',
  },
  echoes: [0, 8, 13, 14],
  quotes: [3, 4, 5, 11, 12],
  quoted: 'ipv4',
};

const icmpv6: IcmpKind = {
  names: {
    1: 'Destination Unreachable',
    2: 'Packet Too Big',
    3: 'Time Exceeded',
    4: 'Parameter Problem',
    128: 'Echo Request',
    129: 'Echo Reply',
    130: 'Multicast Listener Query',
    131: 'Multicast Listener Report',
    132: 'Multicast Listener Done',
    133: 'Router Solicitation',
    134: 'Router Advertisement',
    135: 'Neighbor Solicitation',
    136: 'Neighbor Advertisement',
    137: 'Redirect',
    143: 'Multicast Listener Report v2',
  },
  echoes: [128, 129],
  quotes: [1, 2, 3, 4],
  quoted: 'ipv6',
};

const unreachable = named({
  0: 'net unreachable',
  1: 'host unreachable',
  2: 'protocol unreachable',
  3: 'port unreachable',
  4: 'fragmentation needed',
  13: 'administratively prohibited',
});

function infoOf(kind: IcmpKind, { bytes, start, end }: LayerInput): string {
  if (end - start < 4) return 'cut short';
  const type = bytes[start];
  const name = kind.names[type] ?? `type ${type}`;
  if (kind.echoes.includes(type) && end - start >= 8) {
    const sequence = (bytes[start + 6] << 8) | bytes[start + 7];
    return `${name} id=${hex16((bytes[start + 4] << 8) | bytes[start + 5])} seq=${sequence}`;
  }
  return kind === icmp && type === 3 ? `${name}: ${unreachable(bytes[start + 1])}` : name;
}

function dissect(kind: IcmpKind, input: LayerInput, out: LayerWriter): Carried | null {
  const { start, end, wireEnd } = input;
  const type = out.u8('Type', start, named(kind.names));
  out.u8('Code', start + 1, kind === icmp && type === 3 ? unreachable : String);
  out.u16('Checksum', start + 2, hex16);
  out.summary = infoOf(kind, input);
  if (!out.has(start + 4, 4)) return null;
  const inside = { start: start + 8, end, wireEnd };
  if (kind.echoes.includes(type)) {
    out.u16('Identifier', start + 4);
    out.u16('Sequence Number', start + 6);
    return { layer: null, ...inside };
  }
  if (kind === icmpv6 && (type === 135 || type === 136 || type === 137) && out.has(start + 8, 16)) {
    out.data('Reserved', start + 4, 4);
    out.address('Target Address', start + 8, 16);
    return { layer: null, start: start + 24, end, wireEnd };
  }
  out.data(type === 2 && kind === icmpv6 ? 'MTU' : 'Rest of Header', start + 4, 4);
  return { layer: kind.quotes.includes(type) ? kind.quoted : null, ...inside };
}

/** ICMP (RFC 792). */
export const icmpLayer: LayerDefinition = {
  id: 'icmp',
  title: 'Internet Control Message Protocol',
  ipProtocols: [1],
  info: (input) => infoOf(icmp, input),
  dissect: (input, out) => dissect(icmp, input, out),
};

/** ICMPv6 (RFC 4443, RFC 4861). */
export const icmpv6Layer: LayerDefinition = {
  id: 'icmpv6',
  title: 'Internet Control Message Protocol Version 6',
  name: 'ICMPv6',
  ipProtocols: [58],
  info: (input) => infoOf(icmpv6, input),
  dissect: (input, out) => dissect(icmpv6, input, out),
};
