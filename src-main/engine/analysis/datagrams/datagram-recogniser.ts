import type { SessionRow } from '#shared/model/session';
import { missingBytes } from '../../bytes/extents';
import type { Frame } from '../../capture/frame';
import type { ConversationVerdict } from '../../flow/conversation-rows';
import type { StreamProtocol } from '../../flow/stream-dissector';
import type { PacketView } from '../../net/packet';
import { dtlsContent, isDtls } from '../../protocols/dtls';
import { isQuicLong, mayBeQuicShort } from '../../protocols/quic';
import { channelDataLength, isChannelData, isStun, stunName } from '../../protocols/stun';
import { isZrtp } from '../../protocols/zrtp';
import type { SessionHost } from '../sessions/session-host';
import type { SessionTracker } from '../sessions/session-tracker';
import { rtpOverTcp, turnOverTcp } from './framed-streams';
import { PrefixFinder } from './prefixed-rtp';
import { TurnRelay } from './turn-relay';

/** What a conversation was found to carry; the later in the list, the more it says. */
const ranks = ['STUN', 'ZRTP', 'DTLS', 'QUIC', 'TURN', 'RTP'] as const;

/** Conversations that are watched for RTP behind a header. */
const maxWatched = 4096;
/** Datagrams of a flow before anybody looks for RTP in them. */
const ignoredPackets = 4;
const givenUp = 255;
/** A conversation that is watched gives way to another after this time. */
const watchNs = 10e9;
/** Packets with a long header that make a conversation QUIC, alone or with so many with a short one. */
const quicLong = 2;
const quicShort = 2;
/** ChannelData messages that are believed where no other message of TURN was seen. */
const channelProof = 5;

interface Conversation {
  verdict: (ConversationVerdict & { readonly rank: number }) | null;
  relay: TurnRelay | null;
  quicLong: number;
  quicShort: number;
  channelData: number;
  /** Looks for RTP behind a header, in each direction. */
  finders: [PrefixFinder | null, PrefixFinder | null];
  /** Bytes before the RTP of each direction; 0 for none. */
  prefix: [number, number];
  prefixFlow: number;
}

/**
 * Tells by their first bytes what the datagrams are that are neither RTP nor signalling (RFC 7983, RFC 9443), so that
 * they are mistaken for nothing else, and takes out the RTP that is inside of some.
 */
export class DatagramRecogniser implements SessionTracker {
  readonly revision = 0;
  readonly protocols: readonly StreamProtocol[];
  private readonly conversations = new Map<number, Conversation>();
  /** Unexplained datagrams of each flow, no more than `ignoredPackets`; `givenUp` where no RTP was found in them. */
  private unknown = new Uint8Array(256);
  /** Conversations of nothing known and since when they are watched, the longest first. */
  private readonly watched = new Map<number, number>();

  constructor(private readonly host: SessionHost) {
    this.protocols = [turnOverTcp(host.framed), rtpOverTcp(host.framed)];
  }

  sessions(): readonly SessionRow[] {
    return [];
  }

  verdict(conversation: number): ConversationVerdict | null {
    const verdict = this.conversations.get(conversation)?.verdict;
    return verdict ? { protocol: verdict.protocol, reason: verdict.reason } : null;
  }

  datagram(flow: number, packet: PacketView, frame: Frame): boolean {
    const { bytes, payloadStart: start, payloadEnd: end, payloadMissing: missing } = packet;
    const first = bytes[start];
    if (first < 4 && isStun(bytes, start, end, missing === 0)) return this.onStun(flow, packet, frame);
    if (first === 0x10 && isZrtp(bytes, start, end)) return this.note(flow, 'ZRTP', 'ZRTP message', frame);
    if (first >= 20 && first <= 63 && isDtls(bytes, start, end, missing)) {
      return this.note(flow, 'DTLS', `DTLS ${dtlsContent(bytes, start)}`, frame);
    }
    const known = this.conversations.get(flow >>> 1);
    if (isQuicLong(bytes, start, end)) return this.onQuic(flow, frame, true);
    if (known && known.quicLong > 0 && mayBeQuicShort(bytes, start, end)) return this.onQuic(flow, frame, false);
    if (missing === 0 && isChannelData(bytes, start, end)) return this.onChannelData(flow, packet, frame);
    if (known?.verdict && known.verdict.protocol !== 'RTP') return false;
    return this.onUnknown(flow, packet, frame);
  }

