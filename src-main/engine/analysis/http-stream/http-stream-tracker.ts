import type { ObjectRow, SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import { type ExtentColumns, Extents } from '../../bytes/extents';
import {
  type Direction,
  type StreamChannel,
  type StreamDissector,
  type StreamProtocol,
} from '../../flow/stream-dissector';
import { formatEndpoint } from '../../net/endpoint';
import { fieldValue, type HttpExchange } from '../../protocols/http';
import type { ExchangeRecord, HttpConsumer, HttpTracker } from '../http/index';
import type { MediaFile, MediaSamples } from '../sessions/media-samples';
import { sampleStreamRows } from '../sessions/sample-stream-rows';
import type { SessionHost } from '../sessions/session-host';
import type { SessionTracker } from '../sessions/session-tracker';
import { type IcyTitle, readIcy } from './icy';
import { hasSamples, streamSamples } from './stream-samples';

/** Media that were found in one piece: in a body of HTTP, or in a byte stream of their own. */
interface Source {
  readonly id: string;
  readonly url: string | null;
  readonly extension: string;
  readonly mime: string;
  readonly client: string;
  readonly server: string;
  readonly agent: string | null;
  readonly layers: readonly string[];
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly frame: number;
  readonly flows: readonly number[];
  readonly complete: boolean;
  readonly missing: number;
  readonly bytes: number;
  readonly titles: readonly IcyTitle[];
  readonly extents: () => ExtentColumns;
}

/** FLV outside of HTTP: behind a WebSocket, or bare. */
interface FlvStream {
  readonly channel: StreamChannel;
  readonly direction: Direction;
  readonly extents: Extents;
  readonly frame: number;
  readonly startNs: number;
  lastNs: number;
  hasEnded: boolean;
}

/** Kinds of content that are media with a time of their own. Pictures are none. */
const media: Readonly<Record<string, 'video' | 'audio'>> = {
  mp4: 'video',
  mov: 'video',
  '3gp': 'video',
  webm: 'video',
  mkv: 'video',
  flv: 'video',
  ts: 'video',
  mpg: 'video',
  avi: 'video',
  asf: 'video',
  m4a: 'audio',
  mp3: 'audio',
  aac: 'audio',
  ogg: 'audio',
  flac: 'audio',
  wav: 'audio',
};

/** `FLV`, version 1 (Adobe Flash Video File Format Specification 10.1, annex E.2). */
const flvHeader = [0x46, 0x4c, 0x56, 0x01] as const;
const shownTitles = 20;

/**
 * Progressive and endless media over HTTP: MP4, WebM, MP3, AAC, Icecast with its titles, HTTP-FLV; and FLV in
 * WebSockets. What belongs to another session (segments, pictures of a camera) is not its own.
 */
export class HttpStreamTracker implements SessionTracker, HttpConsumer {
  readonly protocols: readonly StreamProtocol[];
  /** Bytes of sound between titles, by exchange. */
  private readonly icy = new Map<ExchangeRecord, { readonly interval: number; readonly name: string | null }>();
  private readonly flvStreams: FlvStream[] = [];
  private readonly samplesOf = new Map<string, MediaSamples | null>();
  private sources: readonly Source[] | null = null;

  constructor(
    private readonly host: Pick<SessionHost, 'bytes'>,
    private readonly http: HttpTracker,
  ) {
    http.addConsumer(this);
    this.protocols = [{ name: 'FLV', probe: probeFlv, open: (channel) => this.openFlv(channel) }];
  }

  /** Its sessions are known when everything is read: until then any of them may turn out to be part of another one. */
  get revision(): number {
    return this.sources === null ? 0 : 1;
  }

  onExchange({ response }: HttpExchange, record: ExchangeRecord): void {
    const interval = Number(response ? (fieldValue(response.fields, 'icy-metaint') ?? 0) : 0);
    if (!(interval > 0) || interval > 1 << 24) return;
    this.icy.set(record, { interval, name: response && fieldValue(response.fields, 'icy-name') });
  }

  finish(): void {
    if (this.sources !== null) return;
    const sources = [...this.icySources(), ...this.objectSources(), ...this.flvSources()];
    sources.sort((a, b) => a.startSeconds - b.startSeconds || a.frame - b.frame);
    this.sources = sources.map((source, i) => ({ ...source, id: `http-stream-${i + 1}` }));
  }

  sessions(): readonly SessionRow[] {
    return (this.sources ?? []).map((source) => {
      const samples = this.samples(source.id);
      const kinds = samples?.tracks.map(({ kind }) => kind);
      return {
        id: source.id,
        kind: 'http-stream',
        url: source.url,
        state: source.missing > 0 ? 'damaged' : source.complete ? 'complete' : 'cut off',
        client: source.client,
        server: source.server,
        agent: source.agent,
        startSeconds: source.startSeconds,
        durationSeconds: source.durationSeconds,
        bytes: source.bytes - source.missing,
        missingBytes: source.missing,
        layers: source.layers,
        streamIds: samples?.tracks.map(({ streamId }) => streamId) ?? [],
        firstFrame: source.frame,
        details: {
          format: source.extension.toUpperCase(),
          ...(source.titles.length > 0 ? { titles: source.titles.length } : {}),
          ...Object.fromEntries(source.titles.slice(0, shownTitles).map(({ title }, i) => [`title ${i + 1}`, title])),
        },
        hasMessages: false,
        media: kinds ? (kinds.includes('video') ? 'video' : 'audio') : (media[source.extension] ?? null),
      };
    });
  }

  streams(): readonly StreamRow[] {
    return (this.sources ?? []).flatMap((source) => {
      const samples = this.samples(source.id);
      if (!samples) return [];
      return sampleStreamRows(samples, {
        transport: 'http',
        src: source.server,
        dst: source.client,
        sessionId: source.id,
        isFromTls: source.layers.includes('TLS'),
      });
    });
  }

  samples(id: string): MediaSamples | null {
    const source = this.find(id);
    if (!source || !hasSamples(source.extension)) return null;
    let whole = this.samplesOf.get(source.id);
    if (whole === undefined) {
      whole = streamSamples({ ...source, title: source.url ?? source.id, extents: source.extents() }, this.host.bytes);
      this.samplesOf.set(source.id, whole);
    }
    if (!whole || id === source.id) return whole;
    const tracks = whole.tracks.filter(({ streamId }) => streamId === id);
    return tracks.length === 0 ? null : { ...whole, sourceId: id, tracks };
  }

  file(id: string): MediaFile | null {
    const source = this.find(id);
    if (source?.id !== id) return null;
    return { sourceId: id, extension: source.extension, mime: source.mime, extents: source.extents() };
  }

  framesOf(id: string): { readonly flows: readonly number[]; readonly frames: readonly number[] } | null {
    const source = this.find(id);
    return source ? { flows: source.flows, frames: [] } : null;
  }

  private find(id: string): Source | undefined {
    return this.sources?.find((source) => id === source.id || id.startsWith(`${source.id}/`));
  }

  /** Sound with titles in it: the object is what was sent, the session what is heard. */
  private icySources(): Source[] {
    return [...this.icy].flatMap(([record, { interval, name }]): Source[] => {
      const body = record.responseBody;
      if (body === null || record.sessionId !== null) return [];
      const { sound, titles } = readIcy(this.host.bytes, this.http.content(body).extents, interval);
      const { client, flow, layers, server } = record.connection;
      const isAac = record.contentType?.includes('aac') === true;
      const own: Source = {
        id: '',
        url: record.url || null,
        extension: isAac ? 'aac' : 'mp3',
        mime: isAac ? 'audio/aac' : 'audio/mpeg',
        client: formatEndpoint(client),
        server: formatEndpoint(server),
        agent: name ?? record.product,
        layers,
        startSeconds: body.firstTimeNs / 1e9,
        durationSeconds: (body.lastTimeNs - body.firstTimeNs) / 1e9,
        frame: body.firstFrame,
        flows: [flow, flow ^ 1],
        complete: body.isComplete,
        missing: sound.missing,
        bytes: sound.total,
        titles,
        extents: () => sound,
      };
      return [own];
    });
  }

  private objectSources(): Source[] {
    const withTitles = new Set([...this.icy.keys()].map(({ url }) => url));
    return this.http.objects().flatMap((row) => {
      if (row.sessionId !== null || withTitles.has(row.url)) return [];
      const file = this.http.file(row.id);
      if (!file || media[file.extension] === undefined || row.detectedType !== file.mime) return [];
      return [this.objectSource(row, file)];
    });
  }

  private objectSource(row: ObjectRow, { extension, extents, mime }: MediaFile): Source {
    return {
      id: '',
      url: row.url || null,
      extension,
      mime,
      client: row.client,
      server: row.server,
      agent: null,
      layers: [],
      startSeconds: row.startSeconds,
      durationSeconds: row.durationSeconds,
      frame: row.frame,
      flows: this.http.framesOf(row.id)?.flows ?? [],
      complete: row.complete,
      missing: row.missingBytes,
      bytes: row.bytes,
      titles: [],
      extents: () => extents,
    };
  }

  private flvSources(): Source[] {
    return this.flvStreams.map(({ channel, direction, extents, frame, hasEnded, lastNs, startNs }) => {
      const { destination, source } = channel.endpoints(direction);
      return {
        id: '',
        url: null,
        extension: 'flv',
        mime: 'video/x-flv',
        client: formatEndpoint(destination),
        server: formatEndpoint(source),
        agent: null,
        layers: channel.layers,
        startSeconds: startNs / 1e9,
        durationSeconds: (lastNs - startNs) / 1e9,
        frame,
        flows: [channel.flow, channel.flow ^ 1],
        complete: hasEnded,
        missing: extents.missing,
        bytes: extents.total,
        titles: [],
        extents: () => extents,
      };
    });
  }

  private openFlv(channel: StreamChannel): StreamDissector {
    const own: (FlvStream | null)[] = [null, null];
    return {
      onData: (direction, bytes, start, end, frame, timeNs, address) => {
        let stream = own[direction];
        if (!stream) {
          stream = {
            channel,
            direction,
            extents: new Extents(),
            frame,
            startNs: timeNs,
            lastNs: timeNs,
            hasEnded: false,
          };
          own[direction] = stream;
          if (bytes[start] === flvHeader[0]) {
            this.flvStreams.push(stream);
            channel.claim('FLV', `FLV header in frame ${frame}`);
          }
        }
        stream.extents.push(address, end - start);
        stream.lastNs = timeNs;
      },
      onGap: (direction, length) => own[direction]?.extents.pushGap(length),
      onEnd: (direction) => {
        const stream = own[direction];
        if (stream) stream.hasEnded = true;
      },
    };
  }
}

function probeFlv(bytes: Uint8Array, start: number, end: number, isStart: boolean) {
  for (let i = 0; i < flvHeader.length; i += 1) {
    if (start + i >= end) return isStart ? 'more' : 'no';
    if (bytes[start + i] !== flvHeader[i]) return 'no';
  }
  return 'yes';
}
