import { createHash } from 'node:crypto';
import { CaptureAnalysis } from '#engine/analysis/pipeline/capture-analysis';
import type { KeyLogText } from '#engine/analysis/tls/tls-secrets';
import { parseWlanKey, type WlanKey } from '#engine/analysis/wlan/wlan-keys';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import type { EngineDocument } from '#shared/model/analysis-document';
import type { LoadState } from '#shared/model/capture';
import type { TableId } from '#shared/query/table-query';
import type { CaptureApi, CaptureEvents, WorkerProgress, WorkerSummary } from './capture-api';
import { nodeCipherSuite } from './node-cipher-suite';
import { nodeContentDecoder } from './node-content-decoder';
import { CaptureInput } from './capture-input';
import { FileSpill } from './file-spill';
import { readKeyLog } from './key-log-file';
import type { CaptureLocation } from '../media/capture-location';
import { RpcFailure, Transferred } from './rpc/protocol';
import type { Handlers } from './rpc/server';

type Emit = <Name extends keyof CaptureEvents>(name: Name, payload: CaptureEvents[Name]) => void;

/** Loading goes in slices this long, so that queries and Cancel are answered in between. */
const sliceMs = 20;
/** Longer streams are looked at when somebody asks for them: the others would have to wait too long. */
const maxSurveyPackets = 500_000;
/** Progress is told at most this often. */
const reportIntervalMs = 100;
/** While loading, tables that changed are told of only so that answering takes a small share of the time. */
const pageShare = 20;

