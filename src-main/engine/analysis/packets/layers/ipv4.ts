import { u16be } from '../../../bytes/integers';
import { LinkType } from '../../../capture/link-types';
import { EtherType } from '../../../net/layer';
import type { LayerDefinition, LayerInput, LayerWriter } from './layer';
import { flagText, hex, hex16, hexText, named } from './layer';
import { ipProtocolNames } from './names';
import { layerOfIpProtocol } from './next';

export const ipProtocol = named(ipProtocolNames);

const optionNames: Readonly<Record<number, string>> = {
  0: 'End of Option List',
  1: 'No Operation',
  7: 'Record Route',
  68: 'Internet Timestamp',
  130: 'Security',
  131: 'Loose Source and Record Route',
  136: 'Stream ID',
  137: 'Strict Source and Record Route',
  148: 'Router Alert',
};

/** DS field (RFC 2474) with explicit congestion notification (RFC 3168). */
export function trafficClass(out: LayerWriter, name: string, at: number, length: number, value: number): void {
  const ecn = ['Not-ECT', 'ECT(1)', 'ECT(0)', 'CE'][value & 3];
  out.group(name, at, length, hex(value, 2), () => {
    out.field('DSCP', at, length, String(value >> 2));
    out.field('ECN', at, length, ecn);
  });
}

/** IPv4 (RFC 791, section 3.1). */
export const ipv4Layer: LayerDefinition = {
  id: 'ipv4',
  title: 'Internet Protocol Version 4',
  name: 'IPv4',
  etherTypes: [EtherType.ipv4],
  ipProtocols: [4],
  linkTypes: [LinkType.ipv4],
  dissect(input, out) {
    const { bytes, start } = input;
    if (!out.has(start, 20)) return null;
    const headerLength = (bytes[start] & 0x0f) * 4;
    out.field('Version', start, 1, String(bytes[start] >> 4));
    out.field('IHL', start, 1, `${headerLength} bytes (${bytes[start] & 0x0f})`);
    trafficClass(out, 'Type of Service', start + 1, 1, bytes[start + 1]);
    const totalLength = out.u16('Total Length', start + 2);
    out.u16('Identification', start + 4, (value) => `${hex16(value)} (${value})`);
    const fragment = u16be(bytes, start + 6);
    out.field(
      'Flags',
      start + 6,
      1,
      flagText(fragment >> 13, [
        [4, 'reserved'],
        [2, 'DF (Don’t Fragment)'],
        [1, 'MF (More Fragments)'],
      ]),
    );
    const offset = (fragment & 0x1fff) * 8;
    out.field('Fragment Offset', start + 6, 2, String(offset));
    out.u8('Time to Live', start + 8);
    const protocol = out.u8('Protocol', start + 9, ipProtocol);
    out.u16(
      'Header Checksum',
      start + 10,
      (value) => `${hex16(value)}${checksumNote(bytes, start, headerLength, input)}`,
    );
    const source = out.address('Source Address', start + 12, 4);
    const destination = out.address('Destination Address', start + 16, 4);
    out.summary = `${source} → ${destination}`;
    if (bytes[start] >> 4 !== 4) {
      out.fault(`The version is ${bytes[start] >> 4}.`);
      return null;
    }
    if (headerLength < 20) {
      out.fault(`The header claims ${headerLength} bytes; 20 is the least.`);
      return null;
    }
    if (!out.has(start, headerLength)) return null;
    if (headerLength > 20) writeOptions(out, start + 20, start + headerLength);
    const wireEnd = totalLength === 0 ? input.wireEnd : Math.min(input.wireEnd, start + totalLength);
    if (totalLength !== 0 && totalLength < headerLength) {
      out.fault(`The total length is ${totalLength}, less than the header.`);
      return null;
    }
    if (start + totalLength > input.wireEnd) {
      out.fault(`The total length is ${totalLength}, but there are only ${input.wireEnd - start} bytes.`);
    }
    const carried = { start: start + headerLength, end: Math.min(input.end, wireEnd), wireEnd };
    if (offset > 0) {
      out.summary += `, fragment at ${offset}`;
      return { layer: null, ...carried };
    }
    return { layer: layerOfIpProtocol(protocol), ...carried };
  },
};

/** RFC 1071; 0 is what captures of offloaded packets show. */
function checksumNote(bytes: Uint8Array, start: number, length: number, { end }: LayerInput): string {
  if (length < 20 || start + length > end) return '';
  let sum = 0;
  for (let i = 0; i < length; i += 2) sum += u16be(bytes, start + i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  if (sum === 0xffff) return ' (correct)';
  return u16be(bytes, start + 10) === 0 ? ' (not filled in)' : ' (incorrect)';
}

/** Options (RFC 791, section 3.1): kind, length, data. */
function writeOptions(out: LayerWriter, start: number, end: number): void {
  out.group('Options', start, end - start, `${end - start} bytes`, () => {
    let at = start;
    while (at < end) {
      const kind = out.bytes[at];
      const length = kind <= 1 ? 1 : at + 1 < end ? out.bytes[at + 1] : 0;
      if (length < 1 || (kind > 1 && length < 2) || at + length > end) {
        out.fault('An option has an impossible length.');
        return;
      }
      const value = length > 2 ? hexText(out.bytes, at + 2, length - 2) : '';
      out.field(optionNames[kind] ?? `Option ${kind}`, at, length, value);
      if (kind === 0) return;
      at += length;
    }
  });
}
