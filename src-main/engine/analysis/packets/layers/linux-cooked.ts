import { LinkType } from '../../../capture/link-types';
import { etherType } from './ethernet';
import type { Carried, LayerDefinition, LayerInput, LayerWriter } from './layer';
import { hexText, named } from './layer';
import { layerOfEtherType } from './next';

const packetTypes = named({
  0: 'to us',
  1: 'broadcast',
  2: 'multicast',
  3: 'to another host',
  4: 'from us',
});
/** Protocol number of Linux for a frame that begins with an IEEE 802.2 header (ETH_P_802_2). */
const linux8022 = 4;

/** LINKTYPE_LINUX_SLL. */
export const linuxSllLayer: LayerDefinition = {
  id: 'sll',
  title: 'Linux Cooked Capture v1',
  linkTypes: [LinkType.linuxSll],
  dissect(input, out) {
    const { start } = input;
    out.u16('Packet Type', start, packetTypes);
    out.u16('ARPHRD Type', start + 2);
    const length = out.u16('Link-Layer Address Length', start + 4);
    linkAddress(input, out, start + 6, length);
    return protocol(input, out, start + 14, start + 16);
  },
};

/** LINKTYPE_LINUX_SLL2. */
export const linuxSll2Layer: LayerDefinition = {
  id: 'sll2',
  title: 'Linux Cooked Capture v2',
  linkTypes: [LinkType.linuxSll2],
  dissect(input, out) {
    const { start } = input;
    const carried = protocol(input, out, start, start + 20);
    out.u32('Interface Index', start + 4);
    out.u16('ARPHRD Type', start + 8);
    out.u8('Packet Type', start + 10, packetTypes);
    const length = out.u8('Link-Layer Address Length', start + 11);
    linkAddress(input, out, start + 12, length);
    return carried;
  },
};

/** At most 8 bytes of the address are there, whatever its length is. */
function linkAddress(input: LayerInput, out: LayerWriter, at: number, length: number): void {
  if (length === 6) out.summary = out.mac('Link-Layer Address', at);
  else if (length > 0 && out.has(at, Math.min(8, length))) {
    out.field('Link-Layer Address', at, Math.min(8, length), hexText(input.bytes, at, Math.min(8, length)));
  }
}

function protocol(input: LayerInput, out: LayerWriter, at: number, start: number): Carried | null {
  const type = out.u16('Protocol Type', at, etherType);
  if (!out.has(start, 0)) return null;
  const layer = type === linux8022 ? 'llc' : layerOfEtherType(type);
  return { layer, start, end: input.end, wireEnd: input.wireEnd };
}
