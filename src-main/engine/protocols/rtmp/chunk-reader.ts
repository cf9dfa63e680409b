import type { DiagnosticSink } from '#shared/model/diagnostic';
import { missingBytes } from '../../bytes/extents';
import { u24be, u32be, u32le } from '../../bytes/integers';
import type { Direction } from '../../flow/stream-dissector';
import { type Boundary, findBoundary } from './chain';
import {
  basicHeaderBytes,
  chunkStreamId,
  defaultChunkSize,
  extendedMark,
  headerBytes,
  maxHeaderBytes,
  maxMessageBytes,
} from './chunk-header';
import { ChunkStream } from './chunk-stream';
import { continuation } from './gap-place';
import { firstFlightBytes, type HandshakeFacts, probeHandshake } from './handshake';
import { HandshakeReader } from './handshake-reader';
import { isKnownType, type RtmpMessage, RtmpType, unknownMessageStream } from './message';
import type { PieceBuffer } from '../../bytes/piece-buffer';
import { SearchWindow } from '../../bytes/search-window';

/** Told what a direction carries. Everything given is borrowed. */
export interface ChunkListener {
  /** C0 and C1, or S0 and S1, are complete. */
  onHandshake(direction: Direction, facts: HandshakeFacts, frame: number, timeNs: number): void;
  /** C2 or S2 is complete. */
  onHandshakeEnd(direction: Direction, frame: number, timeNs: number): void;
  onMessage(message: RtmpMessage): void;
  /** Bytes were lost, or could not be understood (`skipped`), between two chunks. */
  onLoss(direction: Direction, lost: number, skipped: number, frame: number): void;
}

type State =
  /** Nothing is known yet: handshake or somewhere in between. */
  | 'start'
  | 'handshake'
  | 'header'
  | 'body'
  /** Looking for the next chunk. */
  | 'search'
  /** Encrypted, or not to be understood. */
  | 'opaque';

/** Bytes that the next chunk is looked for in; of a full window so many last ones are kept. */
const maxSearchBytes = 256 << 10;
const keptSearchBytes = 64 << 10;
/** So many without a chunk of the size that was known make the size doubtful. */
const doubtfulBytes = 16 << 10;
/** Senders use a dozen. */
const maxChunkStreams = 256;
/**
 * Takes one direction of an RTMP connection apart: handshake, chunks, messages (RTMP 1.0, section 5). Where bytes are
 * lost within a chunk the message gets a hole; where more is lost, the next chunk is found by what it looks like.
 */
export class ChunkReader {
  readonly handshake: HandshakeReader;
  private state: State = 'start';
  private readonly streams = new Map<number, ChunkStream>();
  /** 0: unknown, but at least `chunkFloor`. */
  private chunkSize = defaultChunkSize;
  private chunkFloor = 0;
  private readonly header = new Uint8Array(maxHeaderBytes);
  private readonly headerAddress = new Float64Array(maxHeaderBytes);
  private headerLength = 0;
  private current: ChunkStream | null = null;
  private chunkLeft = 0;
  private readonly window = new SearchWindow(maxSearchBytes);
  /** Lost bytes since the last message, and those of them that stand before the waiting bytes. */
  private lost = 0;
  private lostBeforeSearch = 0;
  /** The message that was coming in when bytes were lost, to be tried as one that goes on. */
  private interrupted: ChunkStream | null = null;
  private lostInInterrupted = 0;
  /** The beginning, or bytes later on, are not known. */
  private hasLost = false;
  private resumption = 0;
  private frame = 0;
  private timeNs = 0;

  constructor(
    private readonly direction: Direction,
    private readonly listener: ChunkListener,
    private readonly sink: DiagnosticSink,
  ) {
    this.handshake = new HandshakeReader({
      onFirst: (facts) => listener.onHandshake(direction, facts, this.frame, this.timeNs),
      onSecond: () => listener.onHandshakeEnd(direction, this.frame, this.timeNs),
    });
  }

