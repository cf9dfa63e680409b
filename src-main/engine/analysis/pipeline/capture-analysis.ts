import { ok, type Result } from '#shared/base/result';
import { formatEpochNs } from '#shared/base/time';
import type { DecodeAsRule } from '#shared/model/decode-as';
import type { EngineDocument } from '#shared/model/analysis-document';
import type { ObjectPreview, SessionMessageDetail, SessionRow } from '#shared/model/session';
import type { CallRow, Ladder, SipMessageDetail } from '#shared/model/call';
import type { RtpSeries, StreamRow } from '#shared/model/stream';
import type { MediaTimeline } from '#shared/model/timeline';
import type { TlsSummary } from '#shared/model/tls';
import type { WlanNetworkRow } from '#shared/model/wlan';
import type { ByteSource } from '../../capture/byte-source';
import { captureFacts } from '../../capture/facts';
import { Frame, type CaptureReader } from '../../capture/frame';
import { linkTypeName } from '../../capture/link-types';
import type { CaptureNotes } from '../../capture/notes';
import { type CapturePart, type OpenedCapture, openCaptures } from '../../capture/merge';
import { countConversations } from '../../flow/conversation-rows';
import { DuplicateDetector } from '../../flow/duplicate-detector';
import { FlowTracker } from '../../flow/flow-tracker';
import { PacketDecoder } from '../../link/packet-decoder';
import { PacketView } from '../../net/packet';
import { DiagnosticLog } from '../../store/diagnostic-log';
import { FrameReader } from '../../store/frame-reader';
import { FrameStore } from '../../store/frame-store';
import type { CipherSuite } from '../../crypto/cipher-suite';
import { TcpConnections } from '../../flow/tcp-connections';
import { CaptureBytes, MemorySpill, type SpillStore } from '../../store/capture-bytes';
import { CallTracker } from '../calls/call-tracker';
import { sipStreams } from '../calls/sip-streams';
import type { ContentDecoder } from '../http/index';
import { CapturePackets } from '../packets/capture-packets';
import { type FrameRecords, frameRecords } from '../packets/frame-records';
import type { Candidates } from '../packets/frame-walk';
import { RtpEngine } from '../rtp/rtp-engine';
import { FramedFlows } from '../sessions/framed-flows';
import type { MediaFile, MediaSamples } from '../sessions/media-samples';
import { pourExtents } from '../sessions/pour-extents';
import { previewOf } from '../sessions/object-preview';
import { SessionBook } from '../sessions/session-book';
import { type KeyLogText, TlsSecrets } from '../tls/tls-secrets';
import type { WlanKey } from '../wlan/wlan-keys';
import { WlanTracker } from '../wlan/wlan-tracker';
import { AnalysisTables } from './analysis-tables';
import { FlowDispatcher } from './flow-dispatcher';
import { buildDocument } from './build-document';
import { FlowReplay } from './flow-replay';
import { MediaLane } from './media-lane';
import { RtpMedia } from './rtp-media';
import { buildTimeline, heatSlices } from './timeline';

/** What an analysis is given beside the capture. */
export interface AnalysisOptions {
  /** Primitives to decrypt by; without them what is encrypted stays so. */
  readonly ciphers?: CipherSuite;
  /** Undoes content codings of HTTP; without it, bodies stay coded. */
  readonly contentDecoder?: ContentDecoder;
  readonly wlanKeys?: readonly WlanKey[];
  /** Key logs of TLS; those that the capture itself carries need not be given. */
  readonly keyLogs?: readonly KeyLogText[];
  /** Where bytes are kept that lie nowhere in the capture; memory without it. */
  readonly spill?: SpillStore;
}

/** Frames between two looks at the clock. */
const batch = 512;

/**
 * The whole analysis of one capture: frames in, calls, streams and conversations out. Pure and synchronous;
 * whoever runs it decides how long a slice lasts.
 */
export class CaptureAnalysis {
  /** Opens a capture, or several as one; fails with what the readers say when it is none. */
  static open(input: ByteSource | readonly CapturePart[], options: AnalysisOptions = {}): Result<CaptureAnalysis> {
    const diagnostics = new DiagnosticLog();
    const opened = openCaptures('read' in input ? [{ name: '', source: input }] : input, diagnostics);
    if (!opened.ok) return opened;
    return ok(new CaptureAnalysis(opened.value, diagnostics, options));
  }

