import type { Ladder, LadderItem, LadderMedia, LadderMessage } from '#shared/model/call';
import type { StreamRow } from '#shared/model/stream';
import { type Endpoint, formatEndpoint } from '../../net/endpoint';
import type { Call } from './call';
import type { LoggedMessage } from './message-log';

/**
 * Draws the flow of a call: its messages and its RTP in the order of time, one column a host in the order of
 * appearance. Where a host talks to itself (a capture of the loopback interface), its ports get columns of their
 * own, and its RTP goes with the SIP port that announced it.
 */
export function buildLadder(call: Call, messages: readonly LoggedMessage[], streams: readonly StreamRow[]): Ladder {
  const columns = new Columns(call, messages);
  const events = [
    ...messages.map((message) => ({ timeSeconds: message.timeNs / 1e9, message, stream: null })),
    ...streams.map((stream) => ({ timeSeconds: stream.startSeconds, message: null, stream })),
  ].sort((a, b) => a.timeSeconds - b.timeSeconds);
  const items = events.map(
    ({ message, stream }): LadderItem => (message ? messageItem(message, columns) : mediaItem(stream, columns)),
  );
  const dialogs = Array.from({ length: call.dialogCount }, () => ({ callId: call.callId }));
  return { callId: call.id, hosts: columns.hosts, dialogs, items };
}

export const messageId = (index: number): string => `sip-${index + 1}`;

/** Index of a message by its id; -1 when it is none. */
export function messageIndex(id: string): number {
  const match = /^sip-(\d{1,15})$/.exec(id);
  return match ? Number(match[1]) - 1 : -1;
}

function messageItem(message: LoggedMessage, columns: Columns): LadderMessage {
  const { source, destination } = message;
  return {
    kind: 'message',
    id: messageId(message.index),
    frame: message.frame,
    timeSeconds: message.timeNs / 1e9,
    fromHost: columns.index(source),
    toHost: columns.index(destination),
    fromPort: source.port,
    toPort: destination.port,
    label: message.label,
    detail: message.detail,
    dialog: message.dialog,
    isRetransmission: message.isRetransmission,
  };
}

function mediaItem(stream: StreamRow, columns: Columns): LadderMedia {
  const source = parseEndpoint(stream.src);
  const destination = parseEndpoint(stream.dst);
  const protocol = stream.encryption === 'srtp' ? 'SRTP' : 'RTP';
  const lost = stream.lostPercent < 0.05 && stream.lost > 0 ? '<0.1' : stream.lostPercent.toFixed(1);
  return {
    kind: 'media',
    id: `media-${stream.id}`,
    streamId: stream.id,
    frame: stream.firstFrame,
    timeSeconds: stream.startSeconds,
    endSeconds: stream.startSeconds + stream.durationSeconds,
    fromHost: columns.index(source),
    toHost: columns.index(destination),
    fromPort: source.port,
    toPort: destination.port,
    label: `${protocol} ${stream.codec ?? 'of unknown codec'}`,
    detail: `${stream.packets} packets, ${lost} % lost`,
  };
}

/** Reads what `formatEndpoint` wrote. */
function parseEndpoint(text: string): Endpoint {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

class Columns {
  readonly hosts: { address: string; label: string }[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly split: ReadonlySet<string>;
  private readonly owners: ReadonlyMap<string, string>;

  constructor(call: Call, messages: readonly LoggedMessage[]) {
    const toItself = messages.filter(({ source, destination }) => source.address === destination.address);
    this.split = new Set(toItself.map(({ source }) => source.address));
    this.owners = new Map(call.ports.map(({ endpoint, owner }) => [endpoint, owner]));
  }

  index(endpoint: Endpoint): number {
    const key = this.keyOf(endpoint);
    let index = this.byKey.get(key);
    if (index === undefined) {
      index = this.hosts.length;
      this.hosts.push({ address: endpoint.address, label: key });
      this.byKey.set(key, index);
    }
    return index;
  }

  private keyOf(endpoint: Endpoint): string {
    if (!this.split.has(endpoint.address)) return endpoint.address;
    const text = formatEndpoint(endpoint);
    return this.owners.get(text) ?? text;
  }
}
