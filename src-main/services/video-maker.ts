import type { Failure } from '#shared/base/result';
import type { VideoMaking, VideoPiece } from '#shared/model/video';
import type { ArtifactStore } from '../media/artifact-store';
import type { MadePiece } from '../media/mux/pieces';
import type { PieceRequest } from '../media/mux/player-pieces';
import type { VideoInput } from '../media/mux/video-file';
import { toFailure } from './capture-service';
import type { MediaWorkerHost } from './media-worker-host';

export interface VideoMakerOptions {
  readonly owner: string;
  readonly store: ArtifactStore;
  readonly worker: MediaWorkerHost;
  readonly input: VideoInput;
  readonly request: Pick<PieceRequest, 'planKey' | 'mode' | 'ffmpegPath' | 'originSeconds' | 'durationSeconds'>;
  readonly hasSound: boolean;
  readonly onChange: (change: VideoMaking) => void;
}

/** A stretch of seconds. */
interface Span {
  readonly from: number;
  readonly until: number;
}

/** Pieces that are so close follow each other. */
const toleranceSeconds = 0.01;
/** What comes by itself within so many seconds of the video is waited for. */
const patienceSeconds = 4;

/**
 * Makes a video piece by piece: from the place that is watched to the end, then what is still missing. A jump to a place
 * that is far ahead begins there.
 */
export class VideoMaker {
  private readonly pieces: VideoPiece[] = [];
  private run: { readonly cancel: AbortController; at: number; readonly until: number } | null = null;
  private soundCancel: AbortController | null = null;
  private isSoundMade: boolean;
  private readonly givenUp: Span[] = [];
  private state: VideoMaking['state'] = 'stopped';
  private failure: Failure | null = null;

  constructor(private readonly options: VideoMakerOptions) {
    this.isSoundMade = !options.hasSound;
  }

  /** Makes what is shown from a time on first; tells what there is already. */
  make(fromSeconds: number): VideoMaking {
    this.failure = null;
    this.state = 'making';
    const hole = this.holeFrom(fromSeconds);
    const { run } = this;
    const isComing = run && hole && hole.from >= run.at - toleranceSeconds && hole.from <= run.at + patienceSeconds;
    if (!isComing) {
      run?.cancel.abort();
      this.run = null;
      this.next(fromSeconds);
    }
    this.makeSound();
    return { ...this.status(), pieces: [...this.pieces] };
  }

  /** What is made stays. */
  stop(): void {
    this.run?.cancel.abort();
    this.run = null;
    this.soundCancel?.abort();
    this.soundCancel = null;
    if (this.state === 'making') this.tell('stopped');
  }

  /** Begins with the first hole behind a time, else with the first of all; with none left everything is made. */
  private next(fromSeconds: number): void {
    const hole = this.holeFrom(fromSeconds) ?? this.holeFrom(0);
    if (!hole) {
      if (this.isSoundMade) this.tell('made');
      return;
    }
    const run = { cancel: new AbortController(), at: hole.from, until: hole.until };
    this.run = run;
    const onPiece = (piece: VideoPiece): void => {
      if (this.run === run) run.at = Math.max(run.at, piece.endSeconds);
    };
    this.call('picture', hole, run.cancel.signal, onPiece).then(
      () => {
        if (this.run !== run) return;
        this.run = null;
        const left = this.holeFrom(hole.from);
        // What a whole run did not fill no other will.
        if (left && left.from <= hole.from + toleranceSeconds) this.givenUp.push(left);
        this.next(run.at);
      },
      (error: unknown) => {
        if (this.run === run) this.fail(error);
      },
    );
  }

  private makeSound(): void {
    if (this.isSoundMade || this.soundCancel) return;
    const cancel = new AbortController();
    this.soundCancel = cancel;
    // One that was begun and stopped is made anew: it takes little.
    for (let i = this.pieces.length - 1; i >= 0; i -= 1) if (this.pieces[i].track === 'sound') this.pieces.splice(i, 1);
    const whole = { from: 0, until: this.options.request.durationSeconds };
    this.call('sound', whole, cancel.signal, () => undefined).then(
      () => {
        if (this.soundCancel !== cancel) return;
        this.isSoundMade = true;
        this.soundCancel = null;
        if (this.state === 'making' && !this.run) this.next(0);
      },
      (error: unknown) => {
        if (this.soundCancel === cancel) this.fail(error);
      },
    );
  }

  private async call(
    track: VideoPiece['track'],
    { from, until }: Span,
    signal: AbortSignal,
    onPiece: (piece: VideoPiece) => void,
  ): Promise<void> {
    const { owner, store, worker, input, request } = this.options;
    const { id, path } = store.reserve(owner, 'mp4', track === 'picture' ? 'video/mp4' : 'audio/mp4');
    const onProgress = ({ ...made }: MadePiece): void => {
      if (signal.aborted) return;
      const piece = { track, url: `media://artifact/${id}`, ...made };
      this.pieces.push(piece);
      onPiece(piece);
      this.tell('making', [piece]);
    };
    const argument = { input, request: { ...request, path, fromSeconds: from, untilSeconds: until } };
    await worker.call(track === 'picture' ? 'picturePieces' : 'soundPieces', argument, { signal, onProgress });
  }

  private fail(error: unknown): void {
    this.failure = toFailure(error);
    this.state = 'failed';
    this.stop();
    this.tell('failed');
  }

  private tell(state: VideoMaking['state'], pieces: readonly VideoPiece[] = []): void {
    this.state = state;
    this.options.onChange({ ...this.status(), pieces });
  }

  private status(): Omit<VideoMaking, 'pieces'> {
    const { durationSeconds } = this.options.request;
    const made = this.spans().reduce((sum, { from, until }) => sum + until - from, 0);
    const { state, failure } = this;
    return { state, failure, fraction: durationSeconds > 0 ? Math.min(1, made / durationSeconds) : 1 };
  }

  /** The first stretch without a picture at or behind a time, up to the next one that has. */
  private holeFrom(seconds: number): Span | null {
    const { durationSeconds } = this.options.request;
    let from = seconds;
    for (const span of this.spans()) {
      if (span.until <= from + toleranceSeconds) continue;
      if (span.from > from + toleranceSeconds) return { from, until: span.from };
      from = span.until;
    }
    return from < durationSeconds - toleranceSeconds ? { from, until: durationSeconds } : null;
  }

  /** Where there are pictures, in order and apart. */
  private spans(): Span[] {
    const spans: Span[] = [];
    const pictures = this.pieces.filter(({ track }) => track === 'picture');
    const filled = pictures.map(({ startSeconds, endSeconds }) => ({ from: startSeconds, until: endSeconds }));
    for (const { from, until } of [...filled, ...this.givenUp].sort((a, b) => a.from - b.from)) {
      const last = spans.at(-1);
      if (last && from <= last.until + toleranceSeconds) {
        spans[spans.length - 1] = { from: last.from, until: Math.max(last.until, until) };
      } else {
        spans.push({ from, until });
      }
    }
    return spans;
  }
}
