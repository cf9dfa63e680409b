import type { FollowItem, FollowPage } from '#shared/model/packet';
import type { FlowTracker } from '../../flow/flow-tracker';
import { TcpStream } from '../../flow/tcp-reassembly';
import { formatEndpoint } from '../../net/endpoint';
import { TcpFlag } from '../../net/packet';
import { Float64Column, Uint32Column } from '../../store/columns';
import type { FrameStore } from '../../store/frame-store';
import { ChainWalk } from './frame-walk';
import type { PacketLoader } from './packet-loader';

/** Pieces of a conversation whose place is kept, 24 bytes each. */
const mostItems = 2_000_000;
/** Frames read between two chances to pause. */
const stride = 64;

const directionBit = 1;
const gapBit = 2;

/** One connection's direction while it is being put in order. */
interface Side {
  stream: TcpStream;
  /** Sequence number of the first byte; -1 before it is known. */
  base: number;
  /** Bytes delivered or lost so far. */
  position: number;
}

/**
 * What a TCP or UDP conversation carried, both ways in the order of the capture: TCP in order with its gaps, UDP
 * datagram by datagram. Only the places of the pieces are kept; their bytes are read again page by page.
 */
export class FollowedConversation {
  readonly transport: 'tcp' | 'udp';
  private readonly meta = new Uint32Column();
  private readonly frame = new Uint32Column();
  private readonly length = new Uint32Column();
  /** TCP: sequence number of the first byte. UDP: offset in the payload. */
  private readonly place = new Float64Column();
  private readonly bytes: [number, number] = [0, 0];
  private readonly lost: [number, number] = [0, 0];
  private readonly sides: [Side, Side];
  private readonly walk: ChainWalk;
  /** Direction (of the flow) from A, the side that sent the first frame, to B. */
  private readonly forward: number;
  private timeNs = 0;
  private isFinished = false;
  private isCut = false;

  constructor(
    private readonly conversation: number,
    private readonly flows: FlowTracker,
    private readonly store: FrameStore,
    private readonly loader: PacketLoader,
  ) {
    this.transport = flows.transportOf(conversation) === 'tcp' ? 'tcp' : 'udp';
    this.forward = flows.transport.firstDirectionOf(conversation);
    this.walk = new ChainWalk(store, { flows: [2 * conversation, 2 * conversation + 1], frames: [] });
    this.sides = [this.openSide(0), this.openSide(1)];
  }

  get id(): string {
    return `${this.transport}-${this.conversation}`;
  }

  /** Goes on reading until `shouldPause`; false when nothing is left. `isFinal`: no more frames will come. */
  work(shouldPause: () => boolean, isFinal: boolean): boolean {
    while (!this.isCut && !this.isFinished) {
      for (let i = 0; i < stride; i += 1) {
        const frame = this.walk.next();
        if (frame === 0) {
          if (isFinal) this.finish();
          return false;
        }
        this.take(frame);
      }
      if (shouldPause()) return true;
    }
    return false;
  }

  /** Pieces from index `from` on, as many as fit into `maxItems` and `maxBytes`; at least one. */
  page(from: number, maxItems: number, maxBytes: number): FollowPage {
    const { source, destination } = this.flows.endpoints(2 * this.conversation + this.forward);
    const items: FollowItem[] = [];
    let bytes = 0;
    for (let i = from; i < this.meta.length && items.length < maxItems; i += 1) {
      const item = this.item(i, maxBytes);
      bytes += item.kind === 'data' ? item.bytes.length : 0;
      if (items.length > 0 && bytes > maxBytes) break;
      items.push(item);
    }
    return {
      conversationId: this.id,
      transport: this.transport,
      endpointA: formatEndpoint(source),
      endpointB: formatEndpoint(destination),
      totalItems: this.meta.length,
      bytesAToB: this.bytes[0],
      bytesBToA: this.bytes[1],
      lostAToB: this.lost[0],
      lostBToA: this.lost[1],
      isPending: !this.isFinished && !this.isCut,
      isCut: this.isCut,
      from,
      items,
    };
  }

