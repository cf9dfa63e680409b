import { latin1Text, startsWithAscii } from '../../bytes/text';

export interface StartLine {
  readonly isRequest: boolean;
  /** `GET`; empty in responses. */
  readonly method: string;
  /** As sent: `/index.html`, `http://host/`, `*`, `host:443`; empty in responses. */
  readonly target: string;
  /** 0 in requests. */
  readonly status: number;
  readonly reason: string;
  /** `HTTP/1.1`, `HTTP/2`, `ICY`, `ICE/1.0`. */
  readonly version: string;
}

const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const HTAB = 0x09;
const DASH = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
/** Longer methods are not believed. */
const maxMethod = 24;
/** Methods that are believed where a line does not begin with them. */
const embeddedMethods = ['GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'DELETE', 'PATCH', 'CONNECT', 'PROPFIND', 'SOURCE'];

/** Offset of the next LF in `bytes[start..end)`, or -1. (`indexOf` would look past `end`.) */
export function indexOfLineFeed(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i += 1) if (bytes[i] === LF) return i;
  return -1;
}

/** Whether the line `bytes[start..end)`, its end with or without CR, is a status line (RFC 9112, section 4). */
export function isStatusLine(bytes: Uint8Array, start: number, end: number): boolean {
  const version = versionEnd(bytes, start, end);
  if (version < 0) return false;
  const at = skipSpaces(bytes, version, end);
  if (at === version || end - at < 3) return false;
  for (let i = 0; i < 3; i += 1) if (!isDigit(bytes[at + i])) return false;
  const after = at + 3 < end ? bytes[at + 3] : CR;
  return bytes[at] > ZERO && bytes[at] <= NINE && (after === SP || after === CR || after === HTAB);
}

/** Whether the line `bytes[start..end)`, its end with or without CR, is a request line (RFC 9112, section 3). */
export function isRequestLine(bytes: Uint8Array, start: number, end: number): boolean {
  const lineEnd = trimEnd(bytes, start, end);
  const method = methodEnd(bytes, start, lineEnd);
  if (method < 0 || bytes[method] !== SP) return false;
  const version = lastWord(bytes, method, lineEnd);
  if (version <= method + 1 || !isRequestVersion(bytes, version, lineEnd)) return false;
  const target = skipSpaces(bytes, method, version);
  if (target >= version - 1) return false;
  for (let i = target; i < version; i += 1) if (bytes[i] < SP || bytes[i] === 0x7f) return false;
  return true;
}

/** Could `bytes[start..end)`, which has no line feed, go on to be a start line? */
export function isCutStartLine(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  for (const prefix of ['HTTP/1.', 'ICY ']) {
    if (length < prefix.length ? isPrefixOf(bytes, start, end, prefix) : startsWithAscii(bytes, start, end, prefix)) {
      return true;
    }
  }
  const method = methodEnd(bytes, start, end);
  if (method === end) return length <= maxMethod;
  if (method < 0 || bytes[method] !== SP) return false;
  for (let i = method; i < end; i += 1) if (bytes[i] < SP || bytes[i] === 0x7f) return bytes[i] === CR && i === end - 1;
  return true;
}

/**
 * Where a start line begins in a line that has something else before it, such as the end of a body of which a part was
 * lost; -1 when nowhere. `end` is where its line feed stands.
 */
export function findStatusLine(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + 12 <= end; at += 1) {
    if (bytes[at] === 0x48 && startsWithAscii(bytes, at, end, 'HTTP/1.') && isStatusLine(bytes, at, end)) return at;
  }
  return -1;
}

/** As `findStatusLine`, for requests: the last place in the line that can be one. */
export function findRequestLine(bytes: Uint8Array, start: number, end: number): number {
  const lineEnd = trimEnd(bytes, start, end);
  if (lineEnd - start < 14 || !isRequestVersion(bytes, lineEnd - 8, lineEnd)) return -1;
  for (let at = lineEnd - 14; at >= start; at -= 1) {
    if (bytes[at] < 0x41 || bytes[at] > 0x5a) continue;
    const isMethod = embeddedMethods.some(
      (name) => startsWithAscii(bytes, at, lineEnd, name) && bytes[at + name.length] === SP,
    );
    if (isMethod && isRequestLine(bytes, at, end)) return at;
  }
  return -1;
}

/** Reads a line that was recognised, or one that stands for the fields of HTTP/2. */
export function parseStartLine(bytes: Uint8Array, start: number, end: number): StartLine {
  const lineEnd = trimEnd(bytes, start, end);
  if (startsWithAscii(bytes, start, end, 'HTTP/') || startsWithAscii(bytes, start, end, 'ICY ')) {
    const version = wordEnd(bytes, start, lineEnd);
    const status = skipSpaces(bytes, version, lineEnd);
    return {
      isRequest: false,
      method: '',
      target: '',
      status: Number(latin1Text(bytes, status, Math.min(lineEnd, status + 3))) || 0,
      reason: latin1Text(bytes, status + 3, lineEnd).trim(),
      version: latin1Text(bytes, start, version),
    };
  }
  const method = Math.max(start, methodEnd(bytes, start, lineEnd));
  const version = Math.max(method, lastWord(bytes, method, lineEnd));
  return {
    isRequest: true,
    method: latin1Text(bytes, start, method),
    target: latin1Text(bytes, method, version).trim(),
    status: 0,
    reason: '',
    version: latin1Text(bytes, version, lineEnd),
  };
}

/** Behind `HTTP/1.1` or `ICY` (Shoutcast); -1 when neither is there. */
function versionEnd(bytes: Uint8Array, start: number, end: number): number {
  if (startsWithAscii(bytes, start, end, 'HTTP/1.') && isDigit(bytes[start + 7])) return start + 8;
  return startsWithAscii(bytes, start, end, 'ICY ') ? start + 3 : -1;
}

/** `HTTP/1.x`, and `ICE/1.0` with which sources of Icecast speak. */
function isRequestVersion(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start === 8) return startsWithAscii(bytes, start, end, 'HTTP/1.') && isDigit(bytes[end - 1]);
  return end - start === 7 && startsWithAscii(bytes, start, end, 'ICE/1.0');
}

/** Behind the method at `start`: capitals, digits, `-` and `_` of those that are registered; -1 when it is none. */
function methodEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isMethodByte(bytes[at], at === start)) at += 1;
  return at === start || at - start > maxMethod ? -1 : at;
}

const isMethodByte = (byte: number, isFirst: boolean): boolean =>
  (byte >= 0x41 && byte <= 0x5a) || (!isFirst && (byte === DASH || byte === 0x5f || isDigit(byte)));

function lastWord(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] !== SP && bytes[at - 1] !== HTAB) at -= 1;
  return at;
}

function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== SP) at += 1;
  return at;
}

function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at - 1] === CR || bytes[at - 1] === SP)) at -= 1;
  return at;
}

function skipSpaces(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === SP) at += 1;
  return at;
}

function isPrefixOf(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  for (let i = start; i < end; i += 1) if (bytes[i] !== text.charCodeAt(i - start)) return false;
  return true;
}

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= NINE;
