import type { VideoPiece } from '#shared/model/video';
import { nextPiece } from './pieces';

/** What a feed asks of who makes the pieces. */
export interface PieceSource {
  /** Pieces from this time on are wanted. */
  want(seconds: number): void;
  onFailure(message: string): void;
}

const mimes: Readonly<Record<VideoPiece['track'], string>> = {
  picture: 'video/mp4; codecs="avc1.640033"',
  sound: 'audio/mp4; codecs="flac"',
};
/** So much is held ready ahead of the playhead, and behind it. */
const aheadSeconds = 30;
const behindSeconds = 20;

/** Fills a media element with pieces around its position, as they are made. */
export class PieceFeed {
  private readonly source = new MediaSource();
  private readonly url = URL.createObjectURL(this.source);
  private readonly tracks = new Map<VideoPiece['track'], TrackFeed>();
  private readonly abort = new AbortController();
  private wantedAt = -1;
  /** Pieces that came before the element was ready for them. */
  private readonly early: [VideoPiece['track'], readonly VideoPiece[]][] = [];

  constructor(
    private readonly media: HTMLVideoElement,
    private readonly durationSeconds: number,
    tracks: readonly VideoPiece['track'][],
    private readonly maker: PieceSource,
  ) {
    const { signal } = this.abort;
    const pump = (): void => this.pump();
    this.source.addEventListener(
      'sourceopen',
      () => {
        if (this.tracks.size > 0) return;
        this.source.duration = durationSeconds;
        for (const track of tracks) this.tracks.set(track, new TrackFeed(this.source, mimes[track], signal, pump));
        for (const [track, pieces] of this.early) this.tracks.get(track)?.add(pieces);
        pump();
      },
      { signal },
    );
    for (const event of ['seeking', 'timeupdate', 'waiting', 'playing'])
      media.addEventListener(event, pump, { signal });
    media.src = this.url;
  }

  add(pieces: readonly VideoPiece[]): void {
    for (const track of ['picture', 'sound'] as const) {
      const own = pieces.filter((piece) => piece.track === track);
      if (own.length === 0) continue;
      const feed = this.tracks.get(track);
      if (feed) feed.add(own);
      else this.early.push([track, own]);
    }
    this.pump();
  }

  close(): void {
    this.abort.abort();
    URL.revokeObjectURL(this.url);
  }

  private pump(): void {
    if (this.abort.signal.aborted || this.source.readyState === 'closed') return;
    const at = this.media.currentTime;
    let isWhole = true;
    for (const [track, feed] of this.tracks) {
      const filled = feed.fill(at);
      if (filled === 'failed') {
        this.maker.onFailure('The pieces of the video could not be put together.');
        return;
      }
      isWhole &&= filled >= this.durationSeconds - 0.1;
      const isShort = filled < Math.min(this.durationSeconds - 0.1, at + 1);
      if (track === 'picture' && isShort && !feed.isBusy && this.wantedAt !== filled) {
        this.wantedAt = filled;
        this.maker.want(filled);
      }
    }
    const isBusy = [...this.tracks.values()].some((feed) => feed.isBusy);
    if (isWhole && !isBusy && this.source.readyState === 'open') this.source.endOfStream();
  }
}

/** One track of a feed: appends, one after the other, what is missing around a position. */
class TrackFeed {
  private readonly buffer: SourceBuffer;
  private readonly pieces: VideoPiece[] = [];
  /** File whose opening was appended last. */
  private openedUrl = '';
  private isFetching = false;
  private hasFailed = false;
  /** Appended last, where it brought nothing it is passed over. */
  private last: { readonly piece: VideoPiece; readonly filled: number } | null = null;

  constructor(
    source: MediaSource,
    mime: string,
    private readonly signal: AbortSignal,
    private readonly onIdle: () => void,
  ) {
    this.buffer = source.addSourceBuffer(mime);
    this.buffer.addEventListener('updateend', onIdle, { signal });
  }

  get isBusy(): boolean {
    return this.isFetching || this.buffer.updating;
  }

  add(pieces: readonly VideoPiece[]): void {
    for (const piece of pieces) {
      const isKnown = this.pieces.some(({ url, offset }) => url === piece.url && offset === piece.offset);
      if (!isKnown) this.pieces.push(piece);
    }
    this.pieces.sort((a, b) => a.startSeconds - b.startSeconds);
  }

  /** Appends what is missing next; answers until when all is there from a time on. */
  fill(at: number): number | 'failed' {
    if (this.hasFailed) return 'failed';
    const { buffer } = this;
    let filled = at;
    for (let i = 0; i < buffer.buffered.length; i++) {
      if (buffer.buffered.start(i) <= filled + 0.05) filled = Math.max(filled, buffer.buffered.end(i));
    }
    if (this.isBusy || filled > at + aheadSeconds) return filled;
    if (buffer.buffered.length > 0 && buffer.buffered.start(0) < at - 2 * behindSeconds) {
      buffer.remove(0, at - behindSeconds);
      return filled;
    }
    const isStuck = this.last !== null && this.last.filled === filled;
    const piece = nextPiece(this.pieces, isStuck && this.last ? Math.max(filled, this.last.piece.endSeconds) : filled);
    if (piece) {
      this.last = { piece, filled };
      void this.append(piece);
    }
    return filled;
  }

  private async append(piece: VideoPiece): Promise<void> {
    this.isFetching = true;
    try {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      if (this.openedUrl !== piece.url) parts.push(await this.fetch(piece.url, 0, piece.openingBytes));
      parts.push(await this.fetch(piece.url, piece.offset, piece.bytes));
      if (this.signal.aborted) return;
      const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
      parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
      this.buffer.appendBuffer(whole);
      this.openedUrl = piece.url;
    } catch (error) {
      // A full buffer is emptied as the playhead goes on.
      const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
      this.hasFailed = !this.signal.aborted && !isFull;
    } finally {
      this.isFetching = false;
      if (this.hasFailed) this.onIdle();
    }
  }

  private async fetch(url: string, offset: number, bytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const headers = { range: `bytes=${offset}-${offset + bytes - 1}` };
    const answer = await fetch(url, { headers, signal: this.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    return new Uint8Array(await answer.arrayBuffer());
  }
}
