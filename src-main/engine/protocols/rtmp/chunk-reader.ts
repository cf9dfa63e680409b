import type { DiagnosticSink } from '#shared/model/diagnostic';
import { missingBytes } from '../../bytes/extents';
import type { PieceBuffer, PieceSink } from '../../bytes/piece-buffer';
import type { Direction } from '../../flow/stream-dissector';
import { ChunkSearch } from './chunk-search';
import type { ChunkStream } from './chunk-stream';
import { firstFlightBytes, type HandshakeFacts, probeHandshake } from './handshake';
import { HandshakeReader } from './handshake-reader';
import { MessageAssembler, type MessageListener } from './message-assembler';
import { PendingHeader } from './pending-header';

/** Told what a direction carries. Everything given is borrowed. */
export interface ChunkListener extends MessageListener {
  /** C0 and C1, or S0 and S1, are complete. */
  onHandshake(direction: Direction, facts: HandshakeFacts, frame: number, timeNs: number): void;
  /** C2 or S2 is complete. */
  onHandshakeEnd(direction: Direction, frame: number, timeNs: number): void;
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

/**
 * Takes one direction of an RTMP connection apart: handshake, chunks, messages (RTMP 1.0, section 5). Where bytes are
 * lost within a chunk the message gets a hole; where more is lost, the next chunk is found by what it looks like.
 */
export class ChunkReader {
  readonly handshake: HandshakeReader;
  private state: State = 'start';
  private readonly header = new PendingHeader();
  private readonly messages: MessageAssembler;
  private readonly search: ChunkSearch;
  private readonly now = { frame: 0, timeNs: 0 };
  /** Reads bytes that had waited. */
  private readonly again: PieceSink = (bytes, start, end, frame, timeNs, address) =>
    this.push(bytes, start, end, frame, timeNs, address);

  constructor(
    private readonly direction: Direction,
    private readonly listener: ChunkListener,
    private readonly sink: DiagnosticSink,
  ) {
    const { now } = this;
    this.messages = new MessageAssembler(direction, now, listener, sink);
    this.search = new ChunkSearch(this.messages);
    this.handshake = new HandshakeReader({
      onFirst: (facts) => listener.onHandshake(direction, facts, now.frame, now.timeNs),
      onSecond: () => listener.onHandshakeEnd(direction, now.frame, now.timeNs),
    });
  }

