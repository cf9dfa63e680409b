import type { PlayerModel } from '#shared/model/player';
import type { DamageMode, VideoModel } from '#shared/model/video';
import { ArtifactStore, type StoredArtifact } from '../media/artifact-store';
import { RpcFailure } from '../workers/rpc/protocol';
import type { MediaSource } from './media-source';
import { type MediaWorker, MediaWorkerHost } from './media-worker-host';

export interface MediaServiceOptions {
  readonly captures: MediaSource;
  readonly createWorker: () => MediaWorker;
  /** Folder below which a private one is made for the files of the player. */
  readonly cacheDir: string;
}

interface CapturePlayers {
  readonly cancel: AbortController;
  readonly players: Map<string, Promise<PlayerModel>>;
}

/** Makes what the player plays, and gives it out by opaque ids. */
export class MediaService {
  private readonly captures = new Map<string, CapturePlayers>();
  private readonly store: ArtifactStore;
  private readonly worker: MediaWorkerHost;

  constructor(private readonly options: MediaServiceOptions) {
    this.store = new ArtifactStore(options.cacheDir);
    this.worker = new MediaWorkerHost(options.createWorker);
  }

  /**
   * Audio, waveforms and markers of a call or a stream; made once, as soon as the capture is complete. Rejects with
   * `RpcFailure`: `codec-not-playable`, `payload-not-captured`, `audio-too-long`, `capture-changed`,
   * `capture-vanished`, `media-worker-died`, `cancelled`.
   */
  player(captureId: string, sourceId: string): Promise<PlayerModel> {
    const own = this.playersOf(captureId);
    const known = own.players.get(sourceId);
    if (known) return known;
    // While the capture is loading its streams still grow: what is made now is right only for now.
    const isFinal = this.options.captures.summary(captureId).state !== 'loading';
    const player = this.render(captureId, sourceId, own.cancel.signal);
    own.players.set(sourceId, player);
    const forget = (): void => {
      if (own.players.get(sourceId) === player) own.players.delete(sourceId);
    };
    player.then(() => !isFinal && forget(), forget);
    return player;
  }

  /**
   * Picture, sound and frame table of a video stream, made as soon as it is asked for. Rejects with `RpcFailure`, as
   * `player` does.
   */
  video(
    _captureId: string,
    sourceId: string,
    _mode: DamageMode,
    _onProgress: (fraction: number) => void,
  ): Promise<VideoModel> {
    const failure = { code: 'video-not-playable', message: 'Video cannot be played yet.', where: sourceId };
    return Promise.reject(new RpcFailure(failure));
  }

  /** File of an artifact; null for ids that were not given out, or whose capture is closed. */
  artifactFile(artifactId: string): StoredArtifact | null {
    return this.store.get(artifactId);
  }

  /** Stops what is being made for a capture and removes what was made. */
  closeCapture(captureId: string): void {
    this.captures.get(captureId)?.cancel.abort();
    this.captures.delete(captureId);
    this.store.removeOwnedBy(captureId);
  }

  async dispose(): Promise<void> {
    for (const { cancel } of this.captures.values()) cancel.abort();
    this.captures.clear();
    await this.worker.dispose();
    this.store.dispose();
  }

  private playersOf(captureId: string): CapturePlayers {
    const known = this.captures.get(captureId);
    if (known) return known;
    const own = { cancel: new AbortController(), players: new Map<string, Promise<PlayerModel>>() };
    this.captures.set(captureId, own);
    return own;
  }

  private async render(captureId: string, sourceId: string, signal: AbortSignal): Promise<PlayerModel> {
    const { captures } = this.options;
    const { bytes } = captures.summary(captureId);
    const { kind, streams, title, capturePath } = await captures.mediaIndex(captureId, sourceId);
    if (signal.aborted) throw cancelled();
    const { id, path } = this.store.reserve(captureId, 'wav', 'audio/wav');
    try {
      const input = { kind, streams, capturePath, captureBytes: bytes };
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
}

function cancelled(): RpcFailure {
  return new RpcFailure({ code: 'cancelled', message: 'Cancelled.' });
}
