import type { VideoSourceIndexes } from '#engine/analysis/pipeline/rtp-media';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import type { FrameRecords } from '#engine/analysis/packets/frame-records';
import type { MediaFile, MediaSamples } from '#engine/analysis/sessions/media-samples';
import type { Failure } from '#shared/base/result';
import type { EngineDocument } from '#shared/model/analysis-document';
import type { Ladder, SipMessageDetail } from '#shared/model/call';
import type { CaptureSummary, LoadState } from '#shared/model/capture';
import type { DecodeAsRule } from '#shared/model/decode-as';
import type { FollowPage, PacketDetail, PacketPosition } from '#shared/model/packet';
import type { ObjectPreview, SessionMessageDetail, SessionRow } from '#shared/model/session';
import type { RtpSeries, StreamRow } from '#shared/model/stream';
import type { MediaTimeline } from '#shared/model/timeline';
import type { TlsSummary } from '#shared/model/tls';
import type { WlanNetworkRow } from '#shared/model/wlan';
import type { CaptureLocation } from '../media/capture-location';
import type { InputFile } from './capture-input';
import type { SortKey, TableId, TablePage, TableQuery } from '#shared/query/table-query';

/** Facts that the worker knows: the service adds id, name and hash. */
export type WorkerSummary = Omit<CaptureSummary, 'captureId' | 'path' | 'name' | 'sha256' | 'files'>;

export interface WorkerProgress {
  readonly state: LoadState;
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly packets: number;
  readonly packetsPerSecond: number;
}

/** Streams of a call or one stream, ready for the media worker. */
export interface MediaIndexes {
  readonly capturePath: CaptureLocation;
  readonly kind: 'call' | 'stream';
  readonly title: string;
  readonly streams: readonly (RtpMediaIndex & { readonly direction: 'a-to-b' | 'b-to-a' | null })[];
}

/** What the capture worker answers. Ids that are not known fail with `not-found`. */
export type CaptureApi = {
  /** Recognises the files and starts loading; events tell how it goes on. `follows`: they are still being written. */
  open: {
    argument: {
      readonly files: readonly InputFile[];
      readonly follows: boolean;
      /** Keys of 802.11 networks, as `parseWlanKey` understands them. */
      readonly wlanKeys?: readonly string[];
      /** Paths of key log files of TLS. */
      readonly keyLogs?: readonly string[];
      /** Private file for bytes that lie nowhere in the capture, made when it is needed; memory without it. */
      readonly spillPath?: string;
    };
    value: WorkerSummary;
  };
  /** What was written until now is all: loading goes on to its end. */
  stopFollowing: { argument: null; value: null };
  /** Takes the flows of ports for what a person says; for when everything was read. */
  decodeAs: { argument: { readonly rules: readonly DecodeAsRule[] }; value: null };
  /** Stops loading; what was read stays. */
  cancel: { argument: null; value: null };
  page: { argument: TableQuery; value: TablePage };
  /** 802.11 networks and stations, and what of them can be decrypted. */
  wlanNetworks: { argument: null; value: readonly WlanNetworkRow[] };
  /** What the secrets of TLS open, and what stays closed. */
  tlsSummary: { argument: null; value: TlsSummary };
  timeline: { argument: null; value: MediaTimeline };
  ladder: { argument: { readonly callId: string }; value: Ladder };
  message: { argument: { readonly messageId: string }; value: SipMessageDetail };
  /** The beginning of an object. */
  objectPreview: { argument: { readonly objectId: string }; value: ObjectPreview };
  session: { argument: { readonly sessionId: string }; value: SessionRow };
  /** A message of a session that is no call. */
  sessionMessage: { argument: { readonly messageId: string }; value: SessionMessageDetail };
  /** Coded samples of a session or of one of its streams. */
  mediaSamples: {
    argument: { readonly sourceId: string };
    value: MediaSamples & { readonly capturePath: CaptureLocation };
  };
  /** Bytes of a session, a stream or an object as they were sent. */
  mediaFile: {
    argument: { readonly sourceId: string };
    value: MediaFile & { readonly capturePath: CaptureLocation };
  };
  /** Where the frames of a call, a stream, a session or an object lie. */
  frameRecords: {
    argument: { readonly sourceId: string };
    value: FrameRecords & { readonly capturePath: CaptureLocation };
  };
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
  videoSource: {
    argument: { readonly streamId: string };
    value: VideoSourceIndexes & { readonly capturePath: CaptureLocation };
  };
  /** Everything of the analysis but what the service knows better (tool, path, hash). */
  document: { argument: null; value: EngineDocument };
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
  /** SHA-256 in hex of `bytes` of each file, and of all of them one after the other; progress is the share done, 0..1. */
  sha256: {
    argument: { readonly files: readonly { readonly path: string; readonly bytes: number }[] };
    value: { readonly all: string; readonly each: readonly string[] };
    progress: number;
  };
};
