import type { SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import type { AddressedBytes } from '../../bytes/extents';
import type { EsBudget } from '../../containers/mpeg-es';
import { PsDemuxer, type PsStream } from '../../containers/mpeg-ps';
import { formatEndpoint } from '../../net/endpoint';
import type { MediaFile, MediaSamples } from '../sessions/media-samples';
import { EsFacts, ProgramClock, ticksPerSecond } from './es-facts';
import { esRow, mediaOf } from './es-row';
import type { MediaSource } from './media-source';
import type { MpegSession } from './mpeg-session';
import { PieceLog } from './piece-log';
import { SampleCollector, TimeAxis } from './sample-collector';
import { orderedTracks } from './ts-samples';

/** A program stream that was found. */
export class PsSession implements MpegSession {
  revision = 0;
  private readonly demuxer: PsDemuxer;
  private readonly log = new PieceLog();
  private readonly found = new Map<number, { readonly stream: PsStream; readonly facts: EsFacts | null }>();
  private readonly clock = new ProgramClock();
  private firstFrame = 0;
  private firstTimeNs = 0;
  private lastTimeNs = 0;

  constructor(
    readonly source: MediaSource,
    budget: EsBudget,
  ) {
    this.demuxer = new PsDemuxer(
      {
        onStream: (stream) => {
          const { codec, streamId } = stream.info;
          this.found.set(streamId, { stream, facts: codec ? new EsFacts(codec) : null });
        },
        onUnit: ({ info }, unit) => this.found.get(info.streamId)?.facts?.take(unit, this.clock.extend(unit.pts)),
      },
      budget,
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

  row(): SessionRow {
    const { demuxer, found, log, source } = this;
    const { firstClock, lastClock, mapVersion, muxRate, packs, strayBytes } = demuxer;
    const damaged = [...found.values()].reduce((sum, { facts }) => sum + (facts?.damaged ?? 0), 0);
    return {
      id: source.id,
      kind: 'mpegts',
      url: source.url,
      state: damaged === 0 ? 'complete' : `${damaged} damaged ${damaged === 1 ? 'unit' : 'units'}`,
      client: formatEndpoint(source.destination),
      server: formatEndpoint(source.source),
      agent: null,
      startSeconds: this.firstTimeNs / 1e9,
      durationSeconds: (this.lastTimeNs - this.firstTimeNs) / 1e9,
      bytes: log.bytes,
      missingBytes: log.missing,
      layers: source.layers,
      streamIds: [
        ...[...found.keys()].map((id) => this.streamId(id)),
        ...(source.rtpStreamId === null ? [] : [source.rtpStreamId]),
      ],
      firstFrame: this.firstFrame,
      details: {
        container: 'MPEG program stream',
        packs,
        'program stream map': mapVersion < 0 ? 'none: streams are told by their contents' : `version ${mapVersion}`,
        'program_mux_rate in bit/s': muxRate * 400,
        'system clock span in s': packs > 1 ? (lastClock - firstClock) / ticksPerSecond : null,
        'bytes outside of packets': strayBytes,
      },
      hasMessages: false,
      media: mediaOf([...found.values()].map(({ facts }) => facts)),
    };
  }

  streams(): StreamRow[] {
    return [...this.found.values()].map(({ stream, facts }) =>
      esRow(this.source, { ...stream, ...stream.info, id: this.streamId(stream.info.streamId), facts }),
    );
  }

  samples(id: string, bytes: AddressedBytes): MediaSamples | null {
    if (!this.owns(id)) return null;
    const axis = new TimeAxis(true);
    const tracks = new Map<string, SampleCollector>();
    const demuxer = new PsDemuxer({
      onUnit: ({ info }, unit) => {
        const streamId = this.streamId(info.streamId);
        if (!info.codec || (id !== this.source.id && id !== streamId)) return;
        let track = tracks.get(streamId);
        if (track && track.facts.codec !== info.codec) return;
        if (!track) {
          track = new SampleCollector(streamId, new EsFacts(info.codec), axis, null);
          tracks.set(streamId, track);
        }
        track.take(unit);
      },
    });
    this.log.replay(bytes, demuxer);
    demuxer.finish();
    const made = orderedTracks([...tracks.values()].flatMap((track) => track.track() ?? []));
    const notes = this.log.missing > 0 ? [`About ${this.log.missing} bytes are missing.`] : [];
    return made.length > 0 ? { sourceId: id, title: this.source.url, tracks: made, notes } : null;
  }

  file(id: string): MediaFile | null {
    if (id !== this.source.id) return null;
    return { sourceId: id, extension: 'mpg', mime: 'video/mpeg', extents: this.log.extents() };
  }

  frames(): readonly number[] {
    return this.log.frames();
  }

  owns(id: string): boolean {
    return id === this.source.id || id.startsWith(`${this.source.id}/`);
  }

  private streamId(id: number): string {
    return `${this.source.id}/stream-${id.toString(16)}`;
  }
}
