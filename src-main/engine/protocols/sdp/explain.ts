import { staticPayloadTypes } from '../rtp/index';

/** What a line of a session description means (RFC 8866 and the attributes in use), in one sentence; '' when unknown. */
export function explainSdpLine(line: string): string {
  if (line.length < 2 || line[1] !== '=') return line.trim() === '' ? '' : 'Not a line of a session description.';
  const value = line.slice(2).trim();
  switch (line[0]) {
    case 'v':
      return `Version of the description format${value === '0' ? '.' : ': RFC 8866 knows 0 only.'}`;
    case 'o':
      return origin(value);
    case 's':
      return value === '-' || value === '' ? 'The session has no name.' : 'Name of the session.';
    case 'i':
      return 'Title of the session or media, for people.';
    case 'u':
      return 'Where more about the session can be read.';
    case 'e':
      return 'E-mail address of the person responsible.';
    case 'p':
      return 'Telephone number of the person responsible.';
    case 'c':
      return connection(value);
    case 'b':
      return bandwidth(value);
    case 't':
      return value === '0 0' ? 'The session has neither start nor end.' : 'Start and end of the session (NTP seconds).';
    case 'r':
      return 'How often the session repeats.';
    case 'z':
      return 'Time zone adjustments.';
    case 'k':
      return 'Encryption key: obsolete, not to be used.';
    case 'm':
      return media(value);
    case 'a':
      return attribute(value);
    default:
      return 'A line type that RFC 8866 does not know.';
  }
}

function origin(value: string): string {
  const [user, id, version, , , address] = value.split(/\s+/);
  if (address === undefined) return 'Who made the description; fields are missing.';
  return `Made by ${user === '-' ? 'a user without name' : user} at ${address}: session ${id}, version ${version} (a new version means a change).`;
}

function connection(value: string): string {
  const address = value.split(/\s+/)[2];
  if (address === undefined) return 'Where media is to be sent; the address is missing.';
  if (address === '0.0.0.0') return 'Send no media: hold as older phones signal it (RFC 3264, section 8.4).';
  return `Send media to ${address}.`;
}

const bandwidthTypes: ReadonlyMap<string, string> = new Map([
  ['AS', 'kbit/s at most for this application, headers included'],
  ['CT', 'kbit/s at most for the whole session'],
  ['TIAS', 'bit/s at most for the media alone, without headers (RFC 3890)'],
  ['RS', 'bit/s of RTCP for active senders (RFC 3556)'],
  ['RR', 'bit/s of RTCP for receivers (RFC 3556)'],
]);

function bandwidth(value: string): string {
  const [type, limit] = value.split(':');
  const meaning = bandwidthTypes.get(type);
  return meaning && limit ? `${limit} ${meaning}.` : 'Bandwidth of a kind not known here.';
}

function media(value: string): string {
  const match = /^(\S+) (\d+)(?:\/(\d+))? (\S+)(?: (.*))?$/.exec(value);
  if (!match) return 'A media description that cannot be read.';
  const [, type, port, count, profile, formats = ''] = match;
  if (port === '0') return `The ${type} is refused or ended (port 0).`;
  const ports = count && count !== '1' ? `${count} pairs of ports from ${port}` : `port ${port}`;
  const list = formats.split(/\s+/).filter(Boolean);
  const names = /RTP\//i.test(profile) ? list.map(formatName).join(', ') : list.join(', ');
  return `Receives ${type} on ${ports} over ${profileName(profile)}; formats by preference: ${names || 'none'}.`;
}

function formatName(format: string): string {
  const known = /^\d{1,3}$/.test(format) ? staticPayloadTypes.get(Number(format)) : undefined;
  return known ? `${format} (${known.encodingName})` : format;
}

function profileName(profile: string): string {
  const upper = profile.toUpperCase();
  if (upper.startsWith('UDP/TLS/RTP/')) return `${profile} (SRTP, keys by DTLS)`;
  if (upper.endsWith('SAVP') || upper.endsWith('SAVPF')) return `${profile} (SRTP: encrypted)`;
  if (upper.endsWith('AVPF')) return `${profile} (RTP with RTCP feedback)`;
  if (upper === 'RTP/AVP') return `${profile} (plain RTP)`;
  return profile;
}

function attribute(value: string): string {
  const colon = value.indexOf(':');
  const name = colon < 0 ? value : value.slice(0, colon);
  const explain = attributes.get(name.toLowerCase());
  if (explain === undefined) return 'An attribute not known here: receivers ignore those they do not know.';
  return typeof explain === 'string' ? explain : explain(colon < 0 ? '' : value.slice(colon + 1).trim());
}

type Explanation = string | ((value: string) => string);

