import type { PlayerModel } from '#shared/model/player';
import type { DamageMode, Thumbnail, VideoMaking, VideoModel } from '#shared/model/video';
import { ArtifactStore, type StoredArtifact } from '../media/artifact-store';
import { resolveFfmpeg } from '../media/ffmpeg/resolve';
import type { SamplesInput, VideoInput } from '../media/mux/video-file';
import type { SampleAudioInput } from '../media/samples/sample-audio';
import type { MediaInput } from '../media/source';
import { RpcFailure } from '../workers/rpc/protocol';
import type { MediaSource } from './media-source';
import { type MediaWorker, MediaWorkerHost } from './media-worker-host';
import { askRtp, fileOf, samplesOf } from './opened-source';
import { storedMedia } from './stored-media';
import { VideoMaker } from './video-maker';

const mostOverviewPackets = 500_000;

export interface MediaServiceOptions {
  readonly captures: MediaSource;
  readonly createWorker: () => MediaWorker;
  /** Folder below which a private one is made for the files of the player. */
  readonly cacheDir: string;
  /** Hears of new pieces of videos that are made in pieces. */
  readonly onVideoMaking?: (video: VideoName, change: VideoMaking) => void;
}

/** One way through the damage of one video. */
export interface VideoName {
  readonly captureId: string;
  readonly sourceId: string;
  readonly mode: DamageMode;
}

interface CapturePlayers {
  readonly cancel: AbortController;
  readonly players: Map<string, Promise<PlayerModel>>;
  /** By way through damage and stream. */
  readonly videos: Map<string, Promise<VideoModel>>;
  /** Of the videos under way. */
  readonly videoCancels: Map<string, AbortController>;
  /** Of the videos that come in pieces. */
  readonly makers: Map<string, VideoMaker>;
  /** Samples out of files that were sent, by source. */
  readonly taken: Map<string, Promise<SamplesInput>>;
  readonly thumbnails: Map<string, Promise<readonly Thumbnail[]>>;
}

/** Makes what the player plays, and gives it out by opaque ids. */
export class MediaService {
  private readonly captures = new Map<string, CapturePlayers>();
  private readonly store: ArtifactStore;
  private readonly worker: MediaWorkerHost;
  /** Nobody who plays something waits for an overview. */
  private readonly overviewWorker: MediaWorkerHost;

  constructor(private readonly options: MediaServiceOptions) {
    this.store = new ArtifactStore(options.cacheDir);
    this.worker = new MediaWorkerHost(options.createWorker);
    this.overviewWorker = new MediaWorkerHost(options.createWorker);
  }

  /**
   * Audio, waveforms and markers of a call or a stream; made once, as soon as the capture is complete. Rejects with
   * `RpcFailure`: `codec-not-playable`, `payload-not-captured`, `audio-too-long`, `capture-changed`,
   * `capture-vanished`, `media-worker-died`, `cancelled`.
   */
  player(captureId: string, sourceId: string): Promise<PlayerModel> {
    const { cancel, players } = this.playersOf(captureId);
    return this.once(captureId, players, sourceId, () => this.render(captureId, sourceId, cancel.signal));
  }

  /**
   * Picture, sound and frame table of a video stream; made once for each way through damage, as soon as the capture is
   * complete. `onProgress` hears 0..1. Rejects with `RpcFailure`, as `player` does, and with `no-picture`,
   * `no-intact-key`, `no-parameter-sets`, `ffmpeg-not-found`.
   */
  video(
    captureId: string,
    sourceId: string,
    mode: DamageMode,
    onProgress: (fraction: number) => void = () => undefined,
  ): Promise<VideoModel> {
    const { cancel, videos, videoCancels } = this.playersOf(captureId);
    const key = videoKey(sourceId, mode);
    return this.once(captureId, videos, key, async () => {
      const own = new AbortController();
      videoCancels.set(key, own);
      const abort = (): void => own.abort();
      cancel.signal.addEventListener('abort', abort);
      try {
        return await this.renderVideo(captureId, sourceId, mode, own.signal, onProgress);
      } finally {
        cancel.signal.removeEventListener('abort', abort);
        if (videoCancels.get(key) === own) videoCancels.delete(key);
      }
    });
  }

