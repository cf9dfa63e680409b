import { Extents } from '../../bytes/extents';
import { ExtentReader } from '../../bytes/extent-reader';
import type { CipherSuite } from '../../crypto/cipher-suite';
import type { ByteRange, SegmentKey } from '../../protocols/hls';
import type { CaptureBytes } from '../../store/capture-bytes';
import type { ExchangeRecord, HttpTracker } from '../http/index';
import { openAes128 } from './aes-128';
import type { PlannedSegment } from './presentation';

/** A segment as it was fetched; times are nanoseconds since the first frame. */
export interface Fetch {
  readonly record: ExchangeRecord;
  /** Bytes on the way, before decryption. */
  readonly bytes: number;
  readonly missing: number;
  readonly requestNs: number;
  readonly firstByteNs: number;
  readonly lastByteNs: number;
  /** It came so often. */
  readonly times: number;
  /** Requests of it that got another answer than the segment. */
  readonly failures: number;
}

interface Request {
  readonly record: ExchangeRecord;
  /** Position of the body in what the address stands for. */
  readonly first: number;
}

/** Segments of HLS are not longer: 64 MiB are half a minute at 17 Mbit/s. */
const maxEncrypted = 64 << 20;

/** Finds what a viewer fetched for a segment, and its bytes. */
export class SegmentFetches {
  private readonly requests = new Map<string, Request[]>();
  private readonly urls = new Map<string, string[]>();
  private readonly opened = new Map<string, Extents | null>();
  private indexed = 0;

  /** @param firstOf position of the first byte of a partial answer (206) */
  constructor(
    private readonly http: HttpTracker,
    private readonly firstOf: (record: ExchangeRecord) => number,
    private readonly bytes: CaptureBytes,
    private readonly ciphers: CipherSuite | null,
  ) {}

  /** Takes the exchanges that are over by now. */
  update(): void {
    const { exchanges } = this.http;
    for (; this.indexed < exchanges.length; this.indexed += 1) {
      const record = exchanges[this.indexed];
      const viewer = record.connection.client.address;
      const key = keyOf(viewer, record.url);
      const request = { record, first: record.status === 206 ? this.firstOf(record) : 0 };
      const own = this.requests.get(key);
      if (own) own.push(request);
      else {
        this.requests.set(key, [request]);
        const known = this.urls.get(viewer);
        if (known) known.push(record.url);
        else this.urls.set(viewer, [record.url]);
      }
    }
  }

  /** Addresses that a viewer asked for, each once. */
  urlsOf(viewer: string): readonly string[] {
    return this.urls.get(viewer) ?? [];
  }

  /** Null when the segment was never asked for. */
  find(viewer: string, { byteRange, url }: PlannedSegment): Fetch | null {
    const all = this.requests.get(keyOf(viewer, url)) ?? [];
    const own = all.filter(({ first, record }) => byteRange === null || overlaps(first, record, byteRange));
    if (own.length === 0) return null;
    const good = own.filter(({ record }) => isGood(record));
    const [best] = [...(good.length > 0 ? good : own)].sort((a, b) => quality(b.record) - quality(a.record));
    const { record } = best;
    const extents = good.length > 0 ? this.slice(good, byteRange) : new Extents(0);
    const body = record.responseBody;
    const announced = byteRange?.length ?? body?.announced ?? extents.total;
    return {
      record,
      bytes: extents.total,
      // Of a segment that was refused nobody knows the length.
      missing: good.length === 0 ? 0 : extents.missing + Math.max(0, announced - extents.total),
      requestNs: record.requestTimeNs,
      firstByteNs: body?.firstTimeNs ?? record.responseTimeNs,
      lastByteNs: Math.max(record.responseEndNs, record.responseTimeNs),
      times: good.length,
      failures: own.length - good.length,
    };
  }

