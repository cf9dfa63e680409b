import type { Thumbnail } from '#shared/model/video';
import type { ExportedFile, ExportRequest } from '../media/export-file';
import type { MadePiece } from '../media/mux/pieces';
import type { PieceRequest } from '../media/mux/player-pieces';
import type { PlayerVideo, VideoFile, VideoInput, VideoRequest } from '../media/mux/video-file';
import type { PlayerAudio } from '../media/player-audio';
import type { MadeFile } from '../media/made-file';
import type { SamplesInput } from '../media/mux/video-file';
import type { SampleAudioFormat, SampleAudioInput } from '../media/samples/sample-audio';
import type { ReplayReport, ReplayRequest } from '../media/replay-stream';
import type { MediaInput } from '../media/source';
import type { PacketsInput } from '../media/packet-file';
import type { StoredMedia, StoredMediaInput } from '../media/samples/stored-samples';
import type { StoredFileInput } from '../media/stored-file';

interface PieceArgument {
  readonly input: VideoInput;
  readonly request: PieceRequest;
}

/** What the media worker answers. Progress is the share done, 0..1, at most ten times a second. */
export type MediaApi = {
  /** Writes the WAV that the player plays. */
  render: {
    argument: { readonly input: MediaInput | SampleAudioInput; readonly path: string };
    value: PlayerAudio;
    progress: number;
  };
  /** Writes the file that the video panel plays. */
  video: {
    argument: { readonly input: VideoInput; readonly request: Pick<VideoRequest, 'path' | 'mode' | 'ffmpegPath'> };
    value: PlayerVideo;
    progress: number;
  };
  thumbnails: {
    argument: { readonly input: VideoInput; readonly ffmpegPath: string };
    value: readonly Thumbnail[];
    progress: never;
  };
  /** Makes pieces of a picture, or of the sound beside it, each told of as soon as it lies in the file. */
  picturePieces: { argument: PieceArgument; value: null; progress: MadePiece };
  soundPieces: { argument: PieceArgument; value: null; progress: MadePiece };
  /** Writes a video file for the user. */
  exportVideo: {
    argument: { readonly input: VideoInput; readonly request: VideoRequest };
    value: VideoFile;
    progress: number;
  };
  /** Writes a file for the user. */
  export: {
    argument: { readonly input: MediaInput; readonly request: ExportRequest };
    value: ExportedFile;
    progress: number;
  };
  /** Writes the sound of coded samples for the user. */
  exportSound: {
    argument: {
      readonly input: SampleAudioInput;
      readonly request: { readonly format: SampleAudioFormat; readonly path: string };
    };
    value: MadeFile;
    progress: number;
  };
  /** Writes pictures that are files by themselves into a new folder. */
  exportPictures: {
    argument: { readonly input: SamplesInput; readonly path: string };
    value: MadeFile;
    progress: number;
  };
  /** Takes the coded samples out of a file that was sent, into the file `path`. */
  takeSamples: {
    argument: { readonly input: StoredMediaInput; readonly path: string };
    value: StoredMedia;
    progress: number;
  };
  /** Writes frames as a capture file. */
  packets: {
    argument: { readonly input: PacketsInput; readonly path: string };
    value: MadeFile;
    progress: number;
  };
  /** Sends the packets of a stream again; goes on until it is through or stopped. */
  replay: {
    argument: { readonly input: MediaInput; readonly request: ReplayRequest };
    value: ReplayReport;
    progress: number;
  };
  /** Writes bytes as they were sent. */
  original: {
    argument: { readonly input: StoredFileInput; readonly path: string };
    value: MadeFile;
    progress: number;
  };
};
