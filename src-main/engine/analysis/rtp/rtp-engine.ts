import type { DecodeAsRule } from '#shared/model/decode-as';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { RtpSeries, StreamRow, VideoFacts } from '#shared/model/stream';
import type { Frame } from '../../capture/frame';
import type { Endpoint } from '../../net/endpoint';
import type { PacketView } from '../../net/packet';
import { hasRtcpPacketType, RtcpKind, recognizeRtcp, visitRtcp } from '../../protocols/rtcp';
import { type MediaAnnouncement, type PayloadBinding, parseRtpHeader, RtpHeader } from '../../protocols/rtp';
import { inferStreams } from '../inference/infer-streams';
import { AnnouncementBook, endpointKey } from './announcements';
import type { Candidate } from './candidates';
import { inferClock } from './clock-inference';
import { flowVerdict, type FlowVerdict } from './flow-verdict';
import type { RtpMediaIndex } from './media-index';
import { type PacketRows, packetRowsOf } from './packet-rows';
import type { PacketSource } from './packet-source';
import { buildMediaIndex, replayColumns, replayStream } from './replay';
import type { PacketColumns } from './packet-columns';
import { RtcpLog, type RtcpSource, type SenderReport } from './rtcp-log';
import { isReservedForRtcp, RtpFlow } from './rtp-flow';
import { RtpSample } from './rtp-sample';
import { RtpStream } from './rtp-stream';
import { SampleQueues } from './sample-queues';
import { buildSeries } from './series';
import { reportContradiction, reportRedefinitions, reportStream, userBinding } from './stream-meaning';
import { StreamRowBook } from './stream-row-book';

/** What a datagram was taken for. */
export const DatagramVerdict = {
  none: 0,
  rtp: 1,
  rtcp: 2,
  /** Shaped like RTP, not yet believed. */
  candidate: 3,
} as const;
export type DatagramVerdict = (typeof DatagramVerdict)[keyof typeof DatagramVerdict];

export interface RtpEngineContext {
  readonly sink: DiagnosticSink;
  endpoints(flow: number): { readonly source: Endpoint; readonly destination: Endpoint };
  /** The flow in the other direction; -1 when nothing came that way. */
  reverseOf(flow: number): number;
}

/** More streams in one flow than any mixer sends: the rest is noise. */
const maxStreamsPerFlow = 256;
/** Past so many, a flow's further streams have to prove themselves as if nothing was known. */
const trustedStreamsPerFlow = 16;
/** Header and the four bytes of payload that a telephone event has. */
const minKnownBytes = 16;
/** First byte of RTP, version 2, that has nothing but its fixed header (RFC 3550, section 5.1). */
const plainRtp = 0x80;
/** Packets in sequence that make a stream where media is expected (RFC 3550, appendix A.1: MIN_SEQUENTIAL). */
const minSequential = 2;

/** Finds the RTP streams of a capture, gives their packets a meaning, and keeps their statistics. */
export class RtpEngine {
  private readonly flows: (RtpFlow | undefined)[] = [];
  private readonly flowsByEndpoint = new Map<string, RtpFlow[]>();
  private readonly book = new AnnouncementBook();
  private readonly all: RtpStream[] = [];
  private readonly byId = new Map<string, RtpStream>();
  private readonly header = new RtpHeader();
  private readonly sample = new RtpSample();
  private readonly rowBook = new StreamRowBook();
  private columnCache: { readonly key: string; readonly columns: PacketColumns } | null = null;
  private readonly queues = new SampleQueues((stream, rows, from, count) =>
    this.all[stream].pushAll(rows, from, count),
  );
  /** Index of the last packet's stream in `all` + 1, by flow; 0 without one. */
  private lastStream = new Uint32Array(256);
  /** SSRCs of `all`. */
  private ssrcs = new Uint32Array(64);
  private shown: { readonly revision: number; readonly rows: readonly StreamRow[] } | null = null;
  private changes = 0;

  constructor(private readonly context: RtpEngineContext) {}

