import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Worker } from 'node:worker_threads';
import type { MediaFile, MediaSamples } from '#engine/analysis/sessions/media-samples';
import { tableDefinitions } from '#engine/analysis/pipeline/table-definitions';
import { codecs } from '#engine/codecs/index';
import { Emitter } from '#shared/base/emitter';
import { type Failure, ok, type Result } from '#shared/base/result';
import type { Ladder, SipMessageDetail } from '#shared/model/call';
import type { CaptureFile, CaptureProgress, CaptureSummary } from '#shared/model/capture';
import type { DecodeAsRule, PayloadFormat } from '#shared/model/decode-as';
import type { FollowPage, PacketDetail, PacketPosition } from '#shared/model/packet';
import type { ObjectPreview, SessionMessageDetail, SessionRow } from '#shared/model/session';
import type { RtpSeries, StreamRow } from '#shared/model/stream';
import type { MediaTimeline } from '#shared/model/timeline';
import type { TlsSummary } from '#shared/model/tls';
import type { WlanNetworkRow } from '#shared/model/wlan';
import type { TableId, TablePage, TableQuery } from '#shared/query/table-query';
import type { CaptureApi, CaptureEvents, HashApi, WorkerSummary } from '../workers/capture-api';
import type { InputFile } from '../workers/capture-input';
import { compressionOf } from '../workers/compression';
import type { CaptureLocation } from '../media/capture-location';
import { RpcClient } from '../workers/rpc/client';
import { RpcFailure } from '../workers/rpc/protocol';
import type { MediaSource, MediaSourceIndex, VideoSourceIndex } from './media-source';
import { checkRegularFile } from './regular-file';

export interface CaptureServiceOptions {
  readonly createCaptureWorker: () => Worker;
  readonly createHashWorker: () => Worker;
  /** Folder below which a private one is made for what compressed captures become; the system's without it. */
  readonly temporaryFolder?: string;
}

export interface OpenOptions {
  /** The one file is still being written: what is appended is read, until `stopFollowing`. */
  readonly follows?: boolean;
  /** Keys of 802.11 networks: `SSID:PASSPHRASE`, or as `parseWlanKey` says. Never told to anyone. */
  readonly wlanKeys?: readonly string[];
  /** Paths of key log files of TLS (SSLKEYLOGFILE). What is in them is never told to anyone. */
  readonly keyLogs?: readonly string[];
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
  readonly spoolPaths: readonly string[];
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
  private spoolFolder: string | null = null;
  private readonly events = new Emitter<CaptureServiceEvents>();
  readonly on = this.events.on.bind(this.events);
  /** Columns of every table that `page` serves. */
  readonly tableDefinitions = tableDefinitions;
  /** What Decode As can be told. */
  readonly payloadFormats: readonly PayloadFormat[] = codecs
    .values()
    .filter(({ role }) => role === 'media')
    .map(({ encodingName, media, clockRateHz }) => ({ encodingName, media, clockRateHz }))
    .sort((a, b) => a.encodingName.localeCompare(b.encodingName));

  constructor(private readonly options: CaptureServiceOptions) {}

  /**
   * Opens a file, or several that are merged by time. Answers as soon as they are recognised as captures; events tell
   * how loading goes on. Fails as `checkRegularFile` does, or with what the readers say of a file that is no capture.
   */
  async open(path: string | readonly string[], options: OpenOptions = {}): Promise<Result<CaptureSummary>> {
    const asked = typeof path === 'string' ? [path] : path;
    const result = await this.check(asked);
    const opened = result.ok ? await this.start(result.value, options) : result;
    if (!opened.ok) {
      const shown = asked.map((each) => resolve(each)).join(', ');
      this.events.emit('failed', { path: shown, captureId: null, failure: opened.error });
    }
    return opened;
  }

