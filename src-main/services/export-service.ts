import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { Emitter } from '#shared/base/emitter';
import { describeFailure, type Result } from '#shared/base/result';
import type { Artifact, ExportFailure, ExportFormat, Job, VideoExportChoices } from '#shared/model/artifact';
import type { TableId, TablePage, TableQuery, TableRow } from '#shared/query/table-query';
import type { ExportedFile } from '../media/export-file';
import { type Ffmpeg, resolveFfmpeg } from '../media/ffmpeg/resolve';
import type { VideoFile } from '../media/mux/video-file';
import { resyncSeconds } from '../media/placement';
import { RpcFailure } from '../workers/rpc/protocol';
import { suggestName, type TargetFormat, targetFormat, type VideoTarget } from './export-naming';
import { toFailure } from './capture-service';
import {
  assertNotCapture,
  assertUnchanged,
  type FileStamp,
  placeInFolder,
  stampsOf,
  temporaryPath,
} from './export-target';
import type { MediaSource, MediaSourceIndex } from './media-source';
import { type MediaWorker, MediaWorkerHost } from './media-worker-host';

/** What exporting asks of the capture service. */
export interface ExportSource extends MediaSource {
  page(captureId: string, query: TableQuery): Promise<TablePage>;
}

export interface ExportServiceOptions {
  readonly captures: ExportSource;
  readonly createWorker: () => MediaWorker;
  /** Stands in the provenance: `tapdeck 1.2.3`. */
  readonly tool: string;
}

export interface ExportStart {
  readonly captureId: string;
  readonly sourceId: string;
  readonly format: ExportFormat;
  /** File to write; what is there is replaced. */
  readonly path: string;
  /** Of a video stream. */
  readonly video?: VideoExportChoices;
}

export interface ExportReport {
  readonly artifacts: readonly Artifact[];
  readonly failures: readonly ExportFailure[];
}

/** Progress of `exportAll`. */
export interface ExportProgress {
  readonly sourceId: string;
  /** Things finished, and all of them. */
  readonly done: number;
  readonly total: number;
  /** 0..1 of the thing under way. */
  readonly fraction: number;
}

interface WriteOptions {
  readonly video: VideoExportChoices;
  /** Folder of the target: the temporary file lies in it, so that finishing is a rename. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
  /** Moves the finished file to its place and answers where that is. */
  readonly place: (
    temporary: string,
    file: Pick<ExportedFile, 'sha256' | 'bytes'>,
    capture: readonly FileStamp[],
  ) => Promise<string>;
}

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

const pageRows = 1000;

/** Writes calls and streams to files: in the background as jobs, or many one after the other. */
export class ExportService {
  private readonly jobs = new Map<string, Job>();
  private readonly controllers = new Map<string, AbortController>();
  /** Everything under way, so that nothing is left behind at the end. */
  private readonly running = new Map<AbortController, Promise<unknown>>();
  private readonly events = new Emitter<{ job: Job; dismissed: { readonly jobId: string } }>();
  private readonly worker: MediaWorkerHost;

  constructor(private readonly options: ExportServiceOptions) {
    this.worker = new MediaWorkerHost(options.createWorker);
  }

  /** Tells every change of a job; returns the function that unsubscribes. */
  onJob(listener: (job: Job) => void): () => void {
    return this.events.on('job', listener);
  }

  onDismissed(listener: (dismissed: { readonly jobId: string }) => void): () => void {
    return this.events.on('dismissed', listener);
  }

  job(jobId: string): Job | null {
    return this.jobs.get(jobId) ?? null;
  }

  /** Starts writing a file and answers the id of the job that does it. */
  start({ captureId, sourceId, format, path, video = {} }: ExportStart): string {
    const id = randomUUID();
    const target = resolve(path);
    const title = `Export ${basename(target)}`;
    const job: Job = { id, title, state: 'running', progress: null, error: null, artifact: null };
    const controller = new AbortController();
    this.controllers.set(id, controller);
    this.update(job);
    const work = this.write(captureId, sourceId, format, {
      video,
      folder: dirname(target),
      signal: controller.signal,
      onProgress: (progress) => this.update({ ...job, progress }),
      place: async (temporary, _file, captureStamp) => {
        await assertNotCapture(target, captureStamp);
        await rename(temporary, target);
        return target;
      },
    });
    const end = work.then(
      (artifact) => this.update({ ...job, state: 'done', progress: 1, artifact }),
      (error: unknown) => this.update({ ...job, ...endOf(error) }),
    );
    void this.track(controller, end).finally(() => this.controllers.delete(id));
    return id;
  }

