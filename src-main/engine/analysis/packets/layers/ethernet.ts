import { u16be } from '../../../bytes/integers';
import { LinkType } from '../../../capture/link-types';
import { EtherType } from '../../../net/layer';
import type { Carried, LayerDefinition, LayerInput, LayerWriter } from './layer';
import { hex, hex16, named } from './layer';
import { etherTypeNames } from './names';
import { layerOfEtherType } from './next';

export const etherType = (value: number): string => {
  const name = etherTypeNames[value];
  return name ? `${hex16(value)} (${name})` : hex16(value);
};

/** Ethernet II and IEEE 802.3. */
export const ethernetLayer: LayerDefinition = {
  id: 'ethernet',
  title: 'Ethernet',
  linkTypes: [LinkType.ethernet],
  dissect(input, out) {
    const { start } = input;
    const destination = out.mac('Destination Address', start);
    const source = out.mac('Source Address', start + 6);
    out.summary = `${source} → ${destination}`;
    if (!out.has(start + 12, 2)) return null;
    return typeOrLength(input, out, start + 12);
  },
};

/** IEEE 802.1Q, 802.1ad and their predecessors. */
export const vlanLayer: LayerDefinition = {
  id: 'vlan',
  title: 'VLAN Tag',
  etherTypes: [EtherType.vlan, EtherType.providerVlan, EtherType.oldQinQ, EtherType.oldQinQ2, EtherType.oldQinQ3],
  dissect(input, out) {
    const { bytes, start } = input;
    if (!out.has(start, 4)) return null;
    const control = u16be(bytes, start);
    out.field('Priority Code Point', start, 1, String(control >> 13));
    out.field('Drop Eligible Indicator', start, 1, String((control >> 12) & 1));
    out.field('VLAN Identifier', start, 2, String(control & 0xfff));
    out.summary = `VLAN ${control & 0xfff}`;
    return typeOrLength(input, out, start + 2);
  },
};

/** A type field that is a length up to 1500 (IEEE 802.3, clause 3.2.6). */
function typeOrLength(input: LayerInput, out: LayerWriter, at: number): Carried {
  const value = u16be(input.bytes, at);
  const start = at + 2;
  if (value > 1500) {
    out.field('Type', at, 2, etherType(value));
    return { layer: layerOfEtherType(value), start, end: input.end, wireEnd: input.wireEnd };
  }
  out.field('Length', at, 2, String(value));
  const wireEnd = Math.min(input.wireEnd, start + value);
  return { layer: 'llc', start, end: Math.min(input.end, wireEnd), wireEnd };
}

const sapNames: Readonly<Record<number, string>> = {
  0x06: 'IP',
  0x42: 'Spanning Tree',
  0xaa: 'SNAP',
  0xe0: 'NetWare',
  0xf0: 'NetBIOS',
  0xfe: 'OSI',
};
const sap = named(sapNames);

/** IEEE 802.2 header, and SNAP behind it (RFC 1042). */
export const llcLayer: LayerDefinition = {
  id: 'llc',
  title: 'Logical Link Control',
  dissect({ bytes, start, end, wireEnd }, out) {
    const dsap = out.u8('DSAP', start, sap);
    const ssap = out.u8('SSAP', start + 1, sap);
    const control = out.u8('Control', start + 2, (value) => hex(value, 2));
    out.summary = sapNames[dsap] ?? '';
    const inside = { end, wireEnd };
    if (control !== 3) return { layer: null, start: Math.min(end, start + 4), ...inside };
    if (dsap === 0x06 && ssap === 0x06) return { layer: 'ipv4', start: start + 3, ...inside };
    if (dsap !== 0xaa || ssap !== 0xaa || !out.has(start + 3, 5)) {
      return { layer: null, start: Math.min(end, start + 3), ...inside };
    }
    const organization = (bytes[start + 3] << 16) | u16be(bytes, start + 4);
    out.field('Organization Code', start + 3, 3, hex(organization, 6));
    const type = out.u16('Protocol Identifier', start + 6, etherType);
    const isEtherType = organization === 0 || organization === 0xf8;
    return { layer: isEtherType ? layerOfEtherType(type) : null, start: start + 8, ...inside };
  },
};
