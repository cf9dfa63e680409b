import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { Frame } from '../../capture/frame';
import type { ConversationVerdict } from '../../flow/conversation-rows';
import type { FlowTracker } from '../../flow/flow-tracker';
import { SctpMessages } from '../../flow/sctp-messages';
import type { TcpConnections } from '../../flow/tcp-connections';
import { UdpChecksumWatch } from '../../flow/udp-checksum-watch';
import { IpProtocol, type PacketView } from '../../net/packet';
import { looksLikeSip, parseSipDatagram, type SipMessage } from '../../protocols/sip/index';
import type { CallTracker } from '../calls/call-tracker';
import type { SipTransport } from '../calls/message-log';
import type { RtpEngine } from '../rtp/rtp-engine';
import type { SessionBook } from '../sessions/session-book';
import type { FlowReplay } from './flow-replay';

/** Version 2 of RTP and RTCP in the two highest bits of the first byte (RFC 7983: 128..191). */
const isRtpVersion = (firstByte: number): boolean => firstByte >>> 6 === 2;

export interface DispatcherParts {
  readonly sink: DiagnosticSink;
  readonly flows: FlowTracker;
  readonly rtp: RtpEngine;
  readonly calls: CallTracker;
  readonly replay: FlowReplay;
  readonly connections: TcpConnections;
  readonly sessions: SessionBook;
}

/**
 * Hands each payload to the dissector that understands it, by its content: ports decide nothing. A dissector's
 * fault costs the frame, never the capture.
 */
export class FlowDispatcher {
  private readonly sctpMessages = new Map<number, SctpMessages>();
  /** Conversations that carried SIP, with the first frame that showed it. */
  private readonly sipConversations = new Map<number, number>();
  private frame: Frame | null = null;
  private readonly checksums: UdpChecksumWatch;

  constructor(private readonly parts: DispatcherParts) {
    this.checksums = new UdpChecksumWatch(parts.sink, parts.flows);
  }

  dispatch(flow: number, frame: Frame, packet: PacketView): void {
    this.frame = frame;
    try {
      if (packet.protocol === IpProtocol.udp || packet.isMessage) this.datagram(flow, frame, packet);
      else if (packet.protocol === IpProtocol.tcp) {
        if (!packet.isDuplicate) this.parts.connections.segment(flow, frame, packet);
      } else if (packet.protocol === IpProtocol.sctp) this.association(flow, frame, packet);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.parts.sink.report('error', 'dissector-fault', frame.number, `A dissector failed on this frame: ${reason}.`);
    }
  }

  /** Lets go what waits for more bytes. */
  finish(): void {
    this.parts.connections.finish();
  }

  /** What a transport conversation was taken for, and why. */
  verdict(conversation: number): ConversationVerdict | null {
    const tunnel = this.parts.flows.tunnelOf(conversation);
    if (tunnel !== null) return { protocol: tunnel, reason: 'Packets inside; they are in their own conversations' };
    const sipFrame = this.sipConversations.get(conversation);
    if (sipFrame !== undefined) return { protocol: 'SIP', reason: `SIP start line in frame ${sipFrame}` };
    const inside = this.parts.connections.verdict(conversation);
    if (inside !== null) return inside;
    const media = this.parts.rtp.flowVerdict(2 * conversation) ?? this.parts.rtp.flowVerdict(2 * conversation + 1);
    return media ?? this.parts.sessions.verdict(conversation);
  }

  private datagram(flow: number, frame: Frame, packet: PacketView): void {
    const { bytes, payloadStart, payloadEnd } = packet;
    if (payloadStart >= payloadEnd) return;
    if (isRtpVersion(bytes[payloadStart])) {
      this.checksums.sample(flow, packet, frame.number);
      if (packet.isReassembled && !this.parts.replay.keepReassembled(packet, frame.number)) {
        this.parts.sink.report(
          'warning',
          'reassembled-limit',
          frame.number,
          'Too many fragmented datagrams to keep: media in them is left out.',
        );
      }
      this.parts.rtp.onDatagram(flow, packet, frame.number, frame.timeNs);
    } else if (!looksLikeSip(bytes, payloadStart, payloadEnd)) {
      this.checksums.sample(flow, packet, frame.number);
      if (!packet.isDuplicate) this.parts.sessions.datagram(flow, packet, frame);
    } else if (!packet.isDuplicate) {
      this.checksums.verify(packet, frame.number);
      const origin = {
        frame: frame.number,
        timeNs: frame.timeNs,
        fileOffset: packet.isReassembled || packet.isDecrypted ? -1 : frame.fileOffset + payloadStart - frame.start,
        missing: packet.payloadMissing,
      };
      const message = parseSipDatagram(bytes, payloadStart, payloadEnd, origin, this.parts.sink);
      if (message) this.onSip(flow, message, packet.protocol === IpProtocol.tcp ? 'tcp' : 'udp');
    }
  }

  /** Where in-order bytes lie in the file; -1 for those that waited in a buffer. */
  private fileOffset(bytes: Uint8Array, start: number): number {
    const { frame } = this;
    return frame && bytes === frame.bytes ? frame.fileOffset + start - frame.start : -1;
  }

  /** SIP over SCTP has one message in a user message (RFC 4168, section 5.1). */
  private association(flow: number, frame: Frame, packet: PacketView): void {
    if (packet.isDuplicate) return;
    let messages = this.sctpMessages.get(flow);
    if (!messages) {
      messages = new SctpMessages(
        {
          onMessage: (_stream, _protocolId, bytes, start, end, number, timeNs) => {
            if (!looksLikeSip(bytes, start, end)) return;
            const origin = { frame: number, timeNs, fileOffset: this.fileOffset(bytes, start), missing: 0 };
            const message = parseSipDatagram(bytes, start, end, origin, this.parts.sink);
            if (message) this.onSip(flow, message, 'sctp');
          },
        },
        this.parts.sink,
      );
      this.sctpMessages.set(flow, messages);
    }
    messages.push(packet.bytes, packet.payloadStart, packet.payloadEnd, frame.number, frame.timeNs);
  }

  private onSip(flow: number, message: SipMessage, transport: SipTransport): void {
    const { source, destination } = this.parts.flows.endpoints(flow);
    if (!this.sipConversations.has(flow >>> 1)) this.sipConversations.set(flow >>> 1, message.frame);
    this.parts.calls.onMessage(message, source, destination, transport);
  }
}