  /** Stops a job; it ends as `cancelled` and leaves no file. */
  cancel(jobId: string): void {
    this.controllers.get(jobId)?.abort();
  }

  /** Forgets a job that has ended. */
  dismiss(jobId: string): void {
    const job = this.jobs.get(jobId);
    if (!job || job.state === 'running') return;
    this.jobs.delete(jobId);
    this.events.emit('dismissed', { jobId });
  }

  /** Name for a file: `call-1-alice-to-bob.wav`. */
  async suggestedName(captureId: string, sourceId: string, format: ExportFormat): Promise<string> {
    const index = await this.options.captures.mediaIndex(captureId, sourceId);
    const target = unwrap(targetFormat(format, index));
    return suggestName(index, await this.ordinalOf(captureId, index), target);
  }

  /**
   * Writes the things of these ids, or every call that has media and every stream, into a folder (made when missing).
   * What fails is reported and the next one begun. No file is overwritten; one of equal content is left in place.
   */
  async exportAll(
    captureId: string,
    ids: readonly string[] | 'all',
    format: ExportFormat,
    outDir: string,
    onProgress: (progress: ExportProgress) => void = () => undefined,
    video: VideoExportChoices = {},
  ): Promise<ExportReport> {
    const controller = new AbortController();
    return this.track(
      controller,
      this.writeAll(controller.signal, captureId, ids, format, resolve(outDir), onProgress, video),
    );
  }

  /** Cancels everything and waits until nothing partial is left. */
  async dispose(): Promise<void> {
    for (const controller of this.running.keys()) controller.abort();
    await Promise.allSettled(this.running.values());
    await this.worker.dispose();
  }

  private async writeAll(
    signal: AbortSignal,
    captureId: string,
    ids: readonly string[] | 'all',
    format: ExportFormat,
    folder: string,
    onProgress: (progress: ExportProgress) => void,
    video: VideoExportChoices,
  ): Promise<ExportReport> {
    const sourceIds = ids === 'all' ? await this.everything(captureId, format) : ids;
    const artifacts: Artifact[] = [];
    const failures: ExportFailure[] = [];
    for (const [done, sourceId] of sourceIds.entries()) {
      const report = (fraction: number): void => onProgress({ sourceId, done, total: sourceIds.length, fraction });
      report(0);
      try {
        await mkdir(folder, { recursive: true });
        const name = await this.suggestedName(captureId, sourceId, format);
        const place: WriteOptions['place'] = (temporary, file) => placeInFolder(temporary, folder, name, file);
        const options = { video, folder, signal, onProgress: report, place };
        artifacts.push(await this.write(captureId, sourceId, format, options));
      } catch (error) {
        failures.push({ sourceId, format, error: describeFailure(toFailure(error)) });
      }
      if (signal.aborted) break;
      report(1);
    }
    return { artifacts, failures };
  }