  /** Nothing of the connection was understood so far. */
  get isUnknown(): boolean {
    return this.state === 'start' || this.state === 'opaque';
  }

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    const { messages, now } = this;
    let at = start;
    while (at < end) {
      now.frame = frame;
      now.timeNs = timeNs;
      const here = address === missingBytes ? missingBytes : address + at - start;
      switch (this.state) {
        case 'header':
          this.headerByte(bytes[at], here);
          at += 1;
          break;
        case 'body':
          at += messages.take(bytes, at, end, here);
          if (messages.chunkLeft === 0) this.endChunk();
          break;
        case 'start':
          at += this.waitForStart(bytes, at, end, here);
          break;
        case 'search':
          at += this.waitForChunk(bytes, at, end, here);
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
    const { header, messages, now, search } = this;
    now.frame = frame;
    now.timeNs = timeNs;
    if (this.state === 'start') this.settleStart();
    if (this.state === 'opaque') return;
    if (this.state === 'handshake') {
      this.gapInHandshake(length);
      return;
    }
    // What waits is decided with what there is: behind the gap is something else.
    this.settleSearch();
    if (this.state === 'body' && length <= messages.chunkLeft) {
      messages.takeGap(length);
      if (messages.chunkLeft === 0) this.endChunk();
      return;
    }
    messages.lost += length;
    this.beginSearch();
    search.addGap(length, header.length === 0 ? messages.unfinished : null);
    header.clear();
  }

  end(timeNs: number): void {
    this.now.timeNs = timeNs;
    if (this.state === 'start') this.settleStart();
    this.settleSearch();
    if (this.state === 'header') this.releaseHeld();
    this.messages.cutAll();
    this.state = 'opaque';
    this.search.window.restart();
  }

  private endHandshake(): void {
    this.state = this.handshake.isEncrypted ? 'opaque' : 'header';
  }

  private gapInHandshake(length: number): void {
    const own = this.handshake.lose(length);
    if (this.handshake.isOver) this.endHandshake();
    if (own < length) this.gap(length - own, this.now.frame, this.now.timeNs);
  }

  private headerByte(byte: number, address: number): void {
    const { header, messages } = this;
    header.push(byte, address);
    const plain = header.plainBytes;
    if (header.length < plain) return;
    const known = messages.knownStream(header.chunkStreamId);
    const hasExtended = header.announcesExtended(known?.hasExtended === true);
    if (hasExtended && header.length < plain + 4) return;
    const stream = messages.streamOf(header, known);
    if (stream === null) this.loseSync();
    else this.beginChunk(stream, hasExtended);
  }

  private beginChunk(stream: ChunkStream, hasExtended: boolean): void {
    const { header, messages } = this;
    // Senders differ in whether chunks of format 3 repeat an extended timestamp (section 5.3.1.3): those that do
    // repeat the field, or give the timestamp itself.
    const isPayload =
      hasExtended && header.format === 3 && header.extended !== stream.field && header.extended !== stream.timestampMs;
    messages.follow(stream, header, hasExtended);
    if (messages.isSizeNeeded(stream)) {
      // What follows shows how long chunks are; the header is read again when that is known.
      messages.unfollow(stream, header);
      this.beginSearch();
      this.waitForHeader();
      return;
    }
    header.clear();
    this.enterBody(stream);
    if (isPayload) this.giveBack(header.plainBytes, header.plainBytes + 4);
  }

  private enterBody(stream: ChunkStream): void {
    this.messages.enterChunk(stream);
    this.state = 'body';
    if (this.messages.chunkLeft === 0) this.endChunk();
  }

  private endChunk(): void {
    this.state = 'header';
    this.header.clear();
    this.messages.endChunk();
  }

  /** Bytes that were taken for a header and are none. */
  private giveBack(from: number, to: number): void {
    const { frame, timeNs } = this.now;
    this.header.replay(from, to, frame, timeNs, this.again);
  }

  /** The end has come while an extended timestamp was waited for that may be payload. */
  private releaseHeld(): void {
    const { header } = this;
    const { length, plainBytes } = header;
    if (length === 0) return;
    const stream = this.messages.knownStream(header.chunkStreamId);
    if (length <= plainBytes || header.format !== 3 || !stream?.isOpen) return;
    header.clear();
    this.enterBody(stream);
    this.giveBack(plainBytes, length);
  }

  /** A header that nobody writes: the place in the stream was lost. */
  private loseSync(): void {
    const { messages, now, sink } = this;
    const message = 'Bytes that begin no RTMP chunk: the next one is looked for.';
    sink.report('warning', 'rtmp-out-of-step', now.frame, message);
    messages.cutAll();
    messages.forgetTimes();
    messages.chunkSize = 0;
    messages.chunkFloor = 0;
    // Not from its first byte: that begins nothing.
    this.beginSearch(1);
    this.waitForHeader();
  }

  /** Begins to wait with the bytes of the header; only then may the search be made. */
  private waitForHeader(): void {
    const { header, now, search } = this;
    const { buffer } = search.window;
    header.replay(0, header.length, now.frame, now.timeNs, (...piece) => buffer.push(...piece));
    header.clear();
  }

  private beginSearch(from = 0): void {
    this.messages.hasLost = true;
    this.state = 'search';
    this.search.window.restart(from);
  }

  private waitForStart(bytes: Uint8Array, at: number, end: number, address: number): number {
    const { buffer } = this.search.window;
    const take = Math.min(end - at, firstFlightBytes - buffer.length);
    buffer.push(bytes, at, at + take, this.now.frame, this.now.timeNs, address);
    const verdict = probeHandshake(buffer.bytes, 0, buffer.length);
    if (verdict === 'yes') this.settleStart();
    else if (verdict === 'no') this.startAnywhere();
    return take;
  }

  private settleStart(): void {
    const { buffer } = this.search.window;
    if (buffer.length < 9 || probeHandshake(buffer.bytes, 0, buffer.length) === 'no') {
      this.startAnywhere();
      return;
    }
    this.state = 'handshake';
    this.replay(this.search.window.restart(), 0);
  }

  /** The beginning was not captured. */
  private startAnywhere(): void {
    const waiting = this.search.window.restart();
    this.messages.chunkSize = 0;
    this.beginSearch();
    this.replay(waiting, 0);
  }

  private waitForChunk(bytes: Uint8Array, at: number, end: number, address: number): number {
    const { window } = this.search;
    const take = window.take(bytes, at, end, this.now.frame, this.now.timeNs, address);
    if (window.isDue) this.tryWaiting(false);
    return take;
  }

  /** Nothing more comes to search in: what is understood of the waiting bytes is read, the rest given up. */
  private settleSearch(): void {
    while (this.state === 'search') {
      if (this.tryWaiting(true)) continue;
      this.search.cutMessages();
      this.skip(this.search.window.restart().length);
      return;
    }
  }

  /** Whether something was found, and what follows was read. */
  private tryWaiting(isLast: boolean): boolean {
    const { messages, search } = this;
    const { window } = search;
    const boundary = search.find(isLast);
    if (search.resume(boundary?.offset ?? -1, isLast)) {
      this.state = 'body';
      if (messages.chunkLeft === 0) this.endChunk();
      this.replay(window.restart(), 0);
      return true;
    }
    if (boundary) {
      search.cutMessages();
      this.skip(boundary.offset);
      messages.chunkSize = boundary.chunkSize;
      messages.chunkFloor = boundary.chunkFloor;
      this.state = 'header';
      this.replay(window.restart(), boundary.offset);
      return true;
    }
    if (isLast) return false;
    if (window.isFull) {
      search.cutMessages();
      const dropped = search.surplus;
      this.skip(dropped);
      this.replay(window.drain(), dropped);
    } else window.wait();
    return false;
  }

  /** Gives `length` waiting bytes up, and says what is missing. */
  private skip(length: number): void {
    const { search } = this;
    const lost = search.lostBefore;
    search.lostBefore = 0;
    if (lost === 0 && length === 0) return;
    this.messages.lost += length;
    this.listener.onLoss(this.direction, lost, length, this.now.frame);
  }

  private replay(from: PieceBuffer, offset: number): void {
    const { now } = this;
    const { frame, timeNs } = now;
    from.replay(offset, from.length, this.again);
    now.frame = frame;
    now.timeNs = timeNs;
  }
}
