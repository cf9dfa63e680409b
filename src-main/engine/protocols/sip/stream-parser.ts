import { assert } from '#shared/base/assert';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import { mediaType } from './body';
import type { FilePiece, SipMessage } from './message';
import { type ParsedMessage, parseSipHead } from './parse-message';
import { indexOfLineFeed, isCutStartLine, isStartLine } from './start-line';

const CR = 0x0d;
const LF = 0x0a;
/** Limits of what is kept while a message is incomplete. */
const MAX_LINE = 8 * 1024;
const MAX_HEADER = 64 * 1024;
const MAX_BODY = 1024 * 1024;
/** A message in more pieces is copied rather than located. */
const MAX_PIECES = 64;
const SLICE = 64 * 1024;
const noBytes = new Uint8Array(0);

type Phase = 'start-line' | 'header' | 'body';

/** A stretch of the buffer and where it came from. */
interface BufferPiece {
  at: number;
  length: number;
  readonly fileOffset: number;
}

/**
 * Cuts one direction of a TCP connection into SIP messages (RFC 3261, sections 7.5 and 18.3). The same bytes give
 * the same messages however they are split. After garbage, a lost stretch or a wrong Content-Length, reading goes
 * on at the next start line. Message bytes are borrowed: valid until the callback returns.
 */
export class SipStreamParser {
  private buffer: Uint8Array = noBytes;
  /** Unread bytes are `buffer[head..tail)`. */
  private head = 0;
  private tail = 0;
  private pieces: BufferPiece[] = [];

  private phase: Phase = 'start-line';
  /** How far from `head` the end of the header was looked for. */
  private scanned = 0;
  private message: ParsedMessage | null = null;
  /** Where the body begins, counted from `head`, and bytes of header and body together. */
  private bodyOffset = 0;
  private messageLength = 0;

  /** The rest of the current line is dropped. */
  private isMidLine = false;
  /** Bytes to drop before the next message: rest of a body of which a part was lost. */
  private skip = 0;
  private garbage = 0;
  private garbageFrame = 0;
  /** Bytes that are no message were to be expected: the stream was entered or lost in the middle. */
  private isLost = true;

  private frame = 0;
  private timeNs = 0;

  constructor(
    private readonly sink: DiagnosticSink,
    private readonly onMessage: (message: SipMessage) => void,
  ) {}

