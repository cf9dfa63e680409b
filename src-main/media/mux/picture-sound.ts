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

/** Samples of 16 bits that are to be encoded. */
export interface PcmInput {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Of the first sample, on the axis of the capture. */
  readonly firstSeconds: number;
  /** Hands them over, lowest byte first, channels interleaved. */
  readonly feed: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>;
}

/** All samples of a sound, to be closed. */
export interface Pcm extends PcmInput {
  /** Of each channel. */
  readonly samples: number;
  close(): void;
}

export type PcmOptions = Pick<SoundTrackRequest, 'signal'> & { readonly ffmpegPath?: string | null };

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
  /** `pcm` gives something, with ffmpeg. */
  readonly isDecodable: boolean;
  /** Null when it cannot be decoded. */
  pcm(options: PcmOptions): Promise<Pcm | null>;
  close(): void;
}