  private conversation(flow: number): Conversation {
    const number = flow >>> 1;
    let known = this.conversations.get(number);
    if (!known) {
      known = {
        verdict: null,
        relay: null,
        quicLong: 0,
        quicShort: 0,
        channelData: 0,
        finders: [null, null],
        prefix: [0, 0],
        prefixFlow: -1,
      };
      this.conversations.set(number, known);
    }
    return known;
  }

  private note(flow: number, protocol: (typeof ranks)[number], what: string, { number }: Frame): true {
    this.decide(this.conversation(flow), protocol, `${what} in frame ${number}`);
    return true;
  }

  private decide(conversation: Conversation, protocol: (typeof ranks)[number], reason: string): void {
    const rank = ranks.indexOf(protocol);
    if ((conversation.verdict?.rank ?? -1) < rank) conversation.verdict = { protocol, reason, rank };
    conversation.finders = [null, null];
  }

  private onStun(flow: number, packet: PacketView, frame: Frame): true {
    const { bytes, payloadStart: start, payloadEnd: end } = packet;
    const conversation = this.conversation(flow);
    const relay = this.relayOf(conversation, flow);
    const direction = (flow & 1) as 0 | 1;
    const address = addressOf(packet, frame, start);
    const isTurn = relay.onStun(direction, bytes, start, end, frame.number, frame.timeNs, address);
    return this.note(flow, isTurn ? 'TURN' : 'STUN', stunName(bytes, start), frame);
  }

  private relayOf(conversation: Conversation, flow: number): TurnRelay {
    if (!conversation.relay) {
      const first = flow & ~1;
      const { source, destination } = this.host.flows.endpoints(first);
      conversation.relay = new TurnRelay(this.host.framed, [source, destination]);
    }
    return conversation.relay;
  }

  private onChannelData(flow: number, packet: PacketView, frame: Frame): boolean {
    const conversation = this.conversation(flow);
    const isTurn = (conversation.relay?.firstFrame ?? 0) > 0;
    conversation.channelData += 1;
    if (!isTurn && conversation.channelData < channelProof) return false;
    if (!isTurn) this.decide(conversation, 'TURN', `Channel data from frame ${frame.number} on`);
    const { bytes, payloadStart: start, payloadEnd } = packet;
    const end = start + channelDataLength(bytes, start, payloadEnd);
    const channel = (bytes[start] << 8) | bytes[start + 1];
    const relay = this.relayOf(conversation, flow);
    const direction = (flow & 1) as 0 | 1;
    const address = addressOf(packet, frame, start + 4);
    relay.onChannelData(direction, channel, bytes, start + 4, end, frame.number, frame.timeNs, address);
    return true;
  }

  private onQuic(flow: number, frame: Frame, isLong: boolean): boolean {
    const conversation = this.conversation(flow);
    if (isLong) conversation.quicLong += 1;
    else conversation.quicShort += 1;
    const isProven =
      conversation.quicLong >= quicLong || (conversation.quicLong > 0 && conversation.quicShort >= quicShort);
    if (isProven && conversation.verdict === null) {
      const { quicLong: long, quicShort: short } = conversation;
      this.decide(conversation, 'QUIC', `${long} long and ${short} short headers until frame ${frame.number}`);
    }
    return isProven;
  }

