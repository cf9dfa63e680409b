export type MarkerKind = 'lost' | 'reordered' | 'duplicate' | 'restart' | 'silence' | 'dtmf' | 'truncated';

/** A point or a stretch of a lane worth seeing. Times are seconds since the start of the audio. */
export interface PlayerMarker {
  readonly kind: MarkerKind;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** `3 packets lost`, `DTMF 5`. */
  readonly label: string;
  readonly frame: number;
}

/** One channel of the audio: one direction of a call, or one stream. */
export interface PlayerLane {
  /**
   * First stream of the lane; empty when this side of a call sent nothing that sounds. The channels of one stereo
   * stream are lanes with the same stream, so it identifies no lane.
   */
  readonly streamId: string;
  readonly label: string;
  readonly codec: string;
  /** -1..1, one [min, max] pair a bucket, interleaved. */
  readonly peaks: Float32Array;
  readonly markers: readonly PlayerMarker[];
}

/** What the player needs to play a call or a stream. */
export interface PlayerModel {
  readonly sourceId: string;
  readonly title: string;
  readonly artifactId: string;
  /** `media://artifact/<id>`, a WAV with one channel a lane. */
  readonly url: string;
  readonly sampleRateHz: number;
  readonly durationSeconds: number;
  /** Where sample 0 lies in the capture, seconds since its first frame. */
  readonly startSeconds: number;
  readonly lanes: readonly PlayerLane[];
}
