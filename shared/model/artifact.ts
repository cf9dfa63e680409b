import type { DamageMode } from './video';

export type ExportFormat =
  | 'auto'
  | 'mp4'
  | 'mkv'
  | 'webm'
  | 'wav'
  | 'au'
  | 'raw'
  | 'rtpdump'
  | 'sdp'
  | 'flv'
  | 'ts'
  | 'jpg'
  | 'png'
  | 'srt'
  | 'vtt'
  | 'csv'
  | 'pcap'
  | 'original';

/** How a video stream is written; what is left out is `faithful`, and the captured bits where the container takes them. */
export interface VideoExportChoices {
  readonly damage?: DamageMode;
  /** Decode and encode anew as H.264, so good. */
  readonly quality?: 'high' | 'medium' | 'low';
}

/** Something exported, with what it takes to make it again. */
export interface Artifact {
  readonly id: string;
  readonly sourceId: string;
  readonly path: string;
  readonly format: ExportFormat;
  readonly mime: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly durationSeconds: number | null;
  readonly frames: number | null;
  readonly samples: number | null;
  readonly provenance: Provenance;
}

export interface Provenance {
  readonly capture: { readonly path: string; readonly sha256: string };
  readonly packets: { readonly first: number; readonly last: number; readonly count: number };
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly tool: string;
  /** Version line of ffmpeg when it had a part in it. */
  readonly ffmpeg: string | null;
}

export interface ExportFailure {
  readonly sourceId: string;
  readonly format: ExportFormat;
  readonly error: string;
}

export type JobState = 'running' | 'done' | 'failed' | 'cancelled';

/** A long operation in the jobs tray. */
export interface Job {
  readonly id: string;
  readonly title: string;
  readonly state: JobState;
  /** 0..1; null while unknown. */
  readonly progress: number | null;
  readonly error: string | null;
  readonly artifact: Artifact | null;
}
