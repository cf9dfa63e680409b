import type { SessionMessageRow } from '#shared/model/session';
import type { Extents } from '../../bytes/extents';
import { formatEndpoint, type Endpoint } from '../../net/endpoint';
import { parseTransport, type RtspMessage, withoutPassword } from '../../protocols/rtsp';

/** One message as it is remembered: where it lies, not what it says. */
export interface LoggedMessage {
  readonly index: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly frame: number;
  readonly timeNs: number;
  /** `SETUP`, `200 OK`. */
  readonly label: string;
  readonly summary: string;
  readonly extents: Extents;
  readonly isTruncated: boolean;
}

/** More messages of one capture are counted, not kept. */
const maxMessages = 200_000;
const maxText = 200;

/** The messages of all RTSP connections, in the order in which they were completed. */
export class MessageLog {
  private readonly messages: LoggedMessage[] = [];
  /** Messages that were not kept. */
  dropped = 0;

  get count(): number {
    return this.messages.length + this.dropped;
  }

  /** Null when there are too many. */
  append(message: RtspMessage, summary: string, source: Endpoint, destination: Endpoint): LoggedMessage | null {
    if (this.messages.length >= maxMessages) {
      this.dropped += 1;
      return null;
    }
    const logged: LoggedMessage = {
      index: this.messages.length,
      source,
      destination,
      frame: message.frame,
      timeNs: message.timeNs,
      label: labelOf(message),
      summary: shorten(summary),
      extents: message.extents,
      isTruncated: message.isTruncated,
    };
    this.messages.push(logged);
    return logged;
  }

  byId(id: string): LoggedMessage | null {
    const match = /^rtsp-message-(\d{1,9})$/.exec(id);
    return match ? (this.messages[Number(match[1]) - 1] ?? null) : null;
  }
}

export const messageId = ({ index }: LoggedMessage): string => `rtsp-message-${index + 1}`;

export function messageRow(message: LoggedMessage): SessionMessageRow {
  return {
    id: messageId(message),
    frame: message.frame,
    timeSeconds: message.timeNs / 1e9,
    source: formatEndpoint(message.source),
    destination: formatEndpoint(message.destination),
    label: message.label,
    summary: message.summary,
    bytes: message.extents.total,
  };
}

function labelOf(message: RtspMessage): string {
  if (message.isRequest) return message.method;
  return shorten(`${message.statusCode} ${message.reasonPhrase}`.trim());
}

/** One line about a message: what was asked, what was agreed. `media` tells what a description offers. */
export function summarise(message: RtspMessage, media: string): string {
  const { headers } = message;
  const parts: string[] = [];
  if (message.isRequest) parts.push(withoutPassword(message.url));
  const transport = headers.get('transport');
  if (transport !== undefined) parts.push(...parseTransport(transport).slice(0, 2).map(transportText));
  for (const name of ['range', 'rtp-info', 'session', 'location', 'scale'] as const) {
    const value = headers.get(name);
    if (value !== undefined)
      parts.push(`${name === 'rtp-info' ? 'RTP-Info' : capital(name)} ${withoutPassword(value)}`);
  }
  const challenge = headers.get('www-authenticate');
  if (challenge !== undefined) parts.push(`asks for ${challenge.split(/\s/, 1)[0]} authentication`);
  if (media !== '') parts.push(media);
  return parts.join(' · ');
}

/** `UDP 192.0.2.7:5000-5001`, `interleaved 0-1`. */
export function transportText(spec: ReturnType<typeof parseTransport>[number]): string {
  const range = ([first, second]: readonly [number, number]): string => `${first}-${second}`;
  if (spec.interleaved[0] >= 0) return `${spec.protocol} interleaved ${range(spec.interleaved)}`;
  const parts = [spec.protocol];
  if (spec.isMulticast) parts.push(`multicast ${spec.destination} ${spec.port[0] >= 0 ? range(spec.port) : ''}`.trim());
  if (spec.clientPort[0] >= 0) parts.push(`client ports ${range(spec.clientPort)}`);
  if (spec.serverPort[0] >= 0) parts.push(`server ports ${range(spec.serverPort)}`);
  return parts.join(' ');
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const shorten = (text: string): string => (text.length > maxText ? `${text.slice(0, maxText - 1)}…` : text);
