import type { ExtentColumns } from '../../bytes/extents';

/** How the bytes of a sample are laid out. */
export type SampleFraming =
  /** NAL units behind start codes (H.264 annex B, H.265 annex B). */
  | 'annex-b'
  /** NAL units behind their lengths, as `config` (avcC, hvcC) says. */
  | 'length-prefixed'
  /** As the codec has it by itself: a JPEG, an MPEG audio frame, an AAC raw data block, an Opus packet, a VP9 frame. */
  | 'raw'
  /** AAC behind ADTS headers: one or several frames a sample. */
  | 'adts'
  /** AAC in LOAS/LATM. */
  | 'loas';

/** Coded samples of one track, in decoding order: one entry a sample. */
export interface SampleTrack {
  /** Id of its row in the streams table. */
  readonly streamId: string;
  readonly kind: 'video' | 'audio';
  /** Encoding name as in RTP: `H264`, `H265`, `VP8`, `VP9`, `AV1`, `JPEG`, `MPV`, `AAC`, `MPA`, `OPUS`, `AC3`, `EAC3`, `PCMU`. */
  readonly codec: string;
  readonly framing: SampleFraming;
  /** avcC, hvcC, av1C, AudioSpecificConfig, OpusHead; null when the samples carry their parameters themselves. */
  readonly config: Uint8Array | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly sampleRateHz: number | null;
  readonly channels: number | null;
  readonly count: number;
  /**
   * Presentation and decoding times in seconds on one axis for all tracks of the source: the axis of the capture, 0 at
   * its first frame, moved so that the first sample stands where it was captured.
   */
  readonly timeSeconds: Float64Array;
  readonly decodeSeconds: Float64Array;
  readonly isKey: Uint8Array;
  /** Bytes of it are missing. */
  readonly isDamaged: Uint8Array;
  /** Bytes that are known to be missing in it or directly before it. */
  readonly missing: Uint32Array;
  /** First frame of the capture that carried it. */
  readonly frame: Uint32Array;
  /** Sample `i` consists of the extents `[extentStart[i], extentStart[i + 1])`. */
  readonly extentStart: Uint32Array;
  readonly extents: ExtentColumns;
}

/** Media that were found as coded samples: RTMP, MPEG-TS, pictures over HTTP, fragments of HLS and DASH. */
export interface MediaSamples {
  readonly sourceId: string;
  readonly title: string;
  /** At most one video track first, then audio tracks; the first audio track is the one that is heard. */
  readonly tracks: readonly SampleTrack[];
  /** What a person should know, one sentence each. */
  readonly notes: readonly string[];
}

/** The bytes of a source as they were sent, one after the other: a TS, an FLV, an MP4, a playlist's segments. */
export interface MediaFile {
  readonly sourceId: string;
  /** File name extension without the dot: `ts`, `mp4`, `flv`, `mp3`. */
  readonly extension: string;
  readonly mime: string;
  readonly extents: ExtentColumns;
}
