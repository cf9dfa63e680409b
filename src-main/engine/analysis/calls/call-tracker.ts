import type { CallRow, Ladder, SipMessageDetail } from '#shared/model/call';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { StreamRow } from '#shared/model/stream';
import { type Endpoint, formatEndpoint } from '../../net/endpoint';
import type { MediaAnnouncement } from '../../protocols/rtp';
import { explainSdpLine, type MediaDescription, parseSdp } from '../../protocols/sdp';
import { mediaType, readSipText, sessionDescriptions, type SipMessage } from '../../protocols/sip';
import { Uint32Column } from '../../store/columns';
import { Call } from './call';
import { buildLadder, messageId, messageIndex } from './ladder';
import { messageDetail, messageLabel } from './message-label';
import { MessageLog, noMessage, type SipTransport } from './message-log';
import { TextPool } from './text-pool';

export type CallDirection = 'a-to-b' | 'b-to-a';

export interface CallTrackerOptions {
  readonly sink: DiagnosticSink;
  /** Told for every port at which a side of a call says that it receives. */
  readonly announce: (announcement: MediaAnnouncement) => void;
}

/** Methods that only a call has. A Call-ID with none of them (REGISTER, OPTIONS, MESSAGE) is no call. */
const callMethods: ReadonlySet<string> = new Set(['INVITE', 'ACK', 'CANCEL', 'BYE', 'PRACK', 'UPDATE']);
/** More messages of one call are not drawn. */
const maxLadderMessages = 20_000;

/**
 * Puts SIP messages together to calls. A call is everything with one Call-ID that knows an INVITE or what follows
 * one, over all legs on which it was captured. Messages of other sessions are kept as well.
 */
export class CallTracker {
  private readonly log = new MessageLog();
  /** What a Call-ID stands for: a call, or else the last message of another session. */
  private readonly sessions = new Map<string, Call | number>();
  private readonly calls: Call[] = [];
  /** Number of the call of each message; 0 for none. */
  private readonly callOfMessage = new Uint32Column();
  /** SIP endpoints as text: a few that stand in all announcements. */
  private readonly endpoints = new TextPool();
  private endNs = 0;
  private shown: {
    readonly revision: number;
    readonly streams: readonly StreamRow[];
    readonly rows: CallRow[];
  } | null = null;
  /** What the row of each call was made of: of many calls few change between two looks at them. */
  private readonly made: { readonly row: CallRow; readonly message: number; readonly streams: readonly StreamRow[] }[] =
    [];

  constructor(private readonly options: CallTrackerOptions) {}

  /** Number of calls. */
  get count(): number {
    return this.calls.length;
  }

  /** Grows with every change. */
  get revision(): number {
    return this.log.count + (this.endNs > 0 ? 1 : 0);
  }

  /** Takes the next message; nothing of it is kept but its place, unless it does not lie in the capture file. */
  onMessage(message: SipMessage, source: Endpoint, destination: Endpoint, transport: SipTransport): void {
    const label = messageLabel(message);
    if (message.callId === '') {
      if (message.isTruncated) {
        const text = 'A SIP message was cut by the capture before its Call-ID: it belongs to no call.';
        this.options.sink.report('warning', 'sip-cut-before-call-id', message.frame, text);
      }
      this.log.append(message, source, destination, transport, noMessage, label);
      this.callOfMessage.push(0);
      return;
    }
    const session = this.sessions.get(message.callId);
    const previous = session instanceof Call ? session.lastMessage : (session ?? noMessage);
    const index = this.log.append(message, source, destination, transport, previous, label);
    const call = session instanceof Call ? session : this.openCall(message, previous);
    this.callOfMessage.push(call === null ? 0 : Number(call.id.slice('call-'.length)));
    if (call === null) {
      this.sessions.set(message.callId, index);
      if (!this.log.isRetransmission(index)) this.log.setDetail(index, messageDetail(message, []));
      return;
    }
    const isRetransmission = this.log.isRetransmission(index);
    call.lastMessage = index;
    call.take(message, isRetransmission);
    this.log.setDialog(index, call.dialogOf(message));
    if (!isRetransmission) this.takeDescriptions(call, message, index, source);
  }

  /** The capture ends at `endNs`: an INVITE without any response by then is without answer. */
  finish(endNs: number): void {
    this.endNs = endNs;
  }

