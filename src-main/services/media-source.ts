import type { CaptureLocation } from '../media/capture-location';
import type { VideoSourceIndexes } from '#engine/analysis/pipeline/rtp-media';
import type { FrameRecords } from '#engine/analysis/packets/frame-records';
import type { MediaFile, MediaSamples } from '#engine/analysis/sessions/media-samples';
import type { RtpMediaIndex } from '#engine/analysis/rtp/media-index';
import type { CaptureSummary } from '#shared/model/capture';
import type { TablePage, TableQuery } from '#shared/query/table-query';

/** What the media of a call or a stream is made from. */
export interface MediaSourceIndex {
  readonly sourceId: string;
  readonly kind: 'call' | 'stream';
  /** `0906508… → 0000002115`, `PCMU 192.168.0.7:20000 → 198.51.100.6:40000`. */
  readonly title: string;
  /** File that the offsets of the streams point into. */
  readonly capturePath: CaptureLocation;
  /** For a call: the streams the caller sent first, then those the callee sent. */
  readonly streams: readonly (RtpMediaIndex & { readonly direction: 'a-to-b' | 'b-to-a' | null })[];
}

/** A video stream, and the sound that belongs to it. */
export interface VideoSourceIndex extends VideoSourceIndexes {
  readonly sourceId: string;
  readonly capturePath: CaptureLocation;
}

/** What media and export services ask of the capture service. */
export interface MediaSource {
  mediaIndex(captureId: string, sourceId: string): Promise<MediaSourceIndex>;
  videoSource(captureId: string, streamId: string): Promise<VideoSourceIndex>;
  /** Coded samples of a session that is no call, or of one of its streams; fails with `not-found`. */
  mediaSamples(captureId: string, sourceId: string): Promise<MediaSamples & { readonly capturePath: CaptureLocation }>;
  /** Bytes of a session, a stream or an object as they were sent; fails with `not-found`. */
  mediaFile(captureId: string, sourceId: string): Promise<MediaFile & { readonly capturePath: CaptureLocation }>;
  /** Where the frames of a call, a stream, a session or an object lie; fails with `not-found`. */
  frameRecords(captureId: string, sourceId: string): Promise<FrameRecords & { readonly capturePath: CaptureLocation }>;
  page(captureId: string, query: TableQuery): Promise<TablePage>;
  /** Waits for the hash of the file. */
  sha256(captureId: string): Promise<string>;
  summary(captureId: string): CaptureSummary;
}
