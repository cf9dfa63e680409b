import { u16le, u32be, u32le } from '../bytes/integers';
import { LINK_TYPE_BASE, type Layer } from '../net/layer';
import type { PacketView } from '../net/packet';
import { LinkType } from '../capture/link-types';
import { decode80211 } from './ieee80211';

/* Headers that capture drivers put before 802.11 frames: radiotap, PPI, Prism, AVS. All but AVS are little endian. */

/** Radiotap: which fields are present, and the bits of the field `Flags` (radiotap.org). */
const HAS_TSFT = 0x01;
const HAS_FLAGS = 0x02;
const MORE_PRESENT = 0x8000_0000;
const FLAG_FCS = 0x10;
const FLAG_PADDED = 0x20;

/** LINKTYPE_IEEE802_11_RADIO. */
export function decodeRadiotap(layer: Layer, packet: PacketView): void {
  if (!layer.hasHeader(8, 'radiotap-truncated')) return;
  const { bytes, start } = layer;
  const length = u16le(bytes, start + 2);
  if (bytes[start] !== 0 || length < 8) {
    layer.report('warning', 'radiotap-header', 'The radiotap header is malformed.');
    return;
  }
  if (!layer.hasHeader(length, 'radiotap-truncated')) return;
  const flags = radiotapFlags(bytes, start, start + length);
  layer.start = start + length;
  decode80211(layer, packet, (flags & FLAG_FCS) !== 0, (flags & FLAG_PADDED) !== 0);
}

/** Value of the field `Flags`; 0 when there is none. Fields are aligned to their size, from the header's start. */
function radiotapFlags(bytes: Uint8Array, start: number, end: number): number {
  const present = u32le(bytes, start + 4);
  if ((present & HAS_FLAGS) === 0) return 0;
  let offset = 8;
  for (let word = present; (word & MORE_PRESENT) !== 0; offset += 4) {
    if (start + offset + 4 > end) return 0;
    word = u32le(bytes, start + offset);
  }
  if ((present & HAS_TSFT) !== 0) offset = ((offset + 7) & ~7) + 8;
  return start + offset < end ? bytes[start + offset] : 0;
}

/** Field of a PPI header that says whether the frame ends with its check sequence. */
const PPI_COMMON_80211 = 2;

/** LINKTYPE_PPI: fields by type and length, then a frame of the link type that the header names. */
export function decodePpi(layer: Layer, packet: PacketView): void {
  if (!layer.hasHeader(8, 'ppi-truncated')) return;
  const { bytes, start } = layer;
  const length = u16le(bytes, start + 2);
  const linkType = u32le(bytes, start + 4);
  if (bytes[start] !== 0 || length < 8) {
    layer.report('warning', 'ppi-header', 'The PPI header is malformed.');
    return;
  }
  if (!layer.hasHeader(length, 'ppi-truncated')) return;
  let hasFcs = false;
  for (let at = start + 8; at + 4 <= start + length; at += 4 + u16le(bytes, at + 2)) {
    // Its flags stand behind the 8 bytes of the timer.
    if (u16le(bytes, at) === PPI_COMMON_80211 && at + 14 <= start + length) hasFcs = (bytes[at + 12] & 1) !== 0;
  }
  layer.start = start + length;
  if (linkType === LinkType.ieee80211) decode80211(layer, packet, hasFcs, false);
  else layer.etherType = LINK_TYPE_BASE + linkType;
}

const PRISM_LENGTH = 144;
const AVS_MAGIC = 0x8021_1000;

/** LINKTYPE_PRISM_HEADER: 144 bytes, in the byte order of the machine that captured; some drivers write AVS. */
export function decodePrism(layer: Layer, packet: PacketView): void {
  if (!layer.hasHeader(8, 'prism-truncated')) return;
  const { bytes, start } = layer;
  if (isAvs(bytes, start)) {
    decodeAvs(layer, packet);
    return;
  }
  if (!layer.hasHeader(PRISM_LENGTH, 'prism-truncated')) return;
  layer.start = start + PRISM_LENGTH;
  decode80211(layer, packet, false, false);
}

/** LINKTYPE_IEEE802_11_RADIO_AVS: its own length is the second word. */
export function decodeAvs(layer: Layer, packet: PacketView): void {
  if (!layer.hasHeader(8, 'avs-truncated')) return;
  const { bytes, start } = layer;
  const length = u32be(bytes, start + 4);
  if (!isAvs(bytes, start) || length < 8) {
    layer.report('warning', 'avs-header', 'The AVS radio header is malformed.');
    return;
  }
  if (!layer.hasHeader(length, 'avs-truncated')) return;
  layer.start = start + length;
  decode80211(layer, packet, false, false);
}

function isAvs(bytes: Uint8Array, start: number): boolean {
  return (u32be(bytes, start) & 0xffff_f000) >>> 0 === AVS_MAGIC;
}
