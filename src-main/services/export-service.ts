import { randomUUID } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { Emitter } from '#shared/base/emitter';
import { describeFailure } from '#shared/base/result';
import type { Artifact, ExportFailure, ExportFormat, Job, VideoExportChoices } from '#shared/model/artifact';
import { pictureListName } from '../media/samples/sample-pictures';
import { toFailure } from './capture-service';
import { assertNotCapture, placeFolder, placeInFolder } from './export-target';
import { ExportWriter, ownFormats, type WriteOptions } from './export-writer';
import type { MediaSource } from './media-source';
import { type MediaWorker, MediaWorkerHost } from './media-worker-host';

export interface ExportServiceOptions {
  readonly captures: MediaSource;
  readonly createWorker: () => MediaWorker;
  /** Stands in the provenance: `tapdeck 1.2.3`. */
  readonly tool: string;
}

export interface ExportStart {
  readonly captureId: string;
  readonly sourceId: string;
  readonly format: ExportFormat;
  /** File to write; what is there is replaced. Pictures become a folder, which must not exist. */
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

/** Writes calls, streams, sessions and objects to files: in the background as jobs, or many one after the other. */
export class ExportService {
  private readonly jobs = new Map<string, Job>();
  private readonly controllers = new Map<string, AbortController>();
  /** Everything under way, so that nothing is left behind at the end. */
  private readonly running = new Map<AbortController, Promise<unknown>>();
  private readonly events = new Emitter<{ job: Job; dismissed: { readonly jobId: string } }>();
  private readonly worker: MediaWorkerHost;
  private readonly writer: ExportWriter;

  constructor({ captures, createWorker, tool }: ExportServiceOptions) {
    this.worker = new MediaWorkerHost(createWorker);
    this.writer = new ExportWriter(captures, this.worker, tool);
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
    const options: WriteOptions = {
      video,
      folder: dirname(target),
      signal: controller.signal,
      onProgress: (progress) => this.update({ ...job, progress }),
      place: async (temporary, _file, captureStamp) => {
        await assertNotCapture(target, captureStamp);
        await rename(temporary, target);
        return target;
      },
    };
    const planned = this.writer.plan(captureId, sourceId, format, this.writer.rowsOf(captureId));
    const work = planned.then((plan) => this.writer.write(captureId, sourceId, plan, options));
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
    const planned = await this.writer.plan(captureId, sourceId, format, this.writer.rowsOf(captureId));
    return planned.name();
  }

  /**
   * Writes the things of these ids, or every call that has media, every session, stream and object, into a folder (made when missing).
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
    const rows = this.writer.rowsOf(captureId);
    const sourceIds = ids === 'all' ? await this.writer.everything(rows, format) : ids;
    const artifacts: Artifact[] = [];
    const failures: ExportFailure[] = [];
    for (const [done, sourceId] of sourceIds.entries()) {
      const report = (fraction: number): void => onProgress({ sourceId, done, total: sourceIds.length, fraction });
      report(0);
      try {
        await mkdir(folder, { recursive: true });
        const planned = await this.writer.plan(captureId, sourceId, format, rows);
        const name = await planned.name();
        const place: WriteOptions['place'] = (temporary, file) =>
          isFolder(file)
            ? placeFolder(temporary, folder, name, { sha256: file.sha256, listName: pictureListName })
            : placeInFolder(temporary, folder, name, file);
        const options = { video, folder, signal, onProgress: report, place };
        artifacts.push(await this.writer.write(captureId, sourceId, planned, options));
      } catch (error) {
        const failure = toFailure(error);
        const isPassedOver = ids === 'all' && ownFormats.includes(format) && failure.code === 'format-not-possible';
        if (!isPassedOver) failures.push({ sourceId, format, error: describeFailure(failure) });
      }
      if (signal.aborted) break;
      report(1);
    }
    return { artifacts, failures };
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

function isFolder({ mime }: { readonly mime: string }): boolean {
  return mime === 'inode/directory';
}

function endOf(error: unknown): Pick<Job, 'state' | 'error'> {
  const failure = toFailure(error);
  if (failure.code === 'cancelled') return { state: 'cancelled', error: null };
  return { state: 'failed', error: describeFailure(failure) };
}