  /** Grows when streams change. */
  get revision(): number {
    return this.changes;
  }

  get streamCount(): number {
    return this.all.length;
  }

  streams(): readonly RtpStream[] {
    this.queues.settleAll();
    return this.all;
  }

  /** The stream that packets of `ssrc` in a directed flow belong to; null when there is none. */
  streamOf(flow: number, ssrc: number): { readonly id: string; readonly callId: string | null } | null {
    const stream = this.flows[flow]?.streamOf(ssrc);
    return stream ? { id: stream.id, callId: stream.callIds[0] ?? null } : null;
  }

  /** Whether a directed flow has carried media. */
  hasMedia(flow: number): boolean {
    return (this.flows[flow]?.streams.length ?? 0) > 0;
  }

  /** Whether a directed flow has carried RTCP. */
  hasRtcp(flow: number): boolean {
    return (this.flows[flow]?.rtcp ?? null) !== null;
  }

  /**
   * Takes the payload of one UDP datagram. `flow` is a small integer per directed five-tuple. The borrowed bytes are
   * not kept.
   */
  onDatagram(flow: number, packet: PacketView, frame: number, timeNs: number): DatagramVerdict {
    const { bytes, payloadStart, payloadEnd, payloadMissing } = packet;
    // First-byte demultiplexing (RFC 7983, section 7): 128..191 is RTP and RTCP.
    if (payloadEnd <= payloadStart || bytes[payloadStart] >> 6 !== 2) return DatagramVerdict.none;
    if (hasRtcpPacketType(bytes, payloadStart, payloadEnd)) {
      const kind = recognizeRtcp(bytes, payloadStart, payloadEnd, payloadMissing);
      if (kind !== RtcpKind.none) return this.onRtcp(flow, packet, frame, timeNs, kind);
    }
    const { header } = this;
    if (!parseRtpHeader(bytes, payloadStart, payloadEnd, payloadMissing, header)) return DatagramVerdict.none;
    const { sample } = this;
    sample.take(header, packet, frame, timeNs, packet.ipVersion === 6);
    const last = flow < this.lastStream.length ? this.lastStream[flow] : 0;
    if (last > 0 && this.ssrcs[last - 1] === header.ssrc) {
      this.queues.push(last - 1, sample);
      this.changes += 1;
      return DatagramVerdict.rtp;
    }
    return this.onOther(this.flows[flow] ?? this.open(flow), sample);
  }

  /**
   * Whether the datagram that lies from `start` to `end` is RTP for certain, without padding, extension and contributing
   * sources, of the stream that its flow carried last. Then `takeKnown` may be called for it instead of `onDatagram`.
   */
  knows(flow: number, view: DataView, start: number, end: number): boolean {
    if (end - start < minKnownBytes) return false;
    const head = view.getInt32(start);
    if (head >>> 24 !== plainRtp || isReservedForRtcp((head >>> 16) & 0x7f)) return false;
    const last = flow < this.lastStream.length ? this.lastStream[flow] : 0;
    return last > 0 && this.ssrcs[last - 1] === view.getUint32(start + 8);
  }

  /** Takes a datagram that `knows` affirmed, whole, in an IP packet of `ipBytes`. Times go by `frame`: as numbers they would be boxed. */
  takeKnown(flow: number, view: DataView, start: number, end: number, frame: Frame, ipBytes: number): void {
    this.queues.pushHeader(this.lastStream[flow] - 1, view, start, frame, ipBytes, end - start - 12);
    this.changes += 1;
  }

  /** A packet of another stream than the flow's last one. */
  private onOther(known: RtpFlow, sample: RtpSample): DatagramVerdict {
    const { header } = this;
    const stream = known.streamOf(header.ssrc);
    if (stream) {
      this.lastStream = withRoom(this.lastStream, known.flow);
      this.lastStream[known.flow] = stream.index + 1;
      this.queues.push(stream.index, sample);
      this.changes += 1;
      return DatagramVerdict.rtp;
    }
    if (header.isPaddingInvalid) return DatagramVerdict.none;
    if (isReservedForRtcp(header.payloadType) && !known.announces(header.payloadType)) return DatagramVerdict.none;
    const candidate = known.candidates.push(header.ssrc, sample);
    return this.consider(known, candidate) ? DatagramVerdict.rtp : DatagramVerdict.candidate;
  }

