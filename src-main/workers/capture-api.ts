import type { VideoSourceIndexes } from '#engine/analysis/pipeline/capture-analysis';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import type { Failure } from '#shared/base/result';
import type { AnalysisDocument } from '#shared/model/analysis-document';
import type { Ladder, SipMessageDetail } from '#shared/model/call';
import type { CaptureSummary, LoadState } from '#shared/model/capture';
import type { FollowPage, PacketDetail, PacketPosition } from '#shared/model/packet';
import type { RtpSeries, StreamRow } from '#shared/model/stream';
import type { MediaTimeline } from '#shared/model/timeline';
import type { SortKey, TableId, TablePage, TableQuery } from '#shared/query/table-query';

/** Facts that the worker knows: the service adds id, name and hash. */
export type WorkerSummary = Omit<CaptureSummary, 'captureId' | 'path' | 'name' | 'sha256'>;

export interface WorkerProgress {
  readonly state: LoadState;
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly packets: number;
  readonly packetsPerSecond: number;
}

/** Streams of a call or one stream, ready for the media worker. */
export interface MediaIndexes {
  readonly kind: 'call' | 'stream';
  readonly title: string;
  readonly streams: readonly (RtpMediaIndex & { readonly direction: 'a-to-b' | 'b-to-a' | null })[];
}

/** What the capture worker answers. Ids that are not known fail with `not-found`. */
export type CaptureApi = {
  /** Recognises the file and starts loading; events tell how it goes on. */
  open: { argument: { readonly path: string }; value: WorkerSummary };
  /** Stops loading; what was read stays. */
  cancel: { argument: null; value: null };
  page: { argument: TableQuery; value: TablePage };
  timeline: { argument: null; value: MediaTimeline };
  ladder: { argument: { readonly callId: string }; value: Ladder };
  message: { argument: { readonly messageId: string }; value: SipMessageDetail };
  stream: { argument: { readonly streamId: string }; value: StreamRow };
  series: { argument: { readonly streamId: string; readonly buckets: number }; value: RtpSeries };
  packetDetail: { argument: { readonly frame: number }; value: PacketDetail };
  locatePacket: {
    argument: {
      readonly target: { readonly frame: number } | { readonly timeSeconds: number };
      readonly sort?: SortKey;
      readonly filter?: string;
    };
    value: PacketPosition | null;
  };
  /** Reads the conversation as far as it is there, then answers a page of it. */
  follow: {
    argument: {
      readonly conversationId: string;
      readonly from: number;
      readonly maxItems: number;
      readonly maxBytes: number;
    };
    value: FollowPage;
  };
  mediaIndex: { argument: { readonly sourceId: string }; value: MediaIndexes };
  videoSource: { argument: { readonly streamId: string }; value: VideoSourceIndexes };
  /** Everything of the analysis but what the service knows better (tool, path, hash). */
  document: { argument: null; value: Pick<AnalysisDocument, 'calls' | 'streams' | 'conversations' | 'diagnostics'> };
};

export type CaptureEvents = {
  /** At most ten times a second, and once when loading ends. */
  progress: WorkerProgress;
  /** Beside each progress: counts and facts so far. */
  summary: WorkerSummary;
  tables: readonly TableId[];
  failed: Failure;
};

export type HashApi = {
  /** SHA-256 of a file in hex; progress is the share done, 0..1. */
  sha256: { argument: { readonly path: string }; value: string; progress: number };
};
