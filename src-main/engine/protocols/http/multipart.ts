import { missingBytes } from '../../bytes/extents';
import { PieceBuffer } from '../../bytes/piece-buffer';
import { latin1Text } from '../../bytes/text';
import { fieldValue, type HttpField, parseFields } from './message';

export interface MultipartHandler {
  /** A part begins; `frame` and `timeNs` are those of the first byte of its fields. */
  onPart(fields: readonly HttpField[], frame: number, timeNs: number): void;
  onData(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void;
  onGap(length: number, frame: number, timeNs: number): void;
  /** The part is over; `isComplete` is false when its end never came. */
  onPartEnd(isComplete: boolean): void;
}

const CR = 0x0d;
const LF = 0x0a;
/** Longer lines are no delimiters, longer heads no heads. */
const maxLine = 1024;
const maxHead = 16 * 1024;

/**
 * Takes a multipart body apart (RFC 2046, section 5.1.1) as it comes: part by part, with or without lengths. The
 * delimiter is the first line that begins with two dashes: cameras announce boundaries with and without the dashes that
 * belong before them.
 */
export class MultipartSplitter {
  private phase: 'preamble' | 'head' | 'length' | 'search' | 'after' | 'lost' = 'preamble';
  private readonly buffer = new PieceBuffer();
  private lineStart = 0;
  private remaining = 0;
  /** `--boundary`; empty until a line told. */
  private delimiter = '';
  private frame = 0;
  private timeNs = 0;

  constructor(private readonly handler: MultipartHandler) {}

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    this.frame = frame;
    this.timeNs = timeNs;
    for (let at = start; at < end; ) {
      at = this.step(bytes, at, end, address === missingBytes ? missingBytes : address + at - start);
    }
  }

  gap(length: number, frame: number, timeNs: number): void {
    this.frame = frame;
    this.timeNs = timeNs;
    if (this.phase === 'length' && length <= this.remaining) {
      this.remaining -= length;
      this.handler.onGap(length, frame, timeNs);
      if (this.remaining === 0) this.endPart(true);
      return;
    }
    if (this.phase === 'search') {
      // Another part may have begun in the hole; where, nobody knows.
      this.release();
      this.handler.onGap(length, frame, timeNs);
      return;
    }
    if (this.phase === 'length') {
      this.handler.onGap(this.remaining, frame, timeNs);
      this.endPart(true);
    }
    this.buffer.clear();
    this.phase = 'lost';
  }

  end(isComplete: boolean): void {
    if (this.phase === 'search') {
      this.release();
      this.endPart(isComplete);
    } else if (this.phase === 'length') this.endPart(false);
    this.buffer.clear();
    this.phase = 'lost';
  }

  private step(bytes: Uint8Array, at: number, end: number, address: number): number {
    if (this.phase === 'length') {
      const next = Math.min(end, at + this.remaining);
      this.remaining -= next - at;
      this.handler.onData(bytes, at, next, this.frame, this.timeNs, address);
      if (this.remaining === 0) this.endPart(true);
      return next;
    }
    if (this.phase === 'search') return this.search(bytes, at, end, address);
    return this.takeLine(bytes, at, end, address);
  }

  private takeLine(bytes: Uint8Array, at: number, end: number, address: number): number {
    const { buffer } = this;
    let next = at;
    while (next < end && bytes[next] !== LF) next += 1;
    const hasEnd = next < end;
    if (hasEnd) next += 1;
    buffer.push(bytes, at, next, this.frame, this.timeNs, address);
    if (hasEnd) this.onLine();
    else if (this.phase !== 'head' && buffer.length > maxLine) {
      // Binary: only what the next line feed ends can be a delimiter, and the end of it is enough to tell.
      buffer.dropFront(buffer.length - maxLine / 2);
    } else if (buffer.length > maxHead) this.forgetHead();
    return next;
  }

