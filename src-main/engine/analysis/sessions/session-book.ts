import type { Ladder } from '#shared/model/call';
import type { ObjectRow, SessionMessageDetail, SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import type { TableDefinition } from '#shared/model/table';
import type { TableId } from '#shared/query/table-query';
import type { StreamProtocol } from '../../flow/stream-dissector';
import type { Frame } from '../../capture/frame';
import type { ConversationVerdict } from '../../flow/conversation-rows';
import type { PacketView } from '../../net/packet';
import type { RowSource } from '../../store/table-view';
import { CameraTracker } from '../camera/index';
import { HttpStreamTracker } from '../http-stream/http-stream-tracker';
import { HttpTracker } from '../http/index';
import { DatagramRecogniser } from '../datagrams/datagram-recogniser';
import { MpegTsTracker } from '../mpegts/mpegts-tracker';
import { RtmpTracker } from '../rtmp/rtmp-tracker';
import { StreamingTracker } from '../streaming/streaming-tracker';
import { RtspTracker } from '../rtsp/rtsp-tracker';
import { TlsTracker } from '../tls/tls-tracker';
import type { MediaFile, MediaSamples } from './media-samples';
import type { SessionHost } from './session-host';
import type { SessionTracker, TrackerTable } from './session-tracker';

/** Sessions of all kinds, each found by a tracker of its own. */
export class SessionBook {
  readonly tls: TlsTracker;
  /** What may be found in byte streams, in the order in which it is asked. */
  readonly protocols: readonly StreamProtocol[];
  /** Tables beside those of sessions and objects; several trackers may serve one, each for its own scopes. */
  private readonly tables: readonly TrackerTable[];
  private readonly trackers: readonly SessionTracker[];
  private readonly datagramTrackers: readonly SessionTracker[];

  constructor(host: SessionHost) {
    const http = new HttpTracker(host);
    this.tls = new TlsTracker(host);
    const rtsp = new RtspTracker(host);
    http.addConsumer(rtsp.tunnels);
    const rtmp = new RtmpTracker(host);
    http.addConsumer(rtmp.tunnels);
    // What is told by its first bytes alone comes last.
    this.trackers = [
      this.tls,
      rtmp,
      rtsp,
      http,
      new CameraTracker(host, http),
      new StreamingTracker(host, http),
      new HttpStreamTracker(host, http),
      new MpegTsTracker(host),
      new DatagramRecogniser(host),
    ];
    this.protocols = this.trackers.flatMap(({ protocols = [] }) => protocols);
    this.datagramTrackers = this.trackers.filter((tracker) => tracker.datagram);
    this.tables = this.trackers.flatMap(({ tables = [] }) => tables);
  }

  /** Grows when anything of the book changes. */
  get revision(): number {
    return this.trackers.reduce((sum, { revision }) => sum + revision, 0);
  }

  /** Gives a datagram to whoever takes it. */
  datagram(flow: number, packet: PacketView, frame: Frame): boolean {
    for (const tracker of this.datagramTrackers) if (tracker.datagram?.(flow, packet, frame)) return true;
    return false;
  }

  verdict(conversation: number): ConversationVerdict | null {
    return this.first((tracker) => tracker.verdict?.(conversation) ?? null);
  }

  sessions(): readonly SessionRow[] {
    return this.trackers
      .flatMap((tracker) => tracker.sessions())
      .sort((a, b) => a.startSeconds - b.startSeconds || a.firstFrame - b.firstFrame);
  }

  streams(): readonly StreamRow[] {
    return this.trackers.flatMap((tracker) => tracker.streams?.() ?? []);
  }

  objects(): readonly ObjectRow[] {
    return this.trackers.flatMap((tracker) => tracker.objects?.() ?? []);
  }

  /** Table `id` of a scope, with its columns; null when there is nothing of that scope. */
  table(id: TableId, scope: string): { readonly definition: TableDefinition; readonly rows: RowSource } | null {
    for (const table of this.tables) {
      const rows = table.id === id ? table.rows(scope) : null;
      if (rows) return { definition: table.definition, rows };
    }
    return null;
  }

  /** How many objects there are, without making their rows. */
  get objectCount(): number {
    return this.trackers.reduce((sum, { objectCount = 0 }) => sum + objectCount, 0);
  }

  samples(id: string): MediaSamples | null {
    return this.first((tracker) => tracker.samples?.(id) ?? null);
  }

  file(id: string): MediaFile | null {
    return this.first((tracker) => tracker.file?.(id) ?? null);
  }

  ladder(id: string): Ladder | null {
    return this.first((tracker) => tracker.ladder?.(id) ?? null);
  }

  message(id: string): SessionMessageDetail | null {
    return this.first((tracker) => tracker.message?.(id) ?? null);
  }

  framesOf(id: string): { readonly flows: readonly number[]; readonly frames: readonly number[] } | null {
    return this.first((tracker) => tracker.framesOf?.(id) ?? null);
  }

  finish(): void {
    for (const tracker of this.trackers) tracker.finish?.();
  }

  private first<T>(ask: (tracker: SessionTracker) => T | null): T | null {
    for (const tracker of this.trackers) {
      const answer = ask(tracker);
      if (answer !== null) return answer;
    }
    return null;
  }
}
