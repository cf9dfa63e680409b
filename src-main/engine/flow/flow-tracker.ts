import { u16be, u32be } from '../bytes/integers';
import type { Frame } from '../capture/frame';
import type { Endpoint } from '../net/endpoint';
import { formatAddress } from '../net/endpoint';
import { type Headers, IpProtocol, type PacketView } from '../net/packet';
import { ConversationTable } from './conversation-table';

export type TransportName = 'tcp' | 'udp' | 'sctp';

/** Words of a transport key: protocol and IP version, ports, then the addresses of the first and the second side. */
const protocolWord = 0;
const portsWord = 1;
const addressWord = 2;
const transportWords4 = 4;
const transportWords6 = 10;

/**
 * Puts every frame into its conversations (Ethernet, WLAN, IP, transport) and names its directed flow, which is that
 * of its innermost packet. The headers of tunnels around it count in their own conversations, each with the length
 * of the whole frame, as Wireshark counts. Both directions share a key in canonical order: the higher port first, or
 * the lower address when ports are equal.
 */
export class FlowTracker {
  readonly ethernet = new ConversationTable(3);
  readonly wlan = new ConversationTable(3);
  readonly ipv4 = new ConversationTable(2);
  readonly ipv6 = new ConversationTable(8);
  readonly transport = new ConversationTable(transportWords6);
  /** Indexes into `transport`, by protocol, in the order of appearance. */
  readonly tcp: number[] = [];
  readonly udp: number[] = [];
  readonly sctp: number[] = [];

  /** IP conversation of each transport conversation: index * 2 + its direction in direction 0. */
  private parent = new Int32Array(256);
  private parentCount = 0;
  /** What transport conversations carry that are tunnels. */
  private readonly tunnels = new Map<number, string>();

  /**
   * Counts the frame and returns its directed flow: 2 * transport conversation + direction (0 = first to second side),
   * or -1 when it has no transport.
   */
  track(frame: Frame, packet: PacketView): number {
    if (packet.outerCount > 0) this.trackOuters(frame, packet);
    return this.trackHeaders(frame, packet);
  }

  /** Name of the tunnel that a transport conversation is: `VXLAN`; null when it is none. */
  tunnelOf(conversation: number): string | null {
    return this.tunnels.get(conversation) ?? null;
  }

  transportOf(conversation: number): TransportName {
    const protocol = this.transport.keyWord(conversation, protocolWord) >>> 8;
    return protocol === IpProtocol.tcp ? 'tcp' : protocol === IpProtocol.udp ? 'udp' : 'sctp';
  }

  /** Both ends of a directed flow. */
  endpoints(flow: number): { source: Endpoint; destination: Endpoint } {
    const a = this.side(flow >>> 1, 0);
    const b = this.side(flow >>> 1, 1);
    return (flow & 1) === 0 ? { source: a, destination: b } : { source: b, destination: a };
  }

  /** The flow of the other direction; -1 when nothing came that way. */
  reverseOf(flow: number): number {
    return this.transport.packetsOf(flow >>> 1, (flow & 1) ^ 1) > 0 ? flow ^ 1 : -1;
  }

  private side(conversation: number, side: 0 | 1): Endpoint {
    const { transport } = this;
    const isV4 = (transport.keyWord(conversation, protocolWord) & 0xff) === 4;
    const ports = transport.keyWord(conversation, portsWord);
    const words = isV4 ? 1 : 4;
    const address = wordsToAddress(transport, conversation, addressWord + side * words, words);
    return { address, port: side === 0 ? ports >>> 16 : ports & 0xffff };
  }

  private trackOuters(frame: Frame, packet: PacketView): void {
    for (let i = 0; i < packet.outerCount; i += 1) {
      const outer = packet.outers[i];
      const flow = this.trackHeaders(frame, outer);
      if (flow >= 0 && outer.tunnel !== null) this.tunnels.set(flow >>> 1, outer.tunnel);
    }
  }

  private trackHeaders(frame: Frame, packet: Headers): number {
    const { wireLength, timeNs } = frame;
    if (packet.macSource >= 0) {
      countLink(this.ethernet, frame, packet.linkBytes, packet.macSource, packet.macDestination);
    }
    if (packet.wlanSource >= 0) {
      countLink(this.wlan, frame, packet.linkBytes, packet.wlanSource, packet.wlanDestination);
    }
    if (packet.ipVersion === 0) return -1;
    const { sourcePort } = packet;
    if (sourcePort < 0 || !isTransport(packet.protocol)) {
      const encoded = this.findIp(packet);
      this.ipTable(packet).add(encoded >>> 1, encoded & 1, wireLength, timeNs);
      return -1;
    }
    const flow = packet.ipVersion === 4 ? this.findTransport4(packet) : this.findTransport6(packet);
    const conversation = flow >>> 1;
    if (conversation === this.parentCount) this.addTransport(packet, flow & 1);
    this.transport.add(conversation, flow & 1, wireLength, timeNs);
    const parent = this.parent[conversation];
    this.ipTable(packet).add(parent >>> 1, (parent & 1) ^ (flow & 1), wireLength, timeNs);
    return flow;
  }

