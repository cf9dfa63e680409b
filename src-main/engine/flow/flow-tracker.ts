import { u16be, u32be } from '../bytes/integers';
import type { Frame } from '../capture/frame';
import type { Endpoint } from '../net/endpoint';
import { formatAddress, formatMac } from '../net/endpoint';
import { type Headers, IpProtocol, type PacketView } from '../net/packet';
import type { ConversationKind } from '#shared/model/conversation';
import { ConversationTable } from './conversation-table';
import { FlowCache } from './flow-cache';

/** Conversations below the transport. */
export type LowerKind = 'ethernet' | 'wlan' | 'ipv4' | 'ipv6';

export type TransportName = 'tcp' | 'udp' | 'sctp';

/** One side of a conversation of any kind. */
export interface FlowSide {
  /** MAC or IP address. */
  readonly address: string;
  readonly port?: number;
}

/** Words of a transport key: protocol and IP version, ports, then the addresses of the first and the second side. */
const protocolWord = 0;
const portsWord = 1;
const addressWord = 2;
const transportWords4 = 4;
const transportWords6 = 10;

/*
 * Note of a transport conversation: its Ethernet conversation * 2 + its direction there in direction 0, as long as all
 * its frames ran between the same MAC addresses. They are then counted once, in the transport conversation.
 */
const withoutLink = -1;
const countedDirectly = -2;

/** Stands for the IP protocol in the key of conversations that are not counted (`reserve`); IANA reserves it. */
const reservedProtocol = 255;
/** Parent of those. */
const withoutParent = -1;

/**
 * Puts every frame into its conversations (Ethernet, WLAN, IP, transport) and names its directed flow, which is that
 * of its innermost packet. The headers of tunnels around it count in their own conversations, each with the length
 * of the whole frame, as Wireshark counts. Both directions share a key in canonical order: the higher port first, or
 * the lower address when ports are equal.
 */
export class FlowTracker {
  /** What is counted in these directly; frames of transport conversations are added when somebody asks (`totals`). */
  private readonly direct = {
    ethernet: new ConversationTable(3),
    wlan: new ConversationTable(3),
    ipv4: new ConversationTable(2),
    ipv6: new ConversationTable(8),
  };
  private shown: { readonly frames: number; readonly tables: Record<LowerKind, ConversationTable> } | null = null;
  private frames = 0;
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

  private readonly recent = new FlowCache();
  private viewed: Uint8Array = new Uint8Array(0);
  private view: DataView = new DataView(new ArrayBuffer(0));

  /**
   * Counts the frame and returns its directed flow: 2 * transport conversation + direction (0 = first to second side),
   * or -1 when it has no transport.
   */
  track(frame: Frame, packet: PacketView): number {
    this.frames += 1;
    if (packet.outerCount > 0) this.trackOuters(frame, packet);
    return this.trackHeaders(frame, packet);
  }

  /**
   * The flow of a packet that is known by its headers alone: MAC addresses, IPv4 addresses and ports from these offsets
   * on. Counts nothing; -1 when only `track` can tell.
   */
  recentFlow(view: DataView, macAt: number, addressesAt: number, portsAt: number, protocol: number): number {
    const flow = this.recent.find(view, macAt, addressesAt, portsAt, protocol);
    return flow >= 0 && this.transport.note(flow >>> 1) !== countedDirectly ? flow : -1;
  }

  /** Counts a frame of a flow that `recentFlow` gave. */
  trackRecent(frame: Frame, flow: number): void {
    this.frames += 1;
    this.transport.add(flow >>> 1, flow & 1, frame.wireLength, frame.timeNs, frame.number);
  }

  /** Name of the tunnel that a transport conversation is: `VXLAN`; null when it is none. */
  tunnelOf(conversation: number): string | null {
    return this.tunnels.get(conversation) ?? null;
  }

  transportOf(conversation: number): TransportName {
    const protocol = this.transport.keyWord(conversation, protocolWord) >>> 8;
    return protocol === IpProtocol.tcp ? 'tcp' : protocol === IpProtocol.udp ? 'udp' : 'sctp';
  }

  /** Number of conversations of a kind. */
  countOf(kind: LowerKind): number {
    return this.direct[kind].count;
  }

  /** Conversations below the transport with all that they carried; those of frames tracked since are not in it. */
  totals(kind: LowerKind): ConversationTable {
    if (this.shown?.frames !== this.frames) {
      const { ethernet, wlan, ipv4, ipv6 } = this.direct;
      const tables = { ethernet: ethernet.copy(), wlan, ipv4: ipv4.copy(), ipv6: ipv6.copy() };
      for (let i = 0; i < this.transport.count; i += 1) {
        if (this.parent[i] === withoutParent) continue;
        const isV4 = (this.transport.keyWord(i, protocolWord) & 0xff) === 4;
        tables[isV4 ? 'ipv4' : 'ipv6'].addAll(this.parent[i] >>> 1, this.transport, i, this.parent[i] & 1);
        const link = this.transport.note(i);
        if (link >= 0) tables.ethernet.addAll(link >>> 1, this.transport, i, link & 1);
      }
      this.shown = { frames: this.frames, tables };
    }
    return this.shown.tables[kind];
  }