  readonly tables: AnalysisTables;
  readonly frameTable: CapturePackets;
  /** Columns of RTP streams, for whoever plays and saves them. */
  readonly media: RtpMedia;
  private readonly frame = new Frame();
  private readonly packet = new PacketView();
  private readonly store = new FrameStore();
  private readonly flows = new FlowTracker();
  private readonly duplicates = new DuplicateDetector();
  private readonly decoder: PacketDecoder;
  private readonly frames: FrameReader;
  private readonly replay: FlowReplay;
  private readonly rtp: RtpEngine;
  private readonly calls: CallTracker;
  private readonly dispatcher: FlowDispatcher;
  private readonly mediaLane: MediaLane;
  private readonly wlan: WlanTracker | null;
  private readonly bytes: CaptureBytes;
  private readonly framed: FramedFlows;
  /** Media sessions that are no calls. */
  private readonly sessions: SessionBook;
  /** Flows with packets that were decrypted. */
  private readonly decryptedFlows = new Set<number>();
  private lastTimeNs = 0;
  private isAtEnd = false;

  /** Offset of the first byte of each of the files that are read as one. */
  readonly bases: readonly number[];
  private readonly source: ByteSource;
  private readonly reader: CaptureReader;

  private constructor(
    { bases, reader, source }: OpenedCapture,
    private readonly diagnostics: DiagnosticLog,
    { ciphers, contentDecoder, keyLogs = [], spill = new MemorySpill(), wlanKeys = [] }: AnalysisOptions,
  ) {
    const { flows } = this;
    this.bases = bases;
    this.reader = reader;
    this.source = source;
    this.wlan = ciphers ? new WlanTracker(ciphers, wlanKeys, diagnostics) : null;
    const security = this.wlan?.reader ?? null;
    this.decoder = new PacketDecoder(diagnostics, this.wlan);
    this.frames = new FrameReader(source, this.store);
    this.replay = new FlowReplay(this.frames, this.store, security, () => this.framed);
    this.bytes = new CaptureBytes(source, spill);
    this.framed = new FramedFlows({
      flows,
      bytes: this.bytes,
      timeOf: (frame) => this.store.timeOf(frame),
      onDatagram: (flow, packet, frame, timeNs) => this.rtp.onDatagram(flow, packet, frame, timeNs),
    });
    this.rtp = new RtpEngine({
      sink: diagnostics,
      endpoints: (flow) => this.framed.endpoints(flow) ?? flows.endpoints(flow),
      reverseOf: (flow) => (this.framed.has(flow) ? this.framed.reverseOf(flow) : flows.reverseOf(flow)),
    });
    this.calls = new CallTracker({ sink: diagnostics, announce: (media) => this.rtp.announce(media) });
    this.sessions = new SessionBook({
      sink: diagnostics,
      flows,
      bytes: this.bytes,
      framed: this.framed,
      replay: this.replay,
      ciphers: ciphers ?? null,
      tlsSecrets: new TlsSecrets(keyLogs, () => reader.notes.secrets),
      decoder: contentDecoder ?? null,
      rtpStreams: () => this.rtpStreams(),
      rtpBytes: (id) => this.rtp.streamById(id)?.statistics.payloadBytes ?? 0,
      rtpIndex: (id) => this.rtp.mediaIndex(id, this.replay),
      announce: (media) => this.rtp.announce(media),
      timeOf: (frame) => this.store.timeOf(frame),
    });
    const sip = sipStreams((...message) => this.calls.onMessage(...message));
    this.dispatcher = new FlowDispatcher({
      sink: diagnostics,
      flows,
      rtp: this.rtp,
      calls: this.calls,
      replay: this.replay,
      connections: new TcpConnections({
        sink: diagnostics,
        protocols: [sip, ...this.sessions.protocols],
        endpoints: (flow) => flows.endpoints(flow),
        bytes: this.bytes,
      }),
      sessions: this.sessions,
    });
    const { duplicates, rtp, store } = this;
    this.mediaLane = new MediaLane({ flows, duplicates, rtp, store });
    this.media = new RtpMedia({
      rtp: this.rtp,
      calls: this.calls,
      replay: this.replay,
      bytes: this.bytes,
      epochNs: () => reader.firstTimeNs,
      streams: () => this.streams(),
      callRows: () => this.callRows(),
    });
    this.frameTable = new CapturePackets({
      store: this.store,
      flows,
      createReader: () => new FrameReader(source, this.store),
      links: {
        streamOf: (flow, ssrc) => this.rtp.streamOf(flow, ssrc),
        hasMedia: (flow) => this.rtp.hasMedia(flow),
        hasRtcp: (flow) => this.rtp.hasRtcp(flow),
        messageAt: (frame) => this.calls.messageAt(frame),
      },
      framesOf: (id) => this.framesOf(id),
      security,
    });
    this.tables = new AnalysisTables({
      flows,
      diagnostics,
      streams: () => this.streams(),
      streamsRevision: () => this.rtp.revision + this.sessions.revision,
      calls: () => this.callRows(),
      callsRevision: () => this.calls.revision + this.rtp.revision,
      framesRevision: () => this.store.count,
      verdict: (conversation) => this.dispatcher.verdict(conversation),
      packetTable: (streamId) => this.rtp.packetRows(streamId, this.replay),
      frames: this.frameTable.list,
      sessions: this.sessions,
    });
  }

