import type { PacketRow } from '#shared/model/packet';
import type { TableRow } from '#shared/query/table-query';
import type { FlowTracker } from '../../flow/flow-tracker';
import { type Endpoint, formatAddress, formatMac } from '../../net/endpoint';
import { parseRtpHeader, RtpHeader } from '../../protocols/rtp';
import type { FrameStore } from '../../store/frame-store';
import { Frame } from '../../capture/frame';
import type { PacketLinks } from './layers/layer';
import type { PacketLoader } from './packet-loader';
import { type PacketSummary, summarize } from './summary';

/** Endpoints of flows that are kept as text. */
const mostFlows = 20_000;

interface FlowEnds {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly conversation: string;
}

/**
 * One packet as a row whose cells are worked out when they are asked for: number, time, length, conversation and
 * addresses of a flow come from memory, all else is read again from the file. A filter that asks for little costs
 * little. `at` moves it to another packet.
 */
export class PacketProbe {
  number = 0;
  private summary: PacketSummary | null = null;
  private readonly ends = new Map<number, FlowEnds>();
  private readonly header = new RtpHeader();
  private readonly facts = new Frame();

  constructor(
    private readonly store: FrameStore,
    private readonly flows: FlowTracker,
    private readonly loader: PacketLoader,
    private readonly links: PacketLinks,
  ) {}

  /** Moves to a packet and gives itself as a row, good until the next move. */
  at(number: number): TableRow {
    this.number = number;
    this.summary = null;
    return this as unknown as TableRow;
  }

  /** The packet as a row that stays. */
  row(number: number): PacketRow {
    this.at(number);
    const { sourcePort, destinationPort } = this;
    return {
      id: this.id,
      number,
      timeSeconds: this.timeSeconds,
      source: this.source,
      destination: this.destination,
      protocol: this.protocol,
      length: this.length,
      info: this.info,
      sourcePort,
      destinationPort,
      conversation: this.conversation,
      stream: this.stream,
      call: this.call,
    };
  }

  get id(): string {
    return String(this.number);
  }

  get timeSeconds(): number {
    return this.store.timeOf(this.number) / 1e9;
  }

  get length(): number {
    this.store.describe(this.number, this.facts);
    return this.facts.wireLength;
  }

  get source(): string | null {
    return this.flowEnds?.source.address ?? this.address('source');
  }

  get destination(): string | null {
    return this.flowEnds?.destination.address ?? this.address('destination');
  }

  get addresses(): (string | null)[] {
    return [this.source, this.destination];
  }

  get sourcePort(): number | null {
    return this.flowEnds?.source.port ?? null;
  }

  get destinationPort(): number | null {
    return this.flowEnds?.destination.port ?? null;
  }

  get ports(): number[] {
    const ends = this.flowEnds;
    return ends ? [ends.source.port, ends.destination.port] : [];
  }

  get macs(): string[] {
    if (!this.loader.load(this.number)) return [];
    const { linkBytes, macSource, macDestination } = this.loader.packet;
    return macSource < 0 ? [] : [formatMac(linkBytes, macSource), formatMac(linkBytes, macDestination)];
  }

  get conversation(): string | null {
    return this.flowEnds?.conversation ?? null;
  }

  get protocol(): string {
    return this.sum()?.protocol ?? 'Unreadable';
  }

  get info(): string {
    return this.sum()?.info() ?? 'The file does not have these bytes any more.';
  }

  get stream(): string | null {
    return this.media?.id ?? null;
  }

  get call(): string | null {
    return this.media?.callId ?? this.links.messageAt(this.number)?.callId ?? null;
  }

  private get media() {
    const flow = this.store.flowOf(this.number);
    if (flow < 0 || !this.links.hasMedia(flow) || !this.loader.load(this.number)) return null;
    const { bytes, payloadStart, payloadEnd, payloadMissing } = this.loader.packet;
    if (!parseRtpHeader(bytes, payloadStart, payloadEnd, payloadMissing, this.header)) return null;
    return this.links.streamOf(flow, this.header.ssrc);
  }

  private get flowEnds(): FlowEnds | null {
    const flow = this.store.flowOf(this.number);
    if (flow < 0) return null;
    let known = this.ends.get(flow);
    if (!known) {
      if (this.ends.size >= mostFlows) this.ends.clear();
      const { source, destination } = this.flows.endpoints(flow);
      known = { source, destination, conversation: `${this.flows.transportOf(flow >>> 1)}-${flow >>> 1}` };
      this.ends.set(flow, known);
    }
    return known;
  }

  private address(side: 'source' | 'destination'): string | null {
    if (!this.loader.load(this.number)) return null;
    const { packet } = this.loader;
    if (packet.ipVersion !== 0) return formatAddress(packet.bytes, packet[side], packet.ipVersion === 4 ? 4 : 16);
    return this.sum()?.link?.[side] ?? null;
  }

  private sum(): PacketSummary | null {
    if (this.summary === null && this.loader.load(this.number)) this.summary = summarize(this.loader, this.links);
    return this.summary;
  }
}