const attributes: ReadonlyMap<string, Explanation> = new Map<string, Explanation>([
  ['sendrecv', 'Wants to send and to receive.'],
  ['sendonly', 'Sends but does not want to receive: the other side is on hold.'],
  ['recvonly', 'Receives but does not send: the answer to being put on hold.'],
  ['inactive', 'Neither sends nor receives: hold on both sides.'],
  ['rtpmap', rtpmap],
  ['fmtp', fmtp],
  ['ptime', (value) => `Wants ${value} ms of media in each packet.`],
  ['maxptime', (value) => `Takes ${value} ms of media in a packet at most.`],
  ['minptime', (value) => `Takes ${value} ms of media in a packet at least.`],
  ['rtcp', rtcp],
  ['rtcp-mux', 'RTCP may come to the same port as RTP (RFC 5761).'],
  ['rtcp-mux-only', 'RTCP must come to the same port as RTP (RFC 8858).'],
  ['rtcp-rsize', 'RTCP packets may be of reduced size (RFC 5506).'],
  ['rtcp-fb', rtcpFeedback],
  ['rtcp-xr', 'Extended RTCP reports that are wanted (RFC 3611).'],
  ['ssrc', source],
  ['ssrc-group', 'Sources that belong together, such as a stream and its retransmission (RFC 5576).'],
  ['msid', 'Media stream and track of a WebRTC peer (RFC 8830).'],
  ['msid-semantic', 'Meaning of the media stream identifiers of a WebRTC peer.'],
  ['mid', (value) => `Name of this media for grouping: ${value} (RFC 5888).`],
  ['group', group],
  ['label', (value) => `Label of this media for the application: ${value} (RFC 4574).`],
  ['content', (value) => `What is seen or heard: ${value} (RFC 4796).`],
  ['framerate', (value) => `At most ${value} pictures a second.`],
  ['framesize', 'Largest picture of a payload type.'],
  ['imageattr', 'Picture sizes that can be sent and received (RFC 6236).'],
  ['quality', 'Preferred picture quality, 0 to 10.'],
  ['orient', 'Orientation of a whiteboard.'],
  ['lang', (value) => `Language: ${value}.`],
  ['sdplang', (value) => `Language of the description: ${value}.`],
  ['charset', (value) => `Character set of names: ${value}.`],
  ['tool', (value) => `Made with ${value}.`],
  ['type', (value) => `Kind of conference: ${value}.`],
  ['cat', 'Category of the session.'],
  ['keywds', 'Keywords of the session.'],
  ['range', 'Part of the recording that is described (RTSP).'],
  ['control', 'URL by which this media is controlled (RTSP).'],
  ['crypto', crypto],
  ['key-mgmt', 'Key management message such as MIKEY (RFC 4567).'],
  [
    'fingerprint',
    (value) => `Hash of the DTLS certificate (${value.split(' ')[0]}): keys of SRTP come from DTLS (RFC 5763).`,
  ],
  ['setup', setup],
  ['connection', 'Whether a connection is new or existing (RFC 4145).'],
  ['tls-id', 'Identifies the DTLS association (RFC 8842).'],
  ['zrtp-hash', 'Hash of the ZRTP Hello message (RFC 6189).'],
  ['candidate', candidate],
  ['remote-candidates', 'Addresses chosen by the other ICE agent (RFC 8839).'],
  ['end-of-candidates', 'No further ICE candidates follow (RFC 8840).'],
  ['ice-ufrag', 'User name of ICE connectivity checks (RFC 8839).'],
  ['ice-pwd', 'Password of ICE connectivity checks (RFC 8839).'],
  ['ice-options', (value) => `ICE extensions in use: ${value} (RFC 8839).`],
  ['ice-lite', 'Answers ICE checks only: a server with a public address (RFC 8839).'],
  ['ice-mismatch', 'ICE was not used: addresses in the offer had been changed on the way.'],
  ['altc', 'Alternative address, IPv4 or IPv6 (RFC 6947).'],
  ['extmap', extmap],
  ['extmap-allow-mixed', 'One- and two-byte RTP header extensions may be mixed (RFC 8285).'],
  ['rid', 'Restriction of one simulcast stream (RFC 8851).'],
  ['simulcast', 'Several versions of the same video are sent (RFC 8853).'],
  ['sctp-port', (value) => `SCTP port of the data channel: ${value} (RFC 8841).`],
  ['sctpmap', 'Data channel protocol in an older form.'],
  ['max-message-size', (value) => `Takes data channel messages of ${value} bytes at most (RFC 8841).`],
  ['silencesupp', silenceSuppression],
  ['ecan', 'Echo canceller control (RFC 3108).'],
  ['gpmd', 'General purpose media descriptor (RFC 3108).'],
  ['curr', precondition('Current')],
  ['des', precondition('Desired')],
  ['conf', precondition('Confirm')],
  ['t38faxversion', (value) => `Version of T.38 fax: ${value}.`],
  ['t38maxbitrate', (value) => `Fax at ${value} bit/s at most.`],
  ['t38faxratemanagement', (value) => `Who trains the fax modems: ${value}.`],
  ['t38faxmaxbuffer', (value) => `Buffers ${value} bytes of fax.`],
  ['t38faxmaxdatagram', (value) => `Takes fax datagrams of ${value} bytes at most.`],
  ['t38faxudpec', (value) => `Error correction of fax packets: ${value}.`],
  ['t38faxfillbitremoval', 'Fill bits of a fax may be removed.'],
  ['t38faxtranscodingmmr', 'Fax may be transcoded to MMR.'],
  ['t38faxtranscodingjbig', 'Fax may be transcoded to JBIG.'],
  ['path', 'MSRP path to this peer (RFC 4975).'],
  ['accept-types', 'Message types that are taken (MSRP, RFC 4975).'],
  ['nortpproxy', 'A media relay has already changed this description.'],
  ['direction', 'Which side opens the connection (older form of setup).'],
  ['x-nat', 'How the sender sits behind an address translation.'],
]);

