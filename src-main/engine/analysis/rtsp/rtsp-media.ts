import type { Endpoint } from '../../net/endpoint';
import type { MediaAnnouncement, PayloadBinding } from '../../protocols/rtp';
import type { RtspMessage, TransportSpec } from '../../protocols/rtsp';
import { canonicalAddress, type MediaDescription } from '../../protocols/sdp';

/** A presentation as DESCRIBE or ANNOUNCE told it. */
export interface Presentation {
  /** What the `a=control` of its media are relative to (RFC 2326, appendix C.1.1). */
  readonly base: string;
  readonly media: readonly MediaDescription[];
}

/** What SETUP agreed on for one media. */
export interface MediaSetup {
  readonly url: string;
  readonly transport: TransportSpec;
  readonly description: MediaDescription | null;
}

/** Where media of a description is controlled: Content-Base, Content-Location, the URL asked for, in this order. */
export function presentationBase(response: RtspMessage, requestUrl: string): string {
  const said = response.headers.get('content-base') ?? response.headers.get('content-location') ?? '';
  return said === '' ? requestUrl : /^[a-z]+:/i.test(said) ? said : requestUrl;
}

/**
 * The media description that a SETUP is for: that whose control URL it names; else the next in the order of the
 * description, for servers whose URLs do not fit theirs.
 */
export function describedMedia(presentation: Presentation | null, url: string, order: number): MediaDescription | null {
  if (!presentation) return null;
  const { base, media } = presentation;
  const wanted = comparable(url);
  const exact = media.filter(({ control }) => control !== '' && comparable(resolve(base, control)) === wanted);
  if (exact.length === 1) return exact[0];
  const byEnd = media.filter(({ control }) => control !== '' && control !== '*' && wanted.endsWith(lastPart(control)));
  if (byEnd.length === 1) return byEnd[0];
  return media[order] ?? null;
}

/** As players do it: a relative control is put behind the base, whatever the base ends with. */
function resolve(base: string, control: string): string {
  if (/^[a-z]+:/i.test(control)) return control;
  if (control === '*') return base;
  return `${base.replace(/\/+$/, '')}/${control.replace(/^\/+/, '')}`;
}

/** Neither user, default port, case of the host nor a slash at the end make another resource. */
function comparable(url: string): string {
  const match = /^(rtsp[su]?):\/\/(?:[^/@]*@)?([^/:]*)(?::(\d+))?(.*)$/i.exec(url);
  if (!match) return url.replace(/\/+$/, '');
  const [, , host, port = '554', path] = match;
  return `${host.toLowerCase()}:${port}${path.replace(/\/+$/, '')}`;
}

const lastPart = (control: string): string => `/${control.replace(/^.*\//, '')}`;

interface Ends {
  readonly client: Endpoint;
  readonly server: Endpoint;
}

interface Origin {
  readonly sessionId: string;
  readonly frame: number;
  readonly timeNs: number;
}

/** Where the media of a SETUP arrives, over UDP: told for both ends, so that a translator between them does no harm. */
export function announcementsOf(
  { transport, description }: MediaSetup,
  ends: Ends,
  origin: Origin,
): MediaAnnouncement[] {
  const told = (address: string, [port, rtcpPort]: readonly [number, number]): MediaAnnouncement[] =>
    address === '' || port <= 0 ? [] : [{ ...meaning(description, transport, origin), address, port, rtcpPort }];
  const literal = canonicalAddress(transport.destination);
  if (transport.isMulticast) {
    const group = literal || (description?.address ?? '');
    const ports = transport.port[0] > 0 ? transport.port : transport.clientPort;
    const described = description ? ([description.port, description.rtcpPort] as const) : ports;
    return told(group, ports[0] > 0 ? ports : described);
  }
  return [
    ...told(literal || ends.client.address, transport.clientPort),
    ...told(canonicalAddress(transport.source) || ends.server.address, transport.serverPort),
  ];
}

/** What a framed flow carries; null where no SETUP was seen for it. */
export function framedAnnouncement(
  setup: MediaSetup | null,
  flow: number,
  to: Endpoint,
  origin: Origin,
): MediaAnnouncement {
  const { address, port } = to;
  return {
    ...meaning(setup?.description ?? null, setup?.transport ?? null, origin),
    address,
    port,
    rtcpPort: port,
    flow,
  };
}

function meaning(
  description: MediaDescription | null,
  transport: TransportSpec | null,
  { sessionId, frame, timeNs }: Origin,
): Omit<MediaAnnouncement, 'address' | 'port' | 'rtcpPort'> {
  const payloads = description?.payloads ?? [];
  return {
    media: description?.media ?? 'unknown',
    payloads: payloads.map((payload): PayloadBinding => ({ ...payload, basis: 'rtsp' })),
    callId: null,
    sessionId,
    frame,
    timeNs,
    isSecure: (transport?.isSecure ?? false) || (description?.isSecure ?? false),
  };
}