  /** What was written of a followed file until now is all of it. */
  async stopFollowing(captureId: string): Promise<void> {
    await this.get(captureId).client.call('stopFollowing', null);
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
    for (const spool of capture.spoolPaths) rmSync(spool, { force: true });
    this.events.emit('closed', { captureId });
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.captures.keys()].map((id) => this.close(id)));
    this.removeSpools();
  }

  page(captureId: string, query: TableQuery): Promise<TablePage> {
    return this.get(captureId).client.call('page', query);
  }

  wlanNetworks(captureId: string): Promise<readonly WlanNetworkRow[]> {
    return this.get(captureId).client.call('wlanNetworks', null);
  }

  tlsSummary(captureId: string): Promise<TlsSummary> {
    return this.get(captureId).client.call('tlsSummary', null);
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

  /** The beginning of a transferred object. */
  objectPreview(captureId: string, objectId: string): Promise<ObjectPreview> {
    return this.get(captureId).client.call('objectPreview', { objectId });
  }

  /** A media session that is no call. */
  mediaSession(captureId: string, sessionId: string): Promise<SessionRow> {
    return this.get(captureId).client.call('session', { sessionId });
  }

  sessionMessage(captureId: string, messageId: string): Promise<SessionMessageDetail> {
    return this.get(captureId).client.call('sessionMessage', { messageId });
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

  /** Takes the flows of ports for what a person says of them; for when everything was read. */
  decodeAs(captureId: string, rules: readonly DecodeAsRule[]): Promise<null> {
    return this.get(captureId).client.call('decodeAs', { rules });
  }

  document(captureId: string): Promise<CaptureApi['document']['value']> {
    return this.get(captureId).client.call('document', null);
  }

  async mediaIndex(captureId: string, sourceId: string): Promise<MediaSourceIndex> {
    const index = await this.get(captureId).client.call('mediaIndex', { sourceId });
    return { sourceId, ...index };
  }

  /** Coded samples of a session that is no call, or of one of its streams. */
  async mediaSamples(captureId: string, sourceId: string): Promise<MediaSamples & { capturePath: CaptureLocation }> {
    return this.get(captureId).client.call('mediaSamples', { sourceId });
  }

  /** Bytes of a session, a stream or an object as they were sent. */
  async mediaFile(captureId: string, sourceId: string): Promise<MediaFile & { capturePath: CaptureLocation }> {
    return this.get(captureId).client.call('mediaFile', { sourceId });
  }

  /** Where the frames of a call, a stream, a session or an object lie. */
  frameRecords(captureId: string, sourceId: string): Promise<CaptureApi['frameRecords']['value']> {
    return this.get(captureId).client.call('frameRecords', { sourceId });
  }

  async videoSource(captureId: string, streamId: string): Promise<VideoSourceIndex> {
    const source = await this.get(captureId).client.call('videoSource', { streamId });
    return { sourceId: streamId, ...source };
  }

  private get(captureId: string): OpenCapture {
    const capture = this.captures.get(captureId);
    if (!capture) throw new RpcFailure({ code: 'capture-closed', message: 'This capture is not open any more.' });
    return capture;
  }

  private async check(asked: readonly string[]): Promise<Result<readonly string[]>> {
    const paths: string[] = [];
    for (const each of asked) {
      const file = await checkRegularFile(each);
      if (!file.ok) return file;
      paths.push(file.value.path);
    }
    return ok(paths);
  }

  private async start(
    paths: readonly string[],
    { follows = false, wlanKeys = [], keyLogs = [] }: OpenOptions,
  ): Promise<Result<CaptureSummary>> {
    const id = randomUUID();
    const files = paths.map((path, i): InputFile => {
      const spoolPath = compressionOf(path) === null ? null : join(this.spools(), `${id}-${i}`);
      return { path, name: basename(path), spoolPath };
    });
    const spillPath = join(this.spools(), `${id}-kept`);
    const spoolPaths = [...files.flatMap(({ spoolPath }) => spoolPath ?? []), spillPath];
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
      facts = await client.call('open', { files, follows, wlanKeys, keyLogs, spillPath });
    } catch (error) {
      await worker.terminate();
      for (const spool of spoolPaths) rmSync(spool, { force: true });
      return { ok: false, error: toFailure(error) };
    }
    const path = paths.join(', ');
    const name = paths.length === 1 ? basename(path) : `${basename(paths[0])} and ${paths.length - 1} more`;
    const sizes = paths.map((each) => statSync(each, { throwIfNoEntry: false })?.size ?? 0);
    const summary: CaptureSummary = {
      captureId: id,
      path,
      name,
      sha256: null,
      files: paths.map((each, i) => ({ path: each, bytes: sizes[i], sha256: null })),
      ...facts,
    };
    const hashWorker = this.options.createHashWorker();
    // A file that is being written has no hash before it is read to its end.
    const whole = follows
      ? loaded.then(() => this.summary(id).files.map(({ bytes }) => bytes))
      : Promise.resolve(sizes);
    const hashes = whole.then((bytes) => hashFiles(hashWorker, paths, bytes));
    const sha256 = hashes.then(({ all }) => all);
    // Not everybody asks for it; `forward` tells of a failure.
    sha256.catch(() => undefined);
    const capture: OpenCapture = {
      id,
      path,
      spoolPaths,
      client,
      workers: [worker, hashWorker],
      sha256,
      loaded,
      summary,
    };
    this.captures.set(id, capture);
    this.forward(capture, worker, hashes);
    this.events.emit('opened', summary);
    return ok(summary);
  }

  /** Private folder for what compressed captures become, made when the first one is opened. */
  private spools(): string {
    if (this.spoolFolder === null) {
      this.spoolFolder = mkdtempSync(join(this.options.temporaryFolder ?? tmpdir(), 'tapdeck-capture-'));
      process.once('exit', this.removeSpools);
    }
    return this.spoolFolder;
  }

  private readonly removeSpools = (): void => {
    if (this.spoolFolder === null) return;
    rmSync(this.spoolFolder, { recursive: true, force: true });
    this.spoolFolder = null;
    process.off('exit', this.removeSpools);
  };

  /** Passes on what the workers tell, with the id of the capture. */
  private forward(capture: OpenCapture, worker: Worker, hashes: Promise<HashApi['sha256']['value']>): void {
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
    client.on('summary', (facts) => {
      // The one file of a followed capture is as long as it was read.
      const files = facts.following || capture.summary.following ? followed(capture.summary.files, facts.bytes) : null;
      update(files === null ? facts : { ...facts, files });
    });
    client.on('tables', (tables) => this.events.emit('tables', { captureId, tables }));
    client.on('failed', (failure) => {
      update({ state: 'failed' });
      failWith(failure);
    });
    worker.on('error', (error) => {
      update({ state: 'failed' });
      failWith({ code: 'worker-died', message: `The analysis stopped: ${error.message}.`, where: path });
    });
    hashes.then(
      ({ all, each }) => {
        const files = capture.summary.files.map((file, i) => ({ ...file, sha256: each[i] }));
        update({ sha256: all, files });
      },
      (error: unknown) => failWith(toFailure(error)),
    );
  }
}

function followed([file, ...others]: readonly CaptureFile[], bytes: number): readonly CaptureFile[] {
  return others.length === 0 ? [{ ...file, bytes }] : [file, ...others];
}

async function hashFiles(worker: Worker, paths: readonly string[], bytes: readonly number[]) {
  const client = new RpcClient<HashApi>(worker);
  worker.on('error', (error) => client.close(error));
  worker.on('exit', () => client.close(new RpcFailure({ code: 'capture-closed', message: 'The capture was closed.' })));
  try {
    return await client.call('sha256', { files: paths.map((path, i) => ({ path, bytes: bytes[i] })) });
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
