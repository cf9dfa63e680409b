import { latin1Text, utf8TextOrNull } from '../../bytes/text';
import type { Extents } from '../../bytes/extents';
import { type StartLine, indexOfLineFeed, parseStartLine } from './start-line';

/** A header or trailer field in the order and spelling in which it was sent. */
export interface HttpField {
  readonly name: string;
  readonly value: string;
}

/** What a request or a response begins with. */
export interface HttpHead extends StartLine {
  readonly fields: readonly HttpField[];
  /** Fields behind the body (RFC 9110, section 6.5). */
  trailers: readonly HttpField[];
  /** Frame and time of its first and of its last byte. */
  readonly frame: number;
  readonly timeNs: number;
  readonly endFrame: number;
  readonly endTimeNs: number;
  /** Where it lies in the bytes of the capture, the trailers behind it. */
  readonly extents: Extents;
  /** Its end never came: fields are missing. */
  readonly isTruncated: boolean;
}

/** More fields than these are not listed. */
const maxFields = 4096;
const CR = 0x0d;
const SP = 0x20;
const HTAB = 0x09;
const COLON = 0x3a;

/** Value of the first field of that name, which is given in lower case; null when there is none. */
export function fieldValue(fields: readonly HttpField[], name: string): string | null {
  for (const field of fields) if (isNamed(field, name)) return field.value;
  return null;
}

/** Elements of all fields of that name, as the list syntax of RFC 9110, section 5.6.1 has them; lower case. */
export function listValues(fields: readonly HttpField[], name: string): string[] {
  const values: string[] = [];
  for (const field of fields) {
    if (!isNamed(field, name)) continue;
    for (const element of field.value.split(',')) {
      const value = element.trim().toLowerCase();
      if (value !== '') values.push(value);
    }
  }
  return values;
}

/** `name` is in lower case. */
const isNamed = (field: HttpField, name: string): boolean =>
  field.name.length === name.length && (field.name === name || field.name.toLowerCase() === name);

/** `text/html` of `Text/HTML; charset=utf-8`; null without a media type. */
export function mediaTypeOf(value: string | null): string | null {
  const type = value?.split(';', 1)[0].trim().toLowerCase();
  return type || null;
}

/** Text of a field value: UTF-8 where it is, else ISO 8859-1, which loses nothing. */
export const fieldText = (bytes: Uint8Array, start: number, end: number): string =>
  utf8TextOrNull(bytes, start, end) ?? latin1Text(bytes, start, end);

/** Reads `bytes[start..end)`: a start line that was recognised as one, and the fields behind it. */
export function parseHead(
  bytes: Uint8Array,
  start: number,
  end: number,
): StartLine & { readonly fields: HttpField[]; readonly trailers: HttpField[] } {
  const lineFeed = indexOfLineFeed(bytes, start, end);
  const lineEnd = lineFeed < 0 ? end : lineFeed;
  const fields: HttpField[] = [];
  const trailers: HttpField[] = [];
  const headEnd = parseFields(bytes, lineFeed < 0 ? end : lineFeed + 1, end, fields);
  parseFields(bytes, headEnd, end, trailers);
  return { ...parseStartLine(bytes, start, lineEnd), fields, trailers };
}

/** Reads fields up to the empty line that ends them; answers where they end. */
export function parseFields(bytes: Uint8Array, start: number, end: number, into: HttpField[]): number {
  let at = start;
  while (at < end) {
    const lineFeed = indexOfLineFeed(bytes, at, end);
    const next = lineFeed < 0 ? end : lineFeed + 1;
    let lineEnd = lineFeed < 0 ? end : lineFeed;
    while (lineEnd > at && isSpaceOrReturn(bytes[lineEnd - 1])) lineEnd -= 1;
    if (lineEnd === at) return next;
    const isFolded = bytes[at] === SP || bytes[at] === HTAB;
    if (isFolded && into.length > 0) {
      // obs-fold (RFC 9112, section 5.2): the line goes on with the value before it.
      const { name, value } = into[into.length - 1];
      into[into.length - 1] = { name, value: `${value} ${fieldText(bytes, skipSpace(bytes, at, lineEnd), lineEnd)}` };
    } else if (into.length < maxFields) pushField(bytes, at, lineEnd, into);
    at = next;
  }
  return end;
}

function pushField(bytes: Uint8Array, start: number, end: number, into: HttpField[]): void {
  // Names of HTTP/2's own begin with one.
  let colon = start + 1;
  while (colon < end && bytes[colon] !== COLON) colon += 1;
  // A line without a colon is no field; what it may mean, nobody knows.
  if (colon >= end || bytes[start] === SP) return;
  const name = latin1Text(bytes, start, colon).trim();
  into.push({ name, value: fieldText(bytes, skipSpace(bytes, colon + 1, end), end) });
}

function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === SP || bytes[at] === HTAB)) at += 1;
  return at;
}

const isSpaceOrReturn = (byte: number): boolean => byte === CR || byte === SP || byte === HTAB;
