import type { Ladder, LadderMessage } from '#shared/model/call';
import type {
  MessageField,
  ObjectRow,
  SessionMessageDetail,
  SessionMessageRow,
  SessionRow,
} from '#shared/model/session';
import { readExtents } from '../../bytes/extents';
import { latin1Text } from '../../bytes/text';
import type { StreamProtocol } from '../../flow/stream-dissector';
import { type Endpoint, formatEndpoint } from '../../net/endpoint';
import {
  ConnectionCounter,
  EnteredMultipartProtocol,
  Http1Protocol,
  Http2Protocol,
  type HttpExchange,
  type HttpSink,
  type MessageSide,
  parseHead,
} from '../../protocols/http/index';
import { maskSecrets } from '../../protocols/rtsp';
import { arraySource, type RowSource } from '../../store/table-view';
import type { MediaFile } from '../sessions/media-samples';
import type { SessionHost } from '../sessions/session-host';
import { sessionMessageTable } from '../sessions/session-table';
import type { SessionTracker, TrackerTable } from '../sessions/session-tracker';
import { ByteRanges, isByteRanges } from './byte-ranges';
import type { Content } from './content';
import { type BodyRecord, type ExchangeRecord, recordOf, startNs, TextSet } from './exchange-record';
import { exchangeId, exchangeIndex, exchangeRow, exchangeTable } from './exchange-table';
import { ExtentStore, type StoredExtents } from './extent-store';
import { ObjectBook, objectIndex } from './object-book';

/** Takes a body while it comes. Bytes are borrowed until the call returns. */
export interface BodyListener {
  onData(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void;
  onGap(length: number, frame: number, timeNs: number): void;
  onEnd(isComplete: boolean): void;
}

/**
 * Finds media in HTTP. A consumer is told of heads at once and may take the bodies as they come; of exchanges that are
 * over it gets the record, whose bodies it may ask for (`HttpTracker.content`). What it recognises as its own it claims
 * with the id of its session: `exchange.claim` while it lasts, `HttpTracker.claim` later.
 */
export interface HttpConsumer {
  /** The head of a request came; a listener gets its body. */
  onRequest?(exchange: HttpExchange): BodyListener | null;
  /** The head of a final response came, to a request that may be unknown; a listener gets its body. */
  onResponse?(exchange: HttpExchange): BodyListener | null;
  /** Both are over. `exchange` lives until this call returns, `record` for ever. */
  onExchange?(exchange: HttpExchange, record: ExchangeRecord): void;
}

/** What is kept of a message's head for the inspector. */
const maxRaw = 64 * 1024;
/** Arrows of a ladder; a session of a hundred thousand pictures is not drawn whole. */
const maxArrows = 2000;

/** All HTTP of a capture: exchanges, and the objects that they carried. */
export class HttpTracker implements SessionTracker, HttpSink {
  revision = 0;
  readonly protocols: readonly StreamProtocol[];
  readonly tables: readonly TrackerTable[];
  private readonly consumers: HttpConsumer[] = [];
  private readonly records: ExchangeRecord[] = [];
  private readonly bySession = new Map<string, ExchangeRecord[]>();
  private readonly store = new ExtentStore();
  private readonly texts = new TextSet();
  private readonly book: ObjectBook;
  /** Exchanges that are not over, with those who take their bodies. */
  private readonly open = new Map<HttpExchange, Record<MessageSide, BodyListener[]>>();

  /** Parts of multipart responses that are under way. */
  private readonly ranges = new Map<HttpExchange, ByteRanges>();

  constructor(private readonly host: Pick<SessionHost, 'sink' | 'bytes' | 'decoder'>) {
    const { store } = this;
    this.book = new ObjectBook({ bytes: host.bytes, decoder: host.decoder, sink: host.sink, store });
    const counter = new ConnectionCounter();
    this.protocols = [
      new Http1Protocol(this, counter),
      new Http2Protocol(this, counter),
      new EnteredMultipartProtocol(this, counter),
    ];
    this.tables = [
      { id: 'exchanges', definition: exchangeTable, rows: (scope) => this.rowsOf(scope) },
      { id: 'session-messages', definition: sessionMessageTable, rows: (scope) => this.messagesOf(scope) },
    ];
  }

  addConsumer(consumer: HttpConsumer): void {
    this.consumers.push(consumer);
  }

  /** Finished exchanges, in the order in which they ended. */
  get exchanges(): readonly ExchangeRecord[] {
    return this.records;
  }

  /** The bytes of a body as they are meant: content codings undone where that can be done. */
  content(body: BodyRecord): Content {
    return this.book.contentOf(body);
  }