  private onLine(): void {
    const { buffer } = this;
    if (this.phase === 'head') {
      const length = buffer.length - this.lineStart;
      const isEmpty = length === 1 || (length === 2 && buffer.bytes[this.lineStart] === CR);
      this.lineStart = buffer.length;
      if (isEmpty) this.finishHead();
      else if (buffer.length > maxHead) this.forgetHead();
      return;
    }
    const line = latin1Text(buffer.bytes, 0, buffer.length).trimEnd();
    buffer.clear();
    if (this.isDelimiter(line)) this.beginHead();
    else if (this.phase === 'after' && line !== '') this.phase = 'lost';
  }

  private isDelimiter(line: string): boolean {
    if (this.delimiter === '') {
      if (!line.startsWith('--') || line.length < 3) return false;
      this.delimiter = line;
      return true;
    }
    // What was lost may have ended in the middle of a line.
    return this.phase === 'lost' ? line.endsWith(this.delimiter) : line === this.delimiter;
  }

  private beginHead(): void {
    this.phase = 'head';
    this.lineStart = 0;
  }

  private forgetHead(): void {
    this.buffer.clear();
    this.phase = 'lost';
  }

  private finishHead(): void {
    const { buffer } = this;
    const fields: HttpField[] = [];
    parseFields(buffer.bytes, 0, buffer.length, fields);
    const { frame, timeNs } = buffer.first;
    buffer.clear();
    this.handler.onPart(fields, frame, timeNs);
    const length = fieldValue(fields, 'content-length');
    if (length !== null && /^\s*\d{1,15}\s*$/.test(length)) {
      this.remaining = Number(length);
      this.phase = 'length';
      if (this.remaining === 0) this.endPart(true);
    } else this.phase = 'search';
  }

  /** Body up to the next delimiter at the beginning of a line. */
  private search(bytes: Uint8Array, at: number, end: number, address: number): number {
    const { buffer } = this;
    if (buffer.length === 0) {
      let next = at;
      while (next < end && bytes[next] !== CR && bytes[next] !== LF) next += 1;
      if (next > at) {
        this.handler.onData(bytes, at, next, this.frame, this.timeNs, address);
        return next;
      }
    }
    const byte = bytes[at];
    if (!this.goesOn(byte)) {
      this.release();
      // It may begin the next one: look at it again.
      return at;
    }
    buffer.push(bytes, at, at + 1, this.frame, this.timeNs, address);
    if (buffer.length === this.lineEndLength() + this.delimiter.length && buffer.length > this.delimiter.length) {
      buffer.clear();
      this.handler.onPartEnd(true);
      // The rest of the line: its end, or two more dashes.
      this.phase = 'after';
      this.repeatDelimiter();
    }
    return at + 1;
  }

  /** Bytes of the line end that the buffer begins with. */
  private lineEndLength(): number {
    const { bytes, length } = this.buffer;
    if (length === 0) return 0;
    if (bytes[0] === LF) return 1;
    return length > 1 && bytes[1] === LF ? 2 : 1;
  }

  /** Can `byte` follow what is in the buffer on the way to a delimiter? */
  private goesOn(byte: number): boolean {
    const { bytes, length } = this.buffer;
    if (length === 0) return true;
    if (length === 1 && bytes[0] === CR) return byte === LF;
    return byte === this.delimiter.charCodeAt(length - this.lineEndLength());
  }

  /** The delimiter was taken already; it is put before the rest of its line, so that two dashes behind it tell. */
  private repeatDelimiter(): void {
    const bytes = Uint8Array.from(this.delimiter, (letter) => letter.charCodeAt(0));
    this.buffer.push(bytes, 0, bytes.length, this.frame, this.timeNs, missingBytes);
  }

  private release(): void {
    this.buffer.release((bytes, start, end, frame, timeNs, address) =>
      this.handler.onData(bytes, start, end, frame, timeNs, address),
    );
  }

  private endPart(isComplete: boolean): void {
    this.handler.onPartEnd(isComplete);
    this.phase = 'after';
    this.lineStart = 0;
  }
}

/** Is this the body of a multipart message? */
export const isMultipart = (contentType: string | null): boolean => /^\s*multipart\//i.test(contentType ?? '');
