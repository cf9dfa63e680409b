import { randomUUID } from 'node:crypto';
import { basename, resolve } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { tableDefinitions } from '#engine/analysis/pipeline/table-definitions';
import { Emitter } from '#shared/base/emitter';
import { type Failure, ok, type Result } from '#shared/base/result';
import type { Ladder, SipMessageDetail } from '#shared/model/call';
import type { CaptureProgress, CaptureSummary } from '#shared/model/capture';
import type { FollowPage, PacketDetail, PacketPosition } from '#shared/model/packet';
import type { RtpSeries, StreamRow } from '#shared/model/stream';
import type { MediaTimeline } from '#shared/model/timeline';
import type { TableId, TablePage, TableQuery } from '#shared/query/table-query';
import type { CaptureApi, CaptureEvents, HashApi, WorkerSummary } from '../workers/capture-api';
import { RpcClient } from '../workers/rpc/client';
import { RpcFailure } from '../workers/rpc/protocol';
import type { MediaSource, MediaSourceIndex, VideoSourceIndex } from './media-source';
import { checkRegularFile } from './regular-file';

export interface CaptureServiceOptions {
  readonly createCaptureWorker: () => Worker;
  readonly createHashWorker: () => Worker;
}

export interface CaptureServiceEvents {
  opened: CaptureSummary;
  closed: { readonly captureId: string };
  progress: CaptureProgress;
  summary: CaptureSummary;
  failed: { readonly path: string; readonly captureId: string | null; readonly failure: Failure };
  tables: { readonly captureId: string; readonly tables: readonly TableId[] };
}

interface OpenCapture {
  readonly id: string;
  readonly path: string;
  readonly client: RpcClient<CaptureApi, CaptureEvents>;
  readonly workers: readonly Worker[];
  readonly sha256: Promise<string>;
  /** Settles when loading has ended, in whatever way. */
  readonly loaded: Promise<void>;
  summary: CaptureSummary;
}

/** Captures that are open, each in a worker of its own. */
export class CaptureService implements MediaSource {
  private readonly captures = new Map<string, OpenCapture>();
  private readonly events = new Emitter<CaptureServiceEvents>();
  readonly on = this.events.on.bind(this.events);
  /** Columns of every table that `page` serves. */
  readonly tableDefinitions = tableDefinitions;

  constructor(private readonly options: CaptureServiceOptions) {}

  /**
   * Opens a file. Answers as soon as it is recognised as a capture; events tell how loading goes on.
   * Fails as `checkRegularFile` does, or with what the readers say of a file that is no capture.
   */
  async open(path: string): Promise<Result<CaptureSummary>> {
    const file = await checkRegularFile(path);
    const result = file.ok ? await this.start(file.value.path) : file;
    if (!result.ok) this.events.emit('failed', { path: resolve(path), captureId: null, failure: result.error });
    return result;
  }

  summary(captureId: string): CaptureSummary {
    return this.get(captureId).summary;
  }

  /** Resolves with the final facts when loading has ended. */
  async whenLoaded(captureId: string): Promise<CaptureSummary> {
    const capture = this.get(captureId);
    await capture.loaded;
    return capture.summary;
  }

  sha256(captureId: string): Promise<string> {
    return this.get(captureId).sha256;
  }

  async cancel(captureId: string): Promise<void> {
    await this.get(captureId).client.call('cancel', null);
  }