  /** A session description said where media arrives; it may come before or after the media. */
  announce(announcement: MediaAnnouncement): void {
    if (!this.book.add(announcement)) return;
    this.rowBook.forgetCalls();
    reportRedefinitions(announcement, this.context.sink);
    for (const flow of this.flowsOf(announcement)) {
      for (const stream of flow.streams) this.queues.settle(stream.index);
      flow.refresh(this.book);
      for (const stream of flow.streams) stream.rebind();
      for (const candidate of flow.candidates.values()) this.consider(flow, candidate);
    }
    this.changes += 1;
  }

  private flowsOf({ address, port, flow }: MediaAnnouncement): readonly RtpFlow[] {
    if (flow === undefined) return this.flowsByEndpoint.get(endpointKey(address, port)) ?? [];
    const known = this.flows[flow];
    return known ? [known] : [];
  }

  /** The user said what a payload type of a stream means; null takes it back. */
  bind(streamId: string, payloadType: number, binding: PayloadBinding | null): void {
    const stream = this.byId.get(streamId);
    if (!stream) return;
    this.queues.settle(stream.index);
    if (binding) stream.userBindings.set(payloadType, binding);
    else stream.userBindings.delete(payloadType);
    stream.rebind();
    this.changes += 1;
  }

  /**
   * The user said what the flows of a port carry, after everything was read: what looks like RTP there is believed, and
   * bound as said. Answers how many streams there are.
   */
  decodeAs(rule: DecodeAsRule, source: PacketSource): number {
    this.queues.settleAll();
    let count = 0;
    for (const flow of this.flows) {
      if (!flow || (flow.source.port !== rule.port && flow.destination.port !== rule.port)) continue;
      for (const candidate of flow.candidates.values()) this.consider(flow, candidate, true);
      for (const stream of flow.streams) {
        const use = stream.mainUse;
        if (rule.format && use)
          this.bind(stream.id, use.payloadType, userBinding(rule.format, stream, use.payloadType));
        if (stream.isStale) this.recompute(stream, source);
        count += 1;
      }
    }
    this.changes += 1;
    return count;
  }

  /** Nothing more comes: infers clock rates, and counts anew what was counted with the wrong ones. */
  finish(source: PacketSource): void {
    this.queues.settleAll();
    for (const stream of this.all) stream.statistics.finish();
    this.inferFormats(source);
    for (const stream of this.all) {
      if (!stream.isStale && stream.needsClock) {
        const clock = inferClock(stream.statistics);
        if (clock) stream.inferClock(clock);
      }
      if (stream.isStale) this.recompute(stream, source);
      reportStream(stream, this.context.sink);
    }
    this.rowBook.forgetCalls();
    this.changes += 1;
  }

  staleStreams(): readonly RtpStream[] {
    return this.all.filter((stream) => stream.isStale);
  }

  /** Counts all packets of a stream again, with what is known now. */
  recompute(stream: RtpStream, source: PacketSource): void {
    const { sample } = this;
    const { isIpv6 } = this.flowOf(stream);
    stream.reset();
    replayStream(stream, source, (header, packet, frame, timeNs) => {
      sample.take(header, packet, frame, timeNs, isIpv6);
      stream.push(sample);
    });
    stream.statistics.finish();
    this.changes += 1;
  }

  /** Rows of the stream table, in the order in which the streams were found; the same array until something changes. */
  rows(): readonly StreamRow[] {
    if (this.shown?.revision !== this.changes) {
      this.queues.settleAll();
      this.shown = { revision: this.changes, rows: this.all.map((stream) => this.toRow(stream)) };
    }
    return this.shown.rows;
  }

