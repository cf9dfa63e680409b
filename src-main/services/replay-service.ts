import { randomUUID } from 'node:crypto';
import { Emitter } from '#shared/base/emitter';
import { describeFailure, fail, ok, type Result } from '#shared/base/result';
import type { Job } from '#shared/model/artifact';
import type { ReplayReport } from '../media/replay-stream';
import { RpcFailure } from '../workers/rpc/protocol';
import { toFailure } from './capture-service';
import type { MediaSource } from './media-source';
import { type MediaWorker, MediaWorkerHost } from './media-worker-host';
import { assertAllowed, maxSpeed, minSpeed, type ReplayTarget } from './replay-target';

export interface ReplayStart {
  readonly captureId: string;
  readonly streamId: string;
  readonly target: ReplayTarget;
  readonly speed: number;
  readonly isLooping: boolean;
  /** A person has said that it may leave this machine. */
  readonly isRemoteAllowed: boolean;
}

export interface ReplayServiceOptions {
  readonly captures: MediaSource;
  readonly createWorker: () => MediaWorker;
}

/** Sends streams again, each as a job that goes on until it is through or stopped. */
export class ReplayService {
  private readonly jobs = new Map<string, Job>();
  private readonly running = new Map<string, { readonly controller: AbortController; readonly end: Promise<void> }>();
  private readonly events = new Emitter<{ job: Job; dismissed: { readonly jobId: string } }>();
  private readonly worker: MediaWorkerHost;

  constructor(private readonly options: ReplayServiceOptions) {
    this.worker = new MediaWorkerHost(options.createWorker);
  }

  onJob(listener: (job: Job) => void): () => void {
    return this.events.on('job', listener);
  }

  onDismissed(listener: (dismissed: { readonly jobId: string }) => void): () => void {
    return this.events.on('dismissed', listener);
  }

  /** Begins to send, and answers the id of the job; fails where that is not permitted or makes no sense. */
  start(request: ReplayStart): Result<string> {
    const checked = check(request);
    if (!checked.ok) return checked;
    const id = randomUUID();
    const { host, port } = request.target;
    const title = `Replay to ${host}${port === null ? '' : `:${port}`}`;
    const job: Job = { id, title, state: 'running', progress: null, error: null, artifact: null };
    const controller = new AbortController();
    this.update(job);
    const work = this.send(request, controller.signal, (progress) => this.update({ ...job, progress }));
    const end = work.then(
      () => this.update({ ...job, state: 'done', progress: 1 }),
      (error: unknown) => {
        const failure = toFailure(error);
        const isStopped = failure.code === 'cancelled' || controller.signal.aborted;
        this.update(
          isStopped ? { ...job, state: 'cancelled' } : { ...job, state: 'failed', error: describeFailure(failure) },
        );
      },
    );
    this.running.set(id, { controller, end });
    void end.finally(() => this.running.delete(id));
    return ok(id);
  }

  /** Sends it and answers what was sent. */
  async run(request: ReplayStart, signal: AbortSignal, onProgress: (fraction: number) => void): Promise<ReplayReport> {
    const checked = check(request);
    if (!checked.ok) throw new RpcFailure(checked.error);
    return this.send(request, signal, onProgress);
  }

  stop(jobId: string): void {
    this.running.get(jobId)?.controller.abort();
  }

  /** Forgets a job that has ended. */
  dismiss(jobId: string): void {
    const job = this.jobs.get(jobId);
    if (!job || job.state === 'running') return;
    this.jobs.delete(jobId);
    this.events.emit('dismissed', { jobId });
  }

  async dispose(): Promise<void> {
    for (const { controller } of this.running.values()) controller.abort();
    await Promise.allSettled([...this.running.values()].map(({ end }) => end));
    await this.worker.dispose();
  }

  private async send(
    { captureId, streamId, target, speed, isLooping }: ReplayStart,
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<ReplayReport> {
    const { captures } = this.options;
    const { kind, streams, capturePath } = await captures.mediaIndex(captureId, streamId);
    const input = { kind, streams, capturePath, captureBytes: captures.summary(captureId).bytes };
    const port = target.port ?? streams[0]?.wire.destination.port ?? 0;
    if (port < 1) {
      throw new RpcFailure({
        code: 'bad-target',
        message: 'The stream has no port of its own to be sent to.',
        hint: 'Name one, as in 127.0.0.1:5004.',
      });
    }
    return this.worker.call(
      'replay',
      { input, request: { host: target.host, port, speed, isLooping } },
      { signal, onProgress },
    );
  }

  private update(job: Job): void {
    this.jobs.set(job.id, job);
    this.events.emit('job', job);
  }
}

function check({ target, speed, isRemoteAllowed }: ReplayStart): Result<null> {
  if (!(speed >= minSpeed && speed <= maxSpeed)) {
    return fail('bad-speed', `A speed of ${speed} is not possible.`, { hint: `It is ${minSpeed} to ${maxSpeed}.` });
  }
  return assertAllowed(target, isRemoteAllowed);
}
