import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { Frame } from '../capture/frame';
import type { Endpoint } from '../net/endpoint';
import { type PacketView, TcpFlag } from '../net/packet';
import { missingBytes } from '../bytes/extents';
import type { ConversationVerdict } from './conversation-rows';
import type { Direction, StreamChannel, StreamDissector, StreamProtocol } from './stream-dissector';
import { StreamRecogniser } from './stream-recogniser';
import { TcpStream, type TcpStreamSink, type WaitingRoom } from './tcp-reassembly';

/** What is known of a directed flow, as bits. */
const isUnknown = 0;
/** Its initial sequence number is in `initial`. */
const hasInitial = 1;
/** Its conversation, in the entry of direction 0: dissected, given up, or over. */
const isFollowed = 2;
const isGivenUp = 4;
const isOver = 8;

/** Memory for segments that wait for others, of all connections together. */
const waitingBytes = 64 << 20;

export interface ConnectionParts {
  readonly sink: DiagnosticSink;
  readonly protocols: readonly StreamProtocol[];
  endpoints(flow: number): { readonly source: Endpoint; readonly destination: Endpoint };
  /** Bytes of the capture, and room for those that lie nowhere in it. */
  readonly bytes: {
    read(address: number, target: Uint8Array): number;
    keep(bytes: Uint8Array, start: number, end: number): number;
  };
}

interface Connection {
  readonly streams: readonly [TcpStream, TcpStream];
  readonly recogniser: StreamRecogniser;
}

/**
 * Follows TCP connections whose contents a protocol understands, on any port. What a connection carries is decided by
 * its first bytes; one that was given up, or whose beginning was not captured, is looked at again at the beginning of
 * each segment. Connections without payload cost nothing but their flags.
 */
export class TcpConnections {
  private flags = new Uint8Array(256);
  private initial = new Uint32Array(256);
  private readonly connections = new Map<number, Connection>();
  private readonly verdicts = new Map<number, ConversationVerdict & { readonly depth: number }>();
  private readonly room: WaitingRoom;

  constructor(private readonly parts: ConnectionParts) {
    let held = 0;
    this.room = {
      reserve: (bytes) => {
        if (held + bytes > waitingBytes) return false;
        held += bytes;
        return true;
      },
      release: (bytes) => {
        held -= bytes;
      },
      read: (address, target) => parts.bytes.read(address, target),
    };
  }

  /** What a conversation was found to carry, and why. */
  verdict(conversation: number): ConversationVerdict | null {
    const known = this.verdicts.get(conversation);
    return known ? { protocol: known.protocol, reason: known.reason } : null;
  }

  /** Takes one segment of a directed flow. */
  segment(flow: number, frame: Frame, packet: PacketView): void {
    const first = flow & ~1;
    if (first + 1 >= this.flags.length) this.grow(first + 1);
    const state = this.flags[first];
    const isSyn = (packet.tcpFlags & TcpFlag.syn) !== 0;
    if (isSyn) this.onSyn(flow, packet.tcpSequence);
    if ((this.flags[first] & isFollowed) !== 0) {
      this.push(this.connections.get(first >>> 1), flow, frame, packet);
      return;
    }
    if (packet.payloadStart >= packet.payloadEnd || (state & isOver) !== 0) return;
    const isFresh = (state & isGivenUp) === 0;
    if (!isFresh && !this.begins(packet)) return;
    const connection = this.open(first, isFresh);
    this.push(connection, flow, frame, packet);
  }

  /** Nothing more comes: what waits is delivered with its gaps. */
  finish(): void {
    for (const conversation of [...this.connections.keys()]) this.close(conversation, isOver);
  }

  /** A connection begins: the one before on the same ports, if any, is over. */
  private onSyn(flow: number, sequence: number): void {
    const first = flow & ~1;
    const known = this.connections.get(first >>> 1);
    if (known?.streams[flow & 1].startsAnew(sequence)) this.close(first >>> 1, isUnknown);
    // The other direction's number of the connection before stays until its own SYN comes: it is told by the flags.
    if ((this.flags[first] & isFollowed) === 0) this.flags[first] &= ~(isGivenUp | isOver);
    this.flags[flow] |= hasInitial;
    this.initial[flow] = sequence;
  }

  private begins({ bytes, payloadStart, payloadEnd }: PacketView): boolean {
    for (const protocol of this.parts.protocols) {
      if (protocol.probe(bytes, payloadStart, payloadEnd, false) === 'yes') return true;
    }
    return false;
  }