  toRow(stream: RtpStream): StreamRow {
    const reverse = this.reverse(this.flowOf(stream));
    return this.rowBook.row(stream, reverse?.streams ?? [], this.all);
  }

  /** What a directed flow was taken for, and why; null when it is neither RTP nor RTCP. */
  flowVerdict(flow: number): FlowVerdict | null {
    const known = this.flows[flow];
    for (const stream of known?.streams ?? []) this.queues.settle(stream.index);
    return known ? flowVerdict(known, this.book.rtcp(known.destinationKey)) : null;
  }

  /** Per-packet table of a stream; null when there is no such stream. */
  packetRows(streamId: string, source: PacketSource): PacketRows | null {
    const stream = this.settled(streamId);
    if (!stream) return null;
    return packetRowsOf(
      () => stream.revision,
      () => this.columnsOf(stream, source),
    );
  }

  /** Figures over time for charts; null when there is no such stream. */
  series(streamId: string, buckets: number, source: PacketSource): RtpSeries | null {
    const stream = this.settled(streamId);
    return stream ? buildSeries(stream.id, this.columnsOf(stream, source), buckets) : null;
  }

  /** Share of the packets lost (0..1) in equal slices between first and last packet; NaN where none was expected. */
  lossHeat(streamId: string, slices: number): Float32Array {
    return this.settled(streamId)?.statistics.losses.heat(slices) ?? new Float32Array(slices);
  }

  /** Where the packets of a stream lie; null when there is no such stream. */
  mediaIndex(streamId: string, source: PacketSource): RtpMediaIndex | null {
    const stream = this.settled(streamId);
    return stream ? buildMediaIndex(stream, this.toRow(stream), source) : null;
  }

  /** What its pictures turned out to be; forgotten when more packets come. */
  setVideoFacts(stream: RtpStream, facts: VideoFacts | null): void {
    stream.setVideoFacts(facts);
    this.changes += 1;
  }

  /** Wallclock readings of a stream's sender, in the order of their arrival. */
  senderReports(stream: RtpStream): readonly SenderReport[] {
    return this.rtcpSource(stream)?.senderReports ?? [];
  }

  /** Name of the participant who sends a stream (RFC 3550, section 6.5.1); null when it was never said. */
  canonicalName(stream: RtpStream): string | null {
    return this.rtcpSource(stream)?.cname ?? null;
  }

  streamById(streamId: string): RtpStream | null {
    return this.settled(streamId);
  }

  /** What RTCP from the stream's host to its receiver told of its SSRC, on whatever ports. */
  private rtcpSource({ ssrc, context }: RtpStream): RtcpSource | null {
    for (const flow of this.flows) {
      const source = flow?.rtcp?.sources.get(ssrc);
      if (!source || !flow) continue;
      const isSameWay =
        flow.source.address === context.source.address && flow.destination.address === context.destination.address;
      if (isSameWay) return source;
    }
    return null;
  }

  /** A stream with all its packets counted; null when there is none. */
  private settled(streamId: string): RtpStream | null {
    const stream = this.byId.get(streamId) ?? null;
    if (stream) this.queues.settle(stream.index);
    return stream;
  }

  private onRtcp(flow: number, packet: PacketView, frame: number, timeNs: number, kind: RtcpKind): DatagramVerdict {
    const known = this.flows[flow] ?? this.open(flow);
    // One packet that is no report proves nothing by itself.
    const isExpected = known.streams.length > 0 || this.book.rtcp(known.destinationKey) !== null || known.isAnnounced;
    if (kind !== RtcpKind.compound && !isExpected && known.rtcp === null) return DatagramVerdict.none;
    known.rtcp ??= new RtcpLog();
    known.rtcp.begin(frame, timeNs);
    if (kind !== RtcpKind.encrypted) visitRtcp(packet.bytes, packet.payloadStart, packet.payloadEnd, known.rtcp);
    return DatagramVerdict.rtcp;
  }

