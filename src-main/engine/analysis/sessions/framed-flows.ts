import { type AddressedBytes, missingBytes } from '../../bytes/extents';
import type { FlowTracker } from '../../flow/flow-tracker';
import type { Endpoint } from '../../net/endpoint';
import { PacketView } from '../../net/packet';
import type { PacketSource } from '../rtp/packet-source';
import { GrowingColumn } from '../video/growing-column';

type PacketVisitor = Parameters<PacketSource['forEachPacket']>[1];

export interface FramedFlowParts {
  readonly flows: FlowTracker;
  readonly bytes: AddressedBytes & { keep(bytes: Uint8Array, start: number, end: number): number };
  readonly timeOf: (frame: number) => number;
  /** Takes what was a datagram once. */
  readonly onDatagram: (flow: number, packet: PacketView, frame: number, timeNs: number) => void;
}

interface FramedFlow {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** What it lies in: `interleaved channel 0`, `TURN channel 0x4000`. */
  readonly label: string;
  readonly address: GrowingColumn<Float64Array>;
  readonly length: GrowingColumn<Uint32Array>;
  readonly frame: GrowingColumn<Uint32Array>;
}

/**
 * Datagrams that travel inside something else: RTP interleaved with RTSP (RFC 2326, section 10.12), framed over TCP
 * (RFC 4571), in TURN channels (RFC 8656). Each flow of them has a number as any other flow; where its datagrams lie is
 * kept, 16 bytes each, so that they can be visited again.
 */
export class FramedFlows implements PacketSource {
  private readonly byFlow = new Map<number, FramedFlow>();
  private readonly packet = new PacketView();

  constructor(private readonly parts: FramedFlowParts) {}

  /** Opens both directions of a flow; answers that from `source` to `destination`, the other one is that + 1. */
  open(source: Endpoint, destination: Endpoint, label: string): number {
    const flow = 2 * this.parts.flows.reserve();
    this.byFlow.set(flow, framedFlow(source, destination, label));
    this.byFlow.set(flow + 1, framedFlow(destination, source, label));
    return flow;
  }

  has(flow: number): boolean {
    return this.byFlow.has(flow);
  }

  /** Both ends; null for flows that are not framed. */
  endpoints(flow: number): { readonly source: Endpoint; readonly destination: Endpoint } | null {
    return this.byFlow.get(flow) ?? null;
  }

  /** The other direction when something came that way; -1 otherwise. */
  reverseOf(flow: number): number {
    return (this.byFlow.get(flow ^ 1)?.frame.length ?? 0) > 0 ? flow ^ 1 : -1;
  }

  /** What the flow lies in; null for flows that are not framed. */
  labelOf(flow: number): string | null {
    return this.byFlow.get(flow)?.label ?? null;
  }

  /**
   * Takes `bytes[start..end)` as a datagram. `address` is where it lies in one piece; `missingBytes` when it does not:
   * a copy is then kept.
   */
  datagram(
    flow: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void {
    const own = this.byFlow.get(flow);
    if (!own || start >= end) return;
    const place = address === missingBytes ? this.parts.bytes.keep(bytes, start, end) : address;
    if (place === missingBytes) return;
    own.address.push(place);
    own.length.push(end - start);
    own.frame.push(frame);
    this.parts.onDatagram(flow, this.view(bytes, start, end), frame, timeNs);
  }

  forEachPacket(flow: number, visit: PacketVisitor): void {
    const own = this.byFlow.get(flow);
    if (!own) return;
    const address = own.address.values();
    const length = own.length.values();
    const frame = own.frame.values();
    for (let i = 0; i < frame.length; i += 1) {
      const bytes = new Uint8Array(length[i]);
      const got = this.parts.bytes.read(address[i], bytes);
      const packet = this.view(bytes, 0, got);
      if (visit(packet, frame[i], this.parts.timeOf(frame[i]), address[i]) === false) return;
    }
  }

  private view(bytes: Uint8Array, start: number, end: number): PacketView {
    const { packet } = this;
    packet.reset(bytes);
    packet.ipVersion = 4;
    packet.payloadStart = start;
    packet.payloadEnd = end;
    return packet;
  }
}

function framedFlow(source: Endpoint, destination: Endpoint, label: string): FramedFlow {
  return {
    source,
    destination,
    label,
    address: new GrowingColumn(Float64Array),
    length: new GrowingColumn(Uint32Array),
    frame: new GrowingColumn(Uint32Array),
  };
}
