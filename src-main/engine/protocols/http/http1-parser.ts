import type { DiagnosticSink } from '#shared/model/diagnostic';
import { Extents, missingBytes } from '../../bytes/extents';
import { PieceBuffer } from '../../bytes/piece-buffer';
import { startsWithAscii } from '../../bytes/text';
import { chunkLineVerdict, chunkSize } from './chunk-lines';
import type { BodyPlan, Http1Handler, StartLineKind } from './http1-handler';
import { type HttpField, type HttpHead, parseFields, parseHead } from './message';
import { findRequestLine, findStatusLine, indexOfLineFeed, isRequestLine, isStatusLine } from './start-line';

type Phase =
  | 'start'
  | 'head'
  | 'peek'
  | 'length'
  | 'close'
  | 'chunk-size'
  | 'chunk-data'
  | 'chunk-end'
  | 'chunk-lost'
  | 'trailers'
  | 'hold'
  | 'raw';

/** Limits of what is kept while a head is incomplete, as browsers and servers have them, and then some. */
const maxStartLine = 64 * 1024;
const maxHead = 256 * 1024;
const maxChunkLine = 4096;
const maxTrailers = 64 * 1024;
/** Bytes that wait for the other side to say what they are. */
const maxHeld = 256 * 1024;
/** `HTTP/1.1 ` */
const peekLength = 9;
const CR = 0x0d;
const LF = 0x0a;

const none: BodyPlan = { framing: 'none', length: 0, isDoubtful: false, then: 'message' };

/**
 * Cuts one direction of a connection into HTTP/1.x messages (RFC 9112). The same bytes give the same messages however
 * they are split. Bodies are handed on as they come and are never kept. After garbage or a lost stretch reading goes on
 * at the next start line; a loss within a body of known length costs the lost bytes alone.
 */
export class Http1Parser {
  /** Which start lines this direction can have, as soon as that is known. */
  kind: StartLineKind = 'any';
  /**
   * The other side has gone on although the body under way is not over: where a frame of the capture begins with a
   * status line, the body was shorter than it said.
   */
  isWatching = false;
  private phase: Phase = 'start';
  /** What `peek` goes on with when there is no status line. */
  private bodyPhase: 'length' | 'close' | 'chunk-data' = 'close';
  /** Start line, head, chunk line or trailers so far; what waits while holding. */
  private readonly buffer = new PieceBuffer();
  /** Where the current line of the head begins in it. */
  private lineStart = 0;
  /** Bytes of the body, or of the chunk, that are still to come. */
  private remaining = 0;
  private plan: BodyPlan = none;
  /** Bytes that are no message were to be expected: the stream was entered or lost in the middle. */
  private isLost: boolean;
  /** Bytes at the beginning of what is held that are gone. */
  private heldLoss = 0;
  private garbage = 0;
  private garbageFrame = 0;
  private frame = 0;
  private timeNs = 0;

