import { u16be } from '../../../bytes/integers';
import { formatAddress, formatMac } from '../../../net/endpoint';
import { etherType } from './ethernet';
import type { LayerDefinition } from './layer';
import { hexText, named } from './layer';

const operations = named({ 1: 'request', 2: 'reply', 3: 'reverse request', 4: 'reverse reply' });

/** ARP (RFC 826); addresses of other lengths than those of Ethernet and IPv4 are shown as bytes. */
export const arpLayer: LayerDefinition = {
  id: 'arp',
  title: 'Address Resolution Protocol',
  etherTypes: [0x0806, 0x8035],
  info({ bytes, start, end }) {
    if (end - start < 28 || bytes[start + 4] !== 6 || bytes[start + 5] !== 4) return 'ARP';
    const sender = formatAddress(bytes, start + 14, 4);
    const target = formatAddress(bytes, start + 24, 4);
    const operation = u16be(bytes, start + 6);
    if (operation === 1)
      return sender === target ? `ARP announcement for ${sender}` : `Who has ${target}? Tell ${sender}`;
    if (operation === 2) return `${sender} is at ${formatMac(bytes, start + 8)}`;
    return `ARP operation ${operation}`;
  },
  dissect(input, out) {
    const { bytes, start } = input;
    out.u16('Hardware Address Space', start, named({ 1: 'Ethernet', 6: 'IEEE 802' }));
    out.u16('Protocol Address Space', start + 2, etherType);
    const hardware = out.u8('Hardware Address Length', start + 4);
    const protocol = out.u8('Protocol Address Length', start + 5);
    out.u16('Opcode', start + 6, operations);
    let at = start + 8;
    for (const side of ['Sender', 'Target']) {
      if (hardware === 6) out.mac(`${side} Hardware Address`, at);
      else if (out.has(at, hardware)) out.field(`${side} Hardware Address`, at, hardware, hexText(bytes, at, hardware));
      at += hardware;
      if (protocol === 4) out.address(`${side} Protocol Address`, at, 4);
      else if (out.has(at, protocol)) out.field(`${side} Protocol Address`, at, protocol, hexText(bytes, at, protocol));
      at += protocol;
    }
    out.summary = arpLayer.info?.(input) ?? '';
    return null;
  },
};
