import { u16be } from '../bytes/integers';
import { decodeLlc } from './ethernet';
import type { Layer } from '../net/layer';

/** Protocol number of Linux for a frame that begins with an IEEE 802.2 header (ETH_P_802_2). */
const LINUX_802_2 = 0x0004;

/** LINKTYPE_LINUX_SLL: 16 bytes, the protocol last. */
export function decodeLinuxSll(layer: Layer): void {
  if (!layer.hasHeader(16, 'linux-cooked-truncated')) return;
  const protocol = u16be(layer.bytes, layer.start + 14);
  layer.start += 16;
  handOn(layer, protocol);
}

/** LINKTYPE_LINUX_SLL2: 20 bytes, the protocol first. */
export function decodeLinuxSll2(layer: Layer): void {
  if (!layer.hasHeader(20, 'linux-cooked-truncated')) return;
  const protocol = u16be(layer.bytes, layer.start);
  layer.start += 20;
  handOn(layer, protocol);
}

function handOn(layer: Layer, protocol: number): void {
  if (protocol === LINUX_802_2) decodeLlc(layer);
  else layer.etherType = protocol;
}