/** The capture worker's methods over one analysis. `bind` gives it the way to send events. */
export function createCaptureHandlers(): { handlers: Handlers<CaptureApi>; bind: (emit: Emit) => void } {
  let emit: Emit = () => undefined;
  let analysis: CaptureAnalysis | null = null;
  let input: CaptureInput | null = null;
  let spill: FileSpill | null = null;
  /** Reads the capture from its beginning, with these key logs beside those that were given. Once. */
  let readAnew: ((keyLogs: readonly KeyLogText[]) => CaptureAnalysis | null) | null = null;
  let state: LoadState = 'loading';
  let startedAt = 0;
  let reportedAt = 0;
  let reportedPackets = -1;
  let tablesReportedAt = 0;
  /** What the slowest page took since the tables were reported. */
  let pageMs = 0;
  let isArranging = false;
  let arrangedAt = 0;
  let reportedRevisions: ReadonlyMap<TableId, number> = new Map();

  const opened = (): CaptureAnalysis => {
    if (!analysis) throw new RpcFailure({ code: 'no-capture', message: 'No capture is open.' });
    return analysis;
  };
  const location = (): CaptureLocation => {
    const files = input?.location(opened().bases, spill) ?? [];
    spill?.flush();
    return files;
  };
  const found = <T>(value: T | null, what: string): T => {
    if (value === null) throw new RpcFailure({ code: 'not-found', message: `There is no ${what}.` });
    return value;
  };

  const summarize = (a: CaptureAnalysis): WorkerSummary => ({
    ...a.facts(),
    bytes: input?.bytes ?? a.bytesTotal,
    compression: input?.compression ?? null,
    following: state === 'loading' && input?.isFollowing === true,
    state,
    complete: state === 'complete' && a.isComplete,
  });

  const report = (a: CaptureAnalysis): void => {
    reportedAt = performance.now();
    reportedPackets = a.packets;
    const bytesTotal = input?.bytes ?? a.bytesTotal;
    const progress: WorkerProgress = {
      state,
      bytesRead: state === 'complete' ? bytesTotal : Math.min(bytesTotal, input?.bytesRead(a.bytesRead) ?? a.bytesRead),
      bytesTotal,
      packets: a.packets,
      packetsPerSecond: a.packets / Math.max(0.001, (reportedAt - startedAt) / 1000),
    };
    // The facts first: whoever waits for the end asks for them then.
    emit('summary', summarize(a));
    emit('progress', progress);
    // A window that asks again after each change must not keep the worker from loading.
    if (state === 'loading' && reportedAt - tablesReportedAt < pageShare * pageMs) return;
    tablesReportedAt = reportedAt;
    const revisions = a.tables.revisions();
    const changed = [...revisions].filter(([id, revision]) => reportedRevisions.get(id) !== revision).map(([id]) => id);
    reportedRevisions = revisions;
    pageMs = 0;
    if (changed.length > 0) emit('tables', changed);
    arrangePackets(a);
  };

  /** Packets are filtered and sorted in slices of their own, between questions and loading. */
  const arrangePackets = (a: CaptureAnalysis): void => {
    if (isArranging || !a.frameTable.list.hasWork) return;
    isArranging = true;
    const slice = (): void => {
      const until = performance.now() + sliceMs;
      isArranging = a.frameTable.list.work(() => performance.now() >= until);
      if (isArranging) setImmediate(slice);
      if (!isArranging || performance.now() - arrangedAt >= reportIntervalMs) {
        arrangedAt = performance.now();
        emit('tables', ['packets']);
      }
    };
    setImmediate(slice);
  };

  /** Pictures are counted once the capture is read, one stream at a time, between questions. */
  const surveyVideo = (a: CaptureAnalysis): void => {
    if (a.media.survey(maxSurveyPackets)) setImmediate(surveyVideo, a);
    else if (a.tables.revisions().get('streams') !== reportedRevisions.get('streams')) report(a);
  };

  /** The capture once more from its beginning, when secrets in it came behind packets that they open. */
  const readWithLateKeys = (a: CaptureAnalysis): CaptureAnalysis | null => {
    const late = readAnew && a.lateKeyLogs();
    const again = late && readAnew ? readAnew(late) : null;
    readAnew = null;
    return again;
  };

  const load = (a: CaptureAnalysis): void => {
    if (state !== 'loading') return;
    const until = performance.now() + sliceMs;
    try {
      const goesOn = a.ingest(() => performance.now() >= until);
      if (!goesOn) {
        a.finish();
        const again = readWithLateKeys(a);
        if (again) {
          analysis = again;
          reportedRevisions = new Map();
          setImmediate(load, again);
          return;
        }
        state = 'complete';
      }
    } catch (error) {
      state = 'failed';
      emit('failed', { code: 'internal', message: error instanceof Error ? error.message : String(error) });
    }
    const isWaiting = state === 'loading' && a.isWaiting;
    const hasNews = !isWaiting || a.packets !== reportedPackets;
    if (state !== 'loading' || (hasNews && performance.now() - reportedAt >= reportIntervalMs)) report(a);
    if (state === 'complete') setImmediate(surveyVideo, a);
    if (state !== 'loading') return;
    // A source that grows wakes us when there is more, or no more to come.
    if (isWaiting && input) void input.grown().then(() => load(a));
    else setImmediate(load, a);
  };

  const handlers: Handlers<CaptureApi> = {
    open: async ({ files, follows, wlanKeys = [], keyLogs = [], spillPath }) => {
      const keys = wlanKeys.map(understoodKey);
      const given = keyLogs.map(readKeyLog);
      spill = spillPath === undefined ? null : new FileSpill(spillPath);
      input = new CaptureInput(files, follows);
      await input.recognisable();
      const { fault, parts } = input;
      const begin = (all: readonly KeyLogText[]) =>
        CaptureAnalysis.open(parts.length === 1 ? parts[0].source : parts, {
          ciphers: nodeCipherSuite,
          contentDecoder: nodeContentDecoder,
          wlanKeys: keys,
          keyLogs: all,
          spill: spill ?? undefined,
        });
      const opening = begin(given);
      if (!opening.ok) {
        input.close();
        const where = files.map(({ path }) => path).join(', ');
        // What came out of a damaged compressed file is no capture either, but that is not what is wrong with it.
        if (fault) throw new RpcFailure({ code: fault.code, message: fault.message, where });
        throw new RpcFailure({ where, ...opening.error });
      }
      analysis = opening.value;
      readAnew = (late) => {
        const again = begin([...given, ...late]);
        return again.ok ? again.value : null;
      };
      startedAt = performance.now();
      setImmediate(load, analysis);
      return summarize(analysis);
    },
    stopFollowing: () => {
      opened();
      input?.stopFollowing();
      return null;
    },
    decodeAs: ({ rules }) => {
      const a = opened();
      a.decodeAs(rules);
      report(a);
      return null;
    },
    cancel: () => {
      const a = opened();
      if (state === 'loading') {
        state = 'cancelled';
        input?.stop();
        report(a);
        // What is decided at the end takes a while: who cancelled is not kept waiting for it.
        setImmediate(() => {
          a.finish();
          report(a);
        });
      }
      return null;
    },
    page: (query) => {
      const from = performance.now();
      const page = found(opened().tables.page(query), `table '${query.table}'`);
      pageMs = Math.max(pageMs, performance.now() - from);
      if (query.table === 'packets') arrangePackets(opened());
      return page;
    },
    wlanNetworks: () => opened().wlanNetworks(),
    tlsSummary: () => opened().tlsSummary(),
    timeline: () => opened().timeline(),
    ladder: ({ callId }) => found(opened().ladder(callId), `call '${callId}'`),
    message: ({ messageId }) => found(opened().message(messageId), `message '${messageId}'`),
    objectPreview: ({ objectId }) => {
      const preview = found(opened().objectPreview(objectId), `object '${objectId}'`);
      return new Transferred(preview, [preview.bytes.buffer]);
    },
    session: ({ sessionId }) => found(opened().session(sessionId), `session '${sessionId}'`),
    sessionMessage: ({ messageId }) => found(opened().sessionMessage(messageId), `message '${messageId}'`),
    mediaSamples: ({ sourceId }) => {
      const samples = found(opened().samples(sourceId), `media '${sourceId}'`);
      return { ...samples, capturePath: location() };
    },
    frameRecords: ({ sourceId }) => {
      const records = found(opened().frameRecords(sourceId), `call, stream, session or object '${sourceId}'`);
      return { ...records, capturePath: location() };
    },
    mediaFile: ({ sourceId }) => {
      const file = found(opened().file(sourceId), `file '${sourceId}'`);
      return { ...file, capturePath: location() };
    },
    stream: ({ streamId }) => found(opened().streamDetail(streamId), `stream '${streamId}'`),
    series: ({ streamId, buckets }) => found(opened().series(streamId, buckets), `stream '${streamId}'`),
    packetDetail: ({ frame }) => {
      const detail = found(opened().frameTable.detail(frame), `frame ${frame}`);
      return new Transferred(
        detail,
        detail.buffers.map(({ bytes }) => bytes.buffer),
      );
    },
    locatePacket: ({ target, sort, filter }) => {
      const position = opened().frameTable.list.locate(target, { sort, filter });
      arrangePackets(opened());
      return position;
    },
    follow: async ({ conversationId, from, maxItems, maxBytes }, { signal }) => {
      const { frameTable } = opened();
      for (;;) {
        const until = performance.now() + sliceMs;
        const goesOn = found(
          frameTable.follow(conversationId, () => performance.now() >= until),
          `conversation '${conversationId}'`,
        );
        if (!goesOn || signal.aborted) break;
        await new Promise((resolve) => setImmediate(resolve));
      }
      return found(frameTable.followPage(conversationId, from, maxItems, maxBytes), `conversation '${conversationId}'`);
    },
    mediaIndex: ({ sourceId }) => {
      const index = found(opened().media.indexes(sourceId), `call or stream '${sourceId}'`);
      return new Transferred({ ...index, capturePath: location() }, index.streams.flatMap(buffersOf));
    },
    videoSource: ({ streamId }) => {
      const source = found(opened().media.videoSource(streamId), `stream '${streamId}'`);
      const indexes = source.audio ? [source.video, source.audio] : [source.video];
      return new Transferred({ ...source, capturePath: location() }, indexes.flatMap(buffersOf));
    },
    document: () => withHashes(opened()),
  };
  return { handlers, bind: (send) => (emit = send) };
}

/** The document with the SHA-256 of every object that came whole: they are read for it. */
function withHashes(analysis: CaptureAnalysis): EngineDocument {
  const document = analysis.document();
  const objects = document.objects.map((object) => {
    const hash = createHash('sha256');
    const isWhole = object.complete && analysis.readFile(object.id, (bytes) => hash.update(bytes));
    return isWhole ? { ...object, sha256: hash.digest('hex') } : object;
  });
  return { ...document, objects };
}

function understoodKey(text: string): WlanKey {
  const key = parseWlanKey(text);
  if (!key.ok) throw new RpcFailure(key.error);
  return key.value;
}

function buffersOf(index: RtpMediaIndex): ArrayBufferLike[] {
  return [
    index.frame.buffer,
    index.timeNs.buffer,
    index.sequence.buffer,
    index.timestamp.buffer,
    index.payloadType.buffer,
    index.marker.buffer,
    index.segment.buffer,
    index.payloadOffset.buffer,
    index.payloadLength.buffer,
    index.payloadMissing.buffer,
    index.side.buffer,
  ];
}