  constructor(
    private readonly sink: DiagnosticSink,
    private readonly handler: Http1Handler,
    isStart: boolean,
  ) {
    this.isLost = !isStart;
  }

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    if (this.isWatching && frame !== this.frame) this.watch();
    this.frame = frame;
    this.timeNs = timeNs;
    for (let at = start; at < end; ) {
      at = this.step(bytes, at, end, address === missingBytes ? missingBytes : address + at - start);
    }
  }

  /** What comes next is the body of a response whose head was not captured. */
  enterBody(framing: 'chunked' | 'close'): void {
    this.kind = 'response';
    this.isLost = false;
    this.buffer.clear();
    this.plan = { framing, length: 0, isDoubtful: false, then: 'message' };
    this.beginBody();
  }

  /** `length` bytes of the stream were lost; `frame` is the one that showed it. */
  gap(length: number, frame: number, timeNs: number): void {
    this.frame = frame;
    this.timeNs = timeNs;
    if (this.phase === 'peek') this.releasePeeked();
    switch (this.phase) {
      case 'length':
        this.gapWithin(length);
        return;
      case 'close':
      case 'chunk-lost':
        this.releaseBody();
        this.handler.onBodyGap(length, frame, timeNs);
        return;
      case 'chunk-data':
        if (length <= this.remaining) {
          this.gapWithin(length);
          return;
        }
        this.loseChunks(length);
        return;
      case 'chunk-size':
      case 'chunk-end':
        this.loseChunks(length);
        return;
      case 'raw':
        this.handler.onRawGap(length, frame, timeNs);
        return;
      case 'hold':
        this.heldLoss += this.buffer.length + length;
        this.buffer.clear();
        return;
      case 'head':
        this.cutHead();
        break;
      case 'trailers':
        this.endMessage(true);
        break;
      default:
        break;
    }
    this.lose();
  }

  /** The stream is over. */
  end(timeNs: number): void {
    this.timeNs = timeNs;
    if (this.phase === 'hold') {
      // The other side never said; requests can still be read.
      this.isLost = true;
      this.resume();
    }
    if (this.phase === 'peek') this.releasePeeked();
    switch (this.phase) {
      case 'head':
        this.cutHead();
        break;
      case 'close':
        this.endMessage(true);
        break;
      case 'length':
      case 'chunk-size':
      case 'chunk-data':
      case 'chunk-end':
      case 'trailers':
        this.endMessage(false);
        break;
      case 'chunk-lost':
        this.releaseBody();
        this.endMessage(false);
        break;
      default:
        break;
    }
    this.phase = 'start';
    this.buffer.clear();
    this.reportGarbage();
  }

  /** What was held is HTTP after all. */
  resume(): void {
    if (this.phase !== 'hold') return;
    this.phase = 'start';
    this.lineStart = 0;
    this.isLost ||= this.heldLoss > 0;
    this.heldLoss = 0;
    this.buffer.release((bytes, start, end, frame, timeNs, address) =>
      this.push(bytes, start, end, frame, timeNs, address),
    );
  }

  /** What comes from now on, and what was held, is something else. */
  turnRaw(): void {
    this.phase = 'raw';
    if (this.heldLoss > 0) this.handler.onRawGap(this.heldLoss, this.frame, this.timeNs);
    this.heldLoss = 0;
    this.buffer.release((bytes, start, end, frame, timeNs, address) =>
      this.handler.onRaw(bytes, start, end, frame, timeNs, address),
    );
  }

  /** Takes bytes from `at` on; answers how far. */
  private step(bytes: Uint8Array, at: number, end: number, address: number): number {
    switch (this.phase) {
      case 'start':
        return this.takeLine(bytes, at, end, address, maxStartLine);
      case 'head':
        return this.takeLine(bytes, at, end, address, maxHead);
      case 'chunk-size':
        return this.takeLine(bytes, at, end, address, maxChunkLine);
      case 'trailers':
        return this.takeLine(bytes, at, end, address, maxTrailers);
      case 'peek':
        this.append(bytes, at, at + 1, address);
        this.peek();
        return at + 1;
      case 'length':
      case 'chunk-data':
        return this.takeBody(bytes, at, end, address);
      case 'close':
        this.handler.onBody(bytes, at, end, this.frame, this.timeNs, address);
        return end;
      case 'chunk-end':
        this.append(bytes, at, at + 1, address);
        this.takeChunkEnd();
        return at + 1;
      case 'chunk-lost':
        return this.searchChunk(bytes, at, end, address);
      case 'hold':
        this.append(bytes, at, end, address);
        if (this.buffer.length > maxHeld) this.turnRaw();
        return end;
      case 'raw':
        this.handler.onRaw(bytes, at, end, this.frame, this.timeNs, address);
        return end;
    }
  }

  private append(bytes: Uint8Array, start: number, end: number, address: number): void {
    this.buffer.push(bytes, start, end, this.frame, this.timeNs, address);
  }

  private takeLine(bytes: Uint8Array, at: number, end: number, address: number, limit: number): number {
    const stop = Math.min(end, at + limit - this.buffer.length);
    const lineFeed = indexOfLineFeed(bytes, at, stop);
    const next = lineFeed < 0 ? stop : lineFeed + 1;
    this.append(bytes, at, next, address);
    if (lineFeed >= 0) this.onLine();
    else if (this.buffer.length >= limit) this.onOverflow();
    return next;
  }

  private onLine(): void {
    switch (this.phase) {
      case 'start':
        this.onStartLine();
        return;
      case 'chunk-size':
        this.onChunkSize();
        return;
      default:
        this.onFieldLine();
    }
  }

  private onStartLine(): void {
    const { buffer } = this;
    const { bytes } = buffer;
    const end = buffer.length - 1;
    // Empty lines before a start line are ignored (RFC 9112, section 2.2).
    if (end === 0 || (end === 1 && bytes[0] === CR)) {
      buffer.clear();
      return;
    }
    const at = this.findStart(bytes, end);
    if (at < 0) {
      this.drop(buffer.length);
      buffer.clear();
      return;
    }
    this.drop(at);
    buffer.dropFront(at);
    this.reportGarbage();
    this.isLost = false;
    this.phase = 'head';
    this.lineStart = buffer.length;
  }

  private findStart(bytes: Uint8Array, end: number): number {
    const { kind } = this;
    if (kind !== 'request' && isStatusLine(bytes, 0, end)) return 0;
    if (kind !== 'response' && isRequestLine(bytes, 0, end)) return 0;
    const status = kind === 'request' ? -1 : findStatusLine(bytes, 0, end);
    return status >= 0 || kind === 'response' ? status : findRequestLine(bytes, 0, end);
  }

  private onFieldLine(): void {
    const { buffer, lineStart } = this;
    const length = buffer.length - lineStart;
    const isEmpty = length === 1 || (length === 2 && buffer.bytes[lineStart] === CR);
    this.lineStart = buffer.length;
    if (!isEmpty) {
      if (this.phase === 'head' && buffer.length >= maxHead) this.onOverflow();
    } else if (this.phase === 'head') this.finishHead(false);
    else this.finishTrailers();
  }

  private onOverflow(): void {
    const { buffer } = this;
    switch (this.phase) {
      case 'start': {
        // The end stays: a start line may begin in it.
        const kept = maxStartLine / 2;
        this.drop(buffer.length - kept);
        buffer.dropFront(buffer.length - kept);
        return;
      }
      case 'head':
        this.report('http-header-length', 'The header of an HTTP message has no end within 256 KiB.');
        this.cutHead();
        this.lose();
        return;
      case 'chunk-size':
        this.report('http-chunk-size', 'A chunk of an HTTP body begins with a line without end.');
        this.phase = 'chunk-lost';
        this.releaseBody();
        return;
      default:
        this.report('http-header-length', 'The trailer of an HTTP message has no end within 64 KiB.');
        this.endMessage(true);
        this.lose();
    }
  }

  private finishHead(isTruncated: boolean): void {
    const { buffer } = this;
    const extents = new Extents(1);
    buffer.locate(extents);
    const { first, last } = buffer;
    const head: HttpHead = {
      ...parseHead(buffer.bytes, 0, buffer.length),
      frame: first.frame,
      timeNs: first.timeNs,
      endFrame: last.frame,
      endTimeNs: last.timeNs,
      extents,
      isTruncated,
    };
    buffer.clear();
    this.lineStart = 0;
    this.kind = head.isRequest ? 'request' : 'response';
    this.plan = this.handler.onHead(head);
    if (!isTruncated) this.beginBody();
  }

  private beginBody(): void {
    const { plan } = this;
    this.remaining = plan.length;
    switch (plan.framing) {
      case 'none':
        this.endMessage(true);
        return;
      case 'length':
        this.bodyPhase = 'length';
        if (plan.length === 0) this.endMessage(true);
        else this.phase = plan.isDoubtful && plan.length >= peekLength ? 'peek' : 'length';
        return;
      case 'chunked':
        this.phase = 'chunk-size';
        return;
      case 'close':
        this.bodyPhase = 'close';
        this.phase = plan.isDoubtful ? 'peek' : 'close';
    }
  }

  /** A head without end is told with what is there of it; the message behind it cannot be read. */
  private cutHead(): void {
    this.finishHead(true);
    this.handler.onMessageEnd(false);
  }

  /** Looks at the first bytes of a doubtful body until they cannot be a status line any more. */
  private peek(): void {
    const { buffer } = this;
    const { bytes, length } = buffer;
    const isLine =
      length < 8
        ? startsWithAscii(bytes, 0, length, 'HTTP/1.'.slice(0, length))
        : bytes[7] >= 0x30 && bytes[7] <= 0x39 && (length < peekLength || bytes[8] === 0x20);
    if (!isLine) this.releasePeeked();
    else if (length >= peekLength) {
      if (this.isWatching) {
        this.report('http-content-length', 'A body of HTTP is shorter than it said: another response follows it.');
      }
      this.handler.onMessageEnd(!this.isWatching);
      this.isWatching = false;
      this.phase = 'start';
    }
  }

  private releasePeeked(): void {
    this.phase = this.bodyPhase;
    this.buffer.release((bytes, start, end, frame, timeNs, address) => {
      this.remaining -= end - start;
      this.handler.onBody(bytes, start, end, frame, timeNs, address);
    });
    if (this.phase !== 'close' && this.remaining === 0) this.endPart();
  }

  private watch(): void {
    const { phase } = this;
    if (phase !== 'length' && phase !== 'chunk-data' && phase !== 'close') return;
    if (phase !== 'close' && this.remaining < peekLength) return;
    this.bodyPhase = phase;
    this.phase = 'peek';
  }

  private takeBody(bytes: Uint8Array, at: number, end: number, address: number): number {
    const next = Math.min(end, at + this.remaining);
    this.remaining -= next - at;
    this.handler.onBody(bytes, at, next, this.frame, this.timeNs, address);
    if (this.remaining === 0) this.endPart();
    return next;
  }

  /** A loss in a body or a chunk whose length is known; what goes beyond it is lost with what came behind. */
  private gapWithin(length: number): void {
    const within = Math.min(length, this.remaining);
    this.remaining -= within;
    this.handler.onBodyGap(within, this.frame, this.timeNs);
    if (this.remaining > 0) return;
    this.endPart();
    if (within < length) this.gap(length - within, this.frame, this.timeNs);
  }

  private endPart(): void {
    if (this.phase === 'chunk-data') this.phase = 'chunk-end';
    else this.endMessage(true);
  }

  private onChunkSize(): void {
    const { buffer } = this;
    const size = chunkSize(buffer.bytes, 0, buffer.length - 1);
    if (size < 0) {
      this.report('http-chunk-size', 'A chunk of an HTTP body does not begin with its size.');
      this.phase = 'chunk-lost';
      this.releaseBody();
      return;
    }
    buffer.clear();
    this.beginChunk(size);
  }

  private beginChunk(size: number): void {
    this.remaining = size;
    this.lineStart = 0;
    this.phase = size === 0 ? 'trailers' : 'chunk-data';
  }

  private takeChunkEnd(): void {
    const { buffer } = this;
    if (buffer.bytes[0] === LF || (buffer.length === 2 && buffer.bytes[1] === LF)) {
      buffer.clear();
      this.phase = 'chunk-size';
    } else if (buffer.length === 2 || buffer.bytes[0] !== CR) {
      this.report('http-chunk-size', 'A chunk of an HTTP body is longer than it says.');
      this.phase = 'chunk-lost';
      this.releaseBody(true);
    }
  }

  private finishTrailers(): void {
    const { buffer } = this;
    if (buffer.length > 2) {
      const fields: HttpField[] = [];
      parseFields(buffer.bytes, 0, buffer.length, fields);
      this.handler.onTrailers(fields);
    }
    buffer.clear();
    this.endMessage(true);
  }

  private loseChunks(length: number): void {
    this.report(
      'http-chunks-lost',
      'Bytes were lost where chunks of an HTTP body meet: the length of the hole may be a few bytes off.',
    );
    this.releaseBody();
    this.phase = 'chunk-lost';
    this.handler.onBodyGap(length, this.frame, this.timeNs);
  }

  /**
   * Looks for the next line that is a chunk's size between two line ends. What is before it is body, as far as anybody
   * can know.
   */
  private searchChunk(bytes: Uint8Array, at: number, end: number, address: number): number {
    const { buffer } = this;
    if (buffer.length === 0) {
      let carriageReturn = at;
      while (carriageReturn < end && bytes[carriageReturn] !== CR) carriageReturn += 1;
      if (carriageReturn > at) {
        this.handler.onBody(bytes, at, carriageReturn, this.frame, this.timeNs, address);
        return carriageReturn;
      }
    }
    this.append(bytes, at, at + 1, address);
    const verdict = chunkLineVerdict(buffer.bytes, buffer.length);
    if (verdict === 'no') this.releaseBody(true);
    else if (verdict === 'yes') {
      const size = chunkSize(buffer.bytes, 2, buffer.length - 1);
      buffer.clear();
      this.beginChunk(size);
    }
    return at + 1;
  }

  /** What waited turned out to be body; where a line end is looked for, the last byte can be the beginning of one. */
  private releaseBody(isSearching = false): void {
    const { bytes, length } = this.buffer;
    const isOpen = isSearching && length > 1 && bytes[length - 1] === CR;
    let position = 0;
    this.buffer.release((from, start, end, frame, timeNs, address) => {
      const kept = isOpen && position + end - start === length ? 1 : 0;
      position += end - start;
      if (end - kept > start) this.handler.onBody(from, start, end - kept, frame, timeNs, address);
      if (kept === 0) return;
      const last = address === missingBytes ? missingBytes : address + end - 1 - start;
      this.buffer.push(from, end - 1, end, frame, timeNs, last);
    });
  }

  private endMessage(isComplete: boolean): void {
    const { then } = this.plan;
    this.isWatching = false;
    this.buffer.clear();
    this.lineStart = 0;
    this.phase = then === 'hold' ? 'hold' : 'start';
    this.handler.onMessageEnd(isComplete);
    if (then === 'raw') this.turnRaw();
  }

  private lose(): void {
    this.buffer.clear();
    this.lineStart = 0;
    this.phase = 'start';
    this.isLost = true;
    this.handler.onLost();
  }

  private drop(count: number): void {
    if (count <= 0) return;
    // It may be what is left of a message.
    this.handler.onLost();
    if (this.isLost) return;
    if (this.garbage === 0) this.garbageFrame = this.frame;
    this.garbage += count;
  }

  private reportGarbage(): void {
    if (this.garbage === 0) return;
    const text = `${this.garbage} bytes between the HTTP messages of a connection belong to none.`;
    this.sink.report('warning', 'http-garbage', this.garbageFrame, text);
    this.garbage = 0;
  }

  private report(code: string, message: string): void {
    this.sink.report('warning', code, this.frame, message);
  }
}
