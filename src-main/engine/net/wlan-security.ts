import type { Layer } from './layer';
import type { PacketView } from './packet';

/**
 * Who learns the keys of 802.11 networks and opens their frames. Addresses are at `packet.wlanHeader` in
 * `packet.linkBytes`, with what the bytes of frame control are said to be, as some access points swap them.
 */
export interface WlanSecurity {
  /** A management frame that is not encrypted; `layer` is its body. */
  onManagement(layer: Layer, packet: PacketView, control: number): void;
  /** A frame of EtherType 0x888E; `layer` is its payload. */
  onEapol(layer: Layer, packet: PacketView, flags: number): void;
  /** Makes `layer` the plain body of a protected data frame; false, and `layer` as it was, when that cannot be. */
  open(layer: Layer, packet: PacketView, control: number, flags: number): boolean;
}
