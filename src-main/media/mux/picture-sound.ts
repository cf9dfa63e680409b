import type { AudioSync } from '#shared/model/video';
import type { AudioTrack, Container } from './container-writer';

export interface SoundTrackRequest {
  readonly container: Container;
  /** It is to be played by the window, which does not know every format. */
  readonly isForPlaying: boolean;
  /** Null where none was found. */
  readonly ffmpegPath: string | null;
  /** For a temporary file; the caller removes it. */
  readonly path: string;
  /** Time 0 of the file on the axis of the capture. */
  readonly originSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** The track, and how it came about. */
export interface SoundTrack {
  readonly track: AudioTrack;
  /** What was captured, not encoded anew. */
  readonly isCaptured: boolean;
}

/** Sound that is to stand beside a picture, whatever carried it. */
export interface PictureSound {
  /** On the axis of the capture. */
  readonly firstSeconds: number;
  readonly durationSeconds: number;
  readonly sync: AudioSync;
  /** Of its placing, for the provenance. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** Null when it cannot stand in the container: the picture then stands alone. */
  soundTrack(request: SoundTrackRequest): Promise<SoundTrack | null>;
  close(): void;
}