  /** A number among the conversations for one that lies inside another: nothing is counted there, nobody sees it. */
  reserve(): number {
    const { key } = this.transport;
    key[protocolWord] = reservedProtocol << 8;
    key[portsWord] = this.parentCount;
    const conversation = this.transport.find(portsWord + 1);
    this.makeRoom();
    this.parent[conversation] = withoutParent;
    this.transport.setNote(conversation, withoutLink);
    this.parentCount += 1;
    return conversation;
  }

  /** Both ends of a directed flow. */
  endpoints(flow: number): { source: Endpoint; destination: Endpoint } {
    const a = this.transportSide(flow >>> 1, 0);
    const b = this.transportSide(flow >>> 1, 1);
    return (flow & 1) === 0 ? { source: a, destination: b } : { source: b, destination: a };
  }

  /** The flow of the other direction; -1 when nothing came that way. */
  reverseOf(flow: number): number {
    return this.transport.packetsOf(flow >>> 1, (flow & 1) ^ 1) > 0 ? flow ^ 1 : -1;
  }

  /** Address, and port if there are ports, of a side of a conversation; of transport kinds, `conversation` counts all. */
  side(kind: ConversationKind, conversation: number, side: 0 | 1): FlowSide {
    switch (kind) {
      case 'ethernet':
      case 'wlan':
        return { address: macAddress(this.direct[kind], conversation, side) };
      case 'ipv4':
      case 'ipv6': {
        const words = kind === 'ipv4' ? 1 : 4;
        return { address: wordsToAddress(this.direct[kind], conversation, side * words, words) };
      }
      case 'tcp':
      case 'udp':
      case 'sctp':
        return this.transportSide(conversation, side);
    }
  }

  /** Puts what tells a side of a conversation from other sides into `key`, and answers how many words that are. */
  putSide(kind: ConversationKind, conversation: number, side: 0 | 1, key: Uint32Array): number {
    switch (kind) {
      case 'ethernet':
      case 'wlan': {
        const table = this.direct[kind];
        key[0] = table.keyWord(conversation, side);
        key[1] = side === 0 ? table.keyWord(conversation, 2) >>> 16 : table.keyWord(conversation, 2) & 0xffff;
        return 2;
      }
      case 'ipv4':
      case 'ipv6': {
        const words = kind === 'ipv4' ? 1 : 4;
        for (let i = 0; i < words; i += 1) key[i] = this.direct[kind].keyWord(conversation, side * words + i);
        return words;
      }
      case 'tcp':
      case 'udp':
      case 'sctp': {
        const { transport } = this;
        const words = (transport.keyWord(conversation, protocolWord) & 0xff) === 4 ? 1 : 4;
        const ports = transport.keyWord(conversation, portsWord);
        key[0] = side === 0 ? ports >>> 16 : ports & 0xffff;
        for (let i = 0; i < words; i += 1) key[1 + i] = transport.keyWord(conversation, addressWord + side * words + i);
        return 1 + words;
      }
    }
  }

  private transportSide(conversation: number, side: 0 | 1): Endpoint {
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
    const { wireLength, timeNs, number } = frame;
    if (packet.wlanSource >= 0) {
      const wlan = findLink(this.direct.wlan, packet.linkBytes, packet.wlanSource, packet.wlanDestination);
      this.direct.wlan.add(wlan >>> 1, wlan & 1, wireLength, timeNs, number);
    }
    const hasTransport = packet.ipVersion !== 0 && packet.sourcePort >= 0 && isTransport(packet.protocol);
    if (!hasTransport) {
      if (packet.macSource >= 0) this.countEthernet(frame, packet);
      if (packet.ipVersion === 0) return -1;
      const ip = this.findIp(packet);
      this.direct[ipKind(packet)].add(ip >>> 1, ip & 1, wireLength, timeNs, number);
      return -1;
    }
    const { linkBytes, macDestination, source, transportStart, protocol } = packet;
    const isPlain = isPlainIpv4(packet);
    if (isPlain) {
      const recent = this.recentFlow(this.viewOf(linkBytes), macDestination, source, transportStart, protocol);
      if (recent >= 0) {
        this.transport.add(recent >>> 1, recent & 1, wireLength, timeNs, number);
        return recent;
      }
    }
    const flow = packet.ipVersion === 4 ? this.findTransport4(packet) : this.findTransport6(packet);
    const conversation = flow >>> 1;
    if (conversation === this.parentCount) this.addTransport(packet, flow & 1);
    const link = this.transport.note(conversation);
    if (link === countedDirectly) {
      if (packet.macSource >= 0) this.countEthernet(frame, packet);
    } else if (!this.isOnLink(link, flow & 1, packet)) this.leaveLink(frame, packet, conversation, link);
    else if (isPlain) this.recent.put(this.viewOf(linkBytes), macDestination, source, transportStart, protocol, flow);
    this.transport.add(conversation, flow & 1, wireLength, timeNs, number);
    return flow;
  }

