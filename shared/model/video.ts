import type { Failure } from '../base/result';

/**
 * Two ways through damage. `faithful`: every access unit as captured, the decoder conceals what is missing.
 * `clean`: after a loss the picture stands still until the next intact key picture.
 */
export type DamageMode = 'faithful' | 'clean';

/** One entry a picture, in the order of presentation; parallel arrays. */
export interface VideoFrameTable {
  readonly count: number;
  /** When it is shown, seconds on the time axis of the video file. */
  readonly timeSeconds: Float64Array;
  readonly isKey: Uint8Array;
  /** It lacks packets. */
  readonly isDamaged: Uint8Array;
  /** 0 for pictures that the way through damage leaves out: the one before stands in their place. */
  readonly isShown: Uint8Array;
  /** Packets that never came, in it or directly before it. */
  readonly lostPackets: Uint32Array;
  /** Picture `i` was made of the frames `frames[frameStart[i]..frameStart[i + 1])` of the capture. */
  readonly frameStart: Uint32Array;
  readonly frames: Uint32Array;
}

/** How sound and picture were brought together. */
export interface AudioSync {
  readonly streamId: string;
  readonly codec: string;
  /**
   * `rtcp`: wallclocks of sender reports; `arrival`: when packets came, which delays of the network distort;
   * `container`: both have their times from one clock.
   */
  readonly basis: 'rtcp' | 'arrival' | 'container';
  /** Sound and picture may be apart by so much. */
  readonly uncertaintyMs: number;
}

/** What the video panel needs to play one stream. */
export interface VideoModel {
  readonly sourceId: string;
  readonly title: string;
  /** `media://artifact/<id>`, a file that Chromium plays, its sound in it; null for what comes in pieces. */
  readonly url: string | null;
  readonly mime: string;
  /** As captured: `H264`. */
  readonly codec: string;
  /** The file holds H.264 made by ffmpeg instead of the captured bits. */
  readonly isTranscoded: boolean;
  readonly mode: DamageMode;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  /** Where time 0 of the file lies in the capture, seconds since its first frame. */
  readonly startSeconds: number;
  readonly frames: VideoFrameTable;
  readonly audio: AudioSync | null;
  /** What a person should know: assumed parameters, changes of size, pictures left out. One sentence each. */
  readonly notes: readonly string[];
}

/** A small picture of a video. */
export interface Thumbnail {
  /** When it is shown, seconds since the first frame of the capture. */
  readonly seconds: number;
  readonly jpeg: Uint8Array<ArrayBuffer>;
}

/** While `media:video` waits. */
export interface VideoProgress {
  readonly captureId: string;
  readonly sourceId: string;
  /** 0..1. */
  readonly fraction: number;
}

/** Bytes of an artifact that can be played by themselves, behind its opening. Times are seconds of the video. */
export interface VideoPiece {
  readonly track: 'picture' | 'sound';
  /** `media://artifact/<id>`, a file that grows. */
  readonly url: string;
  readonly offset: number;
  readonly bytes: number;
  /** The first bytes of the file, which stand before any piece of it. */
  readonly openingBytes: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** How far a video that comes in pieces is. */
export interface VideoMaking {
  readonly state: 'making' | 'made' | 'stopped' | 'failed';
  /** Why it failed; what was made before can be played. */
  readonly failure: Failure | null;
  /** Share of the picture that is there, 0..1. */
  readonly fraction: number;
  /** In an event those that are new, in an answer all. */
  readonly pieces: readonly VideoPiece[];
}
