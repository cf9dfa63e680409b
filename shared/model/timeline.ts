/** All media of a capture on one time axis. Times are seconds since the first frame. */
export interface MediaTimeline {
  readonly durationSeconds: number;
  readonly lanes: readonly TimelineLane[];
}

export interface TimelineLane {
  readonly id: string;
  readonly kind: 'call' | 'session' | 'audio' | 'video' | 'data' | 'unknown';
  /** What to open on a double click: a call, a session or a stream. */
  readonly sourceId: string;
  readonly label: string;
  readonly detail: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** Lane it belongs to (the streams of a call or a session); null at the top level. */
  readonly parentId: string | null;
  /** Share of packets lost (0..1) in equal slices between start and end; NaN where nothing was expected. */
  readonly lossHeat: Float32Array;
}