  private async write(
    captureId: string,
    sourceId: string,
    format: ExportFormat,
    { video, folder, signal, onProgress, place }: WriteOptions,
  ): Promise<Artifact> {
    const { captures } = this.options;
    const summary = captures.summary(captureId);
    const before = await stampsOf(summary.files);
    assertUnchanged(summary.files, before, before);
    const index = await captures.mediaIndex(captureId, sourceId);
    const target = unwrap(targetFormat(format, index));
    const { kind } = index;
    const ffmpeg = await this.ffmpegFor(target);
    const temporary = temporaryPath(folder);
    try {
      throwIfCancelled(signal);
      const make = { captureId, temporary, ffmpegPath: ffmpeg?.path ?? null, signal, onProgress };
      const exported =
        target.kind === 'video'
          ? await this.makeVideo(target, sourceId, video, make)
          : await this.worker.call(
              'export',
              {
                input: { kind, streams: index.streams, capturePath: index.capturePath, captureBytes: summary.bytes },
                request: { format: target.format, path: temporary, ffmpegPath: make.ffmpegPath },
              },
              { signal, onProgress },
            );
      // What is exported carries the hash of the capture, so the capture must still be the one that was hashed.
      const sha256 = await captures.sha256(captureId);
      assertUnchanged(summary.files, before, await stampsOf(summary.files));
      throwIfCancelled(signal);
      const path = await place(temporary, exported, before);
      const capture = { path: summary.path, sha256 };
      const common = { sourceId, format: target.format, path, capture, ffmpeg };
      if ('usedFfmpeg' in exported) return this.describeVideo({ ...common, exported });
      return this.describe({ ...common, kind, exported });
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Found once it is needed; sound beside a picture is worth having it, a picture alone does without. */
  private async ffmpegFor({ kind, format }: TargetFormat): Promise<Ffmpeg | null> {
    if (kind === 'audio' && format !== 'mp4' && format !== 'mkv') return null;
    if (format === 'raw' || format === 'csv') return null;
    const ffmpeg = await resolveFfmpeg();
    return ffmpeg.ok ? ffmpeg.value : null;
  }

  private async makeVideo(
    { format }: VideoTarget,
    sourceId: string,
    { damage = 'faithful', quality }: VideoExportChoices,
    { captureId, temporary, ffmpegPath, signal, onProgress }: MakeOptions,
  ): Promise<VideoFile> {
    const { captures } = this.options;
    const { title, video, audio, relation } = await captures.videoSource(captureId, sourceId);
    const { path: capturePath, bytes: captureBytes } = captures.summary(captureId);
    const input = { title, video, audio, relation, capturePath, captureBytes };
    const request = { format, path: temporary, mode: damage, quality: quality ?? null, ffmpegPath };
    return this.worker.call('exportVideo', { input, request }, { signal, onProgress });
  }

  private describeVideo({
    sourceId,
    format,
    path,
    capture,
    exported,
    ffmpeg,
  }: Omit<Written, 'exported' | 'kind'> & { readonly exported: VideoFile }): Artifact {
    const { bytes, mime, sha256, durationSeconds, frames, packets, options, usedFfmpeg } = exported;
    return {
      ...{ id: `${sourceId}.${format}`, sourceId, path, format, mime, bytes, sha256 },
      durationSeconds,
      frames,
      samples: null,
      provenance: {
        capture,
        packets,
        options,
        tool: this.options.tool,
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
        tool: this.options.tool,
        ffmpeg: exported.isCopied ? null : (ffmpeg?.version ?? exported.decodedBy),
      },
    };
  }

  /** Ids of all calls with media, then of all streams. Raw payload is a matter of streams alone. */
  private async everything(captureId: string, format: ExportFormat): Promise<string[]> {
    const calls = format === 'raw' ? [] : await this.rows(captureId, 'calls');
    const withMedia = calls.filter(({ streamIds }) => !Array.isArray(streamIds) || streamIds.length > 0);
    return [...withMedia, ...(await this.rows(captureId, 'streams'))].map(({ id }) => id);
  }

  /** Number of a call or stream in its table, from 1. */
  private async ordinalOf(captureId: string, { kind, sourceId }: MediaSourceIndex): Promise<number> {
    const rows = await this.rows(captureId, kind === 'call' ? 'calls' : 'streams');
    return rows.findIndex(({ id }) => id === sourceId) + 1;
  }

  private async rows(captureId: string, table: TableId): Promise<TableRow[]> {
    const rows: TableRow[] = [];
    for (;;) {
      const page = await this.options.captures.page(captureId, { table, offset: rows.length, limit: pageRows });
      rows.push(...page.rows);
      if (page.rows.length === 0 || rows.length >= page.totalRows) return rows;
    }
  }

  private async track<T>(controller: AbortController, work: Promise<T>): Promise<T> {
    this.running.set(controller, work);
    try {
      return await work;
    } finally {
      this.running.delete(controller);
    }
  }

  private update(job: Job): void {
    this.jobs.set(job.id, job);
    this.events.emit('job', job);
  }
}

function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new RpcFailure(result.error);
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new RpcFailure({ code: 'cancelled', message: 'Cancelled.' });
}

function endOf(error: unknown): Pick<Job, 'state' | 'error'> {
  const failure = toFailure(error);
  if (failure.code === 'cancelled') return { state: 'cancelled', error: null };
  return { state: 'failed', error: describeFailure(failure) };
}