  /** At most `limit` bytes of it; holes are zeros. */
  read(content: Content, limit: number): Uint8Array {
    return readExtents(this.host.bytes, content.extents, 0, limit);
  }

  /** States to which session an exchange belongs; the first claim counts. */
  claim(record: ExchangeRecord, sessionId: string): void {
    if (record.sessionId !== null) return;
    record.sessionId = sessionId;
    const own = this.bySession.get(sessionId);
    if (own) own.push(record);
    else this.bySession.set(sessionId, [record]);
    this.revision += 1;
  }

  onRequest(exchange: HttpExchange): void {
    this.tell(exchange, 'request', (consumer) => consumer.onRequest?.(exchange));
  }

  onResponse(exchange: HttpExchange): void {
    this.tell(exchange, 'response', (consumer) => consumer.onResponse?.(exchange));
    const { response } = exchange;
    if (response?.status !== 206 || !isByteRanges(response.fields)) return;
    const ranges = new ByteRanges();
    this.ranges.set(exchange, ranges);
    this.open.get(exchange)?.response.push(ranges);
  }

  onBody(
    exchange: HttpExchange,
    side: MessageSide,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void {
    const listeners = this.open.get(exchange)?.[side];
    if (!listeners) return;
    for (const listener of listeners) listener.onData(bytes, start, end, frame, timeNs, address);
  }

  onBodyGap(exchange: HttpExchange, side: MessageSide, length: number, frame: number, timeNs: number): void {
    for (const listener of this.open.get(exchange)?.[side] ?? []) listener.onGap(length, frame, timeNs);
  }

  onBodyEnd(exchange: HttpExchange, side: MessageSide): void {
    const open = this.open.get(exchange);
    if (!open) return;
    const { isComplete } = exchange.body(side);
    for (const listener of open[side].splice(0)) listener.onEnd(isComplete);
  }

  onExchange(exchange: HttpExchange): void {
    if (!this.open.delete(exchange)) return;
    const record = recordOf(exchange, this.records.length, this.store, this.texts);
    this.records.push(record);
    this.book.add(record, exchange, this.ranges.get(exchange)?.parts ?? []);
    this.ranges.delete(exchange);
    this.revision += 1;
    for (const consumer of this.consumers) consumer.onExchange?.(exchange, record);
    if (exchange.sessionId !== null) this.claim(record, exchange.sessionId);
  }

  /** What never ended is told with what there is of it. */
  finish(): void {
    for (const exchange of [...this.open.keys()]) {
      for (const side of ['request', 'response'] as const) {
        const body = exchange.body(side);
        if (!body.isOver) this.onBodyEnd(exchange, side);
        body.isOver = true;
      }
      this.onExchange(exchange);
    }
  }

  sessions(): readonly SessionRow[] {
    return [];
  }

  objects(): readonly ObjectRow[] {
    return this.book.rows();
  }

  get objectCount(): number {
    return this.book.count;
  }

  file(id: string): MediaFile | null {
    const content = this.book.content(objectIndex(id));
    if (!content) return null;
    const dot = content.name.lastIndexOf('.');
    return {
      sourceId: id,
      extension: dot > 0 ? content.name.slice(dot + 1) : 'bin',
      mime: content.kind?.mime ?? 'application/octet-stream',
      extents: content.extents,
    };
  }

  framesOf(id: string): { readonly flows: readonly number[]; readonly frames: readonly number[] } | null {
    const record = this.records[exchangeIndex(id)];
    if (!record) return this.book.framesOf(objectIndex(id));
    const { flow } = record.connection;
    return { flows: [flow, flow ^ 1], frames: [] };
  }

  /** Requests and responses that belong to a session. */
  ladderOf(sessionId: string): Ladder | null {
    const own = this.bySession.get(sessionId);
    return own ? buildLadder(sessionId, own.slice(0, maxArrows / 2)) : null;
  }

  private messagesOf(sessionId: string): RowSource | null {
    const own = this.bySession.get(sessionId);
    if (!own) return null;
    return arraySource(
      () => this.revision,
      () => own.flatMap(messageRows),
    );
  }

  message(id: string): SessionMessageDetail | null {
    const record = this.records[exchangeIndex(id.replace(/-(request|response)$/, ''))];
    if (!record) return null;
    const fields: MessageField[] = [];
    const texts: string[] = [];
    for (const [name, stored] of [
      ['Request', record.requestHead],
      ['Response', record.responseHead],
    ] as const) {
      if (stored === null) continue;
      const bytes = this.readStored(stored);
      maskSecrets(bytes);
      fields.push(headField(name, bytes));
      texts.push(latin1Text(bytes));
    }
    const { client, server } = record.connection;
    const head = record.requestHead ?? record.responseHead;
    const raw = head === null ? new Uint8Array(0) : this.readStored(head);
    maskSecrets(raw);
    return {
      id,
      frame: Math.max(0, record.requestFrame, record.requestFrame < 0 ? record.responseFrame : 0),
      timeSeconds: startNs(record) / 1e9,
      source: formatEndpoint(client),
      destination: formatEndpoint(server),
      title: `${record.method || 'HTTP'} ${record.url || record.status}`,
      fields,
      text: texts.join(''),
      raw,
    };
  }

  private readStored(stored: StoredExtents): Uint8Array {
    return readExtents(this.host.bytes, this.store.get(stored), 0, maxRaw);
  }

  private rowsOf(scope: string): RowSource | null {
    if (scope !== '') {
      const own = this.bySession.get(scope);
      return own
        ? arraySource(
            () => this.revision,
            () => own.map(exchangeRow),
          )
        : null;
    }
    const { records } = this;
    const revision = (): number => this.revision;
    return {
      get revision() {
        return revision();
      },
      get count() {
        return records.length;
      },
      row: (i) => exchangeRow(records[i]),
    };
  }

  private tell(
    exchange: HttpExchange,
    side: MessageSide,
    ask: (consumer: HttpConsumer) => BodyListener | null | undefined,
  ): void {
    let open = this.open.get(exchange);
    if (!open) {
      open = { request: [], response: [] };
      this.open.set(exchange, open);
    }
    for (const consumer of this.consumers) {
      const listener = ask(consumer);
      if (listener) open[side].push(listener);
    }
  }
}

function headField(name: string, bytes: Uint8Array): MessageField {
  const head = parseHead(bytes, 0, bytes.length);
  const leaf = (field: { name: string; value: string }): MessageField => ({ ...field, children: [] });
  const start = head.isRequest
    ? `${head.method} ${head.target} ${head.version}`
    : `${head.version} ${head.status} ${head.reason}`.trim();
  return { name, value: start, children: [...head.fields, ...head.trailers].map(leaf) };
}

function messageRows(record: ExchangeRecord): SessionMessageRow[] {
  const { client, server } = record.connection;
  const id = exchangeId(record.index);
  const rows: SessionMessageRow[] = [];
  if (record.requestFrame >= 0) {
    rows.push({
      id: `${id}-request`,
      frame: record.requestFrame,
      timeSeconds: record.requestTimeNs / 1e9,
      source: formatEndpoint(client),
      destination: formatEndpoint(server),
      label: record.method,
      summary: record.url,
      bytes: record.requestBody?.stored.total ?? 0,
    });
  }
  if (record.responseFrame >= 0) {
    rows.push({
      id: `${id}-response`,
      frame: record.responseFrame,
      timeSeconds: record.responseTimeNs / 1e9,
      source: formatEndpoint(server),
      destination: formatEndpoint(client),
      label: String(record.status),
      summary: [record.contentType, record.responseBody && `${record.responseBody.stored.total} bytes`]
        .filter(Boolean)
        .join(', '),
      bytes: record.responseBody?.stored.total ?? 0,
    });
  }
  return rows;
}

function buildLadder(sessionId: string, records: readonly ExchangeRecord[]): Ladder {
  const hosts: { address: string; label: string }[] = [];
  const hostIndex = (endpoint: Endpoint): number => {
    const label = formatEndpoint(endpoint);
    const known = hosts.findIndex((host) => host.label === label);
    return known >= 0 ? known : hosts.push({ address: endpoint.address, label }) - 1;
  };
  const items = records.flatMap((record) => {
    const { client, server } = record.connection;
    return messageRows(record).map((row): LadderMessage => {
      const isRequest = row.id.endsWith('-request');
      const [from, to] = isRequest ? [client, server] : [server, client];
      return {
        kind: 'message',
        id: row.id,
        frame: row.frame,
        timeSeconds: row.timeSeconds,
        fromHost: hostIndex(from),
        toHost: hostIndex(to),
        fromPort: from.port,
        toPort: to.port,
        label: row.label,
        detail: row.summary,
        dialog: 0,
        isRetransmission: false,
      };
    });
  });
  items.sort((a, b) => a.timeSeconds - b.timeSeconds);
  return { callId: sessionId, hosts, dialogs: [{ callId: sessionId }], items };
}
