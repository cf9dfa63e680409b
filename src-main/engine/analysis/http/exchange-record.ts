import {
  fieldValue,
  type HttpBody,
  type HttpConnection,
  type HttpExchange,
  type HttpHead,
  type MessageSide,
  mediaTypeOf,
} from '../../protocols/http/index';
import type { ContentKind } from './detect-type';
import type { ExtentStore, StoredExtents } from './extent-store';

/** A body as it is remembered. */
export interface BodyRecord {
  /** Coded as it was sent, without its transfer coding. */
  readonly stored: StoredExtents;
  readonly codings: readonly string[];
  readonly announced: number | null;
  readonly contentType: string | null;
  readonly isComplete: boolean;
  readonly firstFrame: number;
  readonly firstTimeNs: number;
  readonly lastTimeNs: number;
  /** What its content is, by its first bytes. */
  kind: ContentKind | null;
}

/** A finished exchange as it is remembered: texts that repeat are shared, heads and bodies lie in the capture. */
export interface ExchangeRecord {
  readonly index: number;
  readonly connection: HttpConnection;
  readonly stream: number;
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly status: number;
  readonly version: string;
  readonly contentType: string | null;
  readonly userAgent: string | null;
  readonly product: string | null;
  readonly location: string | null;
  readonly requestFrame: number;
  readonly requestTimeNs: number;
  /** Last byte of the request, its body included. */
  readonly requestEndNs: number;
  readonly responseFrame: number;
  readonly responseTimeNs: number;
  readonly responseEndNs: number;
  readonly requestHead: StoredExtents | null;
  readonly responseHead: StoredExtents | null;
  readonly isTruncated: boolean;
  readonly requestBody: BodyRecord | null;
  readonly responseBody: BodyRecord | null;
  sessionId: string | null;
}

/** A text that occurs often is kept once. */
export class TextSet {
  private readonly texts = new Map<string, string>();

  share(text: string): string {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    // Hostile captures have texts without end: what is new then is kept by its owner alone.
    if (this.texts.size < 10_000) this.texts.set(text, text);
    return text;
  }

  field(head: HttpHead | null, name: string): string | null {
    const value = head === null ? null : fieldValue(head.fields, name);
    return value === null ? null : this.share(value);
  }
}

/** What is remembered of an exchange that is over. */
export function recordOf(exchange: HttpExchange, index: number, store: ExtentStore, texts: TextSet): ExchangeRecord {
  const { request, response, connection } = exchange;
  const bodyOf = (side: MessageSide, head: HttpHead | null): BodyRecord | null => {
    const body: HttpBody = exchange.body(side);
    if (body.bytes === 0) return null;
    const type = mediaTypeOf(texts.field(head, 'content-type'));
    return {
      stored: store.add(body.extents),
      codings: body.codings.length > 0 ? body.codings : noCodings,
      announced: body.announced,
      contentType: type === null ? null : texts.share(type),
      isComplete: body.isComplete,
      firstFrame: body.firstFrame,
      firstTimeNs: body.firstTimeNs,
      lastTimeNs: body.lastTimeNs,
      kind: null,
    };
  };
  const requestBody = bodyOf('request', request);
  const responseBody = bodyOf('response', response);
  const contentType = mediaTypeOf(texts.field(response, 'content-type'));
  return {
    index,
    connection,
    stream: exchange.stream,
    method: texts.share(request?.method ?? ''),
    url: exchange.url,
    host: texts.share(exchange.host),
    status: response?.status ?? 0,
    version: texts.share(response?.version ?? request?.version ?? ''),
    contentType: contentType === null ? null : texts.share(contentType),
    userAgent: texts.field(request, 'user-agent'),
    product: texts.field(response, 'server'),
    location: response === null ? null : fieldValue(response.fields, 'location'),
    requestFrame: request?.frame ?? -1,
    requestTimeNs: request?.timeNs ?? -1,
    requestEndNs: Math.max(request?.endTimeNs ?? -1, requestBody?.lastTimeNs ?? -1),
    responseFrame: response?.frame ?? -1,
    responseTimeNs: response?.timeNs ?? -1,
    responseEndNs: Math.max(response?.endTimeNs ?? -1, responseBody?.lastTimeNs ?? -1),
    requestHead: request === null ? null : store.add(request.extents),
    responseHead: response === null ? null : store.add(response.extents),
    isTruncated: (request?.isTruncated ?? false) || (response?.isTruncated ?? false),
    requestBody,
    responseBody,
    sessionId: null,
  };
}

const noCodings: readonly string[] = [];

/** When it began: with its request, or with its response where that is all there is. */
export const startNs = (record: ExchangeRecord): number =>
  record.requestTimeNs >= 0 ? record.requestTimeNs : record.responseTimeNs;

export const firstFrameOf = (record: ExchangeRecord): number =>
  record.requestFrame >= 0 ? record.requestFrame : record.responseFrame;

/** When its last byte came. */
export const endNs = (record: ExchangeRecord): number =>
  Math.max(record.requestEndNs, record.responseEndNs, record.requestTimeNs, record.responseTimeNs);
