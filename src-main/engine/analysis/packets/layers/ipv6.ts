import { u16be, u32be } from '../../../bytes/integers';
import { LinkType } from '../../../capture/link-types';
import { EtherType } from '../../../net/layer';
import { ipProtocol, trafficClass } from './ipv4';
import type { LayerDefinition } from './layer';
import { hex, hexText } from './layer';
import { ipProtocolNames } from './names';
import { layerOfIpProtocol } from './next';

/** IPv6 (RFC 8200, section 3). */
export const ipv6Layer: LayerDefinition = {
  id: 'ipv6',
  title: 'Internet Protocol Version 6',
  name: 'IPv6',
  etherTypes: [EtherType.ipv6],
  ipProtocols: [41],
  linkTypes: [LinkType.ipv6],
  dissect(input, out) {
    const { bytes, start } = input;
    if (!out.has(start, 40)) return null;
    const first = u32be(bytes, start);
    out.field('Version', start, 1, String(first >>> 28));
    trafficClass(out, 'Traffic Class', start, 2, (first >>> 20) & 0xff);
    out.field('Flow Label', start + 1, 3, hex(first & 0xfffff, 5));
    const payloadLength = out.u16('Payload Length', start + 4);
    const nextHeader = out.u8('Next Header', start + 6, ipProtocol);
    out.u8('Hop Limit', start + 7);
    const source = out.address('Source Address', start + 8, 16);
    const destination = out.address('Destination Address', start + 24, 16);
    out.summary = `${source} → ${destination}`;
    if (first >>> 28 !== 6) {
      out.fault(`The version is ${first >>> 28}.`);
      return null;
    }
    const payload = start + 40;
    if (payload + payloadLength > input.wireEnd) {
      out.fault(`The payload length is ${payloadLength}, but there are only ${input.wireEnd - payload} bytes.`);
    }
    // 0: a jumbogram (RFC 2675), or a length that the network card would have filled in.
    const wireEnd = payloadLength === 0 ? input.wireEnd : Math.min(input.wireEnd, payload + payloadLength);
    return { layer: layerOfIpProtocol(nextHeader), start: payload, end: Math.min(input.end, wireEnd), wireEnd };
  },
};

const optionNames: Readonly<Record<number, string>> = {
  0x05: 'Router Alert',
  0x04: 'Tunnel Encapsulation Limit',
  0xc2: 'Jumbo Payload',
  0xc9: 'Home Address',
};

function extension(
  id: string,
  protocol: number,
  /** Bytes that one unit of the length field counts. */
  unit: number,
  write: LayerDefinition['dissect'],
): LayerDefinition {
  return {
    id,
    title: `${ipProtocolNames[protocol]} Header`,
    ipProtocols: [protocol],
    dissect(input, out) {
      const { bytes, start, end, wireEnd } = input;
      if (!out.has(start, 8)) return null;
      const next = out.u8('Next Header', start, ipProtocol);
      const length = 8 + bytes[start + 1] * unit;
      out.field('Hdr Ext Len', start + 1, 1, `${bytes[start + 1]} (${length} bytes)`);
      write({ bytes, start, end: Math.min(end, start + length), wireEnd, around: input.around }, out);
      if (!out.has(start, length)) return null;
      return { layer: layerOfIpProtocol(next), start: start + length, end, wireEnd };
    },
  };
}

/** Options as type, length, data (RFC 8200, section 4.2). */
const writeOptions: LayerDefinition['dissect'] = ({ bytes, start, end }, out) => {
  let at = start + 2;
  while (at < end) {
    const type = bytes[at];
    if (type === 0) {
      out.field('Pad1', at, 1, '');
      at += 1;
      continue;
    }
    const length = at + 1 < end ? 2 + bytes[at + 1] : 2;
    if (at + length > end) {
      out.fault('An option goes past its header.');
      return null;
    }
    const name = type === 1 ? 'PadN' : (optionNames[type] ?? `Option ${hex(type, 2)}`);
    out.field(name, at, length, hexText(bytes, at + 2, length - 2));
    at += length;
  }
  return null;
};

/** Extension headers (RFC 8200, section 4; RFC 4302; RFC 6275; RFC 7401; RFC 5533). */
export const ipv6ExtensionLayers: readonly LayerDefinition[] = [
  extension('ipv6-hop-by-hop', 0, 8, writeOptions),
  extension('ipv6-destination', 60, 8, writeOptions),
  extension('ipv6-routing', 43, 8, ({ start, end }, out) => {
    out.u8('Routing Type', start + 2);
    out.u8('Segments Left', start + 3);
    out.data('Type-specific Data', start + 4, end - start - 4);
    return null;
  }),
  extension('authentication', 51, 4, ({ start, end }, out) => {
    out.u32('Security Parameters Index', start + 4, (value) => hex(value, 8));
    out.u32('Sequence Number', start + 8);
    out.data('Integrity Check Value', start + 12, end - start - 12);
    return null;
  }),
  extension('ipv6-mobility', 135, 8, ({ start, end }, out) => {
    out.u8('MH Type', start + 2);
    out.data('Message Data', start + 6, end - start - 6);
    return null;
  }),
  extension('hip', 139, 8, ({ start, end }, out) => {
    out.data('Parameters', start + 2, end - start - 2);
    return null;
  }),
  extension('shim6', 140, 8, ({ start, end }, out) => {
    out.data('Message', start + 2, end - start - 2);
    return null;
  }),
  {
    id: 'ipv6-fragment',
    title: 'Fragment Header',
    ipProtocols: [44],
    dissect({ bytes, start, end, wireEnd }, out) {
      if (!out.has(start, 8)) return null;
      const next = out.u8('Next Header', start, ipProtocol);
      const field = u16be(bytes, start + 2);
      const offset = field & 0xfff8;
      out.field('Fragment Offset', start + 2, 2, String(offset));
      out.field('M Flag', start + 3, 1, (field & 1) !== 0 ? 'more fragments' : 'last fragment');
      out.u32('Identification', start + 4, (value) => hex(value, 8));
      out.summary = `fragment at ${offset}`;
      return { layer: offset === 0 ? layerOfIpProtocol(next) : null, start: start + 8, end, wireEnd };
    },
  },
];
