import type { DiagnosticSink } from '#shared/model/diagnostic';
import { equalsAsciiIgnoreCase, parseDecimal } from '../../bytes/text';
import { firstListElement, headerParameter } from './field-values';
import { HeaderCursor } from './header-cursor';
import type { FilePiece, SipMessage, SipOrigin } from './message';
import { indexOfLineFeed, isCutStartLine, isStartLine, parseStartLine, skipLineEnds } from './start-line';

const noBytes = new Uint8Array(0);

/**
 * A message while it is read. One class with all its fields from the start: objects put together by spreading are
 * several times slower to make and larger.
 */
export class ParsedMessage implements SipMessage {
  frame = 0;
  timeNs = 0;
  bytes: Uint8Array = noBytes;
  start = 0;
  end = 0;
  pieces: readonly FilePiece[] | null = null;
  isTruncated = false;
  isRequest = false;
  method = '';
  statusCode = 0;
  reasonPhrase = '';
  callId = '';
  from = '';
  fromTag = '';
  to = '';
  toTag = '';
  cseqNumber = -1;
  cseqMethod = '';
  branch = '';
  rseq = -1;
  contact = '';
  referTo = '';
  reason = '';
  contentType = '';
  contentEncoding = '';
  bodyStart = 0;
  bodyEnd = 0;
  /** Announced length of the body: -1 without Content-Length, -2 when it is no number. */
  contentLength = -1;
  /** The empty line after the header was there. */
  isHeaderComplete = false;
}

/** Reads start line and header of the message that begins at `start`; null when no SIP message begins there. */
export function parseSipHead(
  bytes: Uint8Array,
  start: number,
  end: number,
  isCut: boolean,
  frame: number,
  sink: DiagnosticSink,
): ParsedMessage | null {
  const lineFeed = indexOfLineFeed(bytes, start, end);
  const lineEnd = lineFeed < 0 ? end : lineFeed;
  if (lineFeed < 0 && isCut ? !isCutStartLine(bytes, start, end) : !isStartLine(bytes, start, lineEnd)) return null;
  const message = new ParsedMessage();
  parseStartLine(bytes, start, lineEnd, message);
  const cursor = new HeaderCursor(bytes, lineFeed < 0 ? end : lineFeed + 1, end, isCut);
  while (cursor.next()) takeField(message, bytes, cursor);
  message.bodyStart = cursor.position;
  message.isHeaderComplete = cursor.isComplete;
  if (cursor.malformedLines > 0) {
    sink.report('warning', 'sip-header', frame, 'A line of a SIP header has no field name and colon; it was skipped.');
  }
  if (!message.isRequest) message.method = message.cseqMethod;
  else if (message.cseqMethod !== '' && message.cseqMethod !== message.method) {
    sink.report('warning', 'sip-cseq', frame, 'Method of a SIP request differs from that of its CSeq.');
  }
  if (!isCut) reportMissing(message, frame, sink);
  return message;
}

/**
 * Takes the fields the tracker needs; of fields that stand twice the first one counts, as it does for Via
 * (RFC 3261, section 7.3.1) and as most peers do for the others.
 */
function takeField(message: ParsedMessage, bytes: Uint8Array, cursor: HeaderCursor): void {
  const { nameStart, nameEnd } = cursor;
  const is = (name: string): boolean => equalsAsciiIgnoreCase(bytes, nameStart, nameEnd, name);
  switch (nameEnd - nameStart) {
    case 1:
      takeNamed(message, bytes, cursor, bytes[nameStart] | 0x20);
      break;
    case 2:
      if (is('To')) takeNamed(message, bytes, cursor, 0x74);
      break;
    case 3:
      if (is('Via')) takeNamed(message, bytes, cursor, 0x76);
      break;
    case 4:
      if (is('From')) takeNamed(message, bytes, cursor, 0x66);
      else if (is('CSeq') && message.cseqNumber < 0) takeCseq(message, cursor.value());
      else if (is('RSeq')) message.rseq = parseDecimal(bytes, cursor.valueStart, cursor.valueEnd);
      break;
    case 6:
      if (is('Reason') && message.reason === '') message.reason = cursor.value();
      break;
    case 7:
      if (is('Call-ID')) takeNamed(message, bytes, cursor, 0x69);
      else if (is('Contact')) takeNamed(message, bytes, cursor, 0x6d);
      break;
    case 8:
      if (is('Refer-To')) takeNamed(message, bytes, cursor, 0x72);
      break;
    case 12:
      if (is('Content-Type')) takeNamed(message, bytes, cursor, 0x63);
      break;
    case 14:
      if (is('Content-Length')) takeNamed(message, bytes, cursor, 0x6c);
      break;
    case 16:
      if (is('Content-Encoding')) takeNamed(message, bytes, cursor, 0x65);
      break;
    default:
  }
}