  /** Nothing of the connection was understood so far. */
  get isUnknown(): boolean {
    return this.state === 'start' || this.state === 'opaque';
  }

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    let at = start;
    while (at < end) {
      this.frame = frame;
      this.timeNs = timeNs;
      const here = address === missingBytes ? missingBytes : address + at - start;
      switch (this.state) {
        case 'header':
          this.headerByte(bytes[at], here);
          at += 1;
          break;
        case 'body':
          at += this.body(bytes, at, end, here);
          break;
        case 'start':
        case 'search':
          at += this.wait(bytes, at, end, here);
          break;
        case 'handshake':
          at += this.handshake.take(bytes, at, end);
          if (this.handshake.isOver) this.endHandshake();
          break;
        case 'opaque':
          return;
      }
    }
  }

  gap(length: number, frame: number, timeNs: number): void {
    this.frame = frame;
    this.timeNs = timeNs;
    if (this.state === 'start') this.settleStart();
    if (this.state === 'opaque') return;
    if (this.state === 'handshake') {
      this.gapInHandshake(length);
      return;
    }
    // What waits is decided with what there is: behind the gap is something else.
    this.settleSearch();
    const { current } = this;
    if (this.state === 'body' && current && length <= this.chunkLeft) {
      current.extents.pushGap(length);
      this.chunkLeft -= length;
      if (this.chunkLeft === 0) this.endChunk();
      return;
    }
    this.lost += length;
    this.lostBeforeSearch += length;
    this.beginSearch();
    if (this.headerLength === 0 && current?.isOpen && !this.interrupted) {
      this.interrupted = current;
      this.lostInInterrupted = length;
    } else {
      this.interrupted = null;
    }
    this.headerLength = 0;
  }

  end(timeNs: number): void {
    this.timeNs = timeNs;
    if (this.state === 'start') this.settleStart();
    this.settleSearch();
    if (this.state === 'header') this.releaseHeld();
    this.cutAll();
    this.state = 'opaque';
    this.window.restart();
  }

  private endHandshake(): void {
    this.state = this.handshake.isEncrypted ? 'opaque' : 'header';
  }

  private gapInHandshake(length: number): void {
    const own = this.handshake.lose(length);
    if (this.handshake.isOver) this.endHandshake();
    if (own < length) this.gap(length - own, this.frame, this.timeNs);
  }

  private headerByte(byte: number, address: number): void {
    const { header } = this;
    header[this.headerLength] = byte;
    this.headerAddress[this.headerLength] = address;
    this.headerLength += 1;
    const basic = basicHeaderBytes(header[0]);
    const plain = headerBytes(header[0]);
    if (this.headerLength < plain) return;
    const format = header[0] >>> 6;
    const known = this.streams.get(chunkStreamId(header, 0));
    const hasExtended = format === 3 ? known?.hasExtended === true : u24be(header, basic) === extendedMark;
    if (hasExtended && this.headerLength < plain + 4) return;
    const stream = this.streamOf(known, format);
    if (stream === null) this.loseSync();
    else this.beginChunk(stream, format, basic, plain, hasExtended);
  }

  /** The chunk stream of a complete header; null when no sender writes such a header here. */
  private streamOf(known: ChunkStream | undefined, format: number): ChunkStream | null {
    const { header } = this;
    const basic = basicHeaderBytes(header[0]);
    if (format <= 1 && !isKnownType(header[basic + 6])) return null;
    if (known) {
      // Messages without content that cost a byte each are nothing that a sender writes.
      return format === 3 && !known.isOpen && known.length === 0 ? null : known;
    }
    // The first header on a chunk stream has to say everything; that of format 1 does for message stream 0.
    if (format > 1 || this.streams.size >= maxChunkStreams) return null;
    const stream = new ChunkStream(chunkStreamId(header, 0));
    if (this.hasLost) stream.messageStreamId = unknownMessageStream;
    this.streams.set(stream.id, stream);
    return stream;
  }

  private beginChunk(stream: ChunkStream, format: number, basic: number, plain: number, hasExtended: boolean): void {
    const { header } = this;
    const extended = hasExtended ? u32be(header, plain) : 0;
    // Senders differ in whether chunks of format 3 repeat an extended timestamp (section 5.3.1.3): those that do
    // repeat the field, or give the timestamp itself.
    const isRepeated = extended === stream.field || extended === stream.timestampMs;
    if (format <= 2) {
      if (stream.isOpen) this.cut(stream);
      if (format <= 1) {
        stream.length = u24be(header, basic + 3);
        stream.type = header[basic + 6];
      }
      if (format === 0) stream.messageStreamId = u32le(header, basic + 7);
      stream.hasExtended = hasExtended;
      stream.field = hasExtended ? extended : u24be(header, basic);
      if (format === 0) stream.isTimeKnown = true;
    }
    if (!stream.isOpen) {
      stream.timestampMs = format === 0 ? stream.field : (stream.timestampMs + stream.field) >>> 0;
      stream.begin(this.frame, this.lost);
      this.lost = 0;
    }
    if (this.chunkSize === 0 && stream.remaining > this.chunkFloor) {
      this.determineChunkSize(stream);
      return;
    }
    this.headerLength = 0;
    this.enterBody(stream);
    if (format === 3 && hasExtended && !isRepeated) this.giveBack(plain, plain + 4);
  }

  private enterBody(stream: ChunkStream): void {
    this.current = stream;
    this.chunkLeft = Math.min(this.chunkSize || maxMessageBytes, stream.remaining);
    this.state = 'body';
    if (this.chunkLeft === 0) this.endChunk();
  }

  /** Bytes that were taken for a header and are none. */
  private giveBack(from: number, to: number): void {
    const { frame, timeNs } = this;
    const bytes = this.header.slice(from, to);
    const addresses = this.headerAddress.slice(from, to);
    for (let i = 0; i < bytes.length; i += 1) this.push(bytes, i, i + 1, frame, timeNs, addresses[i]);
  }

  /** The end has come while an extended timestamp was waited for that may be payload. */
  private releaseHeld(): void {
    const { header, headerLength } = this;
    if (headerLength === 0) return;
    const plain = headerBytes(header[0]);
    const stream = this.streams.get(chunkStreamId(header, 0));
    if (headerLength <= plain || header[0] >>> 6 !== 3 || !stream?.isOpen) return;
    this.headerLength = 0;
    this.enterBody(stream);
    this.giveBack(plain, headerLength);
  }

  private body(bytes: Uint8Array, at: number, end: number, address: number): number {
    const { current } = this;
    const take = Math.min(end - at, this.chunkLeft);
    if (current) {
      current.keepHead(bytes, at, at + take);
      current.extents.push(address, take);
    }
    this.chunkLeft -= take;
    if (this.chunkLeft === 0) this.endChunk();
    return take;
  }

  private endChunk(): void {
    const { current } = this;
    this.state = 'header';
    this.headerLength = 0;
    if (current?.isOpen && current.remaining === 0) this.complete(current, false);
  }

  private complete(stream: ChunkStream, isCut: boolean): void {
    this.listener.onMessage({
      direction: this.direction,
      type: stream.type,
      chunkStreamId: stream.id,
      messageStreamId: stream.messageStreamId,
      timestampMs: stream.timestampMs,
      isTimeKnown: stream.isTimeKnown,
      resumption: this.resumption,
      length: stream.length,
      extents: stream.extents,
      head: stream.head,
      headLength: stream.headLength,
      firstFrame: stream.firstFrame,
      frame: this.frame,
      timeNs: this.timeNs,
      isCut,
      lostBefore: stream.lostBefore,
    });
    if (!isCut) this.obey(stream);
    stream.end();
  }

  /** Messages that change how chunks are read. */
  private obey({ type, head, headLength }: ChunkStream): void {
    if (headLength < 4) return;
    const value = u32be(head, 0);
    if (type === RtmpType.setChunkSize) this.setChunkSize(value);
    if (type === RtmpType.abort) {
      const aborted = this.streams.get(value);
      if (aborted?.isOpen) this.cut(aborted);
    }
  }

  private setChunkSize(value: number): void {
    const size = value & 0x7fff_ffff;
    if (size === 0 || value > maxMessageBytes) {
      this.report('rtmp-chunk-size', `A chunk size of ${value} bytes was set: more than a message can have, or none.`);
    }
    if (size === 0) return;
    this.chunkSize = Math.min(size, maxMessageBytes);
    this.chunkFloor = 0;
  }

  /** A message whose end will not come: the rest of it is a hole. */
  private cut(stream: ChunkStream): void {
    // What is empty so far was nothing but a header.
    if (stream.extents.total > 0) {
      stream.extents.pushGap(stream.remaining);
      this.complete(stream, true);
    } else {
      this.lost += stream.lostBefore;
      stream.end();
    }
  }

  private cutAll(): void {
    for (const stream of this.streams.values()) if (stream.isOpen) this.cut(stream);
    this.current = null;
  }

  /** A header that nobody writes: the place in the stream was lost. */
  private loseSync(): void {
    this.report('rtmp-out-of-step', 'Bytes that begin no RTMP chunk: the next one is looked for.');
    this.cutAll();
    this.forgetTimes();
    this.chunkSize = 0;
    this.chunkFloor = 0;
    // Not from its first byte: that begins nothing.
    this.beginSearch(1);
    this.waitForHeader();
  }

  /** Begins to wait with the bytes of the header; only then may the search be made. */
  private waitForHeader(): void {
    const { frame, header, headerAddress, headerLength, timeNs } = this;
    const { buffer } = this.window;
    for (let i = 0; i < headerLength; i += 1) buffer.push(header, i, i + 1, frame, timeNs, headerAddress[i]);
    this.headerLength = 0;
  }

  /** A message longer than any that came in one chunk: what follows shows how long chunks are. */
  private determineChunkSize(stream: ChunkStream): void {
    stream.end();
    // Its header is read again when the size is known.
    stream.timestampMs = (stream.timestampMs - (this.header[0] >>> 6 === 0 ? 0 : stream.field)) >>> 0;
    this.lost += stream.lostBefore;
    this.beginSearch();
    this.waitForHeader();
  }

  private beginSearch(from = 0): void {
    this.hasLost = true;
    this.state = 'search';
    this.window.restart(from);
  }

  private wait(bytes: Uint8Array, at: number, end: number, address: number): number {
    if (this.state === 'search') {
      const take = this.window.take(bytes, at, end, this.frame, this.timeNs, address);
      if (this.window.isDue) this.search(false);
      return take;
    }
    const { buffer } = this.window;
    const take = Math.min(end - at, firstFlightBytes - buffer.length);
    buffer.push(bytes, at, at + take, this.frame, this.timeNs, address);
    const verdict = probeHandshake(buffer.bytes, 0, buffer.length);
    if (verdict === 'yes') this.settleStart();
    else if (verdict === 'no') this.startAnywhere();
    return take;
  }

  private settleStart(): void {
    const { buffer } = this.window;
    if (buffer.length < 9 || probeHandshake(buffer.bytes, 0, buffer.length) === 'no') {
      this.startAnywhere();
      return;
    }
    this.state = 'handshake';
    this.replay(this.window.restart(), 0);
  }

  /** The beginning was not captured. */
  private startAnywhere(): void {
    const waiting = this.window.restart();
    this.chunkSize = 0;
    this.beginSearch();
    this.replay(waiting, 0);
  }

  private replay(from: PieceBuffer, offset: number): void {
    const { frame, timeNs } = this;
    from.replay(offset, from.length, (bytes, start, end, f, t, address) => this.push(bytes, start, end, f, t, address));
    this.frame = frame;
    this.timeNs = timeNs;
  }

  /** Nothing more comes to search in: what is understood of the waiting bytes is read, the rest given up. */
  private settleSearch(): void {
    while (this.state === 'search') {
      if (this.search(true)) continue;
      this.cutInterrupted();
      this.skip(this.window.restart().length);
      return;
    }
  }

  private find(isLast: boolean): Boundary | null {
    const { chunkFloor, chunkSize } = this;
    const { buffer, from } = this.window;
    const { bytes, length } = buffer;
    const boundary = findBoundary(bytes, from, length, chunkSize, chunkFloor, isLast);
    // Another chunk size may have been set where bytes are lost.
    const isSizeDoubtful = chunkSize > 0 && (isLast || length >= doubtfulBytes);
    return boundary ?? (isSizeDoubtful ? findBoundary(bytes, from, length, 0, 0, isLast) : null);
  }

  /** Whether something was found, and what follows was read. */
  private search(isLast: boolean): boolean {
    const { interrupted, window } = this;
    const boundary = this.find(isLast);
    if (interrupted && this.resume(interrupted, boundary?.offset ?? -1, isLast)) return true;
    if (boundary) {
      this.cutInterrupted();
      this.skip(boundary.offset);
      this.chunkSize = boundary.chunkSize;
      this.chunkFloor = boundary.chunkFloor;
      this.state = 'header';
      this.replay(window.restart(), boundary.offset);
      return true;
    }
    if (isLast) return false;
    if (window.isFull) {
      this.cutInterrupted();
      const dropped = window.buffer.length - keptSearchBytes;
      this.skip(dropped);
      this.replay(window.drain(), dropped);
    } else window.wait();
    return false;
  }

  /**
   * Nothing else may have come in the gap than chunks of the message that was coming in. Then it is known where its next
   * chunk begins, and that must lead to the chunks that were found. Answers whether it does.
   */
  private resume(stream: ChunkStream, boundary: number, isLast: boolean): boolean {
    const place = continuation({
      waiting: this.window.buffer,
      stream,
      others: this.streams.values(),
      chunkLeft: this.chunkLeft,
      gap: this.lostInInterrupted,
      chunkSize: this.chunkSize,
      boundary,
      isLast,
    });
    if (place === null) return false;
    // The gap is the message's own but for the headers of its chunks.
    this.lost -= this.lostInInterrupted;
    this.lostBeforeSearch -= this.lostInInterrupted;
    this.interrupted = null;
    stream.extents.pushGap(place.lost);
    this.current = stream;
    this.chunkLeft = place.chunkLeft;
    this.state = 'body';
    if (this.chunkLeft === 0) this.endChunk();
    this.replay(this.window.restart(), 0);
    return true;
  }

  private cutInterrupted(): void {
    this.interrupted = null;
    this.cutAll();
    this.forgetTimes();
  }

  private forgetTimes(): void {
    this.resumption += 1;
    for (const stream of this.streams.values()) stream.isTimeKnown = false;
  }

  /** Gives `length` waiting bytes up, and says what is missing. */
  private skip(length: number): void {
    const lost = this.lostBeforeSearch;
    this.lostBeforeSearch = 0;
    if (lost === 0 && length === 0) return;
    this.lost += length;
    this.listener.onLoss(this.direction, lost, length, this.frame);
  }

  private report(code: string, message: string): void {
    this.sink.report('warning', code, this.frame, message);
  }
}
