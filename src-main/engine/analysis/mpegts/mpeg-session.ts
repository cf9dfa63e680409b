import type { SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import type { AddressedBytes } from '../../bytes/extents';
import type { MediaFile, MediaSamples } from '../sessions/media-samples';
import type { MediaSource } from './media-source';
import type { PieceSink } from './piece-log';
import type { KeepBytes } from './program-file';

/** A transport or program stream that was found. */
export interface MpegSession extends PieceSink {
  readonly source: MediaSource;
  /** Grows with what is known. */
  readonly revision: number;
  gap(length: number, frame: number, timeNs: number): void;
  finish(): void;
  row(): SessionRow;
  streams(): readonly StreamRow[];
  /** Whether an id is that of the session, or of something in it. */
  owns(id: string): boolean;
  /** Frames of the capture that carried it. */
  frames(): readonly number[];
  samples(id: string, bytes: AddressedBytes): MediaSamples | null;
  file(id: string, bytes: AddressedBytes, keep: KeepBytes): MediaFile | null;
}
