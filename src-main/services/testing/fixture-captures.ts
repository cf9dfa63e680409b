import type { MediaFile, MediaSamples } from '#engine/analysis/sessions/media-samples';
import type { CaptureSummary } from '#shared/model/capture';
import type { TableId, TablePage, TableQuery, TableRow } from '#shared/query/table-query';
import { RpcFailure } from '../../workers/rpc/protocol';
import type { MediaFixture } from '../../media/testing/media-fixture';

import type { MediaSource, MediaSourceIndex, VideoSourceIndex } from '../media-source';

/** Answers for a capture service with made-up calls and streams, all in the file of a fixture. */
export class FixtureCaptures implements MediaSource {
  state: CaptureSummary['state'] = 'complete';
  /** Rows of tables beside calls and streams. */
  readonly rows = new Map<TableId, readonly TableRow[]>();
  readonly samples = new Map<string, MediaSamples>();
  readonly files = new Map<string, MediaFile>();
  private readonly sources = new Map<string, MediaSourceIndex>();

  constructor(
    private readonly fixture: Pick<MediaFixture, 'capturePath' | 'captureBytes'>,
    private readonly hash = 'a'.repeat(64),
  ) {}

  add(source: Omit<MediaSourceIndex, 'capturePath'>): this {
    this.sources.set(source.sourceId, { ...source, capturePath: this.fixture.capturePath });
    return this;
  }

  async mediaIndex(_captureId: string, sourceId: string): Promise<MediaSourceIndex> {
    const source = this.sources.get(sourceId);
    if (!source) throw new RpcFailure({ code: 'not-found', message: `There is no call or stream '${sourceId}'.` });
    return source;
  }

  async videoSource(_captureId: string, streamId: string): Promise<VideoSourceIndex> {
    const { title, capturePath, streams } = await this.mediaIndex(_captureId, streamId);
    return { sourceId: streamId, title, capturePath, video: streams[0], audio: null, relation: null };
  }

  async mediaSamples(_captureId: string, sourceId: string) {
    const samples = this.samples.get(sourceId);
    if (!samples) throw new RpcFailure({ code: 'not-found', message: `There is no media '${sourceId}'.` });
    return { ...samples, capturePath: this.fixture.capturePath };
  }

  async mediaFile(_captureId: string, sourceId: string) {
    const file = this.files.get(sourceId);
    if (!file) throw new RpcFailure({ code: 'not-found', message: `There is no file '${sourceId}'.` });
    return { ...file, capturePath: this.fixture.capturePath };
  }

  async frameRecords(_captureId: string, sourceId: string): Promise<never> {
    throw new RpcFailure({ code: 'not-found', message: `There are no frames of '${sourceId}'.` });
  }

  async sha256(): Promise<string> {
    return this.hash;
  }

  summary(captureId: string): CaptureSummary {
    const summary: Partial<CaptureSummary> = {
      captureId,
      path: this.fixture.capturePath,
      bytes: this.fixture.captureBytes,
      files: [{ path: this.fixture.capturePath, bytes: this.fixture.captureBytes, sha256: null }],
      state: this.state,
    };
    return summary as CaptureSummary;
  }

  async page(_captureId: string, { table, offset, limit }: TableQuery): Promise<TablePage> {
    const kind = table === 'calls' ? 'call' : table === 'streams' ? 'stream' : null;
    const known: TableRow[] = [...this.sources.values()]
      .filter((source) => source.kind === kind)
      .map(({ sourceId, streams }) => ({ id: sourceId, streamIds: streams.map(({ streamId }) => streamId) }));
    const all = [...known, ...(this.rows.get(table) ?? [])];
    const rows = all.slice(offset, offset + limit);
    return { totalRows: all.length, matchingRows: all.length, offset, rows, filterError: null };
  }
}
