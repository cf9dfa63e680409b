import type { Ladder } from '#shared/model/call';
import type { SessionRow } from '#shared/model/session';
import type { StreamRow } from '#shared/model/stream';
import { Extents } from '../../bytes/extents';
import type { ScannedPicture } from '../../containers/jpeg-scanner';
import { formatEndpoint } from '../../net/endpoint';
import { fieldValue, type HttpExchange, type HttpField, isMultipart, mediaTypeOf } from '../../protocols/http/index';
import { ExtentStore } from '../http/extent-store';
import type { BodyListener, ExchangeRecord, HttpConsumer, HttpTracker } from '../http/index';
import type { MediaFile, MediaSamples } from '../sessions/media-samples';
import { mediaStreamRow } from '../sessions/media-stream-row';
import type { SessionHost } from '../sessions/session-host';
import type { SessionTracker } from '../sessions/session-tracker';
import { BodyPictures, MultipartPictures } from './picture-listener';
import { maxSide, ownTimeSuffix, pictureSamples } from './picture-samples';
import { PictureSeries, patternOf, type Transfer } from './picture-series';
import { cameraDetails, frameRateOf, type SeriesTiming, timingOf } from './series-timing';

const textType =
  /^(text\/|application\/(json|javascript|x-javascript|xml|xhtml|x-www-form|dash|vnd\.apple|pdf|zip|gzip)|font\/|audio\/)/;
/** A series is looked at again this often while it grows. */
const lookEvery = 64;

/** Finds cameras: series of JPEGs from one place over HTTP, in whatever way they are sent. */
export class CameraTracker implements SessionTracker, HttpConsumer {
  revision = 0;
  private readonly byPattern = new Map<string, PictureSeries>();
  private readonly cameras: PictureSeries[] = [];
  /** Series that the response of an exchange brings pictures to. */
  private readonly bringing = new Map<HttpExchange, PictureSeries>();
  private readonly store = new ExtentStore();
  private readonly timings = new Map<PictureSeries, SeriesTiming>();

  constructor(
    private readonly host: Pick<SessionHost, 'sink'>,
    private readonly http: HttpTracker,
  ) {
    http.addConsumer(this);
  }

  onResponse(exchange: HttpExchange): BodyListener | null {
    const { response, responseBody } = exchange;
    if (!response || responseBody.codings.length > 0) return null;
    const type = fieldValue(response.fields, 'content-type');
    const mediaType = mediaTypeOf(type) ?? '';
    if (mediaType === 'multipart/byteranges' || mediaType === 'multipart/form-data') return null;
    if (isMultipart(type)) return this.multipart(exchange);
    if (textType.test(mediaType)) return null;
    const held: ScannedPicture[] = [];
    let series: PictureSeries | null = null;
    return new BodyPictures(
      (picture) => {
        held.push(picture);
        // A second picture in one body: it is a series by itself.
        if (held.length < 2) return;
        series ??= this.begin('endless', exchange);
        for (const each of held.splice(0)) this.add(series, each, []);
        held.length = 0;
      },
      () => this.multipart(exchange),
      () => {
        for (const each of held) {
          if (series) this.add(series, each, []);
          else this.addSingle(exchange, each);
        }
      },
    );
  }

  onExchange(exchange: HttpExchange, record: ExchangeRecord): void {
    const series = this.bringing.get(exchange);
    if (!series) return;
    this.bringing.delete(exchange);
    if (series.id === null) series.records.push(record);
    else this.http.claim(record, series.id);
  }

  sessions(): readonly SessionRow[] {
    return this.cameras.map((series) => this.sessionRow(series));
  }

  streams(): readonly StreamRow[] {
    return this.cameras.map((series) => this.streamRow(series));
  }

  samples(id: string): MediaSamples | null {
    const isOwnTime = id.endsWith(ownTimeSuffix);
    const series = this.find(isOwnTime ? id.slice(0, -ownTimeSuffix.length) : id);
    if (!series) return null;
    const timing = this.timing(series);
    if (isOwnTime && timing.clock === null) return null;
    return pictureSamples(id, series, timing, isOwnTime ? timing.clock : null);
  }

  /** All pictures one after the other. */
  file(id: string): MediaFile | null {
    const series = this.find(id);
    if (!series) return null;
    const extents = new Extents(series.list.pictures.length);
    for (const picture of series.list.pictures) extents.pushFrom(series.list.extentsOf(picture));
    return { sourceId: id, extension: 'mjpeg', mime: 'video/x-motion-jpeg', extents };
  }

  ladder(id: string): Ladder | null {
    const series = this.find(id);
    return series?.id ? this.http.ladderOf(series.id) : null;
  }

