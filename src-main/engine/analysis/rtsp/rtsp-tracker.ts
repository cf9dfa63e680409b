import type { Ladder } from '#shared/model/call';
import type { SessionMessageDetail, SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import { utf8Text } from '../../bytes/text';
import type { Frame } from '../../capture/frame';
import type { ConversationVerdict } from '../../flow/conversation-rows';
import type { Direction, StreamChannel, StreamDissector, StreamProtocol } from '../../flow/stream-dissector';
import { formatEndpoint } from '../../net/endpoint';
import type { PacketView } from '../../net/packet';
import { dollarFraming, probeFramedRtp } from '../../protocols/rtp';
import { parseTransport, probeStartLine, type RtspMessage } from '../../protocols/rtsp';
import { parseSdp } from '../../protocols/sdp';
import type { HttpConsumer } from '../http';
import type { SessionHost } from '../sessions/session-host';
import { sessionMessageTable } from '../sessions/session-table';
import type { SessionTracker, TrackerTable } from '../sessions/session-tracker';
import { arraySource, type RowSource } from '../../store/table-view';
import { HttpTunnels } from './http-tunnels';
import { messageDetail } from './message-detail';
import { MessageLog, messageRow, summarise } from './message-log';
import { type ConnectionParts, RtspConnection } from './rtsp-connection';
import { announcementsOf, framedAnnouncement, presentationBase } from './rtsp-media';
import { type OpenRequest, RtspSession } from './rtsp-session';
import { buildSessionLadder } from './session-ladder';

/** More sessions of one capture share the last one's row. */
const maxSessions = 20_000;
const maxDatagramConnections = 20_000;

/** Finds RTSP sessions (RFC 2326, RFC 7826) in byte streams and datagrams, and tells what media they set up. */
export class RtspTracker implements SessionTracker {
  readonly protocols: readonly StreamProtocol[];
  readonly tables: readonly TrackerTable[] = [
    { id: 'session-messages', definition: sessionMessageTable, rows: (scope) => this.messageRows(scope) },
  ];
  /** Finds RTSP in exchanges of HTTP. */
  readonly tunnels: HttpConsumer;
  private readonly log = new MessageLog();
  private readonly all: RtspSession[] = [];
  private readonly byId = new Map<string, RtspSession>();
  /** Sessions by server and identifier. */
  private readonly byIdentifier = new Map<string, RtspSession>();
  /** Conversations of datagrams. */
  private readonly byConversation = new Map<number, { readonly connection: RtspConnection; readonly frame: number }>();
  private changes = 0;

  constructor(private readonly host: SessionHost) {
    this.tunnels = new HttpTunnels({
      open: (flows, layers, endpoints) => this.openConnection(flows, layers, endpoints),
      keep: (bytes, start, end) => host.bytes.keep(bytes, start, end),
    });
    this.protocols = [
      {
        name: 'RTSP',
        probe: (bytes, start, end) => probeStartLine(bytes, start, end),
        open: (channel) => this.openStream(channel, 'RTSP start line'),
      },
      {
        // A connection that was entered while it carried media.
        name: 'RTSP',
        probe: (bytes, start, end, isStart) => {
          const verdict = probeFramedRtp(bytes, start, end, dollarFraming);
          return verdict === 'more' && !isStart ? 'no' : verdict;
        },
        open: (channel) => this.openStream(channel, 'Interleaved frames, in sequence,'),
      },
    ];
  }

  get revision(): number {
    return this.changes;
  }

  sessions(): readonly SessionRow[] {
    // Rows of streams are made for it: they cost much while a capture without RTSP loads.
    if (this.all.length === 0) return [];
    const bySession = new Map<string, StreamRow[]>();
    for (const stream of this.host.rtpStreams()) {
      if (stream.sessionId === null || !this.byId.has(stream.sessionId)) continue;
      const own = bySession.get(stream.sessionId);
      if (own) own.push(stream);
      else bySession.set(stream.sessionId, [stream]);
    }
    return this.all.map((session) => {
      const own = bySession.get(session.id) ?? [];
      return session.row(
        own,
        own.reduce((sum, { id }) => sum + this.host.rtpBytes(id), 0),
      );
    });
  }

  ladder(id: string): Ladder | null {
    const session = this.byId.get(id);
    return session ? buildSessionLadder(id, session.messages, this.streamsOf(id)) : null;
  }

  message(id: string): SessionMessageDetail | null {
    const logged = this.log.byId(id);
    return logged ? messageDetail(logged, this.host.bytes) : null;
  }

  framesOf(id: string): { readonly flows: readonly number[]; readonly frames: readonly number[] } | null {
    const session = this.byId.get(id);
    if (!session) return null;
    return { flows: [...session.flows], frames: session.messages.map(({ frame }) => frame) };
  }

  finish(): void {
    if (this.log.dropped === 0) return;
    const text = `${this.log.dropped} RTSP messages were counted, but not kept: there are too many.`;
    this.host.sink.report('warning', 'rtsp-message-limit', null, text);
  }

  /** One message in a datagram (RFC 2326, section 9). */
  datagram(flow: number, { bytes, payloadStart, payloadEnd }: PacketView, frame: Frame): boolean {
    if (probeStartLine(bytes, payloadStart, payloadEnd) !== 'yes') return false;
    const conversation = flow >>> 1;
    let connection = this.byConversation.get(conversation)?.connection;
    if (!connection) {
      if (this.byConversation.size >= maxDatagramConnections) return true;
      const first = 2 * conversation;
      connection = this.openConnection(new Set([first, first + 1]), [], (direction) =>
        this.host.flows.endpoints(first + direction),
      );
      this.byConversation.set(conversation, { connection, frame: frame.number });
    }
    const address =
      bytes === frame.bytes
        ? frame.fileOffset + payloadStart - frame.start
        : this.host.bytes.keep(bytes, payloadStart, payloadEnd);
    const parser = connection.parsers[(flow & 1) as Direction];
    parser.push(bytes, payloadStart, payloadEnd, frame.number, frame.timeNs, address);
    // Whatever is incomplete stays so: the next datagram begins with a message of its own.
    parser.end();
    return true;
  }

  verdict(conversation: number): ConversationVerdict | null {
    const known = this.byConversation.get(conversation);
    return known ? { protocol: 'RTSP', reason: `RTSP start line in frame ${known.frame}` } : null;
  }

  private streamsOf(id: string): readonly StreamRow[] {
    return this.host.rtpStreams().filter(({ sessionId }) => sessionId === id);
  }

  private messageRows(id: string): RowSource | null {
    const session = this.byId.get(id);
    if (!session) return null;
    return arraySource(
      () => session.messages.length,
      () => session.messages.map(messageRow),
    );
  }

  private openStream(channel: StreamChannel, what: string): StreamDissector {
    const flows = new Set([channel.flow, channel.flow + 1]);
    const connection = this.openConnection(flows, channel.layers, (direction) => channel.endpoints(direction));
    let isClaimed = false;
    return {
      onData: (direction, bytes, start, end, frame, timeNs, address) => {
        if (!isClaimed) channel.claim('RTSP', `${what} in frame ${frame}`);
        isClaimed = true;
        connection.parsers[direction].push(bytes, start, end, frame, timeNs, address);
      },
      onGap: (direction, length, frame, timeNs) => connection.parsers[direction].gap(length, frame, timeNs),
      onEnd: (direction) => connection.parsers[direction].end(),
    };
  }

  private openConnection(
    flows: ReadonlySet<number>,
    layers: readonly string[],
    endpoints: ConnectionParts['endpoints'],
  ): RtspConnection {
    return new RtspConnection({
      sink: this.host.sink,
      layers,
      endpoints,
      sessionOf: (connection, identifier, message) => {
        const session = this.sessionOf(connection, identifier, message);
        for (const flow of flows) session.flows.add(flow);
        return session;
      },
      onMessage: (connection, message, direction, request) => this.onMessage(connection, message, direction, request),
      onInterleaved: (connection, direction, channel, bytes, start, end, frame, timeNs, address) => {
        const framed = this.framedFlow(connection, direction, channel);
        connection.session ??= this.enterSession(connection, direction, flows, frame, timeNs);
        connection.session.interleavedFrames += 1;
        this.announceUnknown(connection.session, connection, framed, frame, timeNs);
        this.changes += 1;
        this.host.framed.datagram(framed, bytes, start, end, frame, timeNs, address);
      },
    });
  }

  /** A session whose beginning was not captured: its media is all there is of it yet. */
  private enterSession(
    connection: RtspConnection,
    direction: Direction,
    flows: ReadonlySet<number>,
    frame: number,
    timeNs: number,
  ): RtspSession {
    connection.guessServer(direction);
    const session = this.openSession(connection, { frame, timeNs });
    const { client, server } = connection.ends;
    session.enterMedia(client, server, timeNs);
    for (const flow of flows) session.flows.add(flow);
    return session;
  }

  /** Media on a channel that no SETUP was seen for belongs to the session all the same. */
  private announceUnknown(
    session: RtspSession,
    connection: RtspConnection,
    framed: number,
    frame: number,
    timeNs: number,
  ): void {
    if (connection.told.has(framed)) return;
    connection.told.add(framed);
    const { destination } = connection.parts.endpoints((framed & 1) as Direction);
    this.host.announce(framedAnnouncement(null, framed, destination, { sessionId: session.id, frame, timeNs }));
  }

  /** A channel has a flow in each direction, with the ends of the connection. */
  private framedFlow(connection: RtspConnection, direction: Direction, channel: number): number {
    let flow = connection.channels.get(channel);
    if (flow === undefined) {
      const { source, destination } = connection.parts.endpoints(0);
      flow = this.host.framed.open(source, destination, `RTSP channel ${channel}`);
      connection.channels.set(channel, flow);
    }
    return flow + direction;
  }

  /** The session that a message belongs to: that of its identifier, else the one under way on its connection. */
  private sessionOf(connection: RtspConnection, identifier: string, message: RtspMessage): RtspSession {
    const current = connection.session;
    if (identifier === '') return current ?? this.openSession(connection, message);
    if (current?.identifier === identifier) return current;
    const key = `${formatEndpoint(connection.ends.server)} ${identifier}`;
    const known = this.byIdentifier.get(key);
    if (known) {
      if (current && current.identifier === '') this.merge(current, known);
      return known;
    }
    const isFree = current !== null && current.identifier === '';
    const session = isFree ? current : this.openSession(connection, message);
    if (!isFree && current) session.inherit(current);
    session.identifier = identifier;
    this.byIdentifier.set(key, session);
    return session;
  }

  private openSession(
    connection: RtspConnection,
    { frame, timeNs }: Pick<RtspMessage, 'frame' | 'timeNs'>,
  ): RtspSession {
    const last = this.all[this.all.length - 1];
    if (this.all.length >= maxSessions) return last;
    const number = last ? Number(last.id.slice('rtsp-session-'.length)) + 1 : 1;
    const session = new RtspSession(`rtsp-session-${number}`, connection.parts.layers, frame, timeNs);
    this.all.push(session);
    this.byId.set(session.id, session);
    return session;
  }

  private merge(provisional: RtspSession, into: RtspSession): void {
    into.absorb(provisional);
    this.all.splice(this.all.indexOf(provisional), 1);
    this.byId.delete(provisional.id);
  }

  private onMessage(
    connection: RtspConnection,
    message: RtspMessage,
    direction: Direction,
    request: OpenRequest | null,
  ): void {
    const { session } = connection;
    if (!session) return;
    this.changes += 1;
    const { client, server } = connection.ends;
    const { source, destination } = connection.parts.endpoints(direction);
    const media = describes(message) ? parseSdp(utf8Text(message.body)) : [];
    const text = media.map(({ type, payloads }) => `${type} ${payloads.map((p) => p.encodingName).join(', ')}`.trim());
    const summary = summarise(message, text.length === 0 ? '' : `SDP ${text.join('; ')}`);
    session.note(client, server, this.log.append(message, summary, source, destination), message.timeNs);
    if (message.isRequest) session.onRequest(message, connection.isFromClient(direction));
    else session.onResponse(message, request);
    const url = message.isRequest ? message.url : (request?.url ?? session.url);
    if (media.length > 0) session.presentation = { base: presentationBase(message, url), media };
    if (request?.method === 'SETUP' && message.statusCode >= 200 && message.statusCode < 300) {
      this.setUp(connection, session, message, request);
    }
  }

  private setUp(connection: RtspConnection, session: RtspSession, response: RtspMessage, request: OpenRequest): void {
    const asked = parseTransport(request.message.headers.get('transport') ?? '')[0];
    const agreed = parseTransport(response.headers.get('transport') ?? '')[0] ?? asked;
    if (!agreed) return;
    // Some servers repeat only what they add.
    const clientPort = agreed.clientPort[0] >= 0 ? agreed.clientPort : (asked?.clientPort ?? agreed.clientPort);
    const transport = { ...agreed, clientPort, mode: asked?.mode ?? agreed.mode };
    const setup = { url: request.url, transport, description: session.mediaOf(request.url) };
    session.addSetup(setup);
    const origin = { sessionId: session.id, frame: response.frame, timeNs: response.timeNs };
    const { ends } = connection;
    // What is no RTP (MPEG-TS alone, RealNetworks' own) is not announced as such.
    if (!/^RTP\//i.test(transport.protocol)) return;
    if (transport.interleaved[0] < 0) {
      for (const announcement of announcementsOf(setup, ends, origin)) this.host.announce(announcement);
      return;
    }
    const [channel] = transport.interleaved;
    for (const direction of [0, 1] as const) {
      const { destination } = connection.parts.endpoints(direction);
      const flow = this.framedFlow(connection, direction, channel);
      connection.told.add(flow);
      this.host.announce(framedAnnouncement(setup, flow, destination, origin));
    }
  }
}

function describes(message: RtspMessage): boolean {
  if (message.body.length === 0) return false;
  const type = message.headers.get('content-type');
  return type === undefined ? utf8Text(message.body, 0, 3) === 'v=0' : /^\s*application\/sdp/i.test(type);
}