  /** The bytes as integers; frames that follow each other lie in the same array. */
  private viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.viewed) {
      this.viewed = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.view;
  }

  private countEthernet(frame: Frame, packet: Headers): void {
    const { ethernet } = this.direct;
    const link = findLink(ethernet, packet.linkBytes, packet.macSource, packet.macDestination);
    ethernet.add(link >>> 1, link & 1, frame.wireLength, frame.timeNs, frame.number);
  }

  /** Does the packet run between the same MAC addresses as its conversation did so far? */
  private isOnLink(link: number, direction: number, packet: Headers): boolean {
    if (packet.macSource < 0) return link === withoutLink;
    if (link === withoutLink) return false;
    const { ethernet } = this.direct;
    const isForward = putLink(ethernet.key, packet.linkBytes, packet.macSource, packet.macDestination);
    return ethernet.matches(link >>> 1, 3) && ((link & 1) ^ direction) === (isForward ? 0 : 1);
  }

  /** From here on the frames of the conversation are counted on the link one by one, since it changes. */
  private leaveLink(frame: Frame, packet: Headers, conversation: number, link: number): void {
    if (link !== withoutLink) this.direct.ethernet.addAll(link >>> 1, this.transport, conversation, link & 1);
    this.transport.setNote(conversation, countedDirectly);
    if (packet.macSource >= 0) this.countEthernet(frame, packet);
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
    const table = this.direct[ipKind(packet)];
    putAddresses(table.key, 0, packet, isForward);
    return 2 * table.find(table.stride) + (isForward ? 0 : 1);
  }

  private makeRoom(): void {
    if (this.parentCount < this.parent.length) return;
    const next = new Int32Array(this.parent.length * 2);
    next.set(this.parent);
    this.parent = next;
  }

  private addTransport(packet: Headers, direction: number): void {
    this.makeRoom();
    this[this.transportOf(this.parentCount)].push(this.parentCount);
    this.parent[this.parentCount] = this.findIp(packet) ^ direction;
    const { linkBytes, macSource, macDestination } = packet;
    const link =
      macSource < 0 ? withoutLink : findLink(this.direct.ethernet, linkBytes, macSource, macDestination) ^ direction;
    this.transport.setNote(this.parentCount, link);
    this.parentCount += 1;
  }
}

/** Addresses, ports and MAC addresses lie in the frame as they were sent, next to each other. */
function isPlainIpv4(packet: Headers): boolean {
  return (
    packet.ipVersion === 4 &&
    packet.macDestination >= 0 &&
    packet.macSource === packet.macDestination + 6 &&
    packet.bytes === packet.linkBytes &&
    packet.destination === packet.source + 4 &&
    packet.transportStart >= 0
  );
}

function ipKind(packet: Headers): 'ipv4' | 'ipv6' {
  return packet.ipVersion === 4 ? 'ipv4' : 'ipv6';
}

/** Puts a pair of MAC addresses into `key`, the lower one first; returns whether the source is that one. */
function putLink(key: Uint32Array, bytes: Uint8Array, sourceAt: number, destinationAt: number): boolean {
  const source = u32be(bytes, sourceAt);
  const destination = u32be(bytes, destinationAt);
  const sourceLow = u16be(bytes, sourceAt + 4);
  const destinationLow = u16be(bytes, destinationAt + 4);
  const isForward = source < destination || (source === destination && sourceLow <= destinationLow);
  key[0] = isForward ? source : destination;
  key[1] = isForward ? destination : source;
  key[2] = isForward ? (sourceLow << 16) | destinationLow : (destinationLow << 16) | sourceLow;
  return isForward;
}

/** Index * 2 + direction of a frame between two MAC addresses. */
function findLink(table: ConversationTable, bytes: Uint8Array, sourceAt: number, destinationAt: number): number {
  const isForward = putLink(table.key, bytes, sourceAt, destinationAt);
  return 2 * table.find(3) + (isForward ? 0 : 1);
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

const macBytes = new Uint8Array(8);

/** Key words of a conversation between MAC addresses: upper 32 bits of A, of B, then the lower 16 bits of A and B. */
function macAddress(table: ConversationTable, index: number, side: 0 | 1): string {
  const view = new DataView(macBytes.buffer);
  view.setUint32(0, table.keyWord(index, side));
  const low = table.keyWord(index, 2);
  view.setUint16(4, side === 0 ? low >>> 16 : low & 0xffff);
  return formatMac(macBytes, 0);
}

const scratch = new Uint8Array(16);

/** Address of `words` key words as text. */
function wordsToAddress(table: ConversationTable, index: number, word: number, words: number): string {
  const view = new DataView(scratch.buffer);
  for (let i = 0; i < words; i += 1) view.setUint32(4 * i, table.keyWord(index, word + i));
  return formatAddress(scratch, 0, 4 * words);
}
