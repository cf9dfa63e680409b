import { type AddressedBytes, Extents, readExtents } from '../../bytes/extents';
import { u16be, u24be, u32be } from '../../bytes/integers';
import type { Direction, StreamChannel } from '../../flow/stream-dissector';
import {
  amfMember,
  amfNumber,
  amfString,
  type AmfValue,
  controlLabel,
  type HandshakeFacts,
  type HandshakeKind,
  isCommandType,
  isDataType,
  isMediaType,
  type RtmpListener,
  type RtmpMessage,
  RtmpType,
  unknownMessageStream,
} from '../../protocols/rtmp';
import { FlvMedia } from './flv-media';
import { commandLabel, messageValues } from './message-text';
import { handshakeRow, type MessageLog, noMessage, noSession } from './message-log';
import { RtmpSession } from './rtmp-session';

/** Of the handshake; those above are RTMPE. */
const plainVersion = 3;
/** Event of a user control message (section 7.1.7). */
const streamEof = 1;
/** Names on one connection; what comes beyond belongs to the last. */
const maxSessions = 256;
/** Tags within an aggregate; it holds a second or two. */
const maxAggregated = 20_000;
const aggregateHeaderBytes = 11;
/** Bytes of a tag that tell what it is. */
const mediaHeadBytes = 32;

export interface ConnectionOwner {
  /** Null for connections that are not listed. */
  readonly log: MessageLog | null;
  readonly bytes: AddressedBytes;
  /** Told of every change. */
  changed(): void;
}

/** One RTMP connection: its messages, and what was played and published on it. */
export class RtmpConnection implements RtmpListener {
  readonly sessions: RtmpSession[] = [];
  /** Direction in which the client sends; null while nothing shows it. */
  clientDirection: Direction | null = null;
  handshake: HandshakeKind | null = null;
  readonly versions: (HandshakeFacts | null)[] = [null, null];
  /** Arguments of `connect`, and what the server answered. */
  connectInfo: AmfValue | null = null;
  serverInfo: AmfValue | null = null;
  firstFrame = 0;
  firstNs = 0;
  lastNs = 0;
  /** Last message of its chain. */
  last = noMessage;
  /** S0 and S1 came, S2 not yet. */
  private openFlight: { direction: Direction; frame: number; timeNs: number } | null = null;
  private seenMedia: Direction | null = null;
  private hasBegun = false;
  private connectTransaction: number | null = null;

  constructor(
    readonly number: number,
    readonly channel: StreamChannel,
    /** Flows that carry it: two, or more where it is in HTTP. */
    readonly flows: ReadonlySet<number>,
    private readonly owner: ConnectionOwner,
  ) {}

  get id(): string {
    return `rtmp-${this.number + 1}`;
  }

  onHandshake(direction: Direction, facts: HandshakeFacts, frame: number, timeNs: number): void {
    this.begin(frame, timeNs);
    this.versions[direction] = facts;
    if (facts.version > plainVersion) for (const session of this.sessions) session.state = 'encrypted';
    this.clientDirection ??= direction;
    if (direction === this.clientDirection) this.logHandshake('Handshake C0+C1', 1537, direction, frame, timeNs);
    else this.openFlight = { direction, frame, timeNs };
  }

  onHandshakeEnd(direction: Direction, kind: HandshakeKind, frame: number, timeNs: number): void {
    if (this.handshake === null || this.handshake === 'unknown') this.handshake = kind;
    if (direction === this.clientDirection) this.logHandshake('Handshake C2', 1536, direction, frame, timeNs);
    else {
      this.openFlight = null;
      this.logHandshake('Handshake S0+S1+S2', 3073, direction, frame, timeNs);
    }
  }

  onMessage(message: RtmpMessage): void {
    this.begin(message.firstFrame, message.timeNs);
    const { type } = message;
    if (type === RtmpType.aggregate) this.aggregate(message);
    else if (isMediaType(type)) this.media(message, false);
    else if (isCommandType(type)) this.command(message);
    else if (isDataType(type)) this.data(message, false);
    else this.control(message);
    this.owner.changed();
  }

  onLoss(direction: Direction, lost: number): void {
    const media = this.mediaDirection;
    if (media !== null && media !== direction) return;
    const current = this.sessions[this.sessions.length - 1];
    if (current) current.lostBytes += lost;
  }

  onEnd(direction: Direction, timeNs: number): void {
    const { openFlight } = this;
    if (openFlight?.direction === direction) {
      this.openFlight = null;
      this.logHandshake('Handshake S0+S1', 1537, direction, openFlight.frame, openFlight.timeNs);
    }
    this.lastNs = Math.max(this.lastNs, timeNs);
    this.owner.changed();
  }

  /** Direction in which media travels; null while there is none. */
  get mediaDirection(): Direction | null {
    const { clientDirection } = this;
    const mode = this.sessions.find((session) => session.mode !== null)?.mode ?? null;
    if (mode === null || clientDirection === null) return this.seenMedia;
    return mode === 'publish' ? clientDirection : opposite(clientDirection);
  }