  /** Takes the next bytes of the stream; `fileOffset` says where they lie in the capture file (-1: nowhere). */
  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, fileOffset = -1): void {
    this.frame = frame;
    this.timeNs = timeNs;
    for (let at = start; at < end; at += SLICE) {
      const sliceEnd = Math.min(end, at + SLICE);
      this.append(bytes, at, sliceEnd, fileOffset < 0 ? -1 : fileOffset + at - start);
      this.parse();
    }
  }

  /** `length` bytes of the stream were lost; `frame` is where that was noticed. */
  gap(length: number, frame: number): void {
    const open = this.phase === 'body' ? this.messageLength - (this.tail - this.head) : this.skip;
    this.flush();
    this.skip = Math.max(0, open - length);
    this.isMidLine = false;
    this.isLost ||= length > open;
    this.frame = frame;
  }

  /** The stream ends: what is there of an incomplete message is given out. */
  end(): void {
    this.flush();
    this.reportGarbage();
  }

  private append(bytes: Uint8Array, start: number, end: number, fileOffset: number): void {
    const length = end - start;
    this.makeRoom(length);
    this.buffer.set(bytes.subarray(start, end), this.tail);
    const last = this.pieces.at(-1);
    if (last && last.fileOffset >= 0 && last.fileOffset + last.length === fileOffset) last.length += length;
    else this.pieces.push({ at: this.tail, length, fileOffset });
    this.tail += length;
  }

  private makeRoom(length: number): void {
    if (this.tail + length <= this.buffer.length) return;
    const used = this.tail - this.head;
    let target = this.buffer;
    if (used + length > target.length) {
      target = new Uint8Array(Math.max(2048, 2 * (used + length)));
    }
    target.set(this.buffer.subarray(this.head, this.tail));
    for (const piece of this.pieces) piece.at -= this.head;
    this.buffer = target;
    this.head = 0;
    this.tail = used;
  }

  private consume(count: number): void {
    this.head += count;
    this.scanned = 0;
    if (this.head === this.tail) {
      // Thousands of idle connections keep no buffer.
      this.buffer = noBytes;
      this.head = 0;
      this.tail = 0;
      this.pieces = [];
      return;
    }
    let gone = 0;
    while (this.pieces[gone].at + this.pieces[gone].length <= this.head) gone += 1;
    if (gone > 0) this.pieces.splice(0, gone);
  }

  private parse(): void {
    while (this.tail > this.head && this.step());
  }

  /** Does the next piece of work; false when more bytes are needed. */
  private step(): boolean {
    if (this.skip > 0) {
      const count = Math.min(this.skip, this.tail - this.head);
      this.skip -= count;
      this.consume(count);
      return true;
    }
    switch (this.phase) {
      case 'start-line':
        return this.readStartLine();
      case 'header':
        return this.readHeader();
      case 'body':
        return this.readBody();
    }
  }

  private readStartLine(): boolean {
    const { buffer, head, tail } = this;
    if (!this.isMidLine && (buffer[head] === CR || buffer[head] === LF)) {
      this.consume(1);
      return true;
    }
    const limit = Math.min(tail, head + MAX_LINE);
    const lineFeed = indexOfLineFeed(buffer, head + this.scanned, limit);
    if (lineFeed < 0) {
      this.scanned = limit - head;
      if (limit - head < MAX_LINE) return false;
      this.drop(MAX_LINE);
      this.isMidLine = true;
      return true;
    }
    if (!this.isMidLine && isStartLine(buffer, head, lineFeed)) {
      this.reportGarbage();
      this.isLost = false;
      this.phase = 'header';
      this.scanned = lineFeed - head;
      return true;
    }
    this.drop(lineFeed + 1 - head);
    this.isMidLine = false;
    return true;
  }

  private drop(count: number): void {
    if (!this.isLost) {
      if (this.garbage === 0) this.garbageFrame = this.frame;
      this.garbage += count;
    }
    this.consume(count);
  }

  private reportGarbage(): void {
    if (this.garbage === 0) return;
    const text = `${this.garbage} bytes between the SIP messages of a TCP stream belong to none.`;
    this.sink.report('warning', 'sip-stream-garbage', this.garbageFrame, text);
    this.garbage = 0;
  }

  private readHeader(): boolean {
    const { buffer, head } = this;
    const limit = Math.min(this.tail, head + MAX_HEADER);
    let lineFeed = indexOfLineFeed(buffer, head + this.scanned, limit);
    while (lineFeed >= 0) {
      const next = lineFeed + 1;
      // What follows a line end decides whether the header ends here.
      if (next >= limit || (buffer[next] === CR && next + 1 >= limit)) break;
      if (buffer[next] === LF) return this.beginBody(next + 1);
      if (buffer[next] === CR && buffer[next + 1] === LF) return this.beginBody(next + 2);
      lineFeed = indexOfLineFeed(buffer, next, limit);
    }
    this.scanned = (lineFeed < 0 ? limit : lineFeed) - head;
    if (limit - head < MAX_HEADER) return false;
    this.sink.report(
      'warning',
      'sip-header-length',
      this.frame,
      'The header of a SIP message has no end within 64 KiB.',
    );
    const message = parseSipHead(buffer, head, limit, true, this.frame, this.sink);
    if (message !== null) {
      this.bodyOffset = MAX_HEADER;
      this.emit(message, limit, true);
    }
    this.consume(MAX_HEADER);
    this.isMidLine = true;
    this.phase = 'start-line';
    return true;
  }

  private beginBody(bodyStart: number): boolean {
    const { buffer, head, frame, sink } = this;
    const message = parseSipHead(buffer, head, bodyStart, false, frame, sink);
    assert(message !== null, 'the start line was checked');
    let length = message.contentLength;
    if (length < 0 || length > MAX_BODY) {
      // RFC 3261, section 20.14: required over a stream; without it nobody can tell where the message ends.
      const what = length < 0 ? 'no usable Content-Length' : `a Content-Length of ${length} bytes`;
      sink.report(
        'warning',
        'sip-content-length',
        frame,
        `A SIP message of a TCP stream has ${what}; its body is not read.`,
      );
      length = 0;
    }
    this.message = message;
    this.bodyOffset = bodyStart - head;
    this.messageLength = this.bodyOffset + length;
    this.phase = 'body';
    return this.readBody();
  }

  private readBody(): boolean {
    const { head, message } = this;
    if (message === null || this.tail - head < this.messageLength) return false;
    const announced = head + this.messageLength;
    const end = this.believedEnd(message, announced);
    if (end < announced) {
      const text = 'Content-Length of a SIP message reaches into the message after it.';
      this.sink.report('warning', 'sip-content-length', this.frame, text);
    }
    this.emit(message, end, false);
    this.finishMessage();
    this.consume(end - head);
    return true;
  }

  /** A session description has lines `x=...` alone: a line that begins like a start line is not in it. */
  private believedEnd(message: ParsedMessage, announced: number): number {
    const { buffer } = this;
    const bodyStart = this.head + this.bodyOffset;
    if (mediaType(message.contentType) !== 'application/sdp') return announced;
    for (let line = bodyStart; line < announced; ) {
      const isCapital = buffer[line] >= 0x41 && buffer[line] <= 0x5a;
      if (isCapital && line > bodyStart && buffer[line + 1] !== 0x3d) return line;
      const lineFeed = indexOfLineFeed(buffer, line, announced);
      if (lineFeed < 0) break;
      line = lineFeed + 1;
    }
    return announced;
  }

  private finishMessage(): void {
    this.message = null;
    this.messageLength = 0;
    this.phase = 'start-line';
  }

  /** Gives out what can be read of an incomplete message and forgets the buffer. */
  private flush(): void {
    const { buffer, head, tail, phase } = this;
    if (phase === 'body' && this.message !== null) this.emit(this.message, tail, true);
    else if (phase === 'header' || (!this.isMidLine && isCutStartLine(buffer, head, tail))) {
      const message = parseSipHead(buffer, head, tail, true, this.frame, this.sink);
      if (message !== null) {
        this.bodyOffset = message.bodyStart - head;
        this.emit(message, tail, true);
      }
    }
    this.finishMessage();
    if (this.tail > this.head) this.consume(this.tail - this.head);
  }

  private emit(message: ParsedMessage, end: number, isTruncated: boolean): void {
    message.frame = this.frame;
    message.timeNs = this.timeNs;
    message.bytes = this.buffer;
    message.start = this.head;
    message.end = end;
    message.pieces = this.locate(this.head, end);
    message.isTruncated = isTruncated;
    message.bodyStart = this.head + this.bodyOffset;
    message.bodyEnd = end;
    this.onMessage(message);
  }

  private locate(start: number, end: number): readonly FilePiece[] | null {
    const found: FilePiece[] = [];
    for (const { at, length, fileOffset } of this.pieces) {
      const from = Math.max(start, at);
      const to = Math.min(end, at + length);
      if (to <= from) continue;
      if (fileOffset < 0 || found.length === MAX_PIECES) return null;
      found.push({ fileOffset: fileOffset + from - at, length: to - from });
    }
    return found;
  }
}