  private item(index: number, maxBytes: number): FollowItem {
    const meta = this.meta.get(index);
    const direction = (meta & directionBit) === 0 ? 0 : 1;
    const frame = this.frame.get(index);
    const length = this.length.get(index);
    const timeSeconds = this.store.timeOf(frame) / 1e9;
    if ((meta & gapBit) !== 0) return { kind: 'gap', direction, frame, timeSeconds, length };
    const bytes = this.read(frame, this.place.get(index), Math.min(length, maxBytes));
    return { kind: 'data', direction, frame, timeSeconds, bytes };
  }

  /** A copy of payload bytes of a frame. */
  private read(frame: number, place: number, length: number): Uint8Array {
    if (!this.loader.load(frame)) return new Uint8Array(0);
    const { bytes, payloadStart, payloadEnd, tcpSequence, tcpFlags } = this.loader.packet;
    const first = tcpSequence + ((tcpFlags & TcpFlag.syn) !== 0 ? 1 : 0);
    const offset = this.transport === 'tcp' ? (place - first) | 0 : place;
    const start = payloadStart + Math.max(0, offset);
    return bytes.slice(start, Math.max(start, Math.min(payloadEnd, start + length)));
  }

  private take(frame: number): void {
    if (!this.loader.load(frame)) return;
    const { packet, flow } = this.loader;
    const side = (flow & 1) === this.forward ? 0 : 1;
    this.timeNs = this.store.timeOf(frame);
    if (this.transport === 'udp') {
      const { payloadStart, payloadEnd, payloadMissing } = packet;
      this.add(side, 0, frame, payloadEnd - payloadStart, 0);
      if (payloadMissing > 0) this.add(side, gapBit, frame, payloadMissing, 0);
      return;
    }
    const { tcpSequence, tcpFlags, payloadStart, payloadEnd, payloadMissing } = packet;
    const own = this.sides[side];
    const isSyn = (tcpFlags & TcpFlag.syn) !== 0;
    if (isSyn && own.stream.startsAnew(tcpSequence)) {
      own.stream.finish();
      this.sides[side] = this.openSide(side);
    }
    const { stream } = this.sides[side];
    const missing = Math.max(0, payloadMissing);
    const starts = isSyn || (tcpFlags & (TcpFlag.fin | TcpFlag.rst)) !== 0 || payloadEnd - payloadStart + missing > 0;
    if (starts && this.sides[side].base < 0) this.sides[side].base = (tcpSequence + (isSyn ? 1 : 0)) >>> 0;
    stream.push(tcpSequence, tcpFlags, packet.bytes, payloadStart, payloadEnd, frame, this.timeNs, missing);
    if ((tcpFlags & TcpFlag.ack) !== 0) this.sides[side ^ 1].stream.acknowledge(packet.tcpAcknowledgment, this.timeNs);
  }

  private openSide(side: 0 | 1): Side {
    const own: Side = {
      base: -1,
      position: 0,
      stream: new TcpStream({
        onData: (_bytes, start, end, frame) => {
          this.add(side, 0, frame, end - start, (own.base + own.position) >>> 0);
          own.position += end - start;
        },
        onGap: (length, frame) => {
          this.add(side, gapBit, frame, length, 0);
          own.position += length;
        },
        onEnd: () => undefined,
      }),
    };
    return own;
  }

  private add(side: 0 | 1, kind: number, frame: number, length: number, place: number): void {
    if (this.isCut) return;
    if (this.meta.length >= mostItems) {
      this.isCut = true;
      return;
    }
    this.meta.push(kind | side);
    this.frame.push(frame);
    this.length.push(length);
    this.place.push(place);
    (kind === gapBit ? this.lost : this.bytes)[side] += length;
  }

  private finish(): void {
    if (this.transport === 'tcp') for (const { stream } of this.sides) stream.finish();
    this.isFinished = true;
  }
}
