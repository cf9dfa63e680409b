import { rm } from 'node:fs/promises';
import type { Result } from '#shared/base/result';
import type { Artifact, ExportFormat, VideoExportChoices } from '#shared/model/artifact';
import type { ExportedFile } from '../media/export-file';
import { type Ffmpeg, resolveFfmpeg } from '../media/ffmpeg/resolve';
import type { MadeFile } from '../media/made-file';
import type { SamplesInput, VideoFile } from '../media/mux/video-file';
import { resyncSeconds } from '../media/placement';
import { RpcFailure } from '../workers/rpc/protocol';
import { suggestName, type TargetFormat, targetFormat, type VideoTarget } from './export-naming';
import { assertUnchanged, type FileStamp, stampsOf, temporaryPath } from './export-target';
import type { MediaSource, MediaSourceIndex } from './media-source';
import type { MediaWorkerHost } from './media-worker-host';
import { askRtp, fileOf, samplesOf, unlessMissing } from './opened-source';
import { packetsName, type SessionTarget, sessionName, sessionTarget } from './session-target';
import { SourceRows } from './source-rows';
import { storedMedia } from './stored-media';

interface PacketsTarget {
  readonly kind: 'packets';
  readonly format: 'pcap';
}

/** How and where to write. */
export interface WriteOptions {
  readonly video: VideoExportChoices;
  /** Folder of the target: the temporary file lies in it, so that finishing is a rename. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
  /** Moves the finished file to its place and answers where that is. */
  readonly place: (
    temporary: string,
    file: Pick<ExportedFile, 'sha256' | 'bytes' | 'mime'>,
    capture: readonly FileStamp[],
  ) => Promise<string>;
}

/** What will be written, and the name that it gets. */
export type Planned = { readonly name: () => Promise<string> } & (
  | { readonly kind: 'packets'; readonly target: PacketsTarget }
  | { readonly kind: 'rtp'; readonly index: MediaSourceIndex; readonly target: TargetFormat }
  | {
      readonly kind: 'session';
      readonly target: SessionTarget;
      readonly samples: Awaited<ReturnType<typeof samplesOf>>;
      readonly file: Awaited<ReturnType<typeof fileOf>>;
      /** When an object was transferred, seconds: its connection may have carried others before and behind it. */
      readonly during: { readonly from: number; readonly until: number } | null;
    }
);

interface MakeOptions {
  readonly captureId: string;
  readonly temporary: string;
  readonly ffmpegPath: string | null;
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
}

interface Written {
  readonly sourceId: string;
  readonly kind: MediaSourceIndex['kind'];
  readonly format: ExportFormat;
  readonly path: string;
  readonly capture: Artifact['provenance']['capture'];
  readonly exported: ExportedFile;
  readonly ffmpeg: Ffmpeg | null;
}

/** Seconds are rounded nanoseconds. */
const clockTolerance = 1e-6;
/** Sessions that are more than their RTP streams. */
const exportedSessions = ['rtmp', 'hls', 'dash', 'camera', 'mpegts', 'http-stream'];
/** Formats of one RTP stream alone. */
const ofStreams: readonly ExportFormat[] = ['raw', 'rtpdump', 'sdp'];
/** Formats that what was sent either has or has not: asked of everything, they mean what has them. */
export const ownFormats: readonly ExportFormat[] = ['original', 'flv', 'ts', 'jpg'];

/** Decides what a format means for a call, a stream, a session or an object, and has the media worker write it. */
export class ExportWriter {
  constructor(
    private readonly captures: MediaSource,
    private readonly worker: MediaWorkerHost,
    /** Stands in the provenance: `tapdeck 1.2.3`. */
    private readonly tool: string,
  ) {}

