import { u16be, u32be } from '../../../bytes/integers';
import { latin1Text } from '../../../bytes/text';
import { formatAddress } from '../../../net/endpoint';
import type { LayerDefinition, LayerInput, LayerWriter } from './layer';
import { flagText, hex, hex16, hexText, named } from './layer';

const typeNames: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  35: 'NAPTR',
  41: 'OPT',
  43: 'DS',
  46: 'RRSIG',
  47: 'NSEC',
  64: 'SVCB',
  65: 'HTTPS',
  255: 'ANY',
};
const typeName = (type: number): string => typeNames[type] ?? `TYPE${type}`;
const responseCodes = named({ 0: 'no error', 1: 'format error', 2: 'server failure', 3: 'no such name', 5: 'refused' });
const opcodes = named({ 0: 'query', 1: 'inverse query', 2: 'status', 4: 'notify', 5: 'update' });
const ports: ReadonlySet<number> = new Set([53, 5353, 5355]);
/** Records of one message that are looked at. */
const mostRecords = 200;
const mostLabels = 128;

/** A domain name with its compression pointers (RFC 1035, section 4.1.4); pointers only lead backwards. */
function readName(bytes: Uint8Array, message: number, at: number, end: number): { text: string; next: number } | null {
  const labels: string[] = [];
  let position = at;
  let next = -1;
  for (let count = 0; count < mostLabels; count += 1) {
    if (position >= end) return null;
    const length = bytes[position];
    if (length === 0) return { text: labels.join('.') || '<root>', next: next < 0 ? position + 1 : next };
    if (length >> 6 === 3) {
      if (position + 2 > end) return null;
      const target = message + (u16be(bytes, position) & 0x3fff);
      if (next < 0) next = position + 2;
      if (target >= position) return null;
      position = target;
    } else if (length >> 6 !== 0 || position + 1 + length > end) return null;
    else {
      labels.push(latin1Text(bytes, position + 1, position + 1 + length));
      position += 1 + length;
    }
  }
  return null;
}

/** DNS, mDNS and LLMNR over UDP (RFC 1035, section 4; RFC 6762; RFC 4795). */
export const dnsLayer: LayerDefinition = {
  id: 'dns',
  title: 'Domain Name System',
  isInside: (transport, { start, wireEnd, around }) =>
    transport === 'udp' && wireEnd - start >= 12 && (ports.has(around.sourcePort) || ports.has(around.destinationPort)),
  info({ bytes, start, end }) {
    if (end - start < 12) return 'cut short';
    const flags = u16be(bytes, start + 2);
    const isResponse = (flags & 0x8000) !== 0;
    const words = [isResponse ? 'Response' : 'Query', hex16(u16be(bytes, start))];
    const question = u16be(bytes, start + 4) > 0 ? readName(bytes, start, start + 12, end) : null;
    if (question && question.next + 2 <= end) words.push(typeName(u16be(bytes, question.next)), question.text);
    if (isResponse && (flags & 15) !== 0) words.push(responseCodes(flags & 15));
    else if (isResponse) words.push(`${u16be(bytes, start + 6)} answers`);
    return words.join(' ');
  },
  dissect(input, out) {
    const { bytes, start } = input;
    out.summary = dnsLayer.info?.(input) ?? '';
    out.u16('ID', start, hex16);
    if (!out.has(start, 12)) return null;
    const flags = u16be(bytes, start + 2);
    out.group('Flags', start + 2, 2, hex16(flags), () => {
      out.field('QR', start + 2, 1, (flags & 0x8000) !== 0 ? 'response' : 'query');
      out.field('Opcode', start + 2, 1, opcodes((flags >> 11) & 15));
      const bits = [
        [0x400, 'AA'],
        [0x200, 'TC'],
        [0x100, 'RD'],
        [0x80, 'RA'],
        [0x20, 'AD'],
        [0x10, 'CD'],
      ] as const;
      out.field('Bits', start + 2, 2, flagText(flags, bits));
      out.field('RCODE', start + 3, 1, responseCodes(flags & 15));
    });
    const counts = [
      out.u16('QDCOUNT', start + 4),
      out.u16('ANCOUNT', start + 6),
      out.u16('NSCOUNT', start + 8),
      out.u16('ARCOUNT', start + 10),
    ];
    writeSections(input, out, counts);
    return null;
  },
};

