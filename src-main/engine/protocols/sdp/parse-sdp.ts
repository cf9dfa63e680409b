import { type ParsedMedia, type ParsedSession, parse } from 'sdp-transform';
import { type PayloadBinding, staticPayloadTypes } from '../rtp/index';
import { canonicalAddress } from './address';

export type MediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One media description (RFC 8866, section 5.14) with what the session level says for it. */
export interface MediaDescription {
  readonly media: 'audio' | 'video' | 'data' | 'unknown';
  /** As written after `m=`: `audio`, `image`. */
  readonly type: string;
  /** `RTP/AVP`, `udptl`. */
  readonly profile: string;
  readonly isRtp: boolean;
  /** The profile is a secure one (RFC 3711, RFC 5764): payloads are encrypted. */
  readonly isSecure: boolean;
  /** Where the sender of the description receives; '' when that is no IP literal. */
  readonly address: string;
  /** 0: the media is refused or ended (RFC 3264, section 6). */
  readonly port: number;
  /** RFC 3605; equal to `port` with rtcp-mux (RFC 5761), else the next one. */
  readonly rtcpPort: number;
  readonly direction: MediaDirection;
  /** The other side shall not be heard: `sendonly`, `inactive`, or the address 0.0.0.0 of older phones. */
  readonly isOnHold: boolean;
  /** In the order of preference. */
  readonly payloads: readonly PayloadBinding[];
  readonly ptimeMs: number | null;
  /** URL by which RTSP controls it (RFC 2326, appendix C.1.1), relative or not; '' without one. */
  readonly control: string;
  /** RFC 5576; without repetitions. */
  readonly sources: readonly { readonly ssrc: number; readonly cname: string }[];
}

/** Hostile descriptions are read up to these limits. */
const MAX_LINES = 2000;
const MAX_LINE_LENGTH = 2000;
const MAX_MEDIA = 64;
const MAX_PAYLOADS = 128;

/** Lines of which a field is used; the others need not be parsed. */
const usedLine =
  /^(?:c=|m=|a=(?:rtpmap:|fmtp:|ptime:|rtcp:|rtcp-mux|control:|ssrc:\d+ cname:|sendrecv|sendonly|recvonly|inactive))/;

/** Media descriptions of a session description; any text gives something, nothing throws. */
export function parseSdp(text: string): readonly MediaDescription[] {
  const lines = text
    .split(/\r\n|\r|\n/, MAX_LINES)
    .filter((line) => line.length <= MAX_LINE_LENGTH && usedLine.test(line))
    // The library reads a port alone, RFC 8866 allows a count of ports after it.
    .map((line) => (line.startsWith('m=') ? line.replace(/^(m=\w+ \d+)\/\d+/, '$1') : line.trimEnd()));
  const session = parse(lines.join('\r\n'));
  return session.media.slice(0, MAX_MEDIA).map((media) => describe(media, session));
}

function describe(parsed: ParsedMedia, session: ParsedSession): MediaDescription {
  const type = text(parsed.type).toLowerCase();
  const profile = text(parsed.protocol);
  const upper = profile.toUpperCase();
  const port = portOf(parsed.port);
  const written = text((parsed.connection ?? session.connection)?.ip);
  const address = canonicalAddress(written);
  const direction = directionOf(parsed.direction) ?? directionOf(session.direction) ?? 'sendrecv';
  return {
    media: mediaKinds.get(type) ?? 'unknown',
    type,
    profile,
    isRtp: upper.includes('RTP/'),
    isSecure: /(?:^|\/)SAVPF?$/.test(upper),
    address,
    port,
    rtcpPort: parsed.rtcpMux !== undefined ? port : portOf(parsed.rtcp?.port) || Math.min(port + 1, 65535),
    direction,
    isOnHold: direction === 'sendonly' || direction === 'inactive' || address === '0.0.0.0' || address === '::',
    payloads: upper.includes('RTP/') ? payloadsOf(parsed) : [],
    ptimeMs: typeof parsed.ptime === 'number' && parsed.ptime > 0 ? parsed.ptime : null,
    control: text(parsed.control),
    sources: sourcesOf(parsed),
  };
}

const mediaKinds: ReadonlyMap<string, MediaDescription['media']> = new Map([
  ['audio', 'audio'],
  ['video', 'video'],
  ['text', 'data'],
  ['application', 'data'],
]);

/** The library gives numbers where a text is a number's, and texts where it is too long for one. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function portOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 65535 ? value : 0;
}

function directionOf(value: unknown): MediaDirection | null {
  switch (value) {
    case 'sendrecv':
    case 'sendonly':
    case 'recvonly':
    case 'inactive':
      return value;
    default:
      return null;
  }
}

function payloadsOf(parsed: ParsedMedia): PayloadBinding[] {
  const formats = text(parsed.payloads)
    .split(/\s+/, MAX_PAYLOADS)
    .filter((format) => /^\d{1,3}$/.test(format))
    .map(Number)
    .filter((payloadType) => payloadType <= 127);
  const bindings: PayloadBinding[] = [];
  for (const payloadType of new Set(formats)) {
    const binding = signalled(parsed, payloadType) ?? assigned(parsed, payloadType);
    if (binding !== null) bindings.push(binding);
  }
  return bindings;
}

/** From `a=rtpmap` (RFC 8866, section 6.6). */
function signalled(parsed: ParsedMedia, payloadType: number): PayloadBinding | null {
  const map = parsed.rtp.find((entry) => entry.payload === payloadType);
  const encodingName = registeredName(text(map?.codec));
  const clockRateHz = map?.rate;
  if (map === undefined || encodingName === '' || typeof clockRateHz !== 'number' || clockRateHz <= 0) return null;
  const channels = typeof map.encoding === 'number' && map.encoding >= 1 && map.encoding <= 255 ? map.encoding : 1;
  return { payloadType, encodingName, clockRateHz, channels, fmtp: fmtpOf(parsed, payloadType), basis: 'sdp' };
}

/** Names are the same in any case (RFC 4855, section 3); those of the static table are written as registered. */
function registeredName(name: string): string {
  return registeredNames.get(name.toLowerCase()) ?? name;
}

const registeredNames: ReadonlyMap<string, string> = new Map(
  [...staticPayloadTypes.values()]
    .map(({ encodingName }) => encodingName)
    .concat('telephone-event')
    .map((name) => [name.toLowerCase(), name]),
);

/** From the table of static payload types, when the description leaves the mapping to it. */
function assigned(parsed: ParsedMedia, payloadType: number): PayloadBinding | null {
  const entry = staticPayloadTypes.get(payloadType);
  if (entry === undefined) return null;
  const { encodingName, clockRateHz, channels } = entry;
  return { payloadType, encodingName, clockRateHz, channels, fmtp: fmtpOf(parsed, payloadType), basis: 'static' };
}

function fmtpOf(parsed: ParsedMedia, payloadType: number): string {
  const lines = parsed.fmtp.filter((entry) => entry.payload === payloadType);
  return lines.map((entry) => text(entry.config).trim()).join(';');
}

function sourcesOf(parsed: ParsedMedia): { ssrc: number; cname: string }[] {
  const sources = new Map<number, string>();
  for (const { id, value } of parsed.ssrcs ?? []) {
    if (typeof id === 'number' && id <= 0xffffffff && !sources.has(id)) sources.set(id, text(value));
  }
  return [...sources].map(([ssrc, cname]) => ({ ssrc, cname }));
}
