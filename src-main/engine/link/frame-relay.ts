import { u16be } from '../bytes/integers';
import { EtherType, type Layer } from '../net/layer';
import { decodeSnap } from './ethernet';

/** Last byte of a Q.922 address. */
const ADDRESS_END = 0x01;
const LONGEST_ADDRESS = 4;
const UNNUMBERED = 0x03;

/** Network layer protocol identifiers (ISO/IEC TR 9577). */
const NLPID_SNAP = 0x80;
const NLPID_IPV6 = 0x8e;
const NLPID_IPV4 = 0xcc;

/** LINKTYPE_FRELAY: multiprotocol encapsulation of RFC 2427, or Cisco's, which is an EtherType. */
export function decodeFrameRelay(layer: Layer): void {
  const { bytes, start, end } = layer;
  let at = start;
  while (at < end && at - start < LONGEST_ADDRESS && (bytes[at] & ADDRESS_END) === 0) at += 1;
  layer.start = Math.min(at + 1, end);
  if (!layer.hasHeader(2, 'frame-relay-truncated')) return;
  if (bytes[layer.start] !== UNNUMBERED) {
    layer.etherType = u16be(bytes, layer.start);
    layer.start += 2;
    return;
  }
  layer.start += 1;
  // A pad byte aligns what follows.
  if (bytes[layer.start] === 0 && layer.hasHeader(2, 'frame-relay-truncated')) layer.start += 1;
  const protocol = bytes[layer.start];
  layer.start += 1;
  if (protocol === NLPID_IPV4) layer.etherType = EtherType.ipv4;
  else if (protocol === NLPID_IPV6) layer.etherType = EtherType.ipv6;
  else if (protocol === NLPID_SNAP) decodeSnap(layer);
}

/** LINKTYPE_FRELAY_WITH_DIR. */
export function decodeFrameRelayWithDirection(layer: Layer): void {
  if (!layer.hasHeader(1, 'frame-relay-truncated')) return;
  layer.start += 1;
  decodeFrameRelay(layer);
}
