import type { SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import { missingBytes } from '../../bytes/extents';
import type { Frame } from '../../capture/frame';
import { EsBudget } from '../../containers/mpeg-es';
import type { TsStride } from '../../containers/mpeg-ts';
import type { ConversationVerdict } from '../../flow/conversation-rows';
import type { Direction, StreamChannel, StreamProtocol } from '../../flow/stream-dissector';
import { formatEndpoint } from '../../net/endpoint';
import type { PacketView } from '../../net/packet';
import { arraySource, type RowSource } from '../../store/table-view';
import type { MediaFile, MediaSamples } from '../sessions/media-samples';
import type { SessionHost } from '../sessions/session-host';
import type { SessionTracker, TrackerTable } from '../sessions/session-tracker';
import { DatagramProbe, datagramStride } from './datagram-probe';
import type { MediaSource } from './media-source';
import type { MpegSession } from './mpeg-session';
import { PsSession } from './ps-session';
import { reportSession } from './report-session';
import { containerNames, pourRtp } from './rtp-source';
import { type TsByteSink, tsProtocol } from './ts-protocol';
import { TsSession } from './ts-session';
import { checkRows, pidRows, tsCheckTable, tsPidTable } from './ts-tables';

const maxSessions = 1000;
/** Flows that may be transport streams at a time. */
const maxProbes = 4096;

interface ShownSession {
  readonly revision: number;
  readonly row: SessionRow;
  readonly streams: readonly StreamRow[];
}

/** Finds transport streams in datagrams and byte streams. */
export class MpegTsTracker implements SessionTracker {
  readonly protocols: readonly StreamProtocol[];
  readonly tables: readonly TrackerTable[] = [
    { id: 'ts-pids', definition: tsPidTable, rows: (scope) => this.rows(scope, pidRows) },
    { id: 'ts-checks', definition: tsCheckTable, rows: (scope) => this.rows(scope, checkRows) },
  ];
  private readonly all: MpegSession[] = [];
  /** RTP streams that were taken apart. */
  private readonly taken = new Set<string>();
  private isFinished = false;
  private readonly byFlow = new Map<number, TsSession>();
  private readonly probes = new Map<number, DatagramProbe>();
  private readonly budget = new EsBudget();
  private readonly shown = new Map<MpegSession, ShownSession>();

  constructor(private readonly host: SessionHost) {
    this.protocols = [tsProtocol((channel, direction) => this.openStream(channel, direction))];
  }

  get revision(): number {
    let sum = this.all.length;
    for (const session of this.all) sum += session.revision;
    return sum;
  }

  datagram(flow: number, packet: PacketView, frame: Frame): boolean {
    const { bytes, payloadStart: start, payloadEnd: end, payloadMissing: missing } = packet;
    const known = this.byFlow.get(flow);
    if (known) return this.take(known, packet, frame);
    const stride = datagramStride(bytes, start, end, missing);
    if (stride === 0) return false;
    let probe = this.probes.get(flow);
    if (!probe) {
      if (this.probes.size >= maxProbes) this.probes.clear();
      probe = new DatagramProbe();
      this.probes.set(flow, probe);
    }
    const { number, timeNs } = frame;
    const address = this.addressOf(packet, frame);
    const isProven = probe.push(bytes, start, end, stride, { missing, frame: number, timeNs, address });
    if (isProven && this.all.length < maxSessions) this.openFlow(flow, probe);
    // One packet alone may be anything.
    return isProven || end - start > stride;
  }

  verdict(conversation: number): ConversationVerdict | null {
    for (const direction of [0, 1]) {
      const session = this.byFlow.get(2 * conversation + direction);
      if (!session) continue;
      const { stride, packets } = { stride: session.demuxer.sync.stride, packets: session.demuxer.packets };
      const frame = session.demuxer.firstFrame;
      return { protocol: 'MPEG-TS', reason: `${packets} packets of ${stride} bytes from frame ${frame} on` };
    }
    return null;
  }

  sessions(): readonly SessionRow[] {
    this.takeRtp();
    return this.all.map((session) => this.show(session).row);
  }

  streams(): readonly StreamRow[] {
    this.takeRtp();
    return this.all.flatMap((session) => this.show(session).streams);
  }

  samples(id: string): MediaSamples | null {
    return this.owner(id)?.samples(id, this.host.bytes) ?? null;
  }

  file(id: string): MediaFile | null {
    const { bytes } = this.host;
    return this.owner(id)?.file(id, bytes, (packet, start, end) => bytes.keep(packet, start, end)) ?? null;
  }

  framesOf(id: string) {
    const session = this.owner(id);
    return session ? { flows: [], frames: session.frames() } : null;
  }

  finish(): void {
    for (const session of this.all) this.end(session);
    this.probes.clear();
    this.isFinished = true;
  }

  /**
   * What RTP streams carry is known when all was read: the order of their packets, and their format where nobody said
   * it.
   */
  private takeRtp(): void {
    if (!this.isFinished) return;
    const { bytes } = this.host;
    for (const { id, codec, dst } of this.host.rtpStreams()) {
      const container = containerNames[codec?.toUpperCase() ?? ''];
      if (!container || this.taken.has(id) || this.all.length >= maxSessions) continue;
      this.taken.add(id);
      const index = this.host.rtpIndex(id);
      if (!index || index.isEncrypted) continue;
      const { source, destination } = index.wire;
      const media = { url: `rtp://${dst}`, source, destination, layers: [], rtpStreamId: id };
      const session = container === 'ts' ? this.add(media, 188) : this.addProgramStream(media);
      pourRtp(index, bytes, (packet, start, end) => bytes.keep(packet, start, end), session);
      this.end(session);
    }
  }

  /** Rows of a session, made again only when it has changed. */
  private show(session: MpegSession): ShownSession {
    const { revision } = session;
    const known = this.shown.get(session);
    if (known?.revision === revision) return known;
    const made = { revision, row: session.row(), streams: session.streams() };
    this.shown.set(session, made);
    return made;
  }

  private end(session: MpegSession): void {
    session.finish();
    if (session instanceof TsSession) reportSession(session, this.host.sink);
  }

  private owner(id: string): MpegSession | null {
    this.takeRtp();
    return this.all.find((session) => session.owns(id)) ?? null;
  }

  private rows(scope: string, make: (session: TsSession) => object[]): RowSource | null {
    const session = this.owner(scope);
    if (!(session instanceof TsSession) || session.source.id !== scope) return null;
    return arraySource(
      () => session.revision,
      () => make(session),
    );
  }

  private openFlow(flow: number, { stride, waiting }: DatagramProbe): void {
    const { source, destination } = this.host.flows.endpoints(flow);
    const url = `udp://${formatEndpoint(destination)}`;
    const session = this.add({ url, source, destination, layers: [], rtpStreamId: null }, stride || undefined);
    this.byFlow.set(flow, session);
    this.probes.delete(flow);
    for (const { bytes, missing, frame, timeNs, address } of waiting) {
      session.push(bytes, 0, bytes.length, frame, timeNs, address);
      if (missing > 0) session.gap(missing, frame, timeNs);
    }
  }

  private add(source: Omit<MediaSource, 'id'>, stride?: TsStride): TsSession {
    const session = new TsSession({ id: `mpegts-${this.all.length + 1}`, ...source }, stride, this.budget);
    this.all.push(session);
    return session;
  }

  private addProgramStream(source: Omit<MediaSource, 'id'>): PsSession {
    const session = new PsSession({ id: `mpegps-${this.all.length + 1}`, ...source }, this.budget);
    this.all.push(session);
    return session;
  }

  /** A datagram of a flow that carries a transport stream; what is none is passed over. */
  private take(session: TsSession, packet: PacketView, frame: Frame): boolean {
    const { bytes, payloadStart: start, payloadEnd: end, payloadMissing: missing } = packet;
    const { stride } = session.demuxer.sync;
    const isWhole = stride > 0 && (end - start + missing) % stride === 0;
    const isOne = datagramStride(bytes, start, end, missing) > 0;
    if (!isWhole && !isOne) return false;
    session.push(bytes, start, end, frame.number, frame.timeNs, this.addressOf(packet, frame));
    if (missing > 0) session.gap(missing, frame.number, frame.timeNs);
    return true;
  }

  private addressOf(packet: PacketView, frame: Frame): number {
    const { bytes, payloadStart: start, payloadEnd: end } = packet;
    if (packet.isReassembled || packet.isDecrypted) return this.host.bytes.keep(bytes, start, end);
    return bytes === frame.bytes ? frame.fileOffset + start - frame.start : missingBytes;
  }

  private openStream(channel: StreamChannel, direction: Direction): TsByteSink {
    const { source, destination } = channel.endpoints(direction);
    const url = `tcp://${formatEndpoint(source)}`;
    if (this.all.length >= maxSessions) return { push: () => undefined, gap: () => undefined, end: () => undefined };
    const session = this.add({ url, source, destination, layers: channel.layers, rtpStreamId: null });
    return {
      push: (bytes, start, end, frame, timeNs, address) => session.push(bytes, start, end, frame, timeNs, address),
      gap: (length, frame, timeNs) => session.gap(length, frame, timeNs),
      end: () => undefined,
    };
  }
}
