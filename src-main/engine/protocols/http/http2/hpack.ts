import { fieldText, type HttpField } from '../message';
import { decodeHuffman } from './huffman';

/** RFC 7541, appendix A. */
const staticTable: readonly HttpField[] = [
  [':authority'],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  ...['200', '204', '206', '304', '400', '404', '500'].map((status) => [':status', status]),
  ['accept-charset'],
  ['accept-encoding', 'gzip, deflate'],
  ...[
    'accept-language',
    'accept-ranges',
    'accept',
    'access-control-allow-origin',
    'age',
    'allow',
    'authorization',
    'cache-control',
    'content-disposition',
    'content-encoding',
    'content-language',
    'content-length',
    'content-location',
    'content-range',
    'content-type',
    'cookie',
    'date',
    'etag',
    'expect',
    'expires',
    'from',
    'host',
    'if-match',
    'if-modified-since',
    'if-none-match',
    'if-range',
    'if-unmodified-since',
    'last-modified',
    'link',
    'location',
    'max-forwards',
    'proxy-authenticate',
    'proxy-authorization',
    'range',
    'referer',
    'refresh',
    'retry-after',
    'server',
    'set-cookie',
    'strict-transport-security',
    'transfer-encoding',
    'user-agent',
    'vary',
    'via',
    'www-authenticate',
  ].map((name) => [name]),
].map(([name, value = '']) => ({ name, value }));

/** What stands for a name or a value that came before the capture began, or was lost. */
export const unknownText = '(unknown)';
/** What an entry costs beside its texts (RFC 7541, section 4.1). */
const entryCost = 32;
const defaultTableSize = 4096;
/** Tables grow no larger here, whatever a peer allows. */
const largestTable = 256 * 1024;
const maxFields = 4096;

interface Entry extends HttpField {
  readonly nameBytes: number;
  readonly size: number;
}

export interface DecodedBlock {
  readonly fields: HttpField[];
  /** Fields refer to what came before the capture began, or was lost. */
  readonly hasUnknown: boolean;
  /** The block breaks the format: the fields are those before. */
  readonly isBroken: boolean;
}

/** Fields of one direction of HTTP/2 (RFC 7541). */
export class HpackDecoder {
  /** Newest first. */
  private readonly entries: Entry[] = [];
  private size = 0;
  private capacity = defaultTableSize;
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;
  private end = 0;
  private hasUnknown = false;
  /** Length of the text read last. */
  private textBytes = 0;

  /** Everything from the beginning of the connection was seen. */
  private isComplete = false;

  /** The connection begins here. */
  begin(): void {
    this.isComplete = true;
  }

  /** Blocks were lost: what they put into the table is not known. */
  lose(): void {
    this.isComplete = false;
    this.entries.length = 0;
    this.size = 0;
  }

  decode(bytes: Uint8Array, start: number, end: number): DecodedBlock {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.hasUnknown = false;
    const fields: HttpField[] = [];
    let isBroken = false;
    while (this.at < this.end && !isBroken) isBroken = !this.field(fields);
    return { fields, hasUnknown: this.hasUnknown, isBroken };
  }

  /** One representation (section 6); false when it breaks the format. */
  private field(into: HttpField[]): boolean {
    const first = this.bytes[this.at];
    if ((first & 0x80) !== 0) {
      const index = this.integer(7);
      const entry = index > 0 ? this.lookUp(index) : null;
      if (entry) push(into, entry);
      return entry !== null;
    }
    if ((first & 0xe0) === 0x20) {
      const size = this.integer(5);
      if (size < 0) return false;
      this.capacity = Math.min(size, largestTable);
      this.evict(0);
      return true;
    }
    const isIndexed = (first & 0x40) !== 0;
    const index = this.integer(isIndexed ? 6 : 4);
    const named = index > 0 ? this.lookUp(index) : null;
    if (index < 0 || (index > 0 && named === null)) return false;
    const name = named ? named.name : this.text();
    const nameBytes = named ? nameBytesOf(named) : this.textBytes;
    const value = name === null ? null : this.text();
    if (name === null || value === null) return false;
    push(into, { name, value });
    if (isIndexed) this.insert(name, value, nameBytes, this.textBytes);
    return true;
  }

  private lookUp(index: number): HttpField | null {
    if (index <= staticTable.length) return staticTable[index - 1];
    const entry = this.entries[index - staticTable.length - 1];
    if (entry) {
      if (entry.name === unknownText) this.hasUnknown = true;
      return entry;
    }
    if (this.isComplete) return null;
    this.hasUnknown = true;
    return { name: unknownText, value: unknownText };
  }

  private insert(name: string, value: string, nameBytes: number, valueBytes: number): void {
    const size = nameBytes + valueBytes + entryCost;
    this.evict(size);
    if (size > this.capacity) return;
    this.entries.unshift({ name, value, nameBytes, size });
    this.size += size;
  }

  private evict(needed: number): void {
    while (this.entries.length > 0 && this.size + needed > this.capacity) this.size -= this.entries.pop()?.size ?? 0;
  }

  /** An integer whose first byte has a prefix of `bits` (section 5.1); -1 when it is none. */
  private integer(bits: number): number {
    const limit = (1 << bits) - 1;
    let value = this.bytes[this.at] & limit;
    this.at += 1;
    if (value < limit) return value;
    for (let shift = 0; this.at < this.end && shift <= 28; shift += 7) {
      const byte = this.bytes[this.at];
      this.at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
    return -1;
  }

  /** A string (section 5.2); null when it is none. */
  private text(): string | null {
    if (this.at >= this.end) return null;
    const isHuffman = (this.bytes[this.at] & 0x80) !== 0;
    const length = this.integer(7);
    if (length < 0 || length > this.end - this.at) return null;
    const start = this.at;
    this.at += length;
    const plain = isHuffman ? decodeHuffman(this.bytes, start, this.at) : this.bytes.subarray(start, this.at);
    this.textBytes = plain?.length ?? 0;
    return plain && fieldText(plain, 0, plain.length);
  }
}

/** Of a name that is not known the length is not known either; it counts as nothing, and goes when it must. */
const nameBytesOf = (field: HttpField | Entry): number =>
  'nameBytes' in field ? field.nameBytes : field.name === unknownText ? 0 : field.name.length;

function push(into: HttpField[], { name, value }: HttpField): void {
  if (into.length < maxFields) into.push({ name, value });
}
