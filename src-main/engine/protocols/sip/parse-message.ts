import type { DiagnosticSink } from '#shared/model/diagnostic';
import { equalsAsciiIgnoreCase, parseDecimal } from '../../bytes/text';
import { firstListElement, headerParameter } from './field-values';
import { HeaderCursor } from './header-cursor';
import type { SipMessage, SipOrigin } from './message';
import { indexOfLineFeed, isCutStartLine, isStartLine, parseStartLine, skipLineEnds } from './start-line';

/** The header of a message, without what depends on how it was carried. */
export interface SipHead {
  readonly fields: Omit<
    SipMessage,
    'frame' | 'timeNs' | 'bytes' | 'start' | 'end' | 'pieces' | 'isTruncated' | 'bodyEnd'
  >;
  /** Announced length of the body: -1 without Content-Length, -2 when it is no number. */
  readonly contentLength: number;
  /** The empty line after the header was there. */
  readonly isComplete: boolean;
}

/** Reads start line and header of the message that begins at `start`; null when no SIP message begins there. */
export function parseSipHead(
  bytes: Uint8Array,
  start: number,
  end: number,
  isCut: boolean,
  frame: number,
  sink: DiagnosticSink,
): SipHead | null {
  const lineFeed = indexOfLineFeed(bytes, start, end);
  const lineEnd = lineFeed < 0 ? end : lineFeed;
  if (lineFeed < 0 && isCut ? !isCutStartLine(bytes, start, end) : !isStartLine(bytes, start, lineEnd)) return null;
  const startLine = parseStartLine(bytes, start, lineEnd);
  const head: Fields = { ...noFields };
  const cursor = new HeaderCursor(bytes, lineFeed < 0 ? end : lineFeed + 1, end, isCut);
  while (cursor.next()) takeField(head, bytes, cursor);
  if (cursor.malformedLines > 0) {
    sink.report('warning', 'sip-header', frame, 'A line of a SIP header has no field name and colon; it was skipped.');
  }
  const { cseqMethod, contentLength, ...fields } = head;
  if (startLine.isRequest && cseqMethod !== '' && cseqMethod !== startLine.method) {
    sink.report('warning', 'sip-cseq', frame, 'Method of a SIP request differs from that of its CSeq.');
  }
  if (!isCut) reportMissing(head, frame, sink);
  const method = startLine.isRequest ? startLine.method : cseqMethod;
  return {
    fields: { ...startLine, ...fields, method, bodyStart: cursor.position },
    contentLength,
    isComplete: cursor.isComplete,
  };
}

const noFields = {
  callId: '',
  from: '',
  fromTag: '',
  to: '',
  toTag: '',
  cseqNumber: -1,
  cseqMethod: '',
  branch: '',
  rseq: -1,
  contact: '',
  referTo: '',
  reason: '',
  contentType: '',
  contentEncoding: '',
  contentLength: -1,
};

type Fields = typeof noFields;

/**
 * Takes the fields the tracker needs; of fields that stand twice the first one counts, as it does for Via
 * (RFC 3261, section 7.3.1) and as most peers do for the others.
 */
function takeField(head: Fields, bytes: Uint8Array, cursor: HeaderCursor): void {
  const { nameStart, nameEnd } = cursor;
  const is = (name: string): boolean => equalsAsciiIgnoreCase(bytes, nameStart, nameEnd, name);
  switch (nameEnd - nameStart) {
    case 1:
      takeNamed(head, bytes, cursor, bytes[nameStart] | 0x20);
      break;
    case 2:
      if (is('To')) takeNamed(head, bytes, cursor, 0x74);
      break;
    case 3:
      if (is('Via')) takeNamed(head, bytes, cursor, 0x76);
      break;
    case 4:
      if (is('From')) takeNamed(head, bytes, cursor, 0x66);
      else if (is('CSeq') && head.cseqNumber < 0) takeCseq(head, cursor.value());
      else if (is('RSeq')) head.rseq = parseDecimal(bytes, cursor.valueStart, cursor.valueEnd);
      break;
    case 6:
      if (is('Reason') && head.reason === '') head.reason = cursor.value();
      break;
    case 7:
      if (is('Call-ID')) takeNamed(head, bytes, cursor, 0x69);
      else if (is('Contact')) takeNamed(head, bytes, cursor, 0x6d);
      break;
    case 8:
      if (is('Refer-To')) takeNamed(head, bytes, cursor, 0x72);
      break;
    case 12:
      if (is('Content-Type')) takeNamed(head, bytes, cursor, 0x63);
      break;
    case 14:
      if (is('Content-Length')) takeNamed(head, bytes, cursor, 0x6c);
      break;
    case 16:
      if (is('Content-Encoding')) takeNamed(head, bytes, cursor, 0x65);
      break;
    default:
  }
}