function rtpmap(value: string): string {
  const match = /^(\d+) ([^/\s]+)\/(\d+)(?:\/(\S+))?/.exec(value);
  if (!match) return 'Meaning of a payload type; cannot be read.';
  const [, payloadType, encodingName, clockRate, parameters] = match;
  const channels = parameters && parameters !== '1' ? `, ${parameters} channels` : '';
  const dtmf = encodingName.toLowerCase() === 'telephone-event' ? ': DTMF digits and tones as events (RFC 4733)' : '';
  return `Payload type ${payloadType} is ${encodingName} with a clock of ${clockRate} Hz${channels}${dtmf}.`;
}

function fmtp(value: string): string {
  const [payloadType, ...rest] = value.split(' ');
  const parameters = rest.join(' ');
  if (/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(parameters)) {
    return `Payload type ${payloadType} takes the events ${parameters}${/^0-1[56]\b/.test(parameters) ? ': digits, * # and A to D' : ''}.`;
  }
  return `Format parameters of payload type ${payloadType}: ${parameters}.`;
}

function rtcp(value: string): string {
  const [port, , , address] = value.split(/\s+/);
  return `Receives RTCP on port ${port}${address ? ` of ${address}` : ''} (RFC 3605).`;
}

function rtcpFeedback(value: string): string {
  const [payloadType, ...kinds] = value.split(/\s+/);
  const whom = payloadType === '*' ? 'all payload types' : `payload type ${payloadType}`;
  return `RTCP feedback for ${whom}: ${kinds.join(' ')} (RFC 4585).`;
}

function source(value: string): string {
  const match = /^(\d+)\s+([^:\s]+)(?::(.*))?$/.exec(value);
  if (!match) return 'A property of a source (RFC 5576).';
  const ssrc = `0x${(Number(match[1]) >>> 0).toString(16).padStart(8, '0')}`;
  return `Source ${ssrc} has ${match[2]} ${match[3] ?? ''}`.trimEnd().concat(' (RFC 5576).');
}

function group(value: string): string {
  const [semantics, ...names] = value.split(/\s+/);
  const meaning =
    semantics === 'BUNDLE'
      ? ' share one transport'
      : semantics === 'LS'
        ? ' are lip-synchronous'
        : ` form the group ${semantics}`;
  return `The media ${names.join(', ')}${meaning} (RFC 5888).`;
}

function crypto(value: string): string {
  const [tag, suite] = value.split(/\s+/);
  return `Key number ${tag} of SRTP for ${suite}, in clear text (SDES, RFC 4568).`;
}

function setup(value: string): string {
  const roles: Record<string, string> = {
    active: 'This side opens the connection',
    passive: 'This side waits for the connection',
    actpass: 'The other side chooses who opens the connection',
    holdconn: 'No connection for now',
  };
  return `${roles[value] ?? 'Who opens the connection'} (RFC 4145).`;
}

function candidate(value: string): string {
  const [, component, transport, , address, port, , type] = value.split(/\s+/);
  if (type === undefined) return 'An address of this ICE agent (RFC 8839).';
  const types: Record<string, string> = {
    host: 'of the host itself',
    srflx: 'as a STUN server sees it',
    prflx: 'as the peer sees it',
    relay: 'of a TURN relay',
  };
  const what = component === '1' ? 'RTP' : component === '2' ? 'RTCP' : `component ${component}`;
  return `ICE candidate for ${what}: ${transport} ${address} port ${port}, ${types[type] ?? type} (RFC 8839).`;
}

function extmap(value: string): string {
  const [id, uri = ''] = value.split(/\s+/);
  return `RTP header extension ${id.split('/')[0]} is ${uri.split(/[:/]/).at(-1) ?? uri} (RFC 8285).`;
}

function silenceSuppression(value: string): string {
  return `Silence suppression is ${value.startsWith('off') ? 'off' : 'on'} (RFC 3108).`;
}

function precondition(which: string): (value: string) => string {
  return (value) => `${which} state of a precondition such as quality of service: ${value} (RFC 3312).`;
}
