/** One alternative of a Transport header field (RFC 2326, section 12.39; RFC 7826, section 18.54). */
export interface TransportSpec {
  /** `RTP/AVP`, `RTP/SAVP/UDP`. */
  readonly protocol: string;
  readonly isTcp: boolean;
  readonly isSecure: boolean;
  readonly isMulticast: boolean;
  /** Multicast group, or where unicast goes when not to the client; '' when not said. */
  readonly destination: string;
  readonly source: string;
  /** First and second of a pair of ports or channels; -1 when not said. */
  readonly clientPort: readonly [number, number];
  readonly serverPort: readonly [number, number];
  /** Ports of a multicast group. */
  readonly port: readonly [number, number];
  readonly interleaved: readonly [number, number];
  /** SSRC of the media; -1 when not said. */
  readonly ssrc: number;
  readonly mode: 'play' | 'record';
}

/** One element of RTP-Info (RFC 2326, section 12.33): where a stream goes on after PLAY. -1 when not said. */
export interface RtpInfo {
  readonly url: string;
  readonly sequence: number;
  readonly rtpTime: number;
  readonly ssrc: number;
}

const maxElements = 32;
const noPorts: readonly [number, number] = [-1, -1];

/** All alternatives, in the order of preference; whatever cannot be read is left out. */
export function parseTransport(value: string): TransportSpec[] {
  return splitOutsideQuotes(value, ',')
    .slice(0, maxElements)
    .map((element) => parseSpec(element.trim()))
    .filter((spec) => spec !== null);
}

function parseSpec(text: string): TransportSpec | null {
  const [protocol, ...parameters] = splitOutsideQuotes(text, ';').map((part) => part.trim());
  if (!protocol.includes('/')) return null;
  const named = new Map<string, string>();
  const flags = new Set<string>();
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    if (equals < 0) flags.add(parameter.toLowerCase());
    else named.set(parameter.slice(0, equals).trim().toLowerCase(), unquote(parameter.slice(equals + 1).trim()));
  }
  const upper = protocol.toUpperCase();
  // RTSP 2.0 names addresses `host:port` (RFC 7826, section 18.54).
  const [destinationHost, destinationPorts] = addressList(named.get('dest_addr') ?? '');
  const [sourceHost, sourcePorts] = addressList(named.get('src_addr') ?? '');
  const ssrc = /^[0-9a-f]{1,8}/i.exec(named.get('ssrc') ?? '');
  return {
    protocol,
    isTcp: upper.endsWith('/TCP') || named.has('interleaved'),
    isSecure: /\/SAVPF?(?:\/|$)/.test(upper),
    isMulticast: flags.has('multicast'),
    destination: named.get('destination') ?? destinationHost,
    source: named.get('source') ?? sourceHost,
    clientPort: pair(named.get('client_port'), 65_535) ?? destinationPorts,
    serverPort: pair(named.get('server_port'), 65_535) ?? sourcePorts,
    port: pair(named.get('port'), 65_535) ?? noPorts,
    interleaved: pair(named.get('interleaved'), 255) ?? noPorts,
    ssrc: ssrc ? Number.parseInt(ssrc[0], 16) : -1,
    mode: /record/i.test(named.get('mode') ?? '') ? 'record' : 'play',
  };
}

/** `"192.0.2.1:5000"/"192.0.2.1:5001"`: the first's host, and both ports. */
function addressList(value: string): [string, readonly [number, number]] {
  const found = value
    .split('/')
    .map((part) => /^"?(\[[^\]]*\]|[^:"]*):(\d{1,5})"?$/.exec(part.trim()))
    .filter((match) => match !== null);
  const [first, second] = found;
  if (!first) return ['', noPorts];
  const port = Number(first[2]);
  return [first[1].replace(/^\[|\]$/g, ''), [port, second ? Number(second[2]) : Math.min(port + 1, 65_535)]];
}

/** `4588-4589`; a single one stands for itself and the next (RFC 2326, section 12.39). */
function pair(value: string | undefined, highest: number): readonly [number, number] | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value?.trim() ?? '');
  if (!match) return null;
  const first = Number(match[1]);
  const second = match[2] === undefined ? Math.min(first + 1, highest) : Number(match[2]);
  return first > highest || second > highest ? null : [first, second];
}

/** Elements of an RTP-Info field, of RTSP 1.0 or 2.0. */
export function parseRtpInfo(value: string): RtpInfo[] {
  const found: RtpInfo[] = [];
  // URLs may hold commas, but a new element begins with `url=`.
  for (const element of value.split(/,\s*(?=url\s*=)/i).slice(0, maxElements)) {
    const url = /\burl\s*=\s*(?:"([^"]*)"|([^;\s]*))/i.exec(element);
    if (!url) continue;
    const field = (name: string, base: number, digits: string): number => {
      const match = new RegExp(`\\b${name}\\s*=\\s*(${digits}+)`, 'i').exec(element);
      const number = match ? Number.parseInt(match[1], base) : -1;
      return number <= 0xffff_ffff ? number : -1;
    };
    found.push({
      url: url[1] ?? url[2],
      sequence: field('seq', 10, '\\d'),
      rtpTime: field('rtptime', 10, '\\d'),
      ssrc: field('ssrc', 16, '[0-9a-f]'),
    });
  }
  return found;
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '"') isQuoted = !isQuoted;
    else if (text[i] === separator && !isQuoted) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

const unquote = (text: string): string => text.replace(/^"([^"/]*)"$/, '$1');
