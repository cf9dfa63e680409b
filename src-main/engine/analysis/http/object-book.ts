import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { ObjectRow } from '#shared/model/session';
import type { Extents } from '../../bytes/extents';
import { formatEndpoint } from '../../net/endpoint';
import { fieldValue, type HttpExchange, type MessageSide } from '../../protocols/http/index';
import type { CaptureBytes } from '../../store/capture-bytes';
import type { ByteRangePart } from './byte-ranges';
import { type Content, type ContentDecoder, decodeContent } from './content';
import { type ContentKind, detectContent } from './detect-type';
import { type BodyRecord, type ExchangeRecord, firstFrameOf } from './exchange-record';
import type { ExtentStore } from './extent-store';
import { objectName } from './object-name';
import { type ContentRange, joinRanges, parseContentRange } from './range-group';

export const objectId = (index: number): string => `object-${index + 1}`;

/** Index of an object by its id; -1 when it is none. */
export function objectIndex(id: string): number {
  const match = /^object-(\d{1,15})$/.exec(id);
  return match ? Number(match[1]) - 1 : -1;
}

/** Parts of one thing that came in several responses. */
interface RangeGroup {
  readonly parts: { readonly first: number; readonly record: ExchangeRecord; readonly body: BodyRecord }[];
  readonly total: number | null;
  kind: ContentKind | null;
}

/** A body, or several that are parts of one. */
interface ObjectEntry {
  readonly record: ExchangeRecord;
  readonly side: MessageSide;
  readonly body: BodyRecord;
  readonly ranges: RangeGroup | null;
  row: ObjectRow | null;
}

export interface ObjectParts {
  readonly bytes: CaptureBytes;
  readonly decoder: ContentDecoder | null;
  readonly sink: DiagnosticSink;
  readonly store: ExtentStore;
}

/** Everything that was transferred: one object a body, or one for all ranges of the same thing. */
export class ObjectBook {
  private readonly entries: ObjectEntry[] = [];
  private readonly groups = new Map<string, ObjectEntry>();
  private readonly decoded = new Map<BodyRecord, Content | null>();

  constructor(private readonly parts: ObjectParts) {}

  /** Takes the bodies of an exchange that is over; `parts` of a response that has several ranges. */
  add(record: ExchangeRecord, exchange: HttpExchange, parts: readonly ByteRangePart[]): void {
    for (const side of ['request', 'response'] as const) {
      const body = side === 'request' ? record.requestBody : record.responseBody;
      if (body === null) continue;
      const { sample } = exchange.body(side);
      const content = body.codings.length > 0 ? this.decode(body) : null;
      body.kind = detectContent(content?.isDecoded ? content.sample : sample);
      if (side === 'request' || !this.addRanges(record, body, exchange, parts)) {
        this.entries.push({ record, side, body, ranges: null, row: null });
      }
    }
  }

  rows(): ObjectRow[] {
    return this.entries.map((_, i) => this.rowAt(i));
  }

  /** The bytes of an object as they are meant. */
  content(index: number): (Content & { readonly name: string; readonly kind: ContentKind | null }) | null {
    const entry = this.entries[index];
    if (!entry) return null;
    const content = entry.ranges ? this.joined(entry.ranges) : this.contentOf(entry.body);
    return { ...content, name: this.rowAt(index).name, kind: entry.ranges?.kind ?? entry.body.kind };
  }

  get count(): number {
    return this.entries.length;
  }

  /** The bytes of a body as they are meant: decoded where that can be done. */
  contentOf(body: BodyRecord): Content {
    const decoded = body.codings.length > 0 ? this.decode(body) : null;
    if (decoded) return decoded;
    const extents = this.parts.store.get(body.stored);
    return {
      extents,
      bytes: extents.total,
      missing: extents.missing,
      sample: noBytes,
      isDecoded: body.codings.length === 0,
      isComplete: body.isComplete,
    };
  }

  framesOf(index: number): { readonly flows: readonly number[]; readonly frames: readonly number[] } | null {
    const entry = this.entries[index];
    if (!entry) return null;
    const records = entry.ranges ? entry.ranges.parts.map(({ record }) => record) : [entry.record];
    const flows = records.flatMap(({ connection: { flow } }) => [flow, flow ^ 1]);
    return { flows: [...new Set(flows)], frames: [] };
  }

