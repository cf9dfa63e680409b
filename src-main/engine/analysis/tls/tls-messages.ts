import type { Ladder, LadderMessage } from '#shared/model/call';
import type { MessageField, SessionMessageDetail, SessionMessageRow } from '#shared/model/session';
import { type AddressedBytes, missingBytes } from '../../bytes/extents';
import { type Endpoint, formatEndpoint } from '../../net/endpoint';
import {
  alertName,
  firstCertificate,
  handshakeName,
  HandshakeType,
  hexText,
  parseClientHello,
  parseServerHello,
  suiteName,
  type TlsFacts,
  type TlsMessage,
  TlsVersion,
  versionName,
} from '../../protocols/tls/index';

/** A connection with what its messages are read again by. */
export interface MessageSource {
  readonly id: string;
  readonly facts: TlsFacts;
  /** Sender of direction 0, and of direction 1. */
  readonly sides: readonly [Endpoint, Endpoint];
  readonly bytes: AddressedBytes;
}

const field = (name: string, value: string, children: readonly MessageField[] = []): MessageField => ({
  name,
  value,
  children,
});

function bodyOf({ bytes }: MessageSource, { address, length }: TlsMessage): Uint8Array {
  if (address === missingBytes) return new Uint8Array(0);
  const body = new Uint8Array(length);
  return body.subarray(0, bytes.read(address, body));
}

const labelOf = ({ type }: TlsMessage): string => (type === null ? 'Alert' : handshakeName(type));

/** What a message says, as the protocol names it. */
function fieldsOf(source: MessageSource, message: TlsMessage, body: Uint8Array): MessageField[] {
  const { type } = message;
  if (type === null) {
    return [field('level', body[0] === 2 ? 'fatal' : 'warning'), field('description', alertName(body[1] ?? 0))];
  }
  if (type === HandshakeType.clientHello) {
    const hello = parseClientHello(body, 0, body.length);
    if (!hello) return [];
    return [
      field('version', versionName(hello.version)),
      field('random', hexText(hello.random)),
      field('sessionId', hexText(hello.sessionId)),
      field(
        'cipherSuites',
        String(hello.cipherSuites.length),
        hello.cipherSuites.map((code) => field(suiteName(code), '')),
      ),
      field('serverName', hello.serverName ?? ''),
      field('alpn', hello.alpn.join(', ')),
      ...(hello.ticket ? [field('sessionTicket', `${hello.ticket.length} bytes`)] : []),
      ...(hello.offersEarlyData ? [field('earlyData', 'offered')] : []),
      ...(hello.hasEncryptedHello ? [field('encryptedClientHello', 'yes')] : []),
    ];
  }
  if (type === HandshakeType.serverHello) {
    const hello = parseServerHello(body, 0, body.length);
    if (!hello) return [];
    return [
      ...(hello.isRetry ? [field('helloRetryRequest', 'yes')] : []),
      field('version', versionName(hello.version)),
      field('random', hexText(hello.random)),
      field('sessionId', hexText(hello.sessionId)),
      field('cipherSuite', suiteName(hello.cipherSuite)),
      field('alpn', hello.alpn ?? ''),
      field('extendedMasterSecret', hello.extendedMasterSecret ? 'yes' : 'no'),
      field('encryptThenMac', hello.encryptThenMac ? 'yes' : 'no'),
      field('preSharedKey', hello.preSharedKey ? 'yes' : 'no'),
    ];
  }
  if (type === HandshakeType.certificate) {
    const names = firstCertificate(body, 0, body.length, (source.facts.version ?? 0) >= TlsVersion.tls13);
    if (!names) return [];
    return [
      field('subject', names.subject),
      field('issuer', names.issuer),
      field(
        'subjectAltName',
        String(names.alternatives.length),
        names.alternatives.map((name) => field(name, '')),
      ),
    ];
  }
  return [];
}

/** One line of the fields that tell most. */
function summaryOf(source: MessageSource, message: TlsMessage): string {
  const fields = fieldsOf(source, message, bodyOf(source, message));
  const values = [
    'serverName',
    'subject',
    'helloRetryRequest',
    'version',
    'cipherSuite',
    'alpn',
    'level',
    'description',
  ]
    .map((name) => fields.find((each) => each.name === name))
    .flatMap((each) => (each?.name === 'helloRetryRequest' ? 'HelloRetryRequest' : (each?.value ?? '')))
    .filter((value) => value !== '');
  return [...values, ...(message.isProtected ? ['encrypted'] : [])].join(', ');
}

const ends = ({ sides }: MessageSource, { direction }: TlsMessage): readonly [Endpoint, Endpoint] => [
  sides[direction],
  sides[direction ^ 1],
];

/** Messages of the handshake and alerts, as a table has them. */
export function tlsMessageRows(source: MessageSource): SessionMessageRow[] {
  return source.facts.messages.map((message, i) => {
    const [from, to] = ends(source, message);
    return {
      id: `${source.id}-m${i + 1}`,
      frame: message.frame,
      timeSeconds: message.timeNs / 1e9,
      source: formatEndpoint(from),
      destination: formatEndpoint(to),
      label: labelOf(message),
      summary: summaryOf(source, message),
      bytes: message.length,
    };
  });
}

/** One of them whole; null when there is no such message. */
export function tlsMessageDetail(source: MessageSource, index: number): SessionMessageDetail | null {
  const message = source.facts.messages[index];
  if (!message) return null;
  const body = bodyOf(source, message);
  const [from, to] = ends(source, message);
  return {
    id: `${source.id}-m${index + 1}`,
    frame: message.frame,
    timeSeconds: message.timeNs / 1e9,
    source: formatEndpoint(from),
    destination: formatEndpoint(to),
    title: labelOf(message),
    fields: fieldsOf(source, message, body),
    text: null,
    raw: body,
  };
}

/** The handshake as arrows between the two sides. */
export function tlsLadder(source: MessageSource): Ladder {
  const client = source.facts.client === 1 ? 1 : 0;
  const hosts = [source.sides[client], source.sides[client ^ 1]];
  const items = source.facts.messages.map((message, i): LadderMessage => {
    const [from, to] = ends(source, message);
    const fromHost = message.direction === client ? 0 : 1;
    return {
      kind: 'message',
      id: `${source.id}-m${i + 1}`,
      frame: message.frame,
      timeSeconds: message.timeNs / 1e9,
      fromHost,
      toHost: 1 - fromHost,
      fromPort: from.port,
      toPort: to.port,
      label: labelOf(message),
      detail: summaryOf(source, message),
      dialog: 0,
      isRetransmission: false,
    };
  });
  return {
    callId: source.id,
    hosts: hosts.map((host) => ({ address: host.address, label: formatEndpoint(host) })),
    dialogs: [{ callId: source.id }],
    items,
  };
}