  /** The bytes of a segment, decrypted where it is encrypted; null when they are not there or cannot be read. */
  media(viewer: string, segment: PlannedSegment): Extents | null {
    const { byteRange, key, sequence, url } = segment;
    const all = this.requests.get(keyOf(viewer, url)) ?? [];
    const good = all.filter(({ record }) => isGood(record));
    if (good.length === 0) return null;
    const sent = this.slice(good, byteRange);
    if (key === null) return sent;
    const id = JSON.stringify([viewer, url, byteRange, sequence]);
    const known = this.opened.get(id);
    if (known !== undefined) return known;
    const opened = this.open(viewer, sent, key, sequence);
    this.opened.set(id, opened);
    return opened;
  }

  /** Initialization of a segment; null when it has none, or it was not fetched. */
  initialization(viewer: string, { init }: PlannedSegment): Extents | null {
    if (init === null) return null;
    const good = (this.requests.get(keyOf(viewer, init.url)) ?? []).filter(({ record }) => isGood(record));
    return good.length === 0 ? null : this.slice(good, init.byteRange);
  }

  /** Whether the key of a segment was fetched. */
  hasKey(viewer: string, key: SegmentKey): boolean {
    return this.keyBytes(viewer, key) !== null;
  }

  private slice(requests: readonly Request[], range: ByteRange | null): Extents {
    const whole = requests.filter(({ first }) => first === 0).sort((a, b) => quality(b.record) - quality(a.record));
    const extents = new Extents();
    if (range === null && whole.length > 0) {
      extents.pushFrom(this.contentOf(whole[0].record));
      return extents;
    }
    const start = range?.offset ?? 0;
    for (const { first, record } of [...requests].sort((a, b) => a.first - b.first)) {
      const content = this.contentOf(record);
      const reader = new ExtentReader(this.bytes, content);
      const at = start + extents.total;
      if (first > at) extents.pushGap(Math.min(first, range ? start + range.length : first) - at);
      const from = start + extents.total - first;
      const left = range ? start + range.length - (start + extents.total) : reader.size - from;
      if (from < reader.size && left > 0) reader.pushTo(extents, from, Math.min(left, reader.size - from));
    }
    return extents;
  }

  private contentOf({ responseBody }: ExchangeRecord) {
    return responseBody === null ? new Extents(0) : this.http.content(responseBody).extents;
  }

  private open(viewer: string, sent: Extents, key: SegmentKey, sequence: number): Extents | null {
    const bytes = this.keyBytes(viewer, key);
    if (bytes === null || this.ciphers === null || sent.total > maxEncrypted) return null;
    return openAes128(sent, bytes, key.iv, sequence, this.bytes, this.ciphers);
  }

  /** A key is 16 bytes (RFC 8216, section 5); it was fetched by this viewer, or by another one. */
  private keyBytes(viewer: string, { method, url }: SegmentKey): Uint8Array | null {
    if (method !== 'AES-128' || url === null) return null;
    const viewers = [viewer, ...this.urls.keys()];
    for (const each of viewers) {
      const good = (this.requests.get(keyOf(each, url)) ?? []).filter(({ record }) => isGood(record));
      if (good.length === 0) continue;
      const content = this.slice(good, null);
      if (content.total === 16 && content.missing === 0)
        return new ExtentReader(this.bytes, content).read(0, 16).slice();
    }
    return null;
  }
}

const keyOf = (viewer: string, url: string): string => `${viewer} ${url}`;

function isGood({ responseBody, status }: ExchangeRecord): boolean {
  return responseBody !== null && (status === 200 || status === 206 || status === 0);
}

/** A whole answer is better than one with holes, and that better than none. */
function quality({ responseBody, status }: ExchangeRecord): number {
  if (responseBody === null) return 0;
  const { isComplete, stored } = responseBody;
  const share = stored.total === 0 ? 0 : 1 - stored.missing / stored.total;
  return (status < 300 ? 2 : 0) + (isComplete ? 1 : 0) + share;
}

function overlaps(first: number, { responseBody }: ExchangeRecord, { offset, length }: ByteRange): boolean {
  const end = first + (responseBody?.stored.total ?? 0);
  return first < offset + length && end > offset;
}