  /** One row a call in the order of their beginning, with the streams that belong to it. */
  rows(streams: readonly StreamRow[]): readonly CallRow[] {
    const { revision } = this;
    if (this.shown?.revision === revision && this.shown.streams === streams) return this.shown.rows;
    const byCall = new Map<string, StreamRow[]>();
    for (const stream of streams) {
      if (stream.callId === null) continue;
      const own = byCall.get(stream.callId);
      if (own) own.push(stream);
      else byCall.set(stream.callId, [stream]);
    }
    const nowNs = Math.max(this.endNs, this.log.count > 0 ? this.log.get(this.log.count - 1).timeNs : 0);
    const rows = this.calls.map((call, index) => this.rowOf(call, index, byCall.get(call.id) ?? [], nowNs));
    this.shown = { revision, streams, rows };
    return rows;
  }

  private rowOf(call: Call, index: number, streams: readonly StreamRow[], nowNs: number): CallRow {
    const known = this.made[index];
    const isKnown =
      known?.message === call.lastMessage &&
      known.row.state === call.state(nowNs) &&
      known.streams.length === streams.length &&
      known.streams.every((stream, i) => stream === streams[i]);
    if (isKnown) return known.row;
    const row = rowOf(call, streams, nowNs);
    this.made[index] = { row, message: call.lastMessage, streams };
    return row;
  }

  /** Streams of a call and where they go: the caller's first, each in the order of their beginning. */
  directions(
    callId: string,
    streams: readonly StreamRow[],
  ): { readonly streamId: string; readonly direction: CallDirection | null }[] {
    const call = this.callOf(callId);
    if (!call) return [];
    return orderedStreams(
      call,
      streams.filter((stream) => stream.callId === callId),
    ).map(({ stream, direction }) => ({ streamId: stream.id, direction }));
  }

  /** The flow of a call; null when there is no such call. */
  ladder(callId: string, streams: readonly StreamRow[]): Ladder | null {
    const call = this.callOf(callId);
    if (!call) return null;
    if (call.messages > maxLadderMessages) {
      const text = `Only the first ${maxLadderMessages} of ${call.messages} messages of a call are drawn.`;
      this.options.sink.report('note', 'call-ladder-length', null, text);
    }
    const messages = this.log.chain(call.lastMessage, maxLadderMessages);
    return buildLadder(
      call,
      messages,
      streams.filter((stream) => stream.callId === callId),
    );
  }

  /** A whole message, read again from the capture with `read`; null when there is no such message. */
  messageDetail(id: string, read: (fileOffset: number, length: number) => Uint8Array): SipMessageDetail | null {
    const index = messageIndex(id);
    if (index < 0 || index >= this.log.count) return null;
    const logged = this.log.get(index);
    const raw = this.log.bytes(index, read);
    const { startLine, headers, body } = readSipText(raw);
    const contentType = headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? null;
    const isSdp = contentType === null ? body.startsWith('v=0') : mediaType(contentType) === 'application/sdp';
    const lines = isSdp ? body.split(/\r\n|\r|\n/).filter((line) => line !== '') : null;
    return {
      id: messageId(index),
      frame: logged.frame,
      timeSeconds: logged.timeNs / 1e9,
      source: formatEndpoint(logged.source),
      destination: formatEndpoint(logged.destination),
      transport: logged.transport,
      startLine,
      headers,
      body,
      bodyType: contentType,
      sdp: lines && lines.map((line) => ({ line, meaning: explainSdpLine(line) })),
      raw,
      isTruncated: logged.isTruncated,
    };
  }

  /** The message that a frame completed, and its call; null when it completed none. */
  messageAt(frame: number): { readonly label: string; readonly callId: string | null } | null {
    const index = this.log.indexOfFrame(frame);
    if (index === noMessage) return null;
    const call = this.callOfMessage.get(index);
    return { label: this.log.get(index).label, callId: call === 0 ? null : `call-${call}` };
  }

  /** Frames that completed messages of a call, in ascending order; null when there is no such call. */
  framesOf(id: string): number[] | null {
    const call = this.callOf(id);
    if (!call) return null;
    return this.log
      .chain(call.lastMessage, Number.POSITIVE_INFINITY)
      .map(({ frame }) => frame)
      .sort((a, b) => a - b);
  }

