import type { Ladder } from '#shared/model/call';
import type { SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import { utf8Text } from '../../bytes/text';
import { formatEndpoint } from '../../net/endpoint';
import { type DashManifest, parseManifest } from '../../protocols/dash';
import { fieldValue, type HttpExchange } from '../../protocols/http';
import { type MasterPlaylist, type MediaPlaylist, parsePlaylist } from '../../protocols/hls';
import { arraySource, type RowSource } from '../../store/table-view';
import { type ExchangeRecord, type HttpConsumer, type HttpTracker, parseContentRange } from '../http/index';
import type { MediaFile, MediaSamples } from '../sessions/media-samples';
import { sampleStreamRows } from '../sessions/sample-stream-rows';
import type { SessionHost } from '../sessions/session-host';
import type { SessionTracker, TrackerTable } from '../sessions/session-tracker';
import { dashPresentations } from './dash-presentations';
import { hlsPresentations } from './hls-presentations';
import { PresentationMedia } from './media';
import type { FetchedList, Presentation } from './presentation';
import { SegmentFetches } from './segment-fetches';
import { segmentRows, segmentTable } from './segment-table';
import { playedSegments } from './watched';

/** Longer playlists and manifests are cut. */
const maxListBytes = 4 << 20;
/** So many are read: a live stream of days, reloaded each second. */
const maxLists = 200_000;

/** By its first bytes, or, where these are coded, by its type or name. */
function mayBeList({ contentType, responseBody, url }: ExchangeRecord): boolean {
  if (responseBody === null) return false;
  const { codings, kind } = responseBody;
  if (kind?.extension === 'm3u8' || kind?.extension === 'mpd') return true;
  return codings.length > 0 && (/mpegurl|dash\+xml/.test(contentType ?? '') || /\.(m3u8|mpd)(\?|$)/.test(url));
}

interface Session {
  readonly id: string;
  presentation: Presentation;
}

/** HLS (RFC 8216) and DASH (ISO/IEC 23009-1) over HTTP: playlists, manifests, and the segments they name. */
export class StreamingTracker implements SessionTracker, HttpConsumer {
  readonly tables: readonly TrackerTable[];
  private readonly playlists: FetchedList<MasterPlaylist | MediaPlaylist>[] = [];
  private readonly manifests: FetchedList<DashManifest>[] = [];
  /** First byte of partial answers, by exchange. */
  private readonly firstBytes = new Map<ExchangeRecord, number>();
  private readonly fetches: SegmentFetches;
  private readonly media: PresentationMedia;
  private readonly ids = new Map<string, string>();
  private readonly samplesOf = new Map<string, MediaSamples | null>();
  private built: { readonly revision: number; readonly sessions: readonly Session[] } = { revision: -1, sessions: [] };
  private isFinished = false;

  constructor(
    host: Pick<SessionHost, 'bytes' | 'ciphers'>,
    private readonly http: HttpTracker,
  ) {
    this.fetches = new SegmentFetches(http, (record) => this.firstBytes.get(record) ?? 0, host.bytes, host.ciphers);
    this.media = new PresentationMedia(host.bytes, this.fetches);
    this.tables = [{ id: 'segments', definition: segmentTable, rows: (scope) => this.rows(scope) }];
    http.addConsumer(this);
  }

  get revision(): number {
    // Every exchange may be a segment.
    return this.playlists.length + this.manifests.length === 0
      ? 0
      : this.http.exchanges.length + (this.isFinished ? 1 : 0);
  }

  onExchange(exchange: HttpExchange, record: ExchangeRecord): void {
    if (record.status === 206) {
      const range = exchange.response && fieldValue(exchange.response.fields, 'content-range');
      this.firstBytes.set(record, parseContentRange(range)?.first ?? 0);
    }
    const body = record.responseBody;
    if (body === null || record.status >= 300 || this.playlists.length + this.manifests.length >= maxLists) return;
    if (!mayBeList(record)) return;
    const text = utf8Text(this.http.read(this.http.content(body), maxListBytes));
    const isPlaylist = text.startsWith('#EXTM3U');
    const fetched = { viewer: record.connection.client.address, exchange: record.index };
    if (isPlaylist) {
      const list = parsePlaylist(text, record.url);
      if (list) this.playlists.push({ ...fetched, list });
    } else {
      const list = parseManifest(text, record.url);
      if (list) this.manifests.push({ ...fetched, list });
    }
  }

  /** Exchanges that belong to a session are told so once, when all of them are known. */
  finish(): void {
    if (this.isFinished) return;
    this.isFinished = true;
    for (const { id, presentation } of this.current()) {
      const urls = new Set<string>([presentation.url]);
      for (const { id: url, segments } of presentation.renditions) {
        urls.add(url);
        for (const segment of segments) {
          urls.add(segment.url);
          if (segment.init) urls.add(segment.init.url);
          if (segment.key?.url) urls.add(segment.key.url);
        }
      }
      for (const record of this.http.exchanges) {
        if (record.connection.client.address === presentation.viewer && urls.has(record.url))
          this.http.claim(record, id);
      }
    }
  }

  sessions(): readonly SessionRow[] {
    return this.current().map((session) => this.rowOf(session));
  }

  streams(): readonly StreamRow[] {
    return this.current().flatMap((session) => {
      const samples = this.samplesWhole(session);
      if (!samples) return [];
      const { record } = this.firstRecord(session.presentation);
      const { connection } = record;
      return sampleStreamRows(samples, {
        transport: 'hls',
        src: formatEndpoint(connection.server),
        dst: formatEndpoint(connection.client),
        sessionId: session.id,
        isFromTls: connection.layers.includes('TLS'),
      });
    });
  }

  samples(id: string): MediaSamples | null {
    for (const session of this.current()) {
      const samples = id === session.id || id.startsWith(`${session.id}/`) ? this.samplesWhole(session) : null;
      if (!samples) continue;
      if (id === session.id) return samples;
      const tracks = samples.tracks.filter(({ streamId }) => streamId === id);
      return tracks.length === 0 ? null : { ...samples, sourceId: id, tracks };
    }
    return null;
  }

  file(id: string): MediaFile | null {
    const session = this.current().find((known) => known.id === id);
    return session ? this.media.file(id, session.presentation) : null;
  }

  ladder(id: string): Ladder | null {
    return this.current().some((session) => session.id === id) ? this.http.ladderOf(id) : null;
  }

  framesOf(id: string): { readonly flows: readonly number[]; readonly frames: readonly number[] } | null {
    const session = this.current().find((known) => id === known.id || id.startsWith(`${known.id}/`));
    if (!session) return null;
    const flows = new Set<number>();
    for (const { fetch } of playedSegments(session.presentation, 'main', this.fetches)) {
      if (fetch) flows.add(fetch.record.connection.flow).add(fetch.record.connection.flow ^ 1);
    }
    return { flows: [...flows], frames: [] };
  }

  private current(): readonly Session[] {
    const { revision } = this;
    if (this.built.revision === revision) return this.built.sessions;
    // While exchanges still come, putting everything together anew each time would cost the square of their number.
    if (!this.isFinished && this.built.revision > 0 && revision < 1.2 * this.built.revision) return this.built.sessions;
    this.fetches.update();
    const presentations = [
      ...hlsPresentations(this.playlists),
      ...dashPresentations(this.manifests, (viewer) => this.fetches.urlsOf(viewer)),
    ].filter((presentation) => playedSegments(presentation, 'main', this.fetches).length > 0);
    const sessions = presentations.map((presentation) => ({ id: this.idOf(presentation), presentation }));
    this.built = { revision, sessions };
    return sessions;
  }

  private idOf({ kind, url, viewer }: Presentation): string {
    const key = JSON.stringify([kind, viewer, url]);
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = `${kind}-${[...this.ids.values()].filter((each) => each.startsWith(kind)).length + 1}`;
    this.ids.set(key, id);
    return id;
  }

  /** Media are taken apart once all of them are there. */
  private samplesWhole({ id, presentation }: Session): MediaSamples | null {
    if (!this.isFinished) return null;
    const known = this.samplesOf.get(id);
    if (known !== undefined) return known;
    const samples = this.media.samples(id, presentation);
    this.samplesOf.set(id, samples);
    return samples;
  }

  private rows(scope: string): RowSource | null {
    if (!this.current().some(({ id }) => id === scope)) return null;
    return arraySource(
      () => this.revision,
      () => {
        const session = this.current().find(({ id }) => id === scope);
        return session ? segmentRows(session.presentation, this.fetches) : [];
      },
    );
  }

  private firstRecord({ firstExchange }: Presentation): { readonly record: ExchangeRecord } {
    return { record: this.http.exchanges[firstExchange] };
  }

  private rowOf(session: Session): SessionRow {
    const { id, presentation } = session;
    const { record } = this.firstRecord(presentation);
    const { connection } = record;
    const played = playedSegments(presentation, 'main', this.fetches);
    const sound = playedSegments(presentation, 'audio', this.fetches);
    const fetched = [...played, ...sound].flatMap(({ fetch }) => fetch ?? []);
    const count = (state: string): number => played.filter((segment) => segment.state === state).length;
    const missing = count('skipped') + count('failed');
    const startNs = Math.max(0, record.requestTimeNs >= 0 ? record.requestTimeNs : record.responseTimeNs);
    const endNs = Math.max(startNs, ...fetched.map(({ lastByteNs }) => lastByteNs));
    const keys = [...new Set(played.flatMap(({ segment: { key } }) => (key ? [key.method] : [])))];
    const samples = this.samplesWhole(session);
    return {
      id,
      kind: presentation.kind,
      url: presentation.url,
      state:
        missing > 0
          ? `${missing} ${missing === 1 ? 'segment' : 'segments'} missing`
          : count('damaged') > 0
            ? 'damaged'
            : 'complete',
      client: presentation.viewer,
      server: formatEndpoint(connection.server),
      agent: record.userAgent,
      startSeconds: startNs / 1e9,
      durationSeconds: (endNs - startNs) / 1e9,
      bytes: fetched.reduce((sum, { bytes }) => sum + bytes, 0),
      missingBytes: fetched.reduce((sum, fetch) => sum + fetch.missing, 0),
      layers: connection.layers,
      streamIds: samples?.tracks.map(({ streamId }) => streamId) ?? [],
      firstFrame: Math.max(0, record.requestFrame >= 0 ? record.requestFrame : record.responseFrame),
      details: {
        live: presentation.isLive,
        playlistRequests: presentation.playlistRequests,
        variants: presentation.renditions.filter(({ role }) => role === 'main').length,
        audioRenditions: presentation.renditions.filter(({ role }) => role === 'audio').length,
        segments: played.filter(({ fetch }) => (fetch?.times ?? 0) > 0).length,
        missing,
        damaged: count('damaged'),
        fetchedTwice: fetched.filter(({ times }) => times > 1).length,
        mediaSeconds: played.reduce((sum, { segment }) => sum + segment.durationSeconds, 0),
        encrypted: keys.length > 0 ? keys.join(', ') : false,
      },
      hasMessages: true,
      media: samples === null ? null : samples.tracks.some(({ kind }) => kind === 'video') ? 'video' : 'audio',
    };
  }
}