  /**
   * A few small pictures of a video stream or a session, made once. None without ffmpeg, for streams of more than half
   * a million packets, and where nothing can be decoded.
   */
  thumbnails(captureId: string, sourceId: string): Promise<readonly Thumbnail[]> {
    const { cancel, thumbnails } = this.playersOf(captureId);
    return this.once(captureId, thumbnails, sourceId, async () => {
      const ffmpeg = await resolveFfmpeg();
      const { input } = await this.videoInput(captureId, sourceId, this.options.captures.summary(captureId).bytes);
      if (!ffmpeg.ok || ('video' in input && input.video.count > mostOverviewPackets)) return [];
      try {
        const { signal } = cancel;
        return await this.overviewWorker.call('thumbnails', { input, ffmpegPath: ffmpeg.value.path }, { signal });
      } catch (error) {
        if (cancel.signal.aborted) throw error;
        return [];
      }
    });
  }

  /**
   * Makes the pieces from a time on of a video that comes in pieces, and tells which are there already; `onVideoMaking`
   * hears of the others. Fails with `not-found` for videos that `video` was not asked for.
   */
  videoPieces({ captureId, sourceId, mode }: VideoName, fromSeconds: number): VideoMaking {
    const maker = this.captures.get(captureId)?.makers.get(videoKey(sourceId, mode));
    if (!maker) throw new RpcFailure({ code: 'not-found', message: 'This video does not come in pieces.' });
    return maker.make(fromSeconds);
  }

  /** Stops what `video` or `videoPieces` is making; what is made already stays. */
  cancelVideo(captureId: string, sourceId: string, mode: DamageMode): void {
    const known = this.captures.get(captureId);
    const key = videoKey(sourceId, mode);
    known?.makers.get(key)?.stop();
    const own = known?.videoCancels.get(key);
    if (!known || !own) return;
    // Who asks from now on gets a new one.
    known.videos.delete(key);
    own.abort();
  }

  /** File of an artifact; null for ids that were not given out, or whose capture is closed. */
  artifactFile(artifactId: string): StoredArtifact | null {
    return this.store.get(artifactId);
  }

  /** What is asked for from now on is made anew: the streams of the capture are taken for something else. */
  forget(captureId: string): void {
    const known = this.captures.get(captureId);
    known?.cancel.abort();
    for (const maker of known?.makers.values() ?? []) maker.stop();
    this.captures.delete(captureId);
  }

  /** Stops what is being made for a capture and removes what was made. */
  closeCapture(captureId: string): void {
    this.forget(captureId);
    this.store.removeOwnedBy(captureId);
  }

  async dispose(): Promise<void> {
    for (const captureId of [...this.captures.keys()]) this.closeCapture(captureId);
    await Promise.all([this.worker.dispose(), this.overviewWorker.dispose()]);
    this.store.dispose();
  }

  private once<T>(captureId: string, made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
    const known = made.get(key);
    if (known) return known;
    // While the capture is loading its streams still grow: what is made now is right only for now.
    const isFinal = this.options.captures.summary(captureId).state !== 'loading';
    const making = make();
    made.set(key, making);
    const forget = (): void => {
      if (made.get(key) === making) made.delete(key);
    };
    making.then(() => !isFinal && forget(), forget);
    return making;
  }

  private playersOf(captureId: string): CapturePlayers {
    const known = this.captures.get(captureId);
    if (known) return known;
    const own: CapturePlayers = {
      cancel: new AbortController(),
      players: new Map(),
      videos: new Map(),
      videoCancels: new Map(),
      makers: new Map(),
      taken: new Map(),
      thumbnails: new Map(),
    };
    this.captures.set(captureId, own);
    return own;
  }

  private async render(captureId: string, sourceId: string, signal: AbortSignal): Promise<PlayerModel> {
    const { captures } = this.options;
    const { bytes } = captures.summary(captureId);
    const { title, input } = await this.soundInput(captureId, sourceId, bytes);
    if (signal.aborted) throw cancelled();
    const { id, path } = this.store.reserve(captureId, 'wav', 'audio/wav');
    try {
      const { facts, lanes } = await this.worker.call('render', { input, path }, { signal });
      if (signal.aborted) throw cancelled();
      return {
        sourceId,
        title,
        artifactId: id,
        url: `media://artifact/${id}`,
        sampleRateHz: facts.sampleRateHz,
        durationSeconds: facts.durationSeconds,
        startSeconds: facts.startSeconds,
        lanes,
      };
    } catch (error) {
      this.store.remove(id);
      throw error;
    }
  }

