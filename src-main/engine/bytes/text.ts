/** The part of the WHATWG Encoding API that the engine uses; every JavaScript runtime has it. */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array): string;
}

/** The part of the WHATWG Encoding API that the engine uses; every JavaScript runtime has it. */
declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const utf8Strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const encoder = new TextEncoder();

/** Below this many bytes a loop over ASCII beats the call into the decoder. */
const SHORT = 24;
/** `fromCharCode.apply` puts its arguments on the stack: keep them few. */
const CHUNK = 4096;

/** Text of `bytes[start..end)` as UTF-8; each malformed sequence becomes U+FFFD, a byte order mark stays. */
export function utf8Text(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const from = Math.max(0, start);
  const to = Math.min(end, bytes.length);
  if (to <= from) return '';
  if (to - from <= SHORT) {
    let text = '';
    let i = from;
    for (; i < to && bytes[i] < 0x80; i += 1) text += String.fromCharCode(bytes[i]);
    if (i === to) return text;
  }
  return utf8.decode(bytes.subarray(from, to));
}

/** As `utf8Text`, but null when the bytes are not well-formed UTF-8. */
export function utf8TextOrNull(bytes: Uint8Array, start = 0, end = bytes.length): string | null {
  try {
    return utf8Strict.decode(bytes.subarray(Math.max(0, start), Math.max(0, end)));
  } catch {
    return null;
  }
}

/**
 * Text of `bytes[start..end)` in an encoding of the WHATWG standard, by its label; as ISO 8859-1 where the runtime has
 * no such encoding.
 */
export function decodeText(label: string, bytes: Uint8Array, start = 0, end = bytes.length): string {
  const from = Math.max(0, start);
  const to = Math.min(end, bytes.length);
  if (to <= from) return '';
  try {
    return new TextDecoder(label).decode(bytes.subarray(from, to));
  } catch {
    return latin1Text(bytes, from, to);
  }
}

/**
 * Text of `bytes[start..end)` as ISO 8859-1: one character a byte, 0x00..0xff, nothing lost. (A TextDecoder
 * labelled `latin1` decodes windows-1252 instead.)
 */
export function latin1Text(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const from = Math.max(0, start);
  const to = Math.min(end, bytes.length);
  if (to <= from) return '';
  if (to - from <= CHUNK) return charCodes(bytes.subarray(from, to));
  let text = '';
  for (let at = from; at < to; at += CHUNK) text += charCodes(bytes.subarray(at, Math.min(at + CHUNK, to)));
  return text;
}

function charCodes(bytes: Uint8Array): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}

/** Bytes of `text` as UTF-8. */
export function utf8Bytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Whether `bytes[start..end)` begins with the ASCII `text`, case counts. */
export function startsWithAscii(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start < text.length) return false;
  for (let i = 0; i < text.length; i += 1) {
    if (bytes[start + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** Whether `bytes[start..end)` is the ASCII `text`; letters match in either case. */
export function equalsAsciiIgnoreCase(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i += 1) {
    if (lower(bytes[start + i]) !== lower(text.charCodeAt(i))) return false;
  }
  return true;
}

const lower = (code: number): number => (code >= 0x41 && code <= 0x5a ? code + 0x20 : code);

/** Value of the decimal digits at the start of `bytes[start..end)`, or -1 without digits or above 2^53 - 1. */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let i = start;
  for (; i < end; i += 1) {
    const digit = bytes[i] - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    if (value > Number.MAX_SAFE_INTEGER) return -1;
  }
  return i > start ? value : -1;
}
