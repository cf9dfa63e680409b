/** IP protocol numbers (IANA) that the engine knows. */
export const IpProtocol = { icmp: 1, tcp: 6, udp: 17, authentication: 51, icmpv6: 58, sctp: 132 } as const;

/** TCP flags (RFC 9293, section 3.1). */
export const TcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

/**
 * What a frame turned out to be, innermost network packet first. One instance is reused for all frames.
 * Positions are offsets into `bytes`, which is the frame's window, or the buffer of a reassembled datagram.
 */
export class PacketView {
  bytes: Uint8Array = new Uint8Array(0);

  /** Offset of the 6-byte destination and source MAC addresses in `linkBytes`; -1 when the link has none. */
  linkBytes: Uint8Array = this.bytes;
  macDestination = -1;
  macSource = -1;

  /** 4, 6, or 0 when the frame carries no IP. */
  ipVersion = 0;
  /** Offsets of the addresses in `bytes`: 4 bytes each for IPv4, 16 for IPv6. */
  source = 0;
  destination = 0;
  /** IP protocol number of the transport. */
  protocol = 0;
  ttl = 0;
  /** The frame is a fragment and its datagram is not (yet) complete: no transport header, no payload. */
  isFragment = false;
  /** The datagram was put together from several frames: `bytes` is not the frame's window. */
  isReassembled = false;

  /** UDP, TCP, SCTP ports; -1 when the transport has none or its header was cut off. */
  sourcePort = -1;
  destinationPort = -1;
  /** Payload of the transport is `bytes[payloadStart..payloadEnd)`. */
  payloadStart = 0;
  payloadEnd = 0;
  /** Payload bytes that were on the wire but not captured (snaplen). */
  payloadMissing = 0;

  tcpSequence = 0;
  tcpAcknowledgment = 0;
  tcpFlags = 0;
  tcpWindow = 0;

  /** Forgets the previous frame. */
  reset(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.linkBytes = bytes;
    this.macDestination = -1;
    this.macSource = -1;
    this.ipVersion = 0;
    this.source = 0;
    this.destination = 0;
    this.protocol = 0;
    this.ttl = 0;
    this.isFragment = false;
    this.isReassembled = false;
    this.sourcePort = -1;
    this.destinationPort = -1;
    this.payloadStart = 0;
    this.payloadEnd = 0;
    this.payloadMissing = 0;
    this.tcpSequence = 0;
    this.tcpAcknowledgment = 0;
    this.tcpFlags = 0;
    this.tcpWindow = 0;
  }
}
