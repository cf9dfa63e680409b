import type { VideoModel, VideoPiece } from '#shared/model/video';
import { PieceFeed } from './piece-feed';

/** What the engine tells; times are seconds on the axis of the video file. */
export interface VideoListener {
  /** The picture on the screen is the one of this time. `hasMoved`: by playing, not by a jump. */
  onPicture(seconds: number, hasMoved: boolean): void;
  onEnded(): void;
  onFailure(message: string): void;
  /** The picture is waited for, or no longer. */
  onWaiting(isWaiting: boolean): void;
  /** Of a video that comes in pieces: those from this time on are wanted. */
  onWant(seconds: number): void;
}

/**
 * Plays one video file: an element and what it shows. Jumps that come while one is under way wait, and only the last
 * of them is made.
 */
export class VideoEngine {
  readonly media: HTMLVideoElement;
  private listener: VideoListener | null = null;
  private feed: PieceFeed | null = null;
  private wanted: number | null = null;
  private callback = 0;

  constructor(private readonly model: VideoModel) {
    this.media = document.createElement('video');
    // Without it pictures of another origin could not be saved.
    this.media.crossOrigin = 'anonymous';
    this.media.preload = 'auto';
    this.media.playsInline = true;
    this.media.disablePictureInPicture = true;
    this.media.tabIndex = -1;
  }

  /** Begins to load; returns the function that lets everything go. It may be opened again. */
  open(listener: VideoListener): () => void {
    const { media } = this;
    this.listener = listener;
    const abort = new AbortController();
    const on = (event: string, handler: () => void): void =>
      media.addEventListener(event, handler, { signal: abort.signal });
    on('seeked', () => {
      const { wanted } = this;
      this.wanted = null;
      if (wanted !== null) media.currentTime = wanted;
      else if (media.paused) listener.onPicture(media.currentTime, false);
    });
    on('timeupdate', () => {
      if (!media.paused && !media.seeking) listener.onPicture(media.currentTime, true);
    });
    on('ended', () => listener.onEnded());
    on('error', () => listener.onFailure(media.error?.message || 'The picture could not be played.'));
    for (const event of ['waiting', 'seeking']) on(event, () => listener.onWaiting(media.readyState < 3));
    for (const event of ['canplay', 'playing', 'emptied']) on(event, () => listener.onWaiting(false));
    this.watch();
    const { url, audio, durationSeconds } = this.model;
    if (url !== null) media.src = url;
    else {
      const tracks = audio ? (['picture', 'sound'] as const) : (['picture'] as const);
      this.feed = new PieceFeed(media, durationSeconds, tracks, {
        want: (seconds) => listener.onWant(seconds),
        onFailure: (message) => listener.onFailure(message),
      });
      listener.onWaiting(true);
    }
    return () => {
      abort.abort();
      this.feed?.close();
      this.feed = null;
      this.listener = null;
      this.wanted = null;
      media.cancelVideoFrameCallback(this.callback);
      media.pause();
      media.removeAttribute('src');
      media.load();
    };
  }

  /** Pieces that were made; those that are known already do no harm. */
  add(pieces: readonly VideoPiece[]): void {
    this.feed?.add(pieces);
  }

  get positionSeconds(): number {
    return this.wanted ?? this.media.currentTime;
  }

  async play(): Promise<void> {
    try {
      await this.media.play();
    } catch (error) {
      // A pause that comes before the first picture is no failure.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.listener?.onFailure(error instanceof Error ? error.message : String(error));
    }
  }

  pause(): void {
    this.media.pause();
  }

  seek(seconds: number): void {
    const target = Math.max(0, Math.min(this.model.durationSeconds, seconds));
    if (this.media.seeking) this.wanted = target;
    else this.media.currentTime = target;
  }

  /** 0 is no sound at all. */
  setVolume(volume: number): void {
    this.media.muted = volume === 0;
    this.media.volume = volume;
  }

  setSpeed(factor: number): void {
    this.media.defaultPlaybackRate = factor;
    this.media.playbackRate = factor;
  }

  /** The picture on the screen as PNG, in its own size; null before the first one. */
  async toPng(): Promise<Uint8Array<ArrayBuffer> | null> {
    const { media } = this;
    const { videoWidth: width, videoHeight: height } = media;
    if (width === 0 || media.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    canvas.getContext('2d')?.drawImage(media, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    return blob && new Uint8Array(await blob.arrayBuffer());
  }

  /** While playing, each picture tells its exact time when it comes to the screen. */
  private watch(): void {
    this.callback = this.media.requestVideoFrameCallback((_now, { mediaTime }) => {
      // Standing, the place counts: of a damaged picture the decoder may show the one before instead.
      if (!this.media.paused && !this.media.seeking) this.listener?.onPicture(mediaTime, true);
      if (this.listener) this.watch();
    });
  }
}