  /** Datagrams that nothing explains may be RTP behind the header of a relay. */
  private onUnknown(flow: number, packet: PacketView, frame: Frame): boolean {
    const direction = (flow & 1) as 0 | 1;
    const known = this.conversations.get(flow >>> 1);
    if (known && known.prefix[direction] > 0) {
      this.passOn(known, flow, packet, frame, known.prefix[direction]);
      return true;
    }
    if (!this.isWorthALook(flow)) return false;
    const conversation = known ?? this.watch(flow, frame.timeNs);
    if (!conversation) return false;
    const finder = (conversation.finders[direction] ??= new PrefixFinder());
    const found = finder.push(packet.bytes, packet.payloadStart, packet.payloadEnd);
    if (found < 0) {
      if (finder.hasGivenUp) this.giveUp(flow, conversation);
      return false;
    }
    conversation.prefix[direction] = found;
    this.replay(conversation, flow, found, frame.number);
    this.passOn(conversation, flow, packet, frame, found);
    const reason = `RTP behind ${found} other bytes, in sequence until frame ${frame.number}`;
    conversation.verdict = { protocol: 'RTP', reason, rank: ranks.length - 1 };
    return true;
  }

  /** Questions with their answers (DNS, SNMP) are over before that. */
  private isWorthALook(flow: number): boolean {
    if (flow >= this.unknown.length) {
      const grown = new Uint8Array(Math.max(flow + 1, 2 * this.unknown.length));
      grown.set(this.unknown);
      this.unknown = grown;
    }
    const seen = this.unknown[flow];
    if (seen < ignoredPackets) this.unknown[flow] += 1;
    return seen === ignoredPackets;
  }

  /** Null while all places are taken by conversations that began a short while ago. */
  private watch(flow: number, timeNs: number): Conversation | null {
    if (this.watched.size >= maxWatched && !this.forgetOldest(timeNs)) return null;
    this.watched.set(flow >>> 1, timeNs);
    return this.conversation(flow);
  }

  private forgetOldest(timeNs: number): boolean {
    for (const [oldest, sinceNs] of this.watched) {
      if (timeNs - sinceNs < watchNs) return false;
      this.watched.delete(oldest);
      if (this.conversations.get(oldest)?.verdict === null) this.conversations.delete(oldest);
      return true;
    }
    return false;
  }

  private giveUp(flow: number, conversation: Conversation): void {
    this.unknown[flow] = givenUp;
    conversation.finders[flow & 1] = null;
    if (conversation.verdict !== null || conversation.finders[(flow & 1) ^ 1] !== null) return;
    this.watched.delete(flow >>> 1);
    this.conversations.delete(flow >>> 1);
  }

  /** Gives on what came before the prefix was known. */
  private replay(conversation: Conversation, flow: number, prefix: number, until: number): void {
    const framed = this.prefixFlow(conversation, flow, prefix) + (flow & 1);
    this.host.replay.forEachPacket(flow, (packet, frame, timeNs, origin) => {
      if (frame >= until) return false;
      const start = packet.payloadStart + prefix;
      const address = origin < 0 ? missingBytes : origin + start;
      if (start < packet.payloadEnd) {
        this.host.framed.datagram(framed, packet.bytes, start, packet.payloadEnd, frame, timeNs, address);
      }
      return true;
    });
  }

  private passOn(conversation: Conversation, flow: number, packet: PacketView, frame: Frame, prefix: number): void {
    const { bytes, payloadStart, payloadEnd } = packet;
    const start = payloadStart + prefix;
    if (start >= payloadEnd) return;
    const framed = this.prefixFlow(conversation, flow, prefix) + (flow & 1);
    const address = addressOf(packet, frame, start);
    this.host.framed.datagram(framed, bytes, start, payloadEnd, frame.number, frame.timeNs, address);
  }

  private prefixFlow(conversation: Conversation, flow: number, prefix: number): number {
    if (conversation.prefixFlow < 0) {
      const { source, destination } = this.host.flows.endpoints(flow & ~1);
      conversation.prefixFlow = this.host.framed.open(source, destination, `behind ${prefix} bytes`);
    }
    return conversation.prefixFlow;
  }
}

/** Where `bytes[at]` lies in the capture; `missingBytes` when it was decrypted or put together. */
function addressOf({ bytes }: PacketView, frame: Frame, at: number): number {
  return bytes === frame.bytes ? frame.fileOffset + at - frame.start : missingBytes;
}
