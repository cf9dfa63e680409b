/** IP protocol numbers (IANA) that the engine knows. */
export const IpProtocol = {
  icmp: 1,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  gre: 47,
  authentication: 51,
  icmpv6: 58,
  etherIp: 97,
  l2tp: 115,
  sctp: 132,
  mpls: 137,
} as const;

/** TCP flags (RFC 9293, section 3.1). */
export const TcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

const NO_BYTES = new Uint8Array(0);

/** Addresses of the headers at one level of nesting: link, network, transport. All are offsets or numbers. */
class Headers {
  bytes: Uint8Array = NO_BYTES;

  /** Offset of the 6-byte destination and source MAC addresses in `linkBytes`; -1 when the link has none. */
  linkBytes: Uint8Array = NO_BYTES;
  macDestination = -1;
  macSource = -1;

  /** Offset of the 802.11 header in `linkBytes`; -1 when there is none. */
  wlanHeader = -1;
  /** Offsets of the 6-byte addresses of the stations that speak with each other, as the DS bits place them. */
  wlanDestination = -1;
  wlanSource = -1;

  /** 4, 6, or 0 when there is no IP. */
  ipVersion = 0;
  /** Offsets of the addresses in `bytes`: 4 bytes each for IPv4, 16 for IPv6. */
  source = 0;
  destination = 0;
  /** IP protocol number of the transport. */
  protocol = 0;

  /** UDP, TCP, SCTP ports; -1 when the transport has none or its header was cut off. */
  sourcePort = -1;
  destinationPort = -1;
  /** Offset of the transport header in `bytes`; -1 when there is none. */
  transportStart = -1;

  /** What these headers carry when they are those of a tunnel: `GRE`, `VXLAN`; null for innermost headers. */
  tunnel: string | null = null;
}

export type { Headers };

/**
 * What a frame turned out to be, innermost network packet first; the headers of tunnels around it are `outers`.
 * One instance is reused for all frames. Positions are offsets into `bytes`, which is the frame's window, or the
 * buffer of a reassembled datagram.
 */
export class PacketView extends Headers {
  /** Headers around the innermost ones, from the outside in: the first `outerCount` entries. */
  readonly outers: Headers[] = [];
  outerCount = 0;

  /** How many packets of the same frame came before this one (A-MSDU). */
  ordinal = 0;

  /** The 802.11 frame was sent again (retry bit): its first copy may be in the capture or not. */
  isRetry = false;
  /** The 802.11 frame body is encrypted (protected bit): not decoded, unless `isDecrypted`. */
  isEncrypted = false;
  /** It was decrypted: `bytes` is not the frame's window but `wlanPlain`, its plain body. */
  isDecrypted = false;
  wlanPlain: Uint8Array = NO_BYTES;
  /** The last 4 bytes of the 802.11 frame on the wire are its frame check sequence; they are in no payload. */
  hasFcs = false;
  /** The 802.11 frame body is `linkBytes[wlanBodyStart..wlanBodyEnd)`: behind the header, before the FCS. */
  wlanBodyStart = 0;
  wlanBodyEnd = 0;

  ttl = 0;
  /** IPv4 identification, and that of IPv6 fragments; 0 when there is none. */
  identification = 0;
  /** The frame is a fragment and its datagram is not (yet) complete: no transport header, no payload. */
  isFragment = false;
  /** Where the fragment that the frame carries lies in its datagram; -1 when it is none. */
  fragmentOffset = -1;
  /** The datagram was put together from several frames: `bytes` is not the frame's window. */
  isReassembled = false;
  /** The same packet was captured just before, at another place or interface. */
  isDuplicate = false;
  /** The payload is one whole message although `protocol` is a stream's: a probe copied it (HEP). */
  isMessage = false;

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
    if (this.wlanHeader >= 0) this.resetWlan();
    this.ipVersion = 0;
    this.source = 0;
    this.destination = 0;
    this.protocol = 0;
    this.sourcePort = -1;
    this.destinationPort = -1;
    this.outerCount = 0;
    this.ordinal = 0;
    this.ttl = 0;
    this.identification = 0;
    this.isFragment = false;
    this.fragmentOffset = -1;
    this.isReassembled = false;
    this.isDuplicate = false;
    this.isMessage = false;
    this.transportStart = -1;
    this.payloadStart = 0;
    this.payloadEnd = 0;
    this.payloadMissing = 0;
    this.tcpSequence = 0;
    this.tcpAcknowledgment = 0;
    this.tcpFlags = 0;
    this.tcpWindow = 0;
  }

  /** The headers found so far are those of a tunnel; innermost ones may follow. */
  enclose(tunnel: string | null): void {
    if (this.outerCount === this.outers.length) this.outers.push(new Headers());
    const outer = this.outers[this.outerCount];
    this.outerCount += 1;
    copyLink(this, outer);
    copyNetwork(this, outer);
    outer.tunnel = tunnel;
    this.macDestination = -1;
    this.macSource = -1;
    this.wlanHeader = -1;
    this.wlanDestination = -1;
    this.wlanSource = -1;
    this.ipVersion = 0;
    this.sourcePort = -1;
    this.destinationPort = -1;
    this.transportStart = -1;
    this.fragmentOffset = -1;
  }

  /** There was no network packet inside: the innermost one is that of the last tunnel. */
  fallBack(): void {
    for (let i = this.outerCount - 1; i >= 0; i -= 1) {
      const outer = this.outers[i];
      if (outer.ipVersion === 0) continue;
      copyNetwork(outer, this);
      outer.ipVersion = 0;
      outer.sourcePort = -1;
      outer.destinationPort = -1;
      return;
    }
  }

  private resetWlan(): void {
    this.wlanHeader = -1;
    this.wlanDestination = -1;
    this.wlanSource = -1;
    this.isRetry = false;
    this.isEncrypted = false;
    this.isDecrypted = false;
    this.wlanPlain = NO_BYTES;
    this.hasFcs = false;
    this.wlanBodyStart = 0;
    this.wlanBodyEnd = 0;
  }
}

function copyLink(from: Headers, to: Headers): void {
  to.linkBytes = from.linkBytes;
  to.macDestination = from.macDestination;
  to.macSource = from.macSource;
  to.wlanHeader = from.wlanHeader;
  to.wlanDestination = from.wlanDestination;
  to.wlanSource = from.wlanSource;
}

function copyNetwork(from: Headers, to: Headers): void {
  to.bytes = from.bytes;
  to.ipVersion = from.ipVersion;
  to.source = from.source;
  to.destination = from.destination;
  to.protocol = from.protocol;
  to.sourcePort = from.sourcePort;
  to.destinationPort = from.destinationPort;
  to.transportStart = from.transportStart;
}
