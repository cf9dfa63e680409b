import type { Ladder, LadderItem } from '#shared/model/call';
import type { SessionMessageDetail, SessionMessageRow, SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import { readExtents } from '../../bytes/extents';
import type { Direction, StreamChannel, StreamProtocol } from '../../flow/stream-dissector';
import { type Endpoint, formatEndpoint } from '../../net/endpoint';
import { isCommandType, isDataType, isMediaType, openRtmp, rtmpProtocol, RtmpType } from '../../protocols/rtmp';
import type { RowSource } from '../../store/table-view';
import type { HttpConsumer } from '../http';
import type { MediaFile, MediaSamples } from '../sessions/media-samples';
import { mediaStreamRow } from '../sessions/media-stream-row';
import type { SessionHost } from '../sessions/session-host';
import { sessionMessageTable } from '../sessions/session-table';
import type { SessionTracker, TrackerTable } from '../sessions/session-tracker';
import type { FlvTrack } from './flv-track';
import { handshakeRow, type LoggedMessage, MessageLog, noSession } from './message-log';
import { codecName, commandSummary, mediaSummary, messageFields, messageValues } from './message-text';
import { type ConnectionOwner, RtmpConnection } from './rtmp-connection';
import type { RtmpSession } from './rtmp-session';
import { flvOfSession, isTag } from './session-file';
import { RtmptTunnels } from './rtmpt-tunnels';
import { sessionRow } from './session-row';

/** Connections that are listed. */
const maxConnections = 20_000;
/** Messages that a ladder draws. */
const maxLadder = 5000;
/** Bytes of a message that are shown, and those of it that its line needs. */
const maxRaw = 64 << 10;
const summaryBytes = 4096;
const mediaHeadBytes = 32;

interface Found {
  readonly connection: RtmpConnection;
  readonly session: RtmpSession;
  /** Of a stream. */
  readonly track: FlvTrack | null;
}

/** Finds RTMP connections in byte streams, and what was played and published on them. */
export class RtmpTracker implements SessionTracker {
  readonly protocols: readonly StreamProtocol[];
  readonly tables: readonly TrackerTable[] = [
    { id: 'session-messages', definition: sessionMessageTable, rows: (scope) => this.messageRows(scope) },
  ];
  /** Finds RTMP in exchanges of HTTP. */
  readonly tunnels: HttpConsumer;
  private readonly log = new MessageLog();
  private readonly connections: RtmpConnection[] = [];
  private readonly files = new Map<string, { readonly tags: number; readonly file: MediaFile }>();
  private readonly owner: ConnectionOwner;
  private unlisted = 0;
  private changes = 0;

  constructor(private readonly host: SessionHost) {
    this.owner = {
      log: this.log,
      bytes: host.bytes,
      changed: () => {
        this.changes += 1;
      },
    };
    this.protocols = [rtmpProtocol((channel) => this.open(channel, new Set([channel.flow, channel.flow ^ 1])))];
    this.tunnels = new RtmptTunnels({
      sink: host.sink,
      keep: (bytes, start, end) => host.bytes.keep(bytes, start, end),
      open: (channel, flows) => {
        const connection = this.open(channel, flows);
        return { dissector: openRtmp(channel, connection), sessionId: () => connection.sessions[0]?.id ?? null };
      },
    });
  }

  get revision(): number {
    return this.changes;
  }

  sessions(): readonly SessionRow[] {
    return this.connections.flatMap((connection) =>
      connection.sessions.map((session) => sessionRow(connection, session)),
    );
  }

  streams(): readonly StreamRow[] {
    return this.connections.flatMap((connection) =>
      connection.sessions.flatMap((session) =>
        session.media.tracks
          .filter(({ count }) => count > 0)
          .map((track) => this.streamRow(connection, session, track)),
      ),
    );
  }

  samples(id: string): MediaSamples | null {
    const found = this.find(id);
    if (!found) return null;
    const { connection, session, track } = found;
    return session.media.samples(id, titleOf(connection, session), track);
  }

  file(id: string): MediaFile | null {
    const found = this.find(id);
    if (!found || found.track || found.session.tags === 0) return null;
    const known = this.files.get(id);
    // Headers were made for so many tags; they are made again when there are more.
    if (known?.tags === found.session.tags) return known.file;
    const { connection, session } = found;
    const indexes = this.log.chain(
      connection.last,
      (index) => this.log.sessionOf(index) === session.number && isTag(this.log, index),
    );
    const extents = flvOfSession(this.log, indexes, this.host.bytes);
    if (!extents) return null;
    const file: MediaFile = { sourceId: id, extension: 'flv', mime: 'video/x-flv', extents };
    this.files.set(id, { tags: session.tags, file });
    return file;
  }

  ladder(id: string): Ladder | null {
    const found = this.find(id);
    if (!found) return null;
    const { connection, session } = found;
    const ends = [connection.channel.endpoints(0).source, connection.channel.endpoints(1).source] as const;
    const isLoopback = ends[0].address === ends[1].address;
    const client = connection.clientDirection ?? 0;
    const host = (direction: Direction): number => (direction === client ? 0 : 1);
    const label = (end: Endpoint): string => (isLoopback ? formatEndpoint(end) : end.address);
    const drawn = this.messagesOf(found).filter((index) => isDrawn(this.log.typeOf(index)));
    const messages = Array.from(drawn.subarray(0, maxLadder), (index): LadderItem => {
      const message = this.log.get(index);
      const to: Direction = message.direction === 0 ? 1 : 0;
      return {
        kind: 'message',
        id: messageId(index),
        frame: message.frame,
        timeSeconds: message.timeNs / 1e9,
        fromHost: host(message.direction),
        toHost: host(to),
        fromPort: ends[message.direction].port,
        toPort: ends[to].port,
        label: message.label,
        detail: this.summary(message),
        dialog: 0,
        isRetransmission: false,
      };
    });
    const direction = connection.mediaDirection ?? 0;
    const receiver: Direction = direction === 0 ? 1 : 0;
    const media = session.media.tracks
      .filter(({ count }) => count > 0)
      .map((track): LadderItem => {
        const row = this.streamRow(connection, session, track);
        return {
          kind: 'media',
          id: `media-${track.id}`,
          streamId: track.id,
          frame: track.firstFrame,
          timeSeconds: track.firstTimeNs / 1e9,
          endSeconds: Math.max(track.lastTimeNs, track.firstTimeNs) / 1e9,
          fromHost: host(direction),
          toHost: host(receiver),
          fromPort: ends[direction].port,
          toPort: ends[receiver].port,
          label: `${codecName(track.codec)} ${row.kind}`,
          detail: `${track.count} messages, ${row.durationSeconds.toFixed(1)} s`,
        };
      });
    const items = [...messages, ...media].sort((a, b) => a.timeSeconds - b.timeSeconds);
    const hosts = [ends[client], ends[client === 0 ? 1 : 0]].map((end) => ({
      address: end.address,
      label: label(end),
    }));
    return { callId: id, hosts, dialogs: [{ callId: id }], items };
  }

  message(id: string): SessionMessageDetail | null {
    const match = /^rtmp-message-(\d{1,10})$/.exec(id);
    const index = match ? Number(match[1]) - 1 : -1;
    if (index < 0 || index >= this.log.count) return null;
    const message = this.log.get(index);
    const raw = readExtents(this.host.bytes, this.log.extents(index), 0, maxRaw);
    const { source, destination } = this.endpoints(message);
    return {
      id,
      frame: message.frame,
      timeSeconds: message.timeNs / 1e9,
      source,
      destination,
      title: message.label,
      fields: messageFields(message, raw),
      text: null,
      raw,
    };
  }

  framesOf(id: string): { readonly flows: readonly number[]; readonly frames: readonly number[] } | null {
    const found = this.find(id);
    return found && { flows: [...found.connection.flows], frames: [] };
  }

  finish(): void {
    if (this.unlisted > 0) {
      const text = `${this.unlisted} RTMP connections are not listed: there are too many.`;
      this.host.sink.report('warning', 'rtmp-connection-limit', null, text);
    }
    if (this.log.dropped === 0) return;
    const text = `${this.log.dropped} RTMP messages are not listed and not in files: there are too many.`;
    this.host.sink.report('warning', 'rtmp-message-limit', null, text);
  }

  private open(channel: StreamChannel, flows: ReadonlySet<number>): RtmpConnection {
    const isListed = this.connections.length < maxConnections;
    const owner = isListed ? this.owner : { ...this.owner, log: null };
    const connection = new RtmpConnection(this.connections.length, channel, flows, owner);
    // Others are read all the same, for what their conversation is taken for.
    if (isListed) this.connections.push(connection);
    else this.unlisted += 1;
    return connection;
  }

  /** A session, or the session of a stream with its track, by an id that was made for it. */
  private find(id: string): Found | null {
    const match = /^rtmp-(\d{1,9})(?:-(\d{1,9}))?(?:-(?:video|audio)\d{0,3})?$/.exec(id);
    const connection = match ? this.connections[Number(match[1]) - 1] : undefined;
    const session = connection?.sessions[Number(match?.[2] ?? 1) - 1];
    if (!connection || !session) return null;
    if (session.id === id) return { connection, session, track: null };
    const track = session.media.tracks.find((known) => known.id === id);
    return track ? { connection, session, track } : null;
  }

  /**
   * Messages of a session and those of its connection. Those of one direction stay in their order, even if a segment that
   * came late has an earlier one; both directions are merged by frames.
   */
  private messagesOf({ connection, session }: Found): Uint32Array {
    const { log } = this;
    const indexes = log.chain(connection.last, (index) => {
      const own = log.sessionOf(index);
      return own === session.number || own === noSession;
    });
    const latest = [0, 0];
    const keys = new Map<number, number>();
    for (const index of indexes) {
      const direction = log.directionOf(index);
      latest[direction] = Math.max(latest[direction], log.frameOf(index));
      keys.set(index, latest[direction]);
    }
    return indexes.sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0) || a - b);
  }

  private messageRows(id: string): RowSource | null {
    const found = this.find(id);
    if (!found) return null;
    const { connection } = found;
    let madeAt = -1;
    let indexes = new Uint32Array(0);
    const current = (): Uint32Array => {
      if (madeAt !== connection.last) indexes = this.messagesOf(found) as Uint32Array<ArrayBuffer>;
      madeAt = connection.last;
      return indexes;
    };
    return {
      get revision() {
        return connection.last + 1;
      },
      get count() {
        return current().length;
      },
      row: (index) => ({ ...this.messageRow(current()[index]) }),
    };
  }

  private messageRow(index: number): SessionMessageRow {
    const message = this.log.get(index);
    return {
      id: messageId(index),
      frame: message.frame,
      timeSeconds: message.timeNs / 1e9,
      ...this.endpoints(message),
      label: message.label,
      summary: this.summary(message),
      bytes: message.length,
    };
  }

  private endpoints({ connection, direction }: LoggedMessage): { source: string; destination: string } {
    const { source, destination } = this.connections[connection].channel.endpoints(direction);
    return { source: formatEndpoint(source), destination: formatEndpoint(destination) };
  }

  private summary(message: LoggedMessage): string {
    const text = this.contents(message);
    const missing = message.missing > 0 ? `${message.missing} bytes missing` : '';
    const cut = message.isCut && missing === '' ? 'not complete' : '';
    return [text, missing, cut, message.isPart ? 'in an aggregate' : ''].filter((part) => part !== '').join('; ');
  }

  private contents(message: LoggedMessage): string {
    const { index, length, type } = message;
    if (type === handshakeRow) return this.connections[message.connection].handshakeSummary(message.direction);
    if (isMediaType(type)) {
      return mediaSummary(message, readExtents(this.host.bytes, this.log.extents(index), 0, mediaHeadBytes));
    }
    if (!isCommandType(type) && !isDataType(type)) return '';
    const head = readExtents(this.host.bytes, this.log.extents(index), 0, Math.min(length, summaryBytes));
    return commandSummary(messageValues(type, head, head.length).values);
  }

  private streamRow(connection: RtmpConnection, session: RtmpSession, track: FlvTrack): StreamRow {
    const { source, destination } = connection.channel.endpoints(connection.mediaDirection ?? 0);
    const { media } = session;
    return mediaStreamRow({
      id: track.id,
      kind: track.kind,
      transport: 'rtmp',
      src: formatEndpoint(source),
      dst: formatEndpoint(destination),
      codec: track.codec,
      clockRateHz: 1000,
      packets: track.count,
      firstFrame: track.firstFrame,
      startSeconds: media.originSeconds + track.firstMs / 1000,
      durationSeconds: (track.endMs - track.firstMs) / 1000,
      sessionId: session.id,
      isFromTls: connection.channel.layers.includes('TLS'),
      video: track.kind === 'video' ? track.videoFacts(media.claimed()) : null,
      audio: track.audioFacts(),
    });
  }
}

const messageId = (index: number): string => `rtmp-message-${index + 1}`;

/** Acknowledgements come by the hundred and say nothing: the table has them. */
const isDrawn = (type: number): boolean =>
  !isMediaType(type) && type !== RtmpType.acknowledgement && type !== RtmpType.aggregate;

function titleOf(connection: RtmpConnection, session: RtmpSession): string {
  return sessionRow(connection, session).url ?? session.name ?? 'RTMP';
}