  async close(captureId: string): Promise<void> {
    const capture = this.captures.get(captureId);
    if (!capture) return;
    this.captures.delete(captureId);
    capture.client.close(new RpcFailure({ code: 'capture-closed', message: 'The capture was closed.' }));
    await Promise.all(capture.workers.map((worker) => worker.terminate()));
    this.events.emit('closed', { captureId });
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.captures.keys()].map((id) => this.close(id)));
  }

  page(captureId: string, query: TableQuery): Promise<TablePage> {
    return this.get(captureId).client.call('page', query);
  }

  timeline(captureId: string): Promise<MediaTimeline> {
    return this.get(captureId).client.call('timeline', null);
  }

  ladder(captureId: string, callId: string): Promise<Ladder> {
    return this.get(captureId).client.call('ladder', { callId });
  }

  message(captureId: string, messageId: string): Promise<SipMessageDetail> {
    return this.get(captureId).client.call('message', { messageId });
  }

  stream(captureId: string, streamId: string): Promise<StreamRow> {
    return this.get(captureId).client.call('stream', { streamId });
  }

  series(captureId: string, streamId: string, buckets: number): Promise<RtpSeries> {
    return this.get(captureId).client.call('series', { streamId, buckets });
  }

  packetDetail(captureId: string, frame: number): Promise<PacketDetail> {
    return this.get(captureId).client.call('packetDetail', { frame });
  }

  locatePacket(captureId: string, wanted: CaptureApi['locatePacket']['argument']): Promise<PacketPosition | null> {
    return this.get(captureId).client.call('locatePacket', wanted);
  }

  follow(captureId: string, wanted: CaptureApi['follow']['argument']): Promise<FollowPage> {
    return this.get(captureId).client.call('follow', wanted);
  }

  document(captureId: string): Promise<CaptureApi['document']['value']> {
    return this.get(captureId).client.call('document', null);
  }

  async mediaIndex(captureId: string, sourceId: string): Promise<MediaSourceIndex> {
    const capture = this.get(captureId);
    const index = await capture.client.call('mediaIndex', { sourceId });
    return { sourceId, capturePath: capture.path, ...index };
  }

  async videoSource(captureId: string, streamId: string): Promise<VideoSourceIndex> {
    const capture = this.get(captureId);
    const source = await capture.client.call('videoSource', { streamId });
    return { sourceId: streamId, capturePath: capture.path, ...source };
  }

  private get(captureId: string): OpenCapture {
    const capture = this.captures.get(captureId);
    if (!capture) throw new RpcFailure({ code: 'capture-closed', message: 'This capture is not open any more.' });
    return capture;
  }

  private async start(path: string): Promise<Result<CaptureSummary>> {
    const id = randomUUID();
    const worker = this.options.createCaptureWorker();
    const client = new RpcClient<CaptureApi, CaptureEvents>(worker);
    worker.on('error', (error) => client.close(error));
    let facts: WorkerSummary;
    const loaded = new Promise<void>((done) => {
      client.on('progress', ({ state }) => state !== 'loading' && done());
      client.on('failed', () => done());
      worker.on('error', () => done());
    });
    try {
      facts = await client.call('open', { path });
    } catch (error) {
      await worker.terminate();
      return { ok: false, error: toFailure(error) };
    }
    const hashWorker = this.options.createHashWorker();
    const sha256 = hashFile(hashWorker, path);
    const summary: CaptureSummary = { captureId: id, path, name: basename(path), sha256: null, ...facts };
    const capture: OpenCapture = { id, path, client, workers: [worker, hashWorker], sha256, loaded, summary };
    this.captures.set(id, capture);
    this.forward(capture, worker);
    this.events.emit('opened', summary);
    return ok(summary);
  }

  /** Passes on what the workers tell, with the id of the capture. */
  private forward(capture: OpenCapture, worker: Worker): void {
    const { id: captureId, path, client } = capture;
    const failWith = (failure: Failure): void => {
      if (this.captures.has(captureId)) this.events.emit('failed', { path, captureId, failure });
    };
    const update = (change: Partial<CaptureSummary>): void => {
      if (!this.captures.has(captureId)) return;
      capture.summary = { ...capture.summary, ...change };
      this.events.emit('summary', capture.summary);
    };
    client.on('progress', (progress) => this.events.emit('progress', { captureId, ...progress }));
    client.on('summary', update);
    client.on('tables', (tables) => this.events.emit('tables', { captureId, tables }));
    client.on('failed', (failure) => {
      update({ state: 'failed' });
      failWith(failure);
    });
    worker.on('error', (error) => {
      update({ state: 'failed' });
      failWith({ code: 'worker-died', message: `The analysis stopped: ${error.message}.`, where: path });
    });
    capture.sha256.then(
      (sha256) => update({ sha256 }),
      (error: unknown) => failWith(toFailure(error)),
    );
  }
}

async function hashFile(worker: Worker, path: string): Promise<string> {
  const client = new RpcClient<HashApi>(worker);
  worker.on('error', (error) => client.close(error));
  worker.on('exit', () => client.close(new RpcFailure({ code: 'capture-closed', message: 'The capture was closed.' })));
  try {
    return await client.call('sha256', { path });
  } catch (error) {
    throw new RpcFailure({ ...toFailure(error), code: 'hash-failed' });
  } finally {
    void worker.terminate();
  }
}

/** What to tell the user of an error that came through a worker. */
export function toFailure(error: unknown): Failure {
  if (error instanceof RpcFailure) return error.failure;
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
