import { startsWithAscii } from '../../bytes/text';

const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const maxMethod = 24;
/** Longer lines are not believed. */
export const maxLine = 8 * 1024;

/** Methods of RFC 2326, section 10, and RFC 7826, section 13. */
const methods: ReadonlySet<string> = new Set([
  'OPTIONS',
  'DESCRIBE',
  'ANNOUNCE',
  'SETUP',
  'PLAY',
  'PLAY_NOTIFY',
  'PAUSE',
  'TEARDOWN',
  'GET_PARAMETER',
  'SET_PARAMETER',
  'REDIRECT',
  'RECORD',
]);
const longestMethod = 13;
/** `RTSP/1.0 200`. */
const statusLength = 12;

export interface StartLine {
  readonly isRequest: boolean;
  readonly method: string;
  readonly url: string;
  readonly version: string;
  /** 0 for a request. */
  readonly statusCode: number;
  readonly reasonPhrase: string;
}

/**
 * Do `bytes[start..end)` begin with an RTSP start line (RFC 2326, sections 6.1 and 7.1; RFC 7826, sections 7.1 and
 * 8.1)? A request is believed as soon as its URL has an RTSP scheme, otherwise with its version at the end of the line.
 */
export function probeStartLine(bytes: Uint8Array, start: number, end: number): 'yes' | 'no' | 'more' {
  if (start >= end) return 'more';
  if (bytes[start] === 0x52 && isPrefix(bytes, start, end, 'RTSP/')) return probeStatusLine(bytes, start, end);
  let at = start;
  while (at < end && at - start <= maxMethod && isMethodByte(bytes[at])) at += 1;
  if (at === end) return at - start <= maxMethod ? 'more' : 'no';
  if (bytes[at] !== SP || at === start || at - start > maxMethod) return 'no';
  return probeUrl(bytes, at + 1, end, beginsWithMethod(bytes, start, end));
}

/** Whether a method of RTSP begins at `start`: cheap enough to be asked at each byte. */
export function beginsWithMethod(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  let text = '';
  while (at < end && text.length <= longestMethod && isMethodByte(bytes[at])) {
    text += String.fromCharCode(bytes[at]);
    at += 1;
  }
  return at < end ? bytes[at] === SP && methods.has(text) : [...methods].some((method) => method.startsWith(text));
}

/** Reads a line (without its end) that `probeStartLine` believes; null when it is none after all. */
export function parseStartLine(line: string): StartLine | null {
  const status = /^RTSP\/(\d\.\d) +(\d{3})(?: (.*))?$/.exec(line);
  if (status) {
    const [, version, code, reason = ''] = status;
    return { isRequest: false, method: '', url: '', version, statusCode: Number(code), reasonPhrase: reason.trim() };
  }
  const request = /^([A-Z_]{1,24}) +(\S(?:.*\S)?) +RTSP\/(\d\.\d) *$/.exec(line);
  if (!request) return null;
  const [, method, url, version] = request;
  return { isRequest: true, method, url, version, statusCode: 0, reasonPhrase: '' };
}

function probeStatusLine(bytes: Uint8Array, start: number, end: number): 'yes' | 'no' | 'more' {
  const pattern = 'RTSP/d.d ddd';
  for (let i = 0; i < statusLength; i += 1) {
    if (start + i >= end) return 'more';
    const byte = bytes[start + i];
    const isRight = pattern[i] === 'd' ? byte >= 0x30 && byte <= 0x39 : byte === pattern.charCodeAt(i);
    if (!isRight) return 'no';
  }
  return 'yes';
}

/** A method that is not known needs a URL of RTSP. */
function probeUrl(bytes: Uint8Array, start: number, end: number, isKnown: boolean): 'yes' | 'no' | 'more' {
  for (const scheme of ['rtsp:', 'rtsps:', 'rtspu:']) {
    if (startsWithAscii(bytes, start, end, scheme)) return 'yes';
  }
  if (!isKnown) return isPrefix(bytes, start, end, 'rtsp') && end - start < 6 ? 'more' : 'no';
  const limit = Math.min(end, start + maxLine);
  for (let i = start; i < limit; i += 1) {
    if (bytes[i] === LF) return endsWithVersion(bytes, start, i) ? 'yes' : 'no';
    if (bytes[i] < SP && bytes[i] !== CR) return 'no';
  }
  return limit < end || limit - start === maxLine ? 'no' : 'more';
}

/** `... RTSP/1.0` before the line's end. */
function endsWithVersion(bytes: Uint8Array, start: number, lineFeed: number): boolean {
  let end = lineFeed;
  while (end > start && (bytes[end - 1] === CR || bytes[end - 1] === SP)) end -= 1;
  return end - start > 9 && bytes[end - 9] === SP && startsWithAscii(bytes, end - 8, end, 'RTSP/');
}

function isPrefix(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  return startsWithAscii(bytes, start, end, text.slice(0, Math.min(text.length, end - start)));
}

const isMethodByte = (byte: number): boolean => (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f;
