import type { Ladder, LadderItem } from '#shared/model/call';
import type { StreamRow } from '#shared/model/stream';
import { type Endpoint, formatEndpoint } from '../../net/endpoint';
import { type LoggedMessage, messageId } from './message-log';

/** More messages are not drawn. */
const maxMessages = 20_000;

/**
 * Messages and media of a session in the order of time: one column a host, or one an endpoint where a host talks to
 * itself.
 */
export function buildSessionLadder(
  id: string,
  messages: readonly LoggedMessage[],
  streams: readonly StreamRow[],
): Ladder {
  const hosts: { address: string; label: string }[] = [];
  const byKey = new Map<string, number>();
  const isLoopback = messages.some(({ source, destination }) => source.address === destination.address);
  const column = (endpoint: Endpoint): number => {
    const label = isLoopback ? formatEndpoint(endpoint) : endpoint.address;
    let index = byKey.get(label);
    if (index === undefined) {
      index = hosts.length;
      hosts.push({ address: endpoint.address, label });
      byKey.set(label, index);
    }
    return index;
  };
  const drawn = messages.slice(0, maxMessages).map((message): LadderItem => {
    const { source, destination } = message;
    return {
      kind: 'message',
      id: messageId(message),
      frame: message.frame,
      timeSeconds: message.timeNs / 1e9,
      fromHost: column(source),
      toHost: column(destination),
      fromPort: source.port,
      toPort: destination.port,
      label: message.label,
      detail: message.summary,
      dialog: 0,
      isRetransmission: false,
    };
  });
  const media = streams.map((stream): LadderItem => {
    const source = parseEndpoint(stream.src);
    const destination = parseEndpoint(stream.dst);
    return {
      kind: 'media',
      id: `media-${stream.id}`,
      streamId: stream.id,
      frame: stream.firstFrame,
      timeSeconds: stream.startSeconds,
      endSeconds: stream.startSeconds + stream.durationSeconds,
      fromHost: column(source),
      toHost: column(destination),
      fromPort: source.port,
      toPort: destination.port,
      label: `${stream.encryption === 'srtp' ? 'SRTP' : 'RTP'} ${stream.codec ?? 'of unknown codec'}`,
      detail: `${stream.packets} packets, ${stream.lostPercent.toFixed(1)} % lost`,
    };
  });
  const items = [...drawn, ...media].sort((a, b) => a.timeSeconds - b.timeSeconds);
  return { callId: id, hosts, dialogs: [{ callId: id }], items };
}

/** Reads what `formatEndpoint` wrote. */
function parseEndpoint(text: string): Endpoint {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}