  get bytesTotal(): number {
    return this.source.size;
  }

  get bytesRead(): number {
    return this.reader.position;
  }

  get packets(): number {
    return this.store.count;
  }

  /** Everything in the file was understood. */
  get isComplete(): boolean {
    return this.isAtEnd && this.reader.isComplete && !this.source.fault;
  }

  /** `ingest` stopped because a growing source has no further frame yet. */
  get isWaiting(): boolean {
    return this.reader.isWaiting;
  }

  /** Comments, names and keys that the file carries beside its packets. */
  get notes(): CaptureNotes {
    return this.reader.notes;
  }

  /** Reads frames until the end (false), or until `shouldPause` says so or the source has to grow first (true). */
  ingest(shouldPause: () => boolean): boolean {
    const { frame, reader } = this;
    do {
      for (let i = 0; i < batch; i += 1) {
        if (!reader.next(frame)) {
          if (reader.isWaiting) return true;
          this.end();
          return false;
        }
        this.take(frame);
      }
    } while (!shouldPause());
    return true;
  }

  private end(): void {
    if (this.isAtEnd) return;
    this.isAtEnd = true;
    const { fault } = this.source;
    if (fault) this.diagnostics.report(fault.severity, fault.code, this.store.count + 1, fault.message);
  }

  /** Nothing more comes: what waits for more is decided with what there is. */
  finish(): void {
    this.decoder.finish();
    this.dispatcher.finish();
    this.sessions.finish();
    this.rtp.finish(this.replay);
    this.calls.finish(this.lastTimeNs);
    this.wlan?.finish();
    this.frameTable.finish();
  }

  /** What a person says of flows, once everything was read: it counts more than signalling and content. */
  decodeAs(rules: readonly DecodeAsRule[]): void {
    for (const rule of rules) {
      if (this.rtp.decodeAs(rule, this.replay) > 0) continue;
      this.diagnostics.report(
        'note',
        'decode-as-without-effect',
        0,
        `No flow of UDP port ${rule.port} has two packets in sequence that could be RTP.`,
      );
    }
  }

  facts() {
    const { firstTimeNs, format, linkTypes } = this.reader;
    return {
      format,
      bytes: this.bytesTotal,
      packets: this.store.count,
      duplicateFrames: this.duplicates.count,
      firstTime: firstTimeNs === null ? null : formatEpochNs(firstTimeNs),
      durationSeconds: this.lastTimeNs / 1e9,
      linkTypes: linkTypes.map(linkTypeName),
      counts: {
        calls: this.calls.count,
        streams: this.rtp.streamCount + this.sessions.streams().length,
        sessions: this.sessions.sessions().length,
        objects: this.sessions.objectCount,
        conversations: countConversations(this.flows),
        diagnostics: this.diagnostics.size,
      },
      facts: captureFacts(this.reader.notes),
    };
  }

  streams(): readonly StreamRow[] {
    const others = this.sessions.streams();
    const rows = this.rtpStreams();
    return others.length === 0 ? rows : [...rows, ...others];
  }

  private rtpStreams(): readonly StreamRow[] {
    const rows = this.rtp.rows();
    if (this.decryptedFlows.size === 0) return rows;
    return rows.map((row) => {
      const flow = this.rtp.streamById(row.id)?.context.flow ?? -1;
      const isWlan = row.encryption === 'none' && this.decryptedFlows.has(flow);
      return isWlan ? { ...row, encryption: 'wpa2', decrypted: true } : row;
    });
  }

  /** What the secrets of TLS open, and what stays closed. */
  tlsSummary(): TlsSummary {
    return this.sessions.tls.summary();
  }

  /**
   * Key logs of the capture itself that came behind packets which they open: an analysis that is given them from the
   * beginning has more to show. Null when it would not.
   */
  lateKeyLogs(): readonly KeyLogText[] | null {
    return this.sessions.tls.lateKeyLogs();
  }

  /** 802.11 networks with their stations, and what of them can be read. */
  wlanNetworks(): readonly WlanNetworkRow[] {
    return this.wlan?.rows() ?? [];
  }

  callRows(): readonly CallRow[] {
    return this.calls.rows(this.streams());
  }

  stream(streamId: string): StreamRow | null {
    return this.streams().find((row) => row.id === streamId) ?? null;
  }

  /** A stream with everything that takes a look at all its packets. */
  streamDetail(streamId: string): StreamRow | null {
    const stream = this.rtp.streamById(streamId);
    if (stream?.kind === 'video' && !stream.hasVideoFacts && this.isAtEnd) this.media.surveyPictures(stream);
    return this.stream(streamId);
  }