  /** What the side that sends in a direction said in its handshake. */
  handshakeSummary(direction: Direction): string {
    const facts = this.versions[direction];
    if (!facts) return '';
    const program = facts.program === null ? '' : `, program ${facts.program}`;
    const kind = this.handshake === null || this.handshake === 'unknown' ? '' : `, ${this.handshake}`;
    return `version ${facts.version}${program}${kind}`;
  }

  private begin(frame: number, timeNs: number): void {
    this.lastNs = Math.max(this.lastNs, timeNs);
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.firstFrame = frame;
    this.firstNs = timeNs;
    this.open();
    this.owner.changed();
  }

  private open(): RtmpSession {
    const number = this.sessions.length;
    const id = number === 0 ? this.id : `${this.id}-${number + 1}`;
    const media = new FlvMedia(this.owner.bytes, (kind, track) => `${id}-${kind}${track === 0 ? '' : track + 1}`);
    const session = new RtmpSession(id, number, media);
    session.firstFrame = this.firstFrame;
    session.startNs = this.firstNs;
    session.lastNs = this.firstNs;
    this.sessions.push(session);
    return session;
  }

  private media(message: RtmpMessage, isPart: boolean): void {
    const session = this.sessionOf(message.messageStreamId);
    this.seenMedia ??= message.direction;
    session.takeMedia(message.timeNs);
    session.tags += 1;
    const outcome = session.media.push(message);
    const label = message.type === RtmpType.video ? 'Video Data' : 'Audio Data';
    this.append(message, label, session.number, isPart);
    if (outcome.isSample && session.media.tracks.length === 1) this.guessClient(message);
  }

  private data(message: RtmpMessage, isPart: boolean): void {
    const { values } = messageValues(message.type, message.head, message.headLength);
    // Data of stream 0 concerns the connection.
    const session = message.messageStreamId === 0 ? null : this.sessionOf(message.messageStreamId);
    if (session) {
      session.media.takeData(values);
      session.tags += 1;
    }
    this.append(message, commandLabel(values, message.type), session?.number ?? noSession, isPart);
  }

  private control(message: RtmpMessage): void {
    const { type, head, headLength, length, direction } = message;
    const label = controlLabel(type, head.subarray(0, headLength), length);
    // Only servers send these.
    if (type === RtmpType.setPeerBandwidth) this.clientDirection ??= opposite(direction);
    if (type === RtmpType.userControl && headLength >= 6 && u16be(head, 0) === streamEof) this.over(u32be(head, 2));
    this.append(message, label, noSession, false);
  }

  /** The server has no more of a stream. */
  private over(messageStreamId: number): void {
    const [only] = this.sessions;
    const session = this.known(messageStreamId) ?? (this.sessions.length === 1 ? only : null);
    if (session?.state === 'playing' || session?.state === 'paused') session.state = 'stopped';
  }

  private command(message: RtmpMessage): void {
    const { direction, messageStreamId } = message;
    const { values } = messageValues(message.type, message.head, message.headLength);
    const name = amfString(values[0]) ?? '';
    const transaction = amfNumber(values[1]);
    let session = noSession;
    switch (name) {
      case 'connect':
        this.clientDirection = direction;
        this.connectInfo = values[2] ?? null;
        this.connectTransaction = transaction;
        break;
      case '_result':
      case '_error':
        if (transaction === this.connectTransaction) this.connected(name, values);
        break;
      case 'play':
      case 'play2':
      case 'publish':
        this.clientDirection ??= direction;
        session = this.start(name, message, values).number;
        break;
      case 'onStatus':
        session = this.status(messageStreamId, values[3]);
        break;
      case 'closeStream':
      case 'deleteStream':
        session = this.stop(name === 'closeStream' ? messageStreamId : amfNumber(values[3]));
        break;
      default:
        session = this.known(messageStreamId)?.number ?? noSession;
    }
    this.append(message, commandLabel(values, message.type), session, false);
  }

  private connected(name: string, values: readonly AmfValue[]): void {
    this.connectTransaction = null;
    const info = values[3];
    const server = values[2];
    this.serverInfo = server?.type === 'object' ? server : (info ?? null);
    const code = amfString(amfMember(info, 'code')) ?? '';
    for (const session of this.sessions) {
      if (session.state !== 'connecting') continue;
      session.state = name === '_result' ? 'connected' : `failed: ${code || 'the server refused'}`;
    }
  }

  private start(command: string, message: RtmpMessage, values: readonly AmfValue[]): RtmpSession {
    const name = command === 'play2' ? amfString(amfMember(values[3], 'streamName')) : amfString(values[3]);
    const known = this.known(message.messageStreamId);
    // A name may be asked for again, or another one appended to it.
    const isSame = known !== null && !known.isOver && (known.name === null || known.name === name);
    const session = isSame ? known : this.openFor(message.messageStreamId);
    if (!isSame && session.number > 0) {
      session.firstFrame = message.firstFrame;
      session.startNs = message.timeNs;
    }
    session.name ??= name;
    session.mode = command === 'publish' ? 'publish' : 'play';
    return session;
  }

