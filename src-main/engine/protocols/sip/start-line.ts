import { parseDecimal, utf8Text } from '../../bytes/text';

const CR = 0x0d;
const LF = 0x0a;
const SP = 0x20;
const SLASH = 0x2f;
/** Longer start lines are not believed. */
const MAX_START_LINE = 8192;
const MAX_METHOD = 64;
const MAX_SCHEME = 64;

export interface StartLine {
  isRequest: boolean;
  method: string;
  statusCode: number;
  reasonPhrase: string;
}

/** Offset of the first byte of `bytes[start..end)` that is neither CR nor LF (RFC 3261, section 7.5). */
export function skipLineEnds(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && (bytes[i] === CR || bytes[i] === LF)) i += 1;
  return i;
}

/** Offset of the next LF in `bytes[start..end)`, or -1. (`indexOf` would look past `end`.) */
export function indexOfLineFeed(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i += 1) if (bytes[i] === LF) return i;
  return -1;
}

/**
 * Whether `bytes[start..end)` begins with a SIP start line (RFC 3261, section 7.1 and 7.2), perhaps after empty
 * lines. Allocates nothing. A line cut off by the end counts when what is there can hardly be anything else.
 */
export function looksLikeSip(bytes: Uint8Array, start: number, end: number): boolean {
  const from = skipLineEnds(bytes, start, end);
  // Most of what comes here is no text at all: the first word tells, without a look for the end of the line.
  const wordEnd = tokenEnd(bytes, from, Math.min(end, from + MAX_METHOD));
  if (wordEnd < end && bytes[wordEnd] !== SP && bytes[wordEnd] !== SLASH) return false;
  const limit = Math.min(end, from + MAX_START_LINE);
  const lineFeed = indexOfLineFeed(bytes, from, limit);
  if (lineFeed >= 0) return isStartLine(bytes, from, lineFeed);
  if (limit < end) return false;
  return isCutStartLine(bytes, from, end);
}

/** Whether the line `bytes[start..end)` (its end with or without CR) is a SIP start line. */
export function isStartLine(bytes: Uint8Array, start: number, end: number): boolean {
  const lineEnd = trimEnd(bytes, start, end);
  if (isStatusLine(bytes, start, lineEnd)) return true;
  if (!isVersion(bytes, lineEnd - 7, lineEnd)) return false;
  const afterMethod = tokenEnd(bytes, start, lineEnd);
  return afterMethod > start && bytes[afterMethod] === SP && schemeEnd(bytes, afterMethod, lineEnd) > 0;
}

/** Reads a start line that `isStartLine` or `isCutStartLine` accepted into `into`. */
export function parseStartLine(bytes: Uint8Array, start: number, end: number, into: StartLine): void {
  const lineEnd = trimEnd(bytes, start, end);
  into.isRequest = !isStatusLine(bytes, start, lineEnd);
  if (into.isRequest) {
    into.method = utf8Text(bytes, start, tokenEnd(bytes, start, lineEnd));
  } else {
    into.statusCode = parseDecimal(bytes, start + 8, start + 11);
    into.reasonPhrase = utf8Text(bytes, start + 12, lineEnd).trim();
  }
}

/** Without the end of the line, the scheme must be one that only SIP uses in such a place. */
export function isCutStartLine(bytes: Uint8Array, start: number, end: number): boolean {
  if (isStatusLine(bytes, start, end)) return true;
  const afterMethod = tokenEnd(bytes, start, end);
  if (afterMethod - start < 3 || afterMethod >= end || bytes[afterMethod] !== SP) return false;
  for (let i = start; i < afterMethod; i += 1) if (bytes[i] < 0x41 || bytes[i] > 0x5a) return false;
  const colon = schemeEnd(bytes, afterMethod, end);
  if (colon < 0) return false;
  const length = colon - afterMethod - 1;
  const isSip = letter(bytes, colon - length) === 0x73 && letter(bytes, colon - length + 1) === 0x69;
  return isSip && (length === 3 || length === 4) && letter(bytes, colon - length + 2) === 0x70;
}

/** `SIP/2.0 200`, then a space or nothing. */
function isStatusLine(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 11 || !isVersion(bytes, start, end) || bytes[start + 7] !== SP) return false;
  for (let i = start + 8; i < start + 11; i += 1) if (!isDigit(bytes[i])) return false;
  if (bytes[start + 8] < 0x31 || bytes[start + 8] > 0x36) return false;
  return end === start + 11 || bytes[start + 11] === SP;
}

/** `SIP/2.0` in any case at `start`. */
function isVersion(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    start >= 0 &&
    end - start >= 7 &&
    letter(bytes, start) === 0x73 &&
    letter(bytes, start + 1) === 0x69 &&
    letter(bytes, start + 2) === 0x70 &&
    bytes[start + 3] === 0x2f &&
    isDigit(bytes[start + 4]) &&
    bytes[start + 5] === 0x2e &&
    isDigit(bytes[start + 6])
  );
}

const letter = (bytes: Uint8Array, at: number): number => bytes[at] | 0x20;
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** End of the token (RFC 3261, section 25.1) at `start`; `start` when there is none. */
function tokenEnd(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + MAX_METHOD);
  let i = start;
  while (i < limit && isTokenByte(bytes[i])) i += 1;
  return i;
}

function isTokenByte(byte: number): boolean {
  if (isDigit(byte)) return true;
  const lower = byte | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return true;
  // - . ! % * _ + ` ' ~
  return (
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x21 ||
    byte === 0x25 ||
    byte === 0x2a ||
    byte === 0x5f ||
    byte === 0x2b ||
    byte === 0x60 ||
    byte === 0x27 ||
    byte === 0x7e
  );
}

/** Offset of the colon of the URI that follows the spaces at `start`, or -1 when no scheme stands there. */
function schemeEnd(bytes: Uint8Array, start: number, end: number): number {
  let from = start;
  while (from < end && bytes[from] === SP) from += 1;
  const limit = Math.min(end, from + MAX_SCHEME);
  for (let i = from; i < limit; i += 1) {
    const byte = bytes[i];
    if (byte === 0x3a) return i > from ? i : -1;
    const lower = byte | 0x20;
    const isLetter = lower >= 0x61 && lower <= 0x7a;
    if (!isLetter && !(i > from && (isDigit(byte) || byte === 0x2b || byte === 0x2d || byte === 0x2e))) return -1;
  }
  return -1;
}

function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  let i = end;
  while (i > start && (bytes[i - 1] === CR || bytes[i - 1] === LF || bytes[i - 1] === SP)) i -= 1;
  return i;
}
