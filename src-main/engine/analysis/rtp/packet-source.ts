import type { PacketView } from '../../net/packet';

/** Reads the datagrams of a flow again from the capture. */
export interface PacketSource {
  /**
   * Visits every datagram of a directed flow in capture order. `packet` is reused from one visit to the next.
   * `fileOffset` is where `packet.bytes[0]` lies in the capture file, or -1 when the datagram was reassembled
   * from fragments and does not lie there in one piece. `visit` answers false to see no more.
   */
  forEachPacket(
    flow: number,
    visit: (packet: PacketView, frame: number, timeNs: number, fileOffset: number) => unknown,
  ): void;
}
