import type { SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import type { AddressedBytes } from '../../bytes/extents';
import { type EsBudget, type EsUnit } from '../../containers/mpeg-es';
import { packetBytes, pcrHz, TsDemuxer, type TsProgram, type TsStream, type TsStride } from '../../containers/mpeg-ts';
import { formatEndpoint } from '../../net/endpoint';
import type { MediaFile, MediaSamples } from '../sessions/media-samples';
import { EsFacts, ProgramClock } from './es-facts';
import { esRow, mediaOf } from './es-row';
import type { MediaSource } from './media-source';
import type { MpegSession } from './mpeg-session';
import { PieceLog } from './piece-log';
import { type KeepBytes, programExtents } from './program-file';
import { tsSamples } from './ts-samples';

interface FoundStream {
  readonly stream: TsStream;
  /** Null of streams that are only named. */
  readonly facts: EsFacts | null;
}

/** A transport stream that was found: counted as it comes, taken apart again when somebody wants to play it. */
export class TsSession implements MpegSession {
  readonly demuxer: TsDemuxer;
  private readonly log = new PieceLog();
  /** Every stream that a program map ever named, in that order. */
  private readonly found: FoundStream[] = [];
  private readonly byStream = new Map<TsStream, EsFacts>();
  private readonly clocks = new Map<TsProgram, ProgramClock>();
  private firstFrame = 0;
  private firstTimeNs = 0;
  private lastTimeNs = 0;
  revision = 0;

  constructor(
    readonly source: MediaSource,
    private readonly stride: TsStride | undefined,
    budget: EsBudget,
  ) {
    const options = stride ? { stride, budget } : { budget };
    this.demuxer = new TsDemuxer(
      { onStream: (stream) => this.onStream(stream), onUnit: (stream, unit) => this.onUnit(stream, unit) },
      options,
    );
  }

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    if (this.log.count === 0) {
      this.firstFrame = frame;
      this.firstTimeNs = timeNs;
    }
    this.lastTimeNs = Math.max(this.lastTimeNs, timeNs);
    this.log.push(end - start, frame, timeNs, address);
    this.demuxer.push(bytes, start, end, frame, timeNs, address);
    this.revision += 1;
  }

  gap(length: number, frame: number, timeNs: number): void {
    this.log.gap(length, frame, timeNs);
    this.demuxer.gap(length);
    this.revision += 1;
  }

  finish(): void {
    this.demuxer.finish();
    this.revision += 1;
  }

  /** Id of an elementary stream of this session. */
  streamId(pid: number): string {
    return `${this.source.id}/pid-${pid}`;
  }

  row(): SessionRow {
    const { demuxer, found, source } = this;
    const errors = demuxer.checks.get('continuity').count;
    return {
      id: source.id,
      kind: 'mpegts',
      url: source.url,
      state: this.state(errors),
      client: formatEndpoint(source.destination),
      server: formatEndpoint(source.source),
      agent: null,
      startSeconds: this.firstTimeNs / 1e9,
      durationSeconds: (this.lastTimeNs - this.firstTimeNs) / 1e9,
      bytes: this.log.bytes,
      missingBytes: Math.max(this.log.missing, packetBytes * this.lostPackets),
      layers: source.layers,
      streamIds: [
        ...found.map(({ stream }) => this.streamId(stream.info.pid)),
        ...(source.rtpStreamId === null ? [] : [source.rtpStreamId]),
      ],
      firstFrame: this.firstFrame,
      details: this.details(),
      hasMessages: false,
      media: mediaOf(found.map(({ facts }) => facts)),
    };
  }

  streams(): StreamRow[] {
    return this.found.map(({ stream: { info }, facts }) => {
      const state = this.demuxer.pid(info.pid);
      return esRow(this.source, {
        id: this.streamId(info.pid),
        kind: info.kind,
        name: info.name,
        facts,
        packets: state?.packets ?? 0,
        firstFrame: state?.firstFrame ?? this.firstFrame,
        firstTimeNs: this.firstTimeNs,
        lastTimeNs: state?.lastTimeNs ?? this.firstTimeNs,
      });
    });
  }

  /** Of the session, one of its programs, or one of its streams. */
  samples(id: string, bytes: AddressedBytes): MediaSamples | null {
    if (!this.owns(id)) return null;
    return tsSamples(
      { id: this.source.id, title: this.title, stride: this.stride, isPaced: true },
      [(sink) => this.log.replay(bytes, sink)],
      id,
    );
  }

  /** The stream untouched, or one program of it. */
  file(id: string, bytes: AddressedBytes, keep: KeepBytes): MediaFile | null {
    const { log, source } = this;
    const base = { sourceId: id, extension: 'ts', mime: 'video/mp2t' };
    const hasTimeCodes = this.demuxer.sync.stride === 192;
    if (id === source.id) return { ...base, extension: hasTimeCodes ? 'm2ts' : 'ts', extents: log.extents() };
    const program = [...this.demuxer.programs.values()].find(({ number }) => id === `${source.id}/program-${number}`);
    if (!program) return null;
    const pids = new Set([program.pcrPid]);
    for (const { stream } of this.found) if (stream.program === program) pids.add(stream.info.pid);
    const wanted = {
      number: program.number,
      pmtPid: program.pmtPid,
      transportStreamId: this.demuxer.transportStreamId ?? 1,
      pids,
    };
    return { ...base, extents: programExtents((sink) => log.replay(bytes, sink), this.stride, wanted, keep) };
  }

  /** How long all packets take by the program's clock; by their arrival without one. */
  get durationSeconds(): number {
    const clock = this.demuxer.pids.find(({ pcr }) => pcr !== null && pcr.spanTicks > 0)?.pcr;
    if (!clock) return (this.lastTimeNs - this.firstTimeNs) / 1e9;
    return (clock.spanTicks / pcrHz / clock.spanBytes) * packetBytes * this.demuxer.packets;
  }

  frames(): readonly number[] {
    return this.log.frames();
  }

  owns(id: string): boolean {
    return id === this.source.id || id.startsWith(`${this.source.id}/`);
  }

  private state(errors: number): string {
    if (errors > 0) return `${errors} continuity ${errors === 1 ? 'error' : 'errors'}`;
    return this.found.length > 0 ? 'complete' : 'without a program map';
  }

  private get title(): string {
    const names = [...this.demuxer.programs.values()].flatMap(({ name }) => (name ? [name] : []));
    return names.length > 0 ? `${names.join(', ')} (${this.source.url})` : this.source.url;
  }

  private get lostPackets(): number {
    return this.demuxer.pids.reduce((sum, { lostPackets }) => sum + lostPackets, 0);
  }

  private details(): SessionRow['details'] {
    const { checks, networkName, packets, nullPackets, programs, pids, sync, transportStreamId } = this.demuxer;
    const clocks = pids.flatMap(({ pcr }) => (pcr ? [pcr] : []));
    const jitters = clocks.flatMap((pcr) => pcr.jitter()?.peakToPeakMs ?? []);
    const [clock] = clocks;
    const scrambled = pids.filter(({ scrambledPackets }) => scrambledPackets > 0).length;
    return {
      'packet size': sync.stride || null,
      'transport stream id': transportStreamId,
      network: networkName,
      programs: [...programs.values()].map((program) => describeProgram(program)).join('; '),
      'TS packets': packets,
      'null packets': nullPackets,
      'bitrate in bit/s': this.bitrate(),
      'continuity errors': checks.get('continuity').count,
      'lost packets': this.lostPackets,
      'scrambled PIDs': scrambled,
      'PCR readings': clocks.reduce((sum, { count }) => sum + count, 0),
      'PCR jitter in ms': jitters.length > 0 ? Math.round(1000 * Math.max(...jitters)) / 1000 : null,
      'longest PCR interval in ms': clock ? Math.round(1000 * clock.maxIntervalMs) / 1000 : null,
      'PCR discontinuities': clocks.reduce((sum, pcr) => sum + pcr.announcedJumps + pcr.unannouncedJumps, 0),
      'TR 101 290 first priority errors': checks.total(1),
      'TR 101 290 second priority errors': checks.total(2),
    };
  }

  /** By the program's clock where there is one, else by arrival; null when neither went on. */
  private bitrate(): number | null {
    const seconds = this.durationSeconds;
    return seconds > 0 ? Math.round((8 * packetBytes * this.demuxer.packets) / seconds) : null;
  }

  private onStream(stream: TsStream): void {
    const facts = stream.reader && stream.info.codec ? new EsFacts(stream.info.codec) : null;
    if (facts) this.byStream.set(stream, facts);
    const known = this.found.findIndex((other) => other.stream.info.pid === stream.info.pid);
    // A PID that carries something else from here on is one row: the later counts.
    if (known >= 0) this.found[known] = { stream, facts };
    else this.found.push({ stream, facts });
  }

  private onUnit(stream: TsStream, unit: EsUnit): void {
    let clock = this.clocks.get(stream.program);
    if (!clock) {
      clock = new ProgramClock();
      this.clocks.set(stream.program, clock);
    }
    this.byStream.get(stream)?.take(unit, clock.extend(unit.pts));
  }
}

function describeProgram({ number, name, provider, version }: TsProgram): string {
  const named = name ? ` ${name}` : '';
  const by = provider ? ` (${provider})` : '';
  return `${number}${named}${by}${version < 0 ? ', without a map' : ''}`;
}