  private status(messageStreamId: number, info: AmfValue | undefined): number {
    const code = amfString(amfMember(info, 'code')) ?? '';
    const session =
      this.known(messageStreamId) ?? (messageStreamId === 0 ? this.sessions[this.sessions.length - 1] : null);
    session?.takeStatus(amfString(amfMember(info, 'level')), code);
    return session?.number ?? noSession;
  }

  private stop(messageStreamId: number | null): number {
    const session = messageStreamId === null ? null : this.known(messageStreamId);
    if (!session) return noSession;
    session.isOver = true;
    if (!session.state.startsWith('failed')) session.state = 'stopped';
    return session.number;
  }

  /** The session of a message stream; null when there is none yet. */
  private known(messageStreamId: number): RtmpSession | null {
    for (let i = this.sessions.length - 1; i >= 0; i -= 1) {
      if (this.sessions[i].messageStreamId === messageStreamId) return this.sessions[i];
    }
    return null;
  }

  /** The session that media or data of a message stream belongs to. */
  private sessionOf(messageStreamId: number): RtmpSession {
    const known = this.known(messageStreamId);
    if (known) return known;
    const current = this.sessions[this.sessions.length - 1] ?? this.open();
    // The header that told the stream was not captured: it is that of all others, as long as there is one alone.
    if (messageStreamId === unknownMessageStream) return current;
    return this.openFor(messageStreamId);
  }

  /** A session for a message stream: the first one if nobody has it yet. */
  private openFor(messageStreamId: number): RtmpSession {
    const [first] = this.sessions;
    const isFree = first !== undefined && first.messageStreamId === null && first.name === null;
    const last = this.sessions[this.sessions.length - 1];
    const session = isFree ? first : this.sessions.length < maxSessions ? this.open() : last;
    session.messageStreamId = messageStreamId;
    if (!isFree && session !== last) session.state = 'connected';
    return session;
  }

  /** Without commands, media shows who is who: far more is played than published. */
  private guessClient({ direction }: RtmpMessage): void {
    this.clientDirection ??= opposite(direction);
  }

  /** Tags of FLV in one message (RTMP 1.0, section 7.1.6); the first one has the time of the message. */
  private aggregate(message: RtmpMessage): void {
    const session = this.sessionOf(message.messageStreamId);
    this.append(message, 'Aggregate', session.number, false);
    const header = new Uint8Array(aggregateHeaderBytes + mediaHeadBytes);
    let shift: number | null = null;
    let lostBefore = message.lostBefore;
    let at = 0;
    for (let i = 0; i < maxAggregated && at + aggregateHeaderBytes <= message.length; i += 1) {
      const read = readExtents(this.owner.bytes, message.extents, at, header.length);
      const type = read[0];
      const length = u24be(read, 1);
      const timestamp = ((read[7] << 24) | u24be(read, 4)) >>> 0;
      const end = at + aggregateHeaderBytes + length;
      const isTag = isMediaType(type) || isDataType(type);
      if (!isTag || end > message.length) break;
      shift ??= message.timestampMs - timestamp;
      const extents = new Extents();
      extents.pushFrom(message.extents, at + aggregateHeaderBytes, length);
      const headLength = Math.min(mediaHeadBytes, length, read.length - aggregateHeaderBytes);
      const head = isDataType(type)
        ? readExtents(this.owner.bytes, extents, 0, Math.min(length, 1 << 16))
        : read.subarray(aggregateHeaderBytes, aggregateHeaderBytes + headLength);
      const part: RtmpMessage = {
        ...message,
        type,
        length,
        extents,
        head,
        headLength: head.length,
        timestampMs: (timestamp + shift) >>> 0,
        lostBefore,
      };
      lostBefore = 0;
      if (isDataType(type)) this.data(part, true);
      else this.media(part, true);
      // The size of the tag stands behind it, as in files.
      at = end + 4;
    }
  }

  private append(message: RtmpMessage, label: string, session: number, isPart: boolean): void {
    const { log } = this.owner;
    const index = log?.append(message, label, this.number, session, this.last, isPart) ?? noMessage;
    if (index !== noMessage) this.last = index;
  }

  private logHandshake(label: string, length: number, direction: Direction, frame: number, timeNs: number): void {
    const row: RtmpMessage = {
      direction,
      type: handshakeRow,
      chunkStreamId: 0,
      messageStreamId: 0,
      timestampMs: 0,
      isTimeKnown: true,
      resumption: 0,
      length,
      extents: new Extents(),
      head: new Uint8Array(0),
      headLength: 0,
      firstFrame: frame,
      frame,
      timeNs,
      isCut: false,
      lostBefore: 0,
    };
    this.append(row, label, noSession, false);
    this.owner.changed();
  }
}

const opposite = (direction: Direction): Direction => (direction === 0 ? 1 : 0);