  private open(first: number, isFresh: boolean): Connection {
    const { parts } = this;
    const hasSyn = (flow: number): boolean => isFresh && (this.flags[flow] & hasInitial) !== 0;
    const isEntered = !hasSyn(first) && !hasSyn(first + 1);
    const recogniser = new StreamRecogniser(parts.protocols, this.channel(first, []), isEntered);
    const stream = (direction: Direction): TcpStream => {
      const own = new TcpStream(this.sinkOf(recogniser, direction), parts.sink, this.room);
      if (hasSyn(first + direction)) own.push(this.initial[first + direction], TcpFlag.syn, noBytes, 0, 0, 0, 0);
      return own;
    };
    const connection = { recogniser, streams: [stream(0), stream(1)] as const };
    this.connections.set(first >>> 1, connection);
    this.flags[first] = (this.flags[first] & ~(isGivenUp | isOver)) | isFollowed;
    return connection;
  }

  private sinkOf(recogniser: StreamRecogniser, direction: Direction): TcpStreamSink {
    return {
      onData: (bytes, start, end, frame, timeNs, address) =>
        recogniser.onData(direction, bytes, start, end, frame, timeNs, address),
      onGap: (length, frame, timeNs) => recogniser.onGap(direction, length, frame, timeNs),
      onEnd: (timeNs) => recogniser.onEnd(direction, timeNs),
    };
  }

  private push(connection: Connection | undefined, flow: number, frame: Frame, packet: PacketView): void {
    if (!connection) return;
    const { bytes, payloadStart, payloadEnd } = packet;
    const { streams, recogniser } = connection;
    streams[flow & 1].push(
      packet.tcpSequence,
      packet.tcpFlags,
      bytes,
      payloadStart,
      payloadEnd,
      frame.number,
      frame.timeNs,
      packet.payloadMissing,
      payloadStart < payloadEnd ? this.addressOf(frame, packet) : missingBytes,
    );
    if ((packet.tcpFlags & TcpFlag.ack) !== 0) {
      streams[(flow & 1) ^ 1].acknowledge(packet.tcpAcknowledgment, frame.timeNs);
    }
    if (recogniser.hasGivenUp) this.close(flow >>> 1, isGivenUp);
    else if (streams[0].isOver && streams[1].isOver) this.close(flow >>> 1, isOver);
  }

  /** Where the payload lies: in the file, or in the spill when it was decrypted or put together from fragments. */
  private addressOf(frame: Frame, packet: PacketView): number {
    const { bytes, payloadStart, payloadEnd } = packet;
    if (bytes === frame.bytes) return frame.fileOffset + payloadStart - frame.start;
    return this.keep(bytes, payloadStart, payloadEnd, frame.number);
  }

  private keep(bytes: Uint8Array, start: number, end: number, frame: number | null): number {
    const address = this.parts.bytes.keep(bytes, start, end);
    if (address === missingBytes) {
      this.parts.sink.report(
        'warning',
        'spill-full',
        frame,
        'There is no room left for bytes that were decrypted or put together: media in them is left out.',
      );
    }
    return address;
  }

  private close(conversation: number, state: number): void {
    const connection = this.connections.get(conversation);
    if (!connection) return;
    const first = 2 * conversation;
    // Whatever ends now may ask for its verdict, not for its connection.
    this.connections.delete(conversation);
    this.flags[first] = (this.flags[first] & ~(isFollowed | isGivenUp | isOver)) | state;
    for (const stream of connection.streams) stream.finish();
    this.flags[first] &= ~hasInitial;
    this.flags[first + 1] &= ~hasInitial;
  }

  private channel(flow: number, layers: readonly string[]): StreamChannel {
    const { endpoints, protocols, sink } = this.parts;
    return {
      flow,
      layers,
      sink,
      endpoints: (direction) => endpoints(flow + direction),
      claim: (protocol, reason) => {
        const depth = layers.length;
        if ((this.verdicts.get(flow >>> 1)?.depth ?? 0) > depth) return;
        const name = [protocol, ...[...layers].reverse()].join(' over ');
        this.verdicts.set(flow >>> 1, { protocol: name, reason, depth });
      },
      keep: (bytes, start, end) => this.keep(bytes, start, end, null),
      inside: (layer): StreamDissector => new StreamRecogniser(protocols, this.channel(flow, [...layers, layer])),
    };
  }

  private grow(flow: number): void {
    const room = Math.max(flow + 1, this.flags.length * 2);
    const flags = new Uint8Array(room);
    flags.set(this.flags);
    this.flags = flags;
    const initial = new Uint32Array(room);
    initial.set(this.initial);
    this.initial = initial;
  }
}

const noBytes = new Uint8Array(0);
