/** Entries, a power of two: so many that of a few hundred flows side by side hardly two share one. */
const ENTRY_BITS = 15;
/** An entry: addresses and ports as they stand in the packet, its 12 bytes of MAC addresses, protocol, flow + 1. */
const WORDS = 8;

/**
 * The flow that packets with the same headers had last: IPv4 addresses, ports, protocol and MAC addresses, compared as
 * they lie there, as signed words, which stay small integers. Saves most packets from being turned into canonical order and looked up in two tables.
 */
export class FlowCache {
  private readonly words = new Int32Array(WORDS << ENTRY_BITS);

  /**
   * Flow of the packet whose MAC addresses, IPv4 addresses and ports lie from these offsets of `view` on; -1 when it
   * has not been put here, or another one since.
   */
  find(view: DataView, macAt: number, addressesAt: number, portsAt: number, protocol: number): number {
    const source = view.getInt32(addressesAt);
    const destination = view.getInt32(addressesAt + 4);
    const ports = view.getInt32(portsAt);
    const { words } = this;
    const at = slot(source, destination, ports);
    const isSame =
      words[at] === source &&
      words[at + 1] === destination &&
      words[at + 2] === ports &&
      words[at + 3] === view.getInt32(macAt) &&
      words[at + 4] === view.getInt32(macAt + 4) &&
      words[at + 5] === view.getInt32(macAt + 8) &&
      words[at + 6] === protocol;
    return isSame ? words[at + 7] - 1 : -1;
  }

  put(view: DataView, macAt: number, addressesAt: number, portsAt: number, protocol: number, flow: number): void {
    const source = view.getInt32(addressesAt);
    const destination = view.getInt32(addressesAt + 4);
    const ports = view.getInt32(portsAt);
    const { words } = this;
    const at = slot(source, destination, ports);
    words[at] = source;
    words[at + 1] = destination;
    words[at + 2] = ports;
    words[at + 3] = view.getInt32(macAt);
    words[at + 4] = view.getInt32(macAt + 4);
    words[at + 5] = view.getInt32(macAt + 8);
    words[at + 6] = protocol;
    words[at + 7] = flow + 1;
  }
}

function slot(source: number, destination: number, ports: number): number {
  // The sum would be the same both ways: the source is turned, so that the directions do not share a slot.
  const mixed = Math.imul(((source << 7) | (source >>> 25)) ^ destination ^ Math.imul(ports, 0x9e37_79b1), 0x85eb_ca6b);
  return (mixed >>> (32 - ENTRY_BITS)) * WORDS;
}