const sections = ['Question', 'Answer', 'Authority', 'Additional'] as const;

function writeSections(input: LayerInput, out: LayerWriter, counts: readonly number[]): void {
  let at = input.start + 12;
  let records = 0;
  for (const [index, section] of sections.entries()) {
    for (let i = 0; i < counts[index] && records < mostRecords; i += 1, records += 1) {
      const next = index === 0 ? writeQuestion(input, out, at) : writeRecord(input, out, section, at);
      if (next === null) {
        out.fault(
          input.end < input.wireEnd
            ? 'The capture cut this message.'
            : `The ${section.toLowerCase()} section is malformed.`,
        );
        return;
      }
      at = next;
    }
  }
}

function writeQuestion({ bytes, start, end }: LayerInput, out: LayerWriter, at: number): number | null {
  const name = readName(bytes, start, at, end);
  if (!name || name.next + 4 > end) return null;
  const { text, next } = name;
  const type = u16be(bytes, next);
  out.group('Question', at, next + 4 - at, `${text} ${typeName(type)}`, () => {
    out.field('QNAME', at, next - at, text);
    out.field('QTYPE', next, 2, typeName(type));
    out.field('QCLASS', next + 2, 2, hex16(u16be(bytes, next + 2)));
  });
  return next + 4;
}

function writeRecord({ bytes, start, end }: LayerInput, out: LayerWriter, section: string, at: number): number | null {
  const name = readName(bytes, start, at, end);
  if (!name || name.next + 10 > end) return null;
  const { text, next } = name;
  const type = u16be(bytes, next);
  const length = u16be(bytes, next + 8);
  const data = next + 10;
  if (data + length > end) return null;
  const value = recordValue(bytes, start, type, data, length, end);
  out.group(section, at, data + length - at, `${text} ${typeName(type)} ${value}`, () => {
    out.field('NAME', at, next - at, text);
    out.field('TYPE', next, 2, typeName(type));
    out.field('CLASS', next + 2, 2, hex16(u16be(bytes, next + 2)));
    out.field('TTL', next + 4, 4, String(u32be(bytes, next + 4)));
    out.field('RDLENGTH', next + 8, 2, String(length));
    if (length > 0) out.field('RDATA', data, length, value);
  });
  return data + length;
}

function recordValue(
  bytes: Uint8Array,
  message: number,
  type: number,
  at: number,
  length: number,
  end: number,
): string {
  if (type === 1 && length === 4) return formatAddress(bytes, at, 4);
  if (type === 28 && length === 16) return formatAddress(bytes, at, 16);
  if (type === 2 || type === 5 || type === 12) return readName(bytes, message, at, end)?.text ?? '';
  if (type === 15 && length > 2) return `${u16be(bytes, at)} ${readName(bytes, message, at + 2, end)?.text ?? ''}`;
  if (type === 33 && length > 6) {
    const target = readName(bytes, message, at + 6, end)?.text ?? '';
    return `${u16be(bytes, at)} ${u16be(bytes, at + 2)} ${u16be(bytes, at + 4)} ${target}`;
  }
  if (type === 16 && length > 1) return JSON.stringify(latin1Text(bytes, at + 1, at + Math.min(length, 1 + bytes[at])));
  return length === 0
    ? ''
    : length <= 4
      ? hex(u32be(bytes, at) >>> (8 * (4 - length)), 2 * length)
      : hexText(bytes, at, length);
}