/** Takes a field by the letter of its compact form. */
function takeNamed(message: ParsedMessage, bytes: Uint8Array, cursor: HeaderCursor, letter: number): void {
  switch (letter) {
    case 0x63:
      if (message.contentType === '') message.contentType = cursor.value();
      break;
    case 0x65:
      if (message.contentEncoding === '') message.contentEncoding = cursor.value();
      break;
    case 0x66:
      if (message.from !== '') break;
      message.from = cursor.value();
      message.fromTag = headerParameter(message.from, 'tag');
      break;
    case 0x69:
      if (message.callId === '') message.callId = cursor.value();
      break;
    case 0x6c:
      if (message.contentLength !== -1) break;
      message.contentLength = parseDecimal(bytes, cursor.valueStart, cursor.valueEnd);
      if (message.contentLength < 0) message.contentLength = -2;
      break;
    case 0x6d:
      if (message.contact === '') message.contact = firstListElement(cursor.value());
      break;
    case 0x72:
      if (message.referTo === '') message.referTo = cursor.value();
      break;
    case 0x74:
      if (message.to !== '') break;
      message.to = cursor.value();
      message.toTag = headerParameter(message.to, 'tag');
      break;
    case 0x76:
      if (message.branch === '') message.branch = headerParameter(firstListElement(cursor.value()), 'branch');
      break;
    default:
  }
}

function takeCseq(message: ParsedMessage, value: string): void {
  const match = /^(\d{1,10})\s+(\S{1,64})/.exec(value);
  if (!match) return;
  message.cseqNumber = Number(match[1]);
  message.cseqMethod = match[2];
}

function reportMissing(message: ParsedMessage, frame: number, sink: DiagnosticSink): void {
  const missing = [
    message.callId === '' && 'Call-ID',
    message.cseqNumber < 0 && 'CSeq',
    message.from === '' && 'From',
    message.to === '' && 'To',
  ].filter(Boolean);
  if (missing.length > 0) {
    sink.report('warning', 'sip-missing-header', frame, `A SIP message has no readable ${missing.join(', ')}.`);
  }
}

/**
 * Reads a datagram as one SIP message (RFC 3261, section 18.3: the rest of a datagram belongs to its message).
 * Returns null, with a diagnostic when it is not just a keep-alive, when it is none.
 */
export function parseSipDatagram(
  bytes: Uint8Array,
  start: number,
  end: number,
  origin: SipOrigin,
  sink: DiagnosticSink,
): SipMessage | null {
  const from = skipLineEnds(bytes, start, end);
  const message = parseSipHead(bytes, from, end, origin.missing > 0, origin.frame, sink);
  if (message === null) {
    if (!isKeepAlive(bytes, from, end)) {
      sink.report('note', 'sip-start-line', origin.frame, 'A datagram between SIP peers is no SIP message.');
    }
    return null;
  }
  message.frame = origin.frame;
  message.timeNs = origin.timeNs;
  message.bytes = bytes;
  message.start = from;
  message.end = end;
  message.isTruncated = origin.missing > 0;
  message.bodyEnd = end;
  if (origin.fileOffset >= 0) {
    message.pieces = [{ fileOffset: origin.fileOffset + from - start, length: end - from }];
  }
  if (!message.isTruncated) {
    const announced = message.bodyStart + message.contentLength;
    // Line ends after the body are habit, not body.
    if (message.contentLength >= 0 && announced < end && isBlank(bytes, announced, end)) message.bodyEnd = announced;
    else checkLength(message, end - message.bodyStart, origin.frame, sink);
  }
  return message;
}

function checkLength(message: ParsedMessage, rest: number, frame: number, sink: DiagnosticSink): void {
  const { contentLength, isHeaderComplete } = message;
  if (!isHeaderComplete) {
    sink.report('warning', 'sip-header-end', frame, 'The header of a SIP message has no empty line after it.');
  } else if (contentLength === -2) {
    sink.report('warning', 'sip-content-length', frame, 'Content-Length of a SIP message is no number.');
  } else if (contentLength >= 0 && contentLength !== rest) {
    const text = `Content-Length of a SIP message says ${contentLength} bytes, its datagram has ${rest}.`;
    sink.report('warning', 'sip-content-length', frame, text);
  }
}

/** Nothing but line ends, spaces and zeros. */
function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i];
    if (byte !== 0 && byte !== 0x20 && byte !== 0x0d && byte !== 0x0a) return false;
  }
  return true;
}

/** What holds an address translation open: empty lines (RFC 5626, section 3.5.1), or zeros, or a few bytes. */
function isKeepAlive(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start <= 4 || isBlank(bytes, start, end);
}