  /** What the format asked for means for what the id stands for. */
  async plan(captureId: string, sourceId: string, format: ExportFormat, rows: SourceRows): Promise<Planned> {
    const { captures } = this;
    if (format === 'pcap') {
      return { kind: 'packets', target: { kind: 'packets', format }, name: () => packetsName(sourceId, rows) };
    }
    const samples = await samplesOf(captures, captureId, sourceId);
    const file = await fileOf(captures, captureId, sourceId);
    if (!samples && !file) {
      const wanted = format === 'wav' || format === 'au' ? 'audio' : 'video';
      const index = await askRtp(captures, captureId, sourceId, wanted, (id) => captures.mediaIndex(captureId, id));
      const target = unwrap(targetFormat(format, index));
      const name = async (): Promise<string> => {
        const found = await rows.find(index.kind === 'call' ? 'calls' : 'streams', index.sourceId);
        return suggestName(index, found?.ordinal ?? 0, target);
      };
      return { kind: 'rtp', index, target, name };
    }
    const object = (await rows.find('objects', sourceId))?.row ?? null;
    const wanted = object && format === 'auto' ? 'original' : format;
    const from = Number(object?.startSeconds ?? 0);
    const during = object && { from, until: from + Number(object.durationSeconds ?? 0) };
    const sources = { samples: samples?.samples ?? null, file: file?.file ?? null };
    const target = unwrap(sessionTarget(wanted, sources.samples, sources.file));
    const name = (): Promise<string> => sessionName(sourceId, target, { ...sources, rows });
    return { kind: 'session', target, samples, file, during, name };
  }

  /** Writes what was planned and moves it to its place. */
  async write(
    captureId: string,
    sourceId: string,
    planned: Planned,
    { video, folder, signal, onProgress, place }: WriteOptions,
  ): Promise<Artifact> {
    const { captures } = this;
    const summary = captures.summary(captureId);
    const before = await stampsOf(summary.files);
    assertUnchanged(summary.files, before, before);
    const ffmpeg = await this.ffmpegFor(planned.target);
    const temporary = temporaryPath(folder);
    try {
      throwIfCancelled(signal);
      const make = { captureId, temporary, ffmpegPath: ffmpeg?.path ?? null, signal, onProgress };
      const exported = await this.make(planned, sourceId, video, make);
      // What is exported carries the hash of the capture, so the capture must still be the one that was hashed.
      const sha256 = await captures.sha256(captureId);
      assertUnchanged(summary.files, before, await stampsOf(summary.files));
      throwIfCancelled(signal);
      const path = await place(temporary, exported, before);
      const capture = { path: summary.path, sha256 };
      const common = { sourceId, format: planned.target.format, path, capture, ffmpeg };
      if ('usedFfmpeg' in exported) return this.describeMade({ ...common, exported });
      const kind = planned.kind === 'rtp' ? planned.index.kind : 'stream';
      return this.describe({ ...common, kind, exported });
    } finally {
      await rm(temporary, { force: true, recursive: true });
      await rm(`${temporary}.samples`, { force: true });
    }
  }

  private make(
    planned: Planned,
    sourceId: string,
    video: VideoExportChoices,
    options: MakeOptions,
  ): Promise<ExportedFile | MadeFile> {
    switch (planned.kind) {
      case 'packets':
        return this.makePackets(sourceId, options);
      case 'session':
        return this.makeSession(planned, sourceId, video, options);
      case 'rtp':
        return this.makeRtp(planned, video, options);
    }
  }

  private async makePackets(sourceId: string, { captureId, temporary: path, ...options }: MakeOptions) {
    const { capturePath, ...records } = await this.captures.frameRecords(captureId, sourceId);
    const captureBytes = this.captures.summary(captureId).bytes;
    return this.worker.call('packets', { input: { records, capturePath, captureBytes }, path }, options);
  }