  private async renderVideo(
    captureId: string,
    sourceId: string,
    mode: DamageMode,
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<VideoModel> {
    const { captures } = this.options;
    const { bytes } = captures.summary(captureId);
    const { title, input } = await this.videoInput(captureId, sourceId, bytes);
    const ffmpeg = await resolveFfmpeg();
    if (signal.aborted) throw cancelled();
    const { id, path } = this.store.reserve(captureId, 'video', 'video/mp4');
    try {
      const request = { path, mode, ffmpegPath: ffmpeg.ok ? ffmpeg.value.path : null };
      const { isPieced, ...made } = await this.worker.call('video', { input, request }, { signal, onProgress });
      if (signal.aborted) throw cancelled();
      const model = { sourceId, title, mode, ...made };
      if (!isPieced || !request.ffmpegPath) {
        this.store.setMime(id, made.mime);
        return { ...model, url: `media://artifact/${id}` };
      }
      this.store.remove(id);
      const { startSeconds: originSeconds, durationSeconds } = made;
      const { onVideoMaking } = this.options;
      const maker = new VideoMaker({
        owner: captureId,
        store: this.store,
        worker: this.worker,
        input,
        request: { planKey: path, mode, ffmpegPath: request.ffmpegPath, originSeconds, durationSeconds },
        hasSound: made.audio !== null,
        onChange: (change) => onVideoMaking?.({ captureId, sourceId, mode }, change),
      });
      const { makers } = this.playersOf(captureId);
      makers.get(videoKey(sourceId, mode))?.stop();
      makers.set(videoKey(sourceId, mode), maker);
      return { ...model, url: null };
    } catch (error) {
      this.store.remove(id);
      throw error;
    }
  }

  /** Coded samples as they were found, or as they are taken out of a file that was sent; null for RTP. */
  private async samplesOf(captureId: string, sourceId: string, captureBytes: number): Promise<SamplesInput | null> {
    const { captures } = this.options;
    const found = await samplesOf(captures, captureId, sourceId);
    if (found) return { samples: found.samples, capturePath: found.capturePath, captureBytes };
    const file = await fileOf(captures, captureId, sourceId);
    if (!file) return null;
    const { cancel, taken } = this.playersOf(captureId);
    return this.once(captureId, taken, sourceId, async () => {
      const input = await storedMedia(captures, captureId, file);
      const { id, path } = this.store.reserve(captureId, 'samples', 'application/octet-stream');
      try {
        const { samples, bytes } = await this.worker.call('takeSamples', { input, path }, { signal: cancel.signal });
        return { samples, capturePath: path, captureBytes: bytes };
      } catch (error) {
        this.store.remove(id);
        throw error;
      }
    });
  }

  private async soundInput(
    captureId: string,
    sourceId: string,
    captureBytes: number,
  ): Promise<{ readonly title: string; readonly input: MediaInput | SampleAudioInput }> {
    const { captures } = this.options;
    const found = await this.samplesOf(captureId, sourceId, captureBytes);
    if (found) return { title: found.samples.title, input: { ...found, sourceId } };
    const { kind, streams, title, capturePath } = await askRtp(captures, captureId, sourceId, 'audio', (id) =>
      captures.mediaIndex(captureId, id),
    );
    return { title, input: { kind, streams, capturePath, captureBytes } };
  }

  private async videoInput(
    captureId: string,
    sourceId: string,
    captureBytes: number,
  ): Promise<{ readonly title: string; readonly input: VideoInput }> {
    const { captures } = this.options;
    const found = await this.samplesOf(captureId, sourceId, captureBytes);
    if (found) return { title: found.samples.title, input: found };
    const source = await askRtp(captures, captureId, sourceId, 'video', (id) => captures.videoSource(captureId, id));
    const { title, video, audio, relation, capturePath } = source;
    return { title, input: { title, video, audio, relation, capturePath, captureBytes } };
  }
}

function videoKey(sourceId: string, mode: DamageMode): string {
  return `${mode} ${sourceId}`;
}

function cancelled(): RpcFailure {
  return new RpcFailure({ code: 'cancelled', message: 'Cancelled.' });
}