  /** Makes a stream of a candidate that has proved itself; returns whether it did. */
  private consider(flow: RtpFlow, candidate: Candidate, isForced = false): boolean {
    if (candidate.count === 0) return false;
    const last = candidate.samples[candidate.count - 1];
    const isTrusted = flow.streams.length < trustedStreamsPerFlow;
    const isExpected = flow.isAnnounced || flow.streams.length > 0 || this.reverse(flow)?.streams.length;
    const isAnnounced = candidate.hasPayload && flow.announces(last.payloadType);
    const isProven =
      candidate.isProven ||
      (isForced && candidate.inSequence >= minSequential) ||
      (isTrusted && (isAnnounced || (isExpected && candidate.inSequence >= minSequential)));
    if (!isProven) return false;
    if (flow.streams.length >= maxStreamsPerFlow) {
      this.context.sink.report(
        'warning',
        'rtp-stream-limit',
        last.frame,
        `More than ${maxStreamsPerFlow} SSRCs in one flow: the rest is left out.`,
      );
      return false;
    }
    flow.candidates.remove(candidate);
    const stream = new RtpStream(this.all.length, flow, candidate.ssrc);
    flow.streams.push(stream);
    this.ssrcs = withRoom(this.ssrcs, stream.index);
    this.ssrcs[stream.index] = stream.ssrc;
    this.all.push(stream);
    this.rowBook.forgetCalls();
    this.byId.set(stream.id, stream);
    for (let i = 0; i < candidate.count; i += 1) stream.push(candidate.samples[i]);
    // Of a candidate that was never believed, what came after has not been kept.
    if (isForced) stream.isStale = true;
    this.changes += 1;
    const reverse = this.reverse(flow);
    // The other direction is expected now: what waits there may have proved itself.
    if (reverse) for (const waiting of reverse.candidates.values()) this.consider(reverse, waiting);
    return true;
  }

  private open(flow: number): RtpFlow {
    const { source, destination } = this.context.endpoints(flow);
    const known = new RtpFlow(flow, source, destination, this.book);
    this.flows[flow] = known;
    this.register(known.destinationKey, known);
    if (known.sourceKey !== known.destinationKey) this.register(known.sourceKey, known);
    return known;
  }

  private register(key: string, flow: RtpFlow): void {
    const flows = this.flowsByEndpoint.get(key);
    if (flows) flows.push(flow);
    else this.flowsByEndpoint.set(key, [flow]);
  }

  private reverse(flow: RtpFlow): RtpFlow | null {
    const reverse = this.context.reverseOf(flow.flow);
    return reverse < 0 ? null : (this.flows[reverse] ?? null);
  }

  private flowOf(stream: RtpStream): RtpFlow {
    const flow = this.flows[stream.context.flow];
    if (!flow) throw new Error(`stream ${stream.id} has no flow`);
    return flow;
  }

  private columnsOf(stream: RtpStream, source: PacketSource): PacketColumns {
    const key = `${stream.id} ${stream.revision}`;
    if (this.columnCache?.key !== key) {
      this.columnCache = { key, columns: replayColumns(stream, this.flowOf(stream).isIpv6, source) };
    }
    return this.columnCache.columns;
  }

  /** Looks at the payloads of streams that nobody described, and whether the others are what they are said to be. */
  private inferFormats(source: PacketSource): void {
    inferStreams(this.all, source, (stream, payloadType, inference) => {
      const said = stream.uses.find((use) => use.payloadType === payloadType)?.binding;
      stream.inferences.set(payloadType, inference);
      stream.rebind();
      if (inference.contradicts && said) reportContradiction(stream, said, inference, this.context.sink);
    });
  }
}

/** The array itself, or a longer copy when `index` lies behind its end. */
function withRoom(array: Uint32Array<ArrayBuffer>, index: number): Uint32Array<ArrayBuffer> {
  if (index < array.length) return array;
  const grown = new Uint32Array(Math.max(index + 1, array.length * 2));
  grown.set(array);
  return grown;
}
