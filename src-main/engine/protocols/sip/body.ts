import { utf8Text } from '../../bytes/text';
import { headerParameter } from './field-values';
import { HeaderCursor } from './header-cursor';
import type { SipMessage } from './message';

/** Multipart bodies within multipart bodies are followed this deep. */
const MAX_DEPTH = 3;
const MAX_PARTS = 32;
/** Longer descriptions are not read: real ones have a few kB. */
const MAX_SDP_BYTES = 64 * 1024;

/** Media type without parameters, lower case: `application/sdp`. */
export function mediaType(contentType: string): string {
  const semicolon = contentType.indexOf(';');
  return (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

/**
 * Session descriptions in the body: the body itself, or parts of a multipart one (RFC 5621). A body without
 * Content-Type counts when it begins like a description. A line cut off by a truncated capture is left out.
 */
export function sessionDescriptions(message: SipMessage): string[] {
  const found: string[] = [];
  // An encoded body is not text; `identity` says that nothing was encoded (RFC 3261, section 20.12).
  if (message.contentEncoding !== '' && message.contentEncoding.toLowerCase() !== 'identity') return found;
  const { bytes, bodyStart, bodyEnd, contentType, isTruncated } = message;
  collect(bytes, bodyStart, bodyEnd, contentType, isTruncated, 0, found);
  return found;
}

function collect(
  bytes: Uint8Array,
  start: number,
  end: number,
  contentType: string,
  isTruncated: boolean,
  depth: number,
  found: string[],
): void {
  if (start >= end) return;
  const type = mediaType(contentType);
  if (type === 'application/sdp' || (type === '' && beginsLikeSdp(bytes, start, end))) {
    const text = utf8Text(bytes, start, Math.min(end, start + MAX_SDP_BYTES));
    const isCut = isTruncated || end - start > MAX_SDP_BYTES;
    const whole = isCut ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
    if (whole !== '') found.push(whole);
  } else if (type.startsWith('multipart/') && depth < MAX_DEPTH) {
    const boundary = headerParameter(contentType, 'boundary');
    if (boundary !== '') collectParts(bytes, start, end, boundary, isTruncated, depth, found);
  }
}

function beginsLikeSdp(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start > 4 && bytes[start] === 0x76 && bytes[start + 1] === 0x3d && bytes[start + 2] === 0x30;
}

/** Parts between delimiter lines `--boundary` (RFC 2046, section 5.1.1). */
function collectParts(
  bytes: Uint8Array,
  start: number,
  end: number,
  boundary: string,
  isTruncated: boolean,
  depth: number,
  found: string[],
): void {
  let partStart = -1;
  let parts = 0;
  for (let line = start; line < end && parts < MAX_PARTS; ) {
    let lineFeed = line;
    while (lineFeed < end && bytes[lineFeed] !== 0x0a) lineFeed += 1;
    if (isDelimiter(bytes, line, lineFeed, boundary)) {
      if (partStart >= 0) {
        collectPart(bytes, partStart, line, false, depth, found);
        parts += 1;
      }
      partStart = lineFeed + 1;
    }
    line = lineFeed + 1;
  }
  if (partStart >= 0 && partStart < end && parts < MAX_PARTS) {
    collectPart(bytes, partStart, end, isTruncated, depth, found);
  }
}

function collectPart(
  bytes: Uint8Array,
  start: number,
  end: number,
  isTruncated: boolean,
  depth: number,
  found: string[],
): void {
  const cursor = new HeaderCursor(bytes, start, end, isTruncated);
  let contentType = '';
  while (cursor.next()) {
    if (cursor.name().toLowerCase() === 'content-type' && contentType === '') contentType = cursor.value();
  }
  if (cursor.isComplete) collect(bytes, cursor.position, end, contentType, isTruncated, depth + 1, found);
}

function isDelimiter(bytes: Uint8Array, start: number, end: number, boundary: string): boolean {
  if (end - start < boundary.length + 2 || bytes[start] !== 0x2d || bytes[start + 1] !== 0x2d) return false;
  for (let i = 0; i < boundary.length; i += 1) if (bytes[start + 2 + i] !== boundary.charCodeAt(i)) return false;
  const next = start + 2 + boundary.length;
  const isLast = bytes[next] === 0x2d && bytes[next + 1] === 0x2d;
  return next === end || isLast || bytes[next] === 0x0d || bytes[next] === 0x20 || bytes[next] === 0x09;
}