  framesOf(id: string): { readonly flows: readonly number[]; readonly frames: readonly number[] } | null {
    const series = this.find(id);
    return series ? { flows: [...series.flows].flatMap((flow) => [flow, flow ^ 1]), frames: [] } : null;
  }

  finish(): void {
    for (const series of this.byPattern.values()) this.promote(series);
  }

  private multipart(exchange: HttpExchange): BodyListener {
    let series: PictureSeries | null = null;
    return new MultipartPictures((picture, fields) => {
      series ??= this.begin('multipart', exchange);
      this.add(series, picture, fields);
    });
  }

  private begin(transfer: Transfer, exchange: HttpExchange): PictureSeries {
    const series = new PictureSeries(transfer, exchange, this.store);
    series.join(exchange);
    this.bringing.set(exchange, series);
    return series;
  }

  private addSingle(exchange: HttpExchange, picture: ScannedPicture): void {
    const { connection, url, response } = exchange;
    const { client, server } = connection;
    const key = JSON.stringify([client.address, formatEndpoint(server), patternOf(url)]);
    let series = this.byPattern.get(key);
    if (!series) {
      series = new PictureSeries('request', exchange, this.store);
      this.byPattern.set(key, series);
    }
    series.join(exchange);
    this.bringing.set(exchange, series);
    this.add(series, picture, response?.fields ?? []);
  }

  private add(series: PictureSeries, picture: ScannedPicture, fields: readonly HttpField[]): void {
    const { width, height } = picture;
    if (width > maxSide || height > maxSide) {
      const text = `A JPEG claims ${width}x${height} pixels; it is not shown as a picture of its camera.`;
      this.host.sink.report('warning', 'jpeg-size', picture.firstFrame, text);
    }
    series.list.add(picture, fields);
    series.note(width, height, picture.lastTimeNs);
    const { length } = series.list.pictures;
    if (series.id === null && (length <= lookEvery || length % lookEvery === 0)) this.promote(series);
    if (series.id !== null) this.revision += 1;
  }

  private promote(series: PictureSeries): void {
    if (series.id !== null || !series.isCamera) return;
    this.cameras.push(series);
    series.id = `camera-${this.cameras.length}`;
    this.revision += 1;
    for (const record of series.records.splice(0)) this.http.claim(record, series.id);
    for (const [exchange, own] of this.bringing) if (own === series) exchange.claim(series.id);
  }

  private find(id: string): PictureSeries | null {
    return this.cameras.find((series) => series.id === id || streamIdOf(series) === id) ?? null;
  }

  private timing(series: PictureSeries): SeriesTiming {
    const known = this.timings.get(series);
    if (known?.count === series.list.pictures.length) return known;
    const timing = timingOf(series.list);
    this.timings.set(series, timing);
    return timing;
  }

  private sessionRow(series: PictureSeries): SessionRow {
    const { list, connection } = series;
    const timing = this.timing(series);
    const { broken, pictures } = list;
    return {
      id: series.id ?? '',
      kind: 'camera',
      url: series.transfer === 'request' ? series.url.split('?', 1)[0] : series.url || null,
      state: broken === 0 ? `${pictures.length} pictures` : `${pictures.length} pictures, ${broken} broken`,
      client: [...series.clients].join(', '),
      server: formatEndpoint(connection.server),
      agent: series.agent,
      startSeconds: timing.startSeconds,
      durationSeconds: timing.durationSeconds,
      bytes: list.bytes - list.missing,
      missingBytes: list.missing,
      layers: connection.layers,
      streamIds: [streamIdOf(series)],
      firstFrame: pictures[0].frame,
      details: cameraDetails(series, timing),
      hasMessages: true,
      media: 'video',
    };
  }

  private streamRow(series: PictureSeries): StreamRow {
    const { list, connection } = series;
    const timing = this.timing(series);
    const { width, height } = series.size;
    return mediaStreamRow({
      id: streamIdOf(series),
      kind: 'video',
      transport: series.transfer === 'request' ? 'http-jpeg' : 'http-multipart',
      src: formatEndpoint(connection.server),
      dst: formatEndpoint(connection.client),
      codec: 'JPEG',
      clockRateHz: null,
      packets: list.pictures.length,
      firstFrame: list.pictures[0].frame,
      startSeconds: timing.startSeconds,
      durationSeconds: timing.durationSeconds,
      sessionId: series.id,
      isFromTls: connection.layers.includes('TLS'),
      video: {
        width: width || null,
        height: height || null,
        frames: list.pictures.length,
        keyFrames: list.pictures.length - list.broken,
        damagedFrames: list.broken,
        frameRate: frameRateOf(timing),
      },
      audio: null,
    });
  }
}

const streamIdOf = (series: PictureSeries): string => `${series.id}-video`;