  /** Of a call or a session. */
  ladder(id: string): Ladder | null {
    return this.calls.ladder(id, this.streams()) ?? this.sessions.ladder(id);
  }

  /** Gives away the bytes of a session, a stream or an object, piece by piece; false when there are none, or holes. */
  readFile(id: string, take: (bytes: Uint8Array) => void): boolean {
    const file = this.sessions.file(id);
    if (!file) return false;
    let isWhole = true;
    pourExtents(file.extents, this.bytes, 0, 0, {
      push: (bytes, start, end) => take(bytes.subarray(start, end)),
      gap: () => {
        isWhole = false;
      },
    });
    return isWhole;
  }

  /** The beginning of a transferred object. */
  objectPreview(objectId: string): ObjectPreview | null {
    const file = this.sessions.file(objectId);
    return file && previewOf(file, this.bytes);
  }

  /** A media session that is no call. */
  session(sessionId: string): SessionRow | null {
    return this.sessions.sessions().find(({ id }) => id === sessionId) ?? null;
  }

  sessionMessage(messageId: string): SessionMessageDetail | null {
    return this.sessions.message(messageId);
  }

  /** Coded samples of a session or of a stream that is no RTP stream. */
  samples(id: string): MediaSamples | null {
    return this.sessions.samples(id);
  }

  /** Bytes of a session, a stream or an object as they were sent. */
  file(id: string): MediaFile | null {
    return this.sessions.file(id);
  }

  message(messageId: string): SipMessageDetail | null {
    return this.calls.messageDetail(messageId, (fileOffset, length) => this.bytes.slice(fileOffset, length));
  }

  series(streamId: string, buckets: number): RtpSeries | null {
    return this.rtp.series(streamId, buckets, this.replay);
  }

  timeline(): MediaTimeline {
    return buildTimeline(this.lastTimeNs / 1e9, this.callRows(), this.sessions.sessions(), this.streams(), (id) =>
      this.rtp.lossHeat(id, heatSlices),
    );
  }

  document(): EngineDocument {
    while (this.media.survey());
    return buildDocument({
      firstTimeNs: this.reader.firstTimeNs ?? 0n,
      conversations: countConversations(this.flows),
      sessions: this.sessions.sessions(),
      objects: this.sessions.objects(),
      calls: this.callRows(),
      streams: this.streams(),
      diagnostics: this.diagnostics.rows(),
      wlanNetworks: this.wlanNetworks(),
    });
  }

  /** Where the frames of a call, a stream, a session or an object lie; null when there is no such thing. */
  frameRecords(id: string): FrameRecords | null {
    const candidates = this.framesOf(id);
    if (!candidates) return null;
    const [index] = this.rtp.streamById(id) ? this.media.indexOf(id) : [];
    // A flow may carry several RTP streams: one of them is the frames that it was put together from.
    const own = index ? { flows: [], frames: [...index.frame] } : candidates;
    return frameRecords(this.store, own, this.reader.firstTimeNs ?? 0n);
  }

  /** Frames that may belong to a call or a stream; null when there is no such thing. */
  private framesOf(id: string): Candidates | null {
    const streams = this.rtp.streams();
    const stream = streams.find((known) => known.id === id);
    if (stream) return { flows: [stream.context.flow], frames: [] };
    const frames = this.calls.framesOf(id);
    if (frames === null) return this.sessions.framesOf(id);
    const own = streams.filter((known) => known.callIds.includes(id)).map(({ context }) => context.flow);
    return { flows: [...new Set(own)], frames };
  }

  private take(frame: Frame): void {
    if (frame.timeNs > this.lastTimeNs) this.lastTimeNs = frame.timeNs;
    if (this.mediaLane.take(frame)) return;
    const { decoder, packet } = this;
    decoder.decode(frame, packet);
    const flow = this.flows.track(frame, packet);
    this.store.append(frame, flow);
    this.analyse(frame, flow);
    while (decoder.hasNext) {
      decoder.decodeNext(packet);
      const further = this.flows.track(frame, packet);
      this.store.appendFurther(further);
      this.analyse(frame, further);
    }
  }

  private analyse(frame: Frame, flow: number): void {
    const { packet } = this;
    this.duplicates.check(packet, flow, frame.timeNs);
    if (packet.isDuplicate) this.reportDuplicate(frame);
    if (flow < 0) return;
    if (packet.isDecrypted) this.decryptedFlows.add(flow);
    this.dispatcher.dispatch(flow, frame, packet);
  }

  private reportDuplicate(frame: Frame): void {
    this.diagnostics.report(
      'note',
      'duplicate-frame',
      frame.number,
      'This packet was captured just before, at another place or sent again by its station. It is counted, not analysed.',
    );
  }
}
