import type { FollowPage, PacketDetail, PacketLayer } from '#shared/model/packet';
import type { FlowTracker } from '../../flow/flow-tracker';
import type { WlanSecurity } from '../../net/wlan-security';
import type { FrameReader } from '../../store/frame-reader';
import type { FrameStore } from '../../store/frame-store';
import { dissectFrame, dissectFurther } from './dissect';
import { FollowedConversation } from './follow';
import type { Candidates } from './frame-walk';
import type { PacketLinks } from './layers/layer';
import { PacketList } from './packet-list';
import { PacketLoader } from './packet-loader';
import { PacketProbe } from './packet-probe';

export interface CapturePacketsParts {
  readonly store: FrameStore;
  readonly flows: FlowTracker;
  /** A reader of its own: each has one window. */
  readonly createReader: () => FrameReader;
  readonly links: PacketLinks;
  /** Opens protected 802.11 frames. */
  readonly security: WlanSecurity | null;
  /** Frames that can belong to a stream or a call; null when there is no such thing. */
  readonly framesOf: (id: string) => Candidates | null;
}

const nothing: Candidates = { flows: [], frames: [] };
const transportPattern = /^(tcp|udp|sctp)-(\d{1,15})$/;

/** Everything about single frames: their table, their layers, and the conversations they make. */
export class CapturePackets {
  readonly list: PacketList;
  private readonly loader: PacketLoader;
  private followed: FollowedConversation | null = null;
  private isFinal = false;

  constructor(private readonly parts: CapturePacketsParts) {
    const { store, flows, createReader, links, security } = parts;
    this.loader = new PacketLoader(createReader(), store, security);
    this.list = new PacketList({
      store,
      createProbe: () => new PacketProbe(store, flows, new PacketLoader(createReader(), store, security), links),
      candidates: (id) => this.candidates(id),
    });
  }

  /** No more frames will come. */
  finish(): void {
    this.isFinal = true;
    this.list.finish();
  }

  /** Layers and bytes of a frame; null when there is no such frame. */
  detail(frame: number): PacketDetail | null {
    const { store, links } = this.parts;
    if (frame < 1 || frame > store.count) return null;
    const row = this.list.row(frame);
    if (!this.loader.load(frame)) return { row, buffers: [], layers: [] };
    const { packet, flow } = this.loader;
    const around = { flow, frame, sourcePort: -1, destinationPort: -1, links };
    const { buffers, layers } = dissectFrame(this.loader.frame, packet, around);
    const further: PacketLayer[] = [];
    while (this.loader.loadNext()) {
      const flowOfNext = store.flowOf(frame, packet.ordinal);
      further.push(...dissectFurther(this.loader.frame, packet, { ...around, flow: flowOfNext }));
    }
    return { row, buffers, layers: [...layers, ...further] };
  }

  /** Reads on in the conversation that is followed; false when nothing is left. */
  follow(conversationId: string, shouldPause: () => boolean): boolean | null {
    const { flows, store } = this.parts;
    if (this.followed?.id !== conversationId) {
      const conversation = transportIndex(conversationId, flows);
      if (conversation === null || conversationId.startsWith('sctp')) return null;
      this.followed = new FollowedConversation(conversation, flows, store, this.loader);
    }
    return this.followed.work(shouldPause, this.isFinal);
  }

  /** A page of the conversation that `follow` was called for. */
  followPage(conversationId: string, from: number, maxItems: number, maxBytes: number): FollowPage | null {
    return this.followed?.id === conversationId ? this.followed.page(from, maxItems, maxBytes) : null;
  }

  private candidates(id: string): Candidates {
    const conversation = transportIndex(id, this.parts.flows);
    if (conversation !== null) return { flows: [2 * conversation, 2 * conversation + 1], frames: [] };
    return this.parts.framesOf(id) ?? nothing;
  }
}

/** Index of a transport conversation by its id; null when there is none. */
function transportIndex(id: string, flows: FlowTracker): number | null {
  const match = transportPattern.exec(id);
  if (!match) return null;
  const index = Number(match[2]);
  return index < flows.transport.count && flows.transportOf(index) === match[1] ? index : null;
}