  private rowAt(index: number): ObjectRow {
    const entry = this.entries[index];
    // A session may claim it later.
    if (entry.row?.sessionId !== entry.record.sessionId) entry.row = null;
    entry.row ??= this.rowOf(entry, index);
    return entry.row;
  }

  private decode(body: BodyRecord): Content | null {
    const known = this.decoded.get(body);
    if (known !== undefined) return known;
    const { store } = this.parts;
    const coded = { extents: store.get(body.stored), total: body.stored.total, isComplete: body.isComplete };
    const content = decodeContent(coded, body.codings, this.parts, body.firstFrame);
    this.decoded.set(body, content);
    return content;
  }

  /** Puts a 206 with the others of the same thing (RFC 9110, section 15.3.7): same address, same validator. */
  private addRanges(
    record: ExchangeRecord,
    body: BodyRecord,
    exchange: HttpExchange,
    parts: readonly ByteRangePart[],
  ): boolean {
    const fields = exchange.response?.fields ?? [];
    if (record.status !== 206 || record.url === '' || body.codings.length > 0) return false;
    const validator = fieldValue(fields, 'etag') ?? fieldValue(fields, 'last-modified') ?? '';
    const range = parseContentRange(fieldValue(fields, 'content-range'));
    if (range !== null) this.addRange(record, body, range, validator);
    for (const part of parts) {
      const stored = this.parts.store.add(part.extents);
      const kind = part.range.first === 0 ? detectContent(part.sample) : null;
      this.addRange(record, { ...body, stored, kind, contentType: part.contentType }, part.range, validator);
    }
    return range !== null || parts.length > 0;
  }

  private addRange(record: ExchangeRecord, body: BodyRecord, range: ContentRange, validator: string): void {
    const key = JSON.stringify([record.url, validator, range.total]);
    let entry = this.groups.get(key);
    if (!entry?.ranges) {
      const ranges: RangeGroup = { parts: [], total: range.total, kind: null };
      entry = { record, side: 'response', body, ranges, row: null };
      this.groups.set(key, entry);
      this.entries.push(entry);
    }
    entry.ranges?.parts.push({ first: range.first, record, body });
    if (range.first === 0 && entry.ranges) entry.ranges.kind ??= body.kind;
    entry.row = null;
  }

  private joined({ parts, total }: RangeGroup): Content {
    const { store } = this.parts;
    const extents: Extents = joinRanges(
      parts.map(({ first, body }) => ({ first, extents: store.get(body.stored) })),
      total,
    );
    const { total: bytes, missing } = extents;
    return { extents, bytes, missing, sample: noBytes, isDecoded: true, isComplete: total !== null && missing === 0 };
  }

  private rowOf(entry: ObjectEntry, index: number): ObjectRow {
    const { record, side, body, ranges } = entry;
    const { connection } = record;
    const content = ranges ? this.joined(ranges) : body.codings.length > 0 ? this.contentOf(body) : null;
    const kind = ranges ? ranges.kind : body.kind;
    const bodies = ranges ? ranges.parts.map((part) => part.body) : [body];
    const startNs = Math.min(...bodies.map(({ firstTimeNs }) => firstTimeNs));
    const endNs = Math.max(...bodies.map(({ lastTimeNs }) => lastTimeNs));
    const url = record.url || record.location || '';
    const missing = content ? content.missing : body.stored.missing;
    return {
      id: objectId(index),
      url,
      host: record.host,
      name: objectName(url, body.contentType, kind?.extension ?? null),
      contentType: body.contentType,
      detectedType: kind?.mime ?? null,
      status: side === 'response' ? record.status || null : null,
      bytes: content ? content.bytes : body.stored.total,
      missingBytes: missing,
      complete: missing === 0 && (content ? content.isComplete : body.isComplete),
      sha256: null,
      frame: body.firstFrame >= 0 ? body.firstFrame : firstFrameOf(record),
      startSeconds: startNs / 1e9,
      durationSeconds: (endNs - startNs) / 1e9,
      client: formatEndpoint(connection.client),
      server: formatEndpoint(connection.server),
      sessionId: record.sessionId,
    };
  }
}

const noBytes = new Uint8Array(0);
