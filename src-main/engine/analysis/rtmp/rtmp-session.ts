import type { FlvMedia } from './flv-media';

/** What a client did with a message stream. */
export type RtmpMode = 'play' | 'publish';

/** One name that was played or published on a connection. */
export class RtmpSession {
  /** Message stream; null while it is not known. */
  messageStreamId: number | null = null;
  mode: RtmpMode | null = null;
  /** As the command names it: `rmc1`, `mp4:sample.mp4`, `cam7?token=...`. */
  name: string | null = null;
  state = 'connecting';
  /** Frame and time of the command that began it, or of what came first. */
  firstFrame = 0;
  startNs = 0;
  lastNs = 0;
  /** Bytes that were lost in the direction of the media, outside of messages, while it lasted. */
  lostBytes = 0;
  /** Data and media messages: what goes into a file. */
  tags = 0;
  isOver = false;

  constructor(
    readonly id: string,
    readonly number: number,
    readonly media: FlvMedia,
  ) {}

  /** What `onStatus` says (`NetStream.Play.Start`): see the ActionScript reference of `NetStatusEvent`. */
  takeStatus(level: string | null, code: string): void {
    const known = stateOf(code);
    if (level === 'error' || /(Failed|Rejected|BadName|NotFound|Denied)$/.test(code)) this.state = `failed: ${code}`;
    else if (known) this.state = known;
  }

  /** Media came, whatever was said of it. */
  takeMedia(timeNs: number): void {
    this.lastNs = Math.max(this.lastNs, timeNs);
    if (this.state === 'connecting' || this.state === 'connected') {
      this.state = this.mode === 'publish' ? 'publishing' : 'playing';
    }
  }
}

function stateOf(code: string): string | null {
  switch (code) {
    case 'NetStream.Play.Start':
    case 'NetStream.Play.PublishNotify':
    case 'NetStream.Unpause.Notify':
    case 'NetStream.Seek.Notify':
      return 'playing';
    case 'NetStream.Publish.Start':
      return 'publishing';
    case 'NetStream.Pause.Notify':
      return 'paused';
    case 'NetStream.Play.Stop':
    case 'NetStream.Play.Complete':
    case 'NetStream.Play.UnpublishNotify':
    case 'NetStream.Unpublish.Success':
    case 'NetConnection.Connect.Closed':
      return 'stopped';
    default:
      return null;
  }
}