  private makeRtp(
    { index, target }: Planned & { readonly kind: 'rtp' },
    video: VideoExportChoices,
    make: MakeOptions,
  ): Promise<ExportedFile | MadeFile> {
    if (target.kind === 'video') return this.makeVideo(target, index.sourceId, video, make);
    const { kind, streams, capturePath } = index;
    const { captureId, temporary, ffmpegPath, ...options } = make;
    const captureBytes = this.captures.summary(captureId).bytes;
    const input = { kind, streams, capturePath, captureBytes };
    const request = { format: target.format, path: temporary, ffmpegPath };
    return this.worker.call('export', { input, request }, options);
  }

  private async makeSession(
    { target, samples, file, during }: Planned & { readonly kind: 'session' },
    sourceId: string,
    { damage = 'faithful', quality }: VideoExportChoices,
    { captureId, temporary: path, ffmpegPath, ...options }: MakeOptions,
  ): Promise<MadeFile> {
    const captureBytes = this.captures.summary(captureId).bytes;
    if (target.kind === 'original') {
      if (!file) throw new Error('an original without a file was planned');
      const made = await this.worker.call('original', { input: { ...file, captureBytes }, path }, options);
      return { ...made, packets: await this.packetsOf(captureId, sourceId, during) };
    }
    const input: SamplesInput = samples
      ? { samples: samples.samples, capturePath: samples.capturePath, captureBytes }
      : await this.takenSamples(captureId, file, `${path}.samples`, options);
    switch (target.kind) {
      case 'pictures-and-sound': {
        const request = { format: target.format, path, mode: damage, quality: quality ?? null, ffmpegPath };
        return this.worker.call('exportVideo', { input, request }, options);
      }
      case 'sound': {
        const request = { format: target.format, path };
        return this.worker.call('exportSound', { input: { ...input, sourceId }, request }, options);
      }
      case 'picture-files':
        return this.worker.call('exportPictures', { input, path }, options);
    }
  }

  /** What was sent as a file and not found as samples is taken apart first. */
  private async takenSamples(
    captureId: string,
    file: Awaited<ReturnType<typeof fileOf>>,
    path: string,
    { signal }: Pick<MakeOptions, 'signal'>,
  ): Promise<SamplesInput> {
    if (!file) throw new Error('media without samples or a file were planned');
    const input = await storedMedia(this.captures, captureId, file);
    const { samples, bytes } = await this.worker.call('takeSamples', { input, path }, { signal });
    return { samples, capturePath: path, captureBytes: bytes };
  }

  /** Frames that something came in; of a connection those of its time. */
  private async packetsOf(
    captureId: string,
    sourceId: string,
    during: { readonly from: number; readonly until: number } | null,
  ): Promise<MadeFile['packets']> {
    const records = await unlessMissing(this.captures.frameRecords(captureId, sourceId));
    const frames = (records?.frame ?? new Uint32Array(0)).filter((_, i) => {
      const seconds = (records?.timeNs[i] ?? 0) / 1e9;
      return !during || (seconds >= during.from - clockTolerance && seconds <= during.until + clockTolerance);
    });
    return { first: frames[0] ?? 0, last: frames[frames.length - 1] ?? 0, count: frames.length };
  }

  /** Found once it is needed; sound beside a picture is worth having it, a picture alone does without. */
  private async ffmpegFor({ kind, format }: Planned['target']): Promise<Ffmpeg | null> {
    if (kind === 'original' || kind === 'picture-files' || kind === 'packets') return null;
    if (kind === 'audio' && format !== 'mp4' && format !== 'mkv') return null;
    if (['raw', 'csv', 'srt', 'vtt'].includes(format)) return null;
    const ffmpeg = await resolveFfmpeg();
    return ffmpeg.ok ? ffmpeg.value : null;
  }