/** Takes a field by the letter of its compact form. */
function takeNamed(head: Fields, bytes: Uint8Array, cursor: HeaderCursor, letter: number): void {
  switch (letter) {
    case 0x63:
      if (head.contentType === '') head.contentType = cursor.value();
      break;
    case 0x65:
      if (head.contentEncoding === '') head.contentEncoding = cursor.value();
      break;
    case 0x66:
      if (head.from !== '') break;
      head.from = cursor.value();
      head.fromTag = headerParameter(head.from, 'tag');
      break;
    case 0x69:
      if (head.callId === '') head.callId = cursor.value();
      break;
    case 0x6c:
      if (head.contentLength !== -1) break;
      head.contentLength = parseDecimal(bytes, cursor.valueStart, cursor.valueEnd);
      if (head.contentLength < 0) head.contentLength = -2;
      break;
    case 0x6d:
      if (head.contact === '') head.contact = firstListElement(cursor.value());
      break;
    case 0x72:
      if (head.referTo === '') head.referTo = cursor.value();
      break;
    case 0x74:
      if (head.to !== '') break;
      head.to = cursor.value();
      head.toTag = headerParameter(head.to, 'tag');
      break;
    case 0x76:
      if (head.branch === '') head.branch = headerParameter(firstListElement(cursor.value()), 'branch');
      break;
    default:
  }
}

function takeCseq(head: Fields, value: string): void {
  const match = /^(\d{1,10})\s+(\S{1,64})/.exec(value);
  if (!match) return;
  head.cseqNumber = Number(match[1]);
  head.cseqMethod = match[2];
}

function reportMissing(head: Fields, frame: number, sink: DiagnosticSink): void {
  const missing = [
    head.callId === '' && 'Call-ID',
    head.cseqNumber < 0 && 'CSeq',
    head.from === '' && 'From',
    head.to === '' && 'To',
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
  const head = parseSipHead(bytes, from, end, origin.missing > 0, origin.frame, sink);
  if (head === null) {
    if (!isKeepAlive(bytes, from, end)) {
      sink.report('note', 'sip-start-line', origin.frame, 'A datagram between SIP peers is no SIP message.');
    }
    return null;
  }
  const { bodyStart } = head.fields;
  const isTruncated = origin.missing > 0;
  let bodyEnd = end;
  if (!isTruncated) {
    const announced = bodyStart + head.contentLength;
    // Line ends after the body are habit, not body.
    if (head.contentLength >= 0 && announced < end && isBlank(bytes, announced, end)) bodyEnd = announced;
    else checkLength(head, end - bodyStart, origin.frame, sink);
  }
  return {
    ...head.fields,
    frame: origin.frame,
    timeNs: origin.timeNs,
    bytes,
    start: from,
    end,
    pieces: origin.fileOffset < 0 ? null : [{ fileOffset: origin.fileOffset + from - start, length: end - from }],
    isTruncated,
    bodyEnd,
  };
}

function checkLength(head: SipHead, rest: number, frame: number, sink: DiagnosticSink): void {
  const { contentLength, isComplete } = head;
  if (!isComplete) {
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