  private callOf(id: string): Call | undefined {
    const match = /^call-(\d{1,15})$/.exec(id);
    return match ? this.calls[Number(match[1]) - 1] : undefined;
  }

  private openCall(message: SipMessage, previous: number): Call | null {
    if (!callMethods.has(message.method)) return null;
    const call = new Call(`call-${this.calls.length + 1}`, message.callId, message);
    // Messages before the first of the call, such as a REGISTER with the same Call-ID, belong to its flow.
    call.messages = previous === noMessage ? 0 : this.log.chainLength(previous);
    this.calls.push(call);
    this.sessions.set(message.callId, call);
    return call;
  }

  private takeDescriptions(call: Call, message: SipMessage, index: number, source: Endpoint): void {
    const descriptions = message.bodyEnd > message.bodyStart ? sessionDescriptions(message).flatMap(parseSdp) : [];
    const detail = messageDetail(message, descriptions);
    if (detail !== '') this.log.setDetail(index, detail);
    // A failure may carry a description of what would have been possible (RFC 3261, section 21.4.26): no offer.
    if (message.statusCode >= 300) return;
    for (const description of descriptions) this.announce(call, message, description, source);
  }

  private announce(call: Call, message: SipMessage, description: MediaDescription, source: Endpoint): void {
    const { address, port, rtcpPort, media, payloads, isRtp, isSecure } = description;
    if (!isRtp || port === 0 || address === '' || address === '0.0.0.0' || address === '::') return;
    call.announce({
      endpoint: formatEndpoint({ address, port }),
      side: call.sender(message),
      owner: this.endpoints.text(this.endpoints.number(formatEndpoint(source))),
    });
    this.options.announce({
      address,
      port,
      rtcpPort,
      media,
      payloads,
      callId: call.id,
      frame: message.frame,
      timeNs: message.timeNs,
      isSecure,
    });
  }
}

interface DirectedStream {
  readonly stream: StreamRow;
  readonly direction: CallDirection | null;
}

function orderedStreams(call: Call, streams: readonly StreamRow[]): DirectedStream[] {
  const rank = { 'a-to-b': 0, 'b-to-a': 1 };
  return streams
    .map((stream) => ({ stream, direction: directionOf(call, stream) }))
    .sort((a, b) => {
      const byDirection = (a.direction ? rank[a.direction] : 2) - (b.direction ? rank[b.direction] : 2);
      return byDirection || a.stream.startSeconds - b.stream.startSeconds;
    });
}

/** Media goes to the side that announced its destination; where both did or none, it comes from that of its source. */
function directionOf(call: Call, stream: StreamRow): CallDirection | null {
  const sides = (endpoint: string): string[] =>
    call.ports.filter((port) => port.endpoint === endpoint).map((port) => port.side);
  const to = sides(stream.dst);
  if (to.length === 1) return to[0] === 'callee' ? 'a-to-b' : 'b-to-a';
  const from = sides(stream.src);
  if (from.length === 1) return from[0] === 'caller' ? 'a-to-b' : 'b-to-a';
  return null;
}

function rowOf(call: Call, streams: readonly StreamRow[], nowNs: number): CallRow {
  const ordered = orderedStreams(call, streams);
  const digits = (direction: CallDirection): string =>
    ordered.map((entry) => (entry.direction === direction ? entry.stream.dtmf : '')).join('');
  const lastMediaNs = streams.reduce((last, s) => Math.max(last, (s.startSeconds + s.durationSeconds) * 1e9), 0);
  return {
    id: call.id,
    protocol: 'sip',
    callIds: [call.callId],
    from: call.from,
    to: call.to,
    state: call.state(nowNs),
    finalStatus: call.finalStatus,
    startSeconds: call.startNs / 1e9,
    setupSeconds: toSeconds(call.setupNs),
    durationSeconds: toSeconds(call.durationNs(lastMediaNs)),
    messages: call.messages,
    streamIds: ordered.map(({ stream }) => stream.id),
    dtmf: { 'a-to-b': digits('a-to-b'), 'b-to-a': digits('b-to-a') },
    lostPercent: streams.length === 0 ? null : Math.max(...streams.map((stream) => stream.lostPercent)),
  };
}

function toSeconds(ns: number | null): number | null {
  return ns === null ? null : ns / 1e9;
}
