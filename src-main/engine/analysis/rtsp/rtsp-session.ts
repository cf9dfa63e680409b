import type { SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import { type Endpoint, formatEndpoint } from '../../net/endpoint';
import { challengesOf, credentialsOf, type RtspMessage, sessionIdOf, withoutPassword } from '../../protocols/rtsp';
import type { LoggedMessage } from './message-log';
import { transportText } from './message-log';
import { describedMedia, type MediaSetup, type Presentation } from './rtsp-media';

/** States of RFC 2326, appendix A, and what comes to pass before and beside them. */
export type RtspState =
  | 'opened'
  | 'described'
  | 'ready'
  | 'playing'
  | 'recording'
  | 'paused'
  | 'torn down'
  | 'redirected'
  | 'not authorised'
  | 'refused';

const maxListed = 64;

/** What a request asked for, until its response comes. */
export interface OpenRequest {
  readonly method: string;
  readonly url: string;
  readonly message: RtspMessage;
}

/** One RTSP session: what has one session identifier at one server, with what led to it. */
export class RtspSession {
  url = '';
  /** Session identifier; '' until the server gave one. */
  identifier = '';
  agent: string | null = null;
  serverName: string | null = null;
  state: RtspState = 'opened';
  readonly states: { readonly state: RtspState; readonly timeNs: number }[] = [];
  presentation: Presentation | null = null;
  readonly setups: MediaSetup[] = [];
  readonly messages: LoggedMessage[] = [];
  messageCount = 0;
  readonly methods = new Map<string, number>();
  readonly clients = new Set<string>();
  readonly servers = new Set<string>();
  readonly flows = new Set<number>();
  firstFrame: number;
  startNs: number;
  endNs: number;
  interleavedFrames = 0;
  private lastStatus = '';
  private redirect = '';
  private readonly schemes = new Set<string>();
  private usedScheme = '';
  private user: string | null = null;
  private realm: string | null = null;
  private version = '';
  private rtpInfo = '';
  private range = '';
  private timeoutSeconds: number | null = null;
  private keepAlives = 0;
  private unanswered = 0;

  constructor(
    readonly id: string,
    readonly layers: readonly string[],
    frame: number,
    timeNs: number,
  ) {
    this.firstFrame = frame;
    this.startNs = timeNs;
    this.endNs = timeNs;
  }

  /** Takes over what was said before the server gave an identifier. */
  inherit(other: RtspSession): void {
    this.url = other.url;
    this.agent = other.agent;
    this.serverName = other.serverName;
    this.presentation = other.presentation;
  }

  /** What was said on another connection before it turned out to be this session. */
  absorb(other: RtspSession): void {
    this.messages.push(...other.messages);
    this.messages.sort((a, b) => a.index - b.index);
    this.messageCount += other.messageCount;
    for (const [method, count] of other.methods) this.methods.set(method, (this.methods.get(method) ?? 0) + count);
    for (const client of other.clients) this.clients.add(client);
    for (const server of other.servers) this.servers.add(server);
    for (const flow of other.flows) this.flows.add(flow);
    this.firstFrame = Math.min(this.firstFrame, other.firstFrame);
    this.startNs = Math.min(this.startNs, other.startNs);
    this.endNs = Math.max(this.endNs, other.endNs);
    this.url ||= other.url;
    this.agent ??= other.agent;
    this.serverName ??= other.serverName;
    this.presentation ??= other.presentation;
    this.interleavedFrames += other.interleavedFrames;
  }

  note(client: Endpoint, server: Endpoint, logged: LoggedMessage | null, timeNs: number): void {
    if (this.clients.size < maxListed) this.clients.add(formatEndpoint(client));
    if (this.servers.size < maxListed) this.servers.add(formatEndpoint(server));
    if (logged) this.messages.push(logged);
    this.messageCount += 1;
    this.endNs = Math.max(this.endNs, timeNs);
  }

  /** Its beginning was not captured. */
  enterMedia(client: Endpoint, server: Endpoint, timeNs: number): void {
    this.clients.add(formatEndpoint(client));
    this.servers.add(formatEndpoint(server));
    this.enter('playing', timeNs);
  }

  onRequest(message: RtspMessage, isFromClient: boolean): void {
    const { method, headers } = message;
    this.version ||= message.version;
    if (this.methods.size < maxListed || this.methods.has(method)) {
      this.methods.set(method, (this.methods.get(method) ?? 0) + 1);
    }
    this.unanswered += 1;
    if (!isFromClient) {
      if (method === 'REDIRECT') this.redirectTo(headers.get('location') ?? '', message.timeNs);
      return;
    }
    this.agent = headers.get('user-agent') ?? this.agent;
    this.noteUrl(message);
    const credentials = credentialsOf(headers.get('authorization'));
    if (credentials) {
      this.usedScheme = credentials.scheme;
      this.user = credentials.user;
      this.schemes.add(credentials.scheme);
    }
    const isKeepAlive = method === 'GET_PARAMETER' || method === 'SET_PARAMETER' || method === 'OPTIONS';
    if (isKeepAlive && this.setups.length > 0) this.keepAlives += 1;
  }

  /** `request` is what it answers; null when that was not captured. */
  onResponse(message: RtspMessage, request: OpenRequest | null): void {
    const { statusCode, headers } = message;
    if (request) this.unanswered -= 1;
    this.version ||= message.version;
    this.serverName = headers.get('server') ?? this.serverName;
    const timeout = /;\s*timeout\s*=\s*(\d{1,6})/i.exec(headers.get('session') ?? '');
    if (timeout) this.timeoutSeconds = Number(timeout[1]);
    const challenge = headers.get('www-authenticate');
    if (challenge !== undefined) {
      const { schemes, realm } = challengesOf(challenge);
      for (const scheme of schemes.slice(0, 8)) if (this.schemes.size < maxListed) this.schemes.add(scheme);
      this.realm ??= realm;
    }
    if (statusCode < 200) return;
    const isAsked = statusCode === 401 || statusCode === 407;
    if (isAsked) this.enter('not authorised', message.timeNs);
    else if (statusCode >= 300 && statusCode < 400) this.redirectTo(headers.get('location') ?? '', message.timeNs);
    else if (statusCode >= 400) this.refuse(message, request);
    else if (request) this.succeed(message, request);
  }

  /** The media of a SETUP, once the server has agreed to it. */
  addSetup(setup: MediaSetup): void {
    const at = this.setups.findIndex(({ url }) => url === setup.url);
    if (at >= 0) this.setups[at] = setup;
    else if (this.setups.length < maxListed) this.setups.push(setup);
  }

  mediaOf(url: string): ReturnType<typeof describedMedia> {
    const at = this.setups.findIndex((setup) => setup.url === url);
    return describedMedia(this.presentation, url, at >= 0 ? at : this.setups.length);
  }

  /** `bytes`: of the payloads of its streams. */
  row(streams: readonly StreamRow[], bytes: number): SessionRow {
    const endNs = streams.reduce((end, s) => Math.max(end, (s.startSeconds + s.durationSeconds) * 1e9), this.endNs);
    const kinds = new Set(streams.map(({ kind }) => kind));
    return {
      id: this.id,
      kind: 'rtsp',
      url: this.url === '' ? null : this.url,
      state: this.state,
      client: [...this.clients].join(', '),
      server: [...this.servers].join(', '),
      agent: this.agent,
      startSeconds: this.startNs / 1e9,
      durationSeconds: (endNs - this.startNs) / 1e9,
      bytes,
      missingBytes: 0,
      layers: this.layers,
      streamIds: streams.map(({ id }) => id),
      firstFrame: this.firstFrame,
      details: this.details(),
      hasMessages: this.messages.length > 0,
      media: kinds.has('video') ? 'video' : kinds.has('audio') ? 'audio' : null,
    };
  }

  private details(): SessionRow['details'] {
    const start = this.startNs;
    return {
      version: this.version === '' ? null : `RTSP/${this.version}`,
      session: this.identifier || null,
      serverName: this.serverName,
      transport: [...new Set(this.setups.map(({ transport }) => transportText(transport)))].join('; ') || null,
      media:
        this.setups
          .map(({ url, description }) => `${description?.type ?? 'unknown'} ${codecsOf(description)} ${url}`)
          .join('; ') || null,
      authentication: [...this.schemes].join(', ') || null,
      authenticatedBy: this.usedScheme || null,
      user: this.user,
      realm: this.realm,
      states:
        this.states.map(({ state, timeNs }) => `${state} ${((timeNs - start) / 1e9).toFixed(3)} s`).join(', ') || null,
      methods: [...this.methods].map(([method, count]) => `${method} ${count}`).join(', '),
      range: this.range || null,
      rtpInfo: this.rtpInfo || null,
      timeoutSeconds: this.timeoutSeconds,
      keepAlives: this.keepAlives,
      interleavedFrames: this.interleavedFrames,
      location: this.redirect || null,
      lastFailure: this.lastStatus || null,
      messages: this.messageCount,
      unanswered: Math.max(0, this.unanswered),
    };
  }

  private noteUrl({ method, url, headers }: RtspMessage): void {
    if (url === '*' || (this.url !== '' && method !== 'DESCRIBE' && method !== 'ANNOUNCE')) return;
    // SETUP names a part of the presentation; without a DESCRIBE the whole is told by what comes later.
    if (this.url !== '' && sessionIdOf({ headers } as RtspMessage) !== '') return;
    this.url = withoutPassword(url);
  }

  private succeed(message: RtspMessage, { method }: OpenRequest): void {
    const { headers, timeNs } = message;
    switch (method) {
      case 'DESCRIBE':
      case 'ANNOUNCE':
        if (this.state !== 'playing' && this.state !== 'recording') this.enter('described', timeNs);
        break;
      case 'SETUP':
        if (this.state !== 'playing' && this.state !== 'recording') this.enter('ready', timeNs);
        break;
      case 'PLAY':
        this.rtpInfo = headers.get('rtp-info') ?? this.rtpInfo;
        this.range = headers.get('range') ?? this.range;
        this.enter('playing', timeNs);
        break;
      case 'RECORD':
        this.rtpInfo = headers.get('rtp-info') ?? this.rtpInfo;
        this.enter('recording', timeNs);
        break;
      case 'PAUSE':
        this.enter('paused', timeNs);
        break;
      case 'TEARDOWN':
        this.enter('torn down', timeNs);
        break;
      default:
        if (this.state === 'not authorised') this.enter('opened', timeNs);
    }
  }

  private refuse(message: RtspMessage, request: OpenRequest | null): void {
    this.lastStatus = `${request?.method ?? ''} ${message.statusCode} ${message.reasonPhrase}`.trim();
    // A keep-alive that a server does not know changes nothing.
    const isDecisive = request !== null && ['DESCRIBE', 'SETUP', 'PLAY', 'RECORD', 'ANNOUNCE'].includes(request.method);
    if (isDecisive && this.state !== 'playing' && this.state !== 'recording') this.enter('refused', message.timeNs);
  }

  private redirectTo(location: string, timeNs: number): void {
    this.redirect = withoutPassword(location);
    this.enter('redirected', timeNs);
  }

  private enter(state: RtspState, timeNs: number): void {
    if (state === this.state) return;
    this.state = state;
    if (this.states.length < maxListed) this.states.push({ state, timeNs });
  }
}

function codecsOf(description: MediaSetup['description']): string {
  return (description?.payloads ?? []).map(({ encodingName }) => encodingName).join(', ') || 'of unknown format';
}
