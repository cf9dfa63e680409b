import { exportFile } from '../media/export-file';
import { makePicturePieces, makeSoundPieces } from '../media/mux/player-pieces';
import { videoThumbnails } from '../media/mux/thumbnails';
import { exportVideo, renderPlayerVideo } from '../media/mux/video-file';
import { resolveFfmpeg } from '../media/ffmpeg/resolve';
import { replayStream } from '../media/replay-stream';
import { renderPlayerAudio } from '../media/player-audio';
import { exportSampleAudio, renderSampleAudio } from '../media/samples/sample-audio';
import { exportPictures } from '../media/samples/sample-pictures';
import { takeSamples } from '../media/samples/stored-samples';
import { writePackets } from '../media/packet-file';
import { writeOriginal } from '../media/stored-file';
import type { MediaApi } from './media-api';
import { RpcFailure, Transferred } from './rpc/protocol';
import type { CallContext, Handlers } from './rpc/server';

const reportIntervalMs = 100;

/** The media worker's methods; they keep nothing from one call to the next but the plan of the video that is watched. */
export const mediaHandlers: Handlers<MediaApi> = {
  async render({ input, path }, context) {
    const options = optionsOf(context);
    const rendered =
      'samples' in input
        ? renderSampleAudio(input, path, { ...options, ffmpegPath: await ffmpegPath() })
        : renderPlayerAudio(input, path, options);
    const audio = await writing(path, rendered);
    const buffers = audio.lanes.map(({ peaks }) => peaks.buffer);
    return new Transferred(audio, buffers);
  },
  async video({ input, request }, context) {
    const video = await writing(request.path, renderPlayerVideo(input, request, optionsOf(context)));
    const { frames } = video;
    return new Transferred(video, [
      frames.timeSeconds.buffer,
      frames.isKey.buffer,
      frames.isDamaged.buffer,
      frames.isShown.buffer,
      frames.lostPackets.buffer,
      frames.frameStart.buffer,
      frames.frames.buffer,
    ]);
  },
  thumbnails({ input, ffmpegPath }, { signal }) {
    return videoThumbnails(input, { ffmpegPath, signal });
  },
  async picturePieces({ input, request }, { signal, reportProgress }) {
    await writing(request.path, makePicturePieces(input, request, { signal, onPiece: reportProgress }));
    return null;
  },
  async soundPieces({ input, request }, { signal, reportProgress }) {
    await writing(request.path, makeSoundPieces(input, request, { signal, onPiece: reportProgress }));
    return null;
  },
  exportVideo({ input, request }, context) {
    return writing(request.path, exportVideo(input, request, optionsOf(context)));
  },
  export({ input, request }, context) {
    return writing(request.path, exportFile(input, request, optionsOf(context)));
  },
  async exportSound({ input, request: { format, path } }, context) {
    const options = { ...optionsOf(context), ffmpegPath: await ffmpegPath() };
    return writing(path, exportSampleAudio(input, format, path, options));
  },
  exportPictures({ input, path }, context) {
    return writing(path, exportPictures(input, path, optionsOf(context)));
  },
  async takeSamples({ input, path }, context) {
    const options = { ...optionsOf(context), ffmpegPath: await ffmpegPath() };
    return writing(path, takeSamples(input, path, options));
  },
  packets({ input, path }, context) {
    return writing(path, writePackets(input, path, optionsOf(context)));
  },
  replay({ input, request }, context) {
    return replayStream(input, request, optionsOf(context));
  },
  original({ input, path }, context) {
    return writing(path, writeOriginal(input, path, optionsOf(context)));
  },
};

async function ffmpegPath(): Promise<string | null> {
  const found = await resolveFfmpeg();
  return found.ok ? found.value.path : null;
}

function optionsOf({ signal, reportProgress }: CallContext<number>) {
  let reportedAt = 0;
  const onProgress = (fraction: number): void => {
    const now = performance.now();
    if (now - reportedAt < reportIntervalMs && fraction < 1) return;
    reportedAt = now;
    reportProgress(fraction);
  };
  return { signal, onProgress };
}

const writeFailures: Readonly<Record<string, string>> = {
  EACCES: 'Writing there is not permitted.',
  EPERM: 'Writing there is not permitted.',
  EROFS: 'The disk is read-only.',
  ENOSPC: 'The disk is full.',
  EDQUOT: 'The quota of the disk is used up.',
  ENOENT: 'The folder does not exist.',
  ENOTDIR: 'The folder does not exist.',
};

/** Says in words why a file could not be written. */
async function writing<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const message = writeFailures[(error as NodeJS.ErrnoException).code ?? ''];
    if (!message) throw error;
    throw new RpcFailure({ code: 'cannot-write', message, where: path, hint: 'Choose another place.' });
  }
}
