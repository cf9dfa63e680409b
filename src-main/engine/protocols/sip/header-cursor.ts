import { latin1Text, utf8Text } from '../../bytes/text';
import { indexOfLineFeed } from './start-line';

const CR = 0x0d;
const SP = 0x20;
const HT = 0x09;
const COLON = 0x3a;

/**
 * Walks over the header fields of a message, folded lines joined (RFC 3261, section 7.3.1). Lines may end with
 * LF alone. Offsets point into the bytes given; nothing is decoded before it is asked for.
 */
export class HeaderCursor {
  /** Field name as sent, white space before the colon left out. */
  nameStart = 0;
  nameEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  /** The empty line after the header was there. */
  isComplete = false;
  /** Just past the empty line; where reading ended without one. */
  position: number;
  /** Lines that are no header field. */
  malformedLines = 0;
  private isFolded = false;

  /** `isCut`: the message goes on after `end`, so that a last line without its end is not to be believed. */
  constructor(
    private readonly bytes: Uint8Array,
    start: number,
    private readonly end: number,
    private readonly isCut: boolean,
  ) {
    this.position = start;
  }

  /** Goes to the next field; false after the last. */
  next(): boolean {
    const { bytes, end } = this;
    while (this.position < end) {
      const start = this.position;
      let lineFeed = indexOfLineFeed(bytes, start, end);
      if (lineFeed < 0 && this.isCut) break;
      let lineEnd = this.contentEnd(start, lineFeed);
      this.position = lineFeed < 0 ? end : lineFeed + 1;
      if (lineEnd === start) {
        this.isComplete = lineFeed >= 0;
        return false;
      }
      this.isFolded = false;
      while (this.position < end && (bytes[this.position] === SP || bytes[this.position] === HT)) {
        lineFeed = indexOfLineFeed(bytes, this.position, end);
        if (lineFeed < 0 && this.isCut) return false;
        lineEnd = this.contentEnd(this.position, lineFeed);
        this.position = lineFeed < 0 ? end : lineFeed + 1;
        this.isFolded = true;
      }
      if (this.split(start, lineEnd)) return true;
      this.malformedLines += 1;
    }
    return false;
  }

  /** Value without surrounding white space, folds replaced by one space. */
  value(): string {
    const text = fieldText(this.bytes, this.valueStart, this.valueEnd);
    return this.isFolded ? text.replace(/[ \t]*\r?\n[ \t]+/g, ' ').trim() : text;
  }

  name(): string {
    return utf8Text(this.bytes, this.nameStart, this.nameEnd);
  }

  private contentEnd(start: number, lineFeed: number): number {
    if (lineFeed < 0) return this.end;
    return lineFeed > start && this.bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
  }

  private split(start: number, end: number): boolean {
    const { bytes } = this;
    let colon = start;
    while (colon < end && bytes[colon] !== COLON) {
      if (bytes[colon] === 0x0a) return false;
      colon += 1;
    }
    if (colon === end) return false;
    this.nameStart = start;
    this.nameEnd = this.trimEnd(start, colon);
    if (this.nameEnd === start) return false;
    this.valueStart = colon + 1;
    while (this.valueStart < end && isSpace(bytes[this.valueStart])) this.valueStart += 1;
    this.valueEnd = this.trimEnd(this.valueStart, end);
    return true;
  }

  private trimEnd(start: number, end: number): number {
    let i = end;
    while (i > start && isSpace(this.bytes[i - 1])) i -= 1;
    return i;
  }
}

/** Nearly all fields are ASCII, for which one call without a decoder does. */
function fieldText(bytes: Uint8Array, start: number, end: number): string {
  for (let i = start; i < end; i += 1) if (bytes[i] >= 0x80) return utf8Text(bytes, start, end);
  return latin1Text(bytes, start, end);
}

const isSpace = (byte: number): boolean => byte === SP || byte === HT || byte === CR || byte === 0x0a;