  private findTransport4(packet: Headers): number {
    const { bytes, sourcePort, destinationPort } = packet;
    const source = u32be(bytes, packet.source);
    const destination = u32be(bytes, packet.destination);
    const isForward = sourcePort > destinationPort || (sourcePort === destinationPort && source <= destination);
    const { key } = this.transport;
    key[protocolWord] = (packet.protocol << 8) | 4;
    key[portsWord] = isForward ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort;
    key[addressWord] = isForward ? source : destination;
    key[addressWord + 1] = isForward ? destination : source;
    return 2 * this.transport.find(transportWords4) + (isForward ? 0 : 1);
  }

  private findTransport6(packet: Headers): number {
    const { sourcePort, destinationPort } = packet;
    const isForward = sourcePort > destinationPort || (sourcePort === destinationPort && compareAddresses(packet) <= 0);
    const { key } = this.transport;
    key[protocolWord] = (packet.protocol << 8) | 6;
    key[portsWord] = isForward ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort;
    putAddresses(key, addressWord, packet, isForward);
    return 2 * this.transport.find(transportWords6) + (isForward ? 0 : 1);
  }

  /** Index * 2 + direction of the packet in its IP table. */
  private findIp(packet: Headers): number {
    const isForward = compareAddresses(packet) <= 0;
    const table = this.ipTable(packet);
    putAddresses(table.key, 0, packet, isForward);
    return 2 * table.find(table.stride) + (isForward ? 0 : 1);
  }

  private ipTable(packet: Headers): ConversationTable {
    return packet.ipVersion === 4 ? this.ipv4 : this.ipv6;
  }

  private addTransport(packet: Headers, direction: number): void {
    if (this.parentCount === this.parent.length) {
      const next = new Int32Array(this.parent.length * 2);
      next.set(this.parent);
      this.parent = next;
    }
    this[this.transportOf(this.parentCount)].push(this.parentCount);
    this.parent[this.parentCount] = this.findIp(packet) ^ direction;
    this.parentCount += 1;
  }
}

/** Counts a frame between two MAC addresses. */
function countLink(
  table: ConversationTable,
  frame: Frame,
  bytes: Uint8Array,
  sourceAt: number,
  destinationAt: number,
): void {
  const source = u32be(bytes, sourceAt);
  const destination = u32be(bytes, destinationAt);
  const sourceLow = u16be(bytes, sourceAt + 4);
  const destinationLow = u16be(bytes, destinationAt + 4);
  const isForward = source < destination || (source === destination && sourceLow <= destinationLow);
  const { key } = table;
  key[0] = isForward ? source : destination;
  key[1] = isForward ? destination : source;
  key[2] = isForward ? (sourceLow << 16) | destinationLow : (destinationLow << 16) | sourceLow;
  table.add(table.find(3), isForward ? 0 : 1, frame.wireLength, frame.timeNs);
}

function isTransport(protocol: number): boolean {
  return protocol === IpProtocol.udp || protocol === IpProtocol.tcp || protocol === IpProtocol.sctp;
}

/** Below 0 when the source address sorts before the destination, byte by byte. */
function compareAddresses(packet: Headers): number {
  const { bytes, source, destination } = packet;
  const length = packet.ipVersion === 4 ? 4 : 16;
  for (let i = 0; i < length; i += 4) {
    const difference = u32be(bytes, source + i) - u32be(bytes, destination + i);
    if (difference !== 0) return difference;
  }
  return 0;
}

function putAddresses(key: Uint32Array, at: number, packet: Headers, isForward: boolean): void {
  const { bytes } = packet;
  const words = packet.ipVersion === 4 ? 1 : 4;
  const first = isForward ? packet.source : packet.destination;
  const second = isForward ? packet.destination : packet.source;
  for (let i = 0; i < words; i += 1) {
    key[at + i] = u32be(bytes, first + 4 * i);
    key[at + words + i] = u32be(bytes, second + 4 * i);
  }
}

const scratch = new Uint8Array(16);

/** Address of `words` key words as text. */
export function wordsToAddress(table: ConversationTable, index: number, word: number, words: number): string {
  const view = new DataView(scratch.buffer);
  for (let i = 0; i < words; i += 1) view.setUint32(4 * i, table.keyWord(index, word + i));
  return formatAddress(scratch, 0, 4 * words);
}