  private async makeVideo(
    { format }: VideoTarget,
    sourceId: string,
    { damage = 'faithful', quality }: VideoExportChoices,
    { captureId, temporary, ffmpegPath, signal, onProgress }: MakeOptions,
  ): Promise<VideoFile> {
    const { captures } = this;
    const { title, video, audio, relation, capturePath } = await captures.videoSource(captureId, sourceId);
    const { bytes: captureBytes } = captures.summary(captureId);
    const input = { title, video, audio, relation, capturePath, captureBytes };
    const request = { format, path: temporary, mode: damage, quality: quality ?? null, ffmpegPath };
    return this.worker.call('exportVideo', { input, request }, { signal, onProgress });
  }

  private describeMade({
    sourceId,
    format,
    path,
    capture,
    exported,
    ffmpeg,
  }: Omit<Written, 'exported' | 'kind'> & { readonly exported: MadeFile }): Artifact {
    const { bytes, mime, sha256, durationSeconds, frames, samples, packets, options, usedFfmpeg } = exported;
    return {
      ...{ id: `${sourceId}.${format}`, sourceId, path, format, mime, bytes, sha256 },
      durationSeconds,
      frames,
      samples,
      provenance: {
        capture,
        packets,
        options,
        tool: this.tool,
        ffmpeg: usedFfmpeg ? (ffmpeg?.version ?? null) : null,
      },
    };
  }

  private describe({ sourceId, kind, format, path, capture, exported, ffmpeg }: Written): Artifact {
    const { audio, bytes, mime, packets, sha256 } = exported;
    return {
      id: `${sourceId}.${format}`,
      sourceId,
      path,
      format,
      mime,
      bytes,
      sha256,
      durationSeconds: audio?.durationSeconds ?? null,
      frames: null,
      samples: audio?.samples ?? null,
      provenance: {
        capture,
        packets,
        options: {
          ...(audio && {
            sampleRateHz: audio.sampleRateHz,
            channels: audio.channels,
            ...(kind === 'call' && { channelOrder: 'caller, callee' }),
            gaps: 'silence',
            resyncMs: resyncSeconds * 1000,
          }),
          ...(exported.isCopied && { audio: 'as captured' }),
          lostPackets: exported.lostPackets,
          duplicatePackets: exported.duplicatePackets,
          truncatedPackets: exported.truncatedPackets,
          unplayablePackets: exported.unplayablePackets,
        },
        tool: this.tool,
        ffmpeg: exported.isCopied ? null : (ffmpeg?.version ?? exported.decodedBy),
      },
    };
  }

  /**
   * Ids of all calls with media, of all sessions, of all streams that are not in their files, and of all objects. Raw
   * payload is a matter of streams alone, and what was sent as a file one of sessions and objects.
   */
  async everything(rows: SourceRows, format: ExportFormat): Promise<string[]> {
    const isOwn = ownFormats.includes(format);
    const isOfStream = ofStreams.includes(format);
    const calls = isOfStream || isOwn ? [] : await rows.rows('calls');
    const withMedia = calls.filter(({ streamIds }) => !Array.isArray(streamIds) || streamIds.length > 0);
    const sessions = (isOfStream ? [] : await rows.rows('sessions')).filter(
      ({ kind, media }) => exportedSessions.includes(String(kind)) && media !== null,
    );
    const streams = isOwn ? [] : await rows.rows('streams');
    const contained = new Set<string>();
    for (const { id } of sessions) {
      // The file of a session has its first picture and its first sound.
      for (const kind of ['video', 'audio']) {
        const first = streams.find((stream) => stream.sessionId === id && stream.kind === kind);
        if (first) contained.add(first.id);
      }
    }
    const alone = streams.filter(({ id }) => !contained.has(id));
    const objects = format === 'auto' || format === 'original' ? await rows.rows('objects') : [];
    return [...withMedia, ...sessions, ...alone, ...objects].map(({ id }) => id);
  }

  rowsOf(captureId: string): SourceRows {
    return new SourceRows((query) => this.captures.page(captureId, query));
  }
}

function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new RpcFailure(result.error);
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new RpcFailure({ code: 'cancelled', message: 'Cancelled.' });
}
