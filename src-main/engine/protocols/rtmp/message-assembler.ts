import type { DiagnosticSink } from '#shared/model/diagnostic';
import { u32be } from '../../bytes/integers';
import type { Direction } from '../../flow/stream-dissector';
import { defaultChunkSize, maxMessageBytes } from './chunk-header';
import { ChunkStream } from './chunk-stream';
import { isKnownType, type RtmpMessage, RtmpType, unknownMessageStream } from './message';
import type { PendingHeader } from './pending-header';

/** Frame and time of the bytes that are being read. */
export interface Moment {
  readonly frame: number;
  readonly timeNs: number;
}

/** Borrows the message. */
export interface MessageListener {
  onMessage(message: RtmpMessage): void;
}

/** Senders use a dozen. */
const maxChunkStreams = 256;

/**
 * Puts the messages of one direction together from their chunks (RTMP 1.0, section 5.3), and obeys those that change how
 * chunks are read (section 5.4).
 */
export class MessageAssembler {
  /** 0: unknown, but at least `chunkFloor`. */
  chunkSize = defaultChunkSize;
  chunkFloor = 0;
  /** Bytes that the chunk which is coming in still lacks. */
  chunkLeft = 0;
  /** Lost bytes since the last message. */
  lost = 0;
  /** The beginning, or bytes later on, are not known. */
  hasLost = false;
  /** Whose chunk is coming in, or came in last. */
  private current: ChunkStream | null = null;
  private readonly streams = new Map<number, ChunkStream>();
  private resumption = 0;

  constructor(
    private readonly direction: Direction,
    private readonly now: Moment,
    private readonly listener: MessageListener,
    private readonly sink: DiagnosticSink,
  ) {}

  get known(): Iterable<ChunkStream> {
    return this.streams.values();
  }

  /** The chunk stream whose message goes on where the last chunk ended. */
  get unfinished(): ChunkStream | null {
    return this.current?.isOpen ? this.current : null;
  }

  knownStream(id: number): ChunkStream | undefined {
    return this.streams.get(id);
  }

  /** The chunk stream of a complete header; null when no sender writes such a header here. */
  streamOf(header: PendingHeader, known: ChunkStream | undefined): ChunkStream | null {
    const { format } = header;
    if (format <= 1 && !isKnownType(header.messageType)) return null;
    if (known) {
      // Messages without content that cost a byte each are nothing that a sender writes.
      return format === 3 && !known.isOpen && known.length === 0 ? null : known;
    }
    // The first header on a chunk stream has to say everything; that of format 1 does for message stream 0.
    if (format > 1 || this.streams.size >= maxChunkStreams) return null;
    const stream = new ChunkStream(header.chunkStreamId);
    if (this.hasLost) stream.messageStreamId = unknownMessageStream;
    this.streams.set(stream.id, stream);
    return stream;
  }

  /** Follows a header; it begins a message unless it goes on with one. */
  follow(stream: ChunkStream, header: PendingHeader, hasExtended: boolean): void {
    const { format } = header;
    if (format <= 2) {
      if (stream.isOpen) this.cut(stream);
      if (format <= 1) {
        stream.length = header.messageLength;
        stream.type = header.messageType;
      }
      if (format === 0) stream.messageStreamId = header.messageStreamId;
      stream.hasExtended = hasExtended;
      stream.field = hasExtended ? header.extended : header.timestampField;
      if (format === 0) stream.isTimeKnown = true;
    }
    if (stream.isOpen) return;
    stream.timestampMs = format === 0 ? stream.field : (stream.timestampMs + stream.field) >>> 0;
    stream.begin(this.now.frame, this.lost);
    this.lost = 0;
  }

  /** Undoes `follow`: the header that began the message is read again later. */
  unfollow(stream: ChunkStream, header: PendingHeader): void {
    stream.end();
    stream.timestampMs = (stream.timestampMs - (header.format === 0 ? 0 : stream.field)) >>> 0;
    this.lost += stream.lostBefore;
  }

  /** A message longer than any that came in one chunk, while it is unknown how long chunks are. */
  isSizeNeeded(stream: ChunkStream): boolean {
    return this.chunkSize === 0 && stream.remaining > this.chunkFloor;
  }

  enterChunk(stream: ChunkStream): void {
    this.current = stream;
    this.chunkLeft = Math.min(this.chunkSize || maxMessageBytes, stream.remaining);
  }

  /** Goes on within a chunk of which `chunkLeft` bytes are to come, `lost` bytes of its message later. */
  reenterChunk(stream: ChunkStream, lost: number, chunkLeft: number): void {
    stream.extents.pushGap(lost);
    this.current = stream;
    this.chunkLeft = chunkLeft;
  }

  /** Takes bytes of one chunk, and answers how many. */
  take(bytes: Uint8Array, at: number, end: number, address: number): number {
    const { current } = this;
    const take = Math.min(end - at, this.chunkLeft);
    if (current) {
      current.keepHead(bytes, at, at + take);
      current.extents.push(address, take);
    }
    this.chunkLeft -= take;
    return take;
  }

  /** `length` bytes within the chunk are lost. */
  takeGap(length: number): void {
    this.current?.extents.pushGap(length);
    this.chunkLeft -= length;
  }

  endChunk(): void {
    const { current } = this;
    if (current?.isOpen && current.remaining === 0) this.complete(current, false);
  }

  /** Cuts all messages that are coming in. */
  cutAll(): void {
    for (const stream of this.streams.values()) if (stream.isOpen) this.cut(stream);
    this.current = null;
  }

  /** The place in the stream was lost: differences of time do not reach across. */
  forgetTimes(): void {
    this.resumption += 1;
    for (const stream of this.streams.values()) stream.isTimeKnown = false;
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
      frame: this.now.frame,
      timeNs: this.now.timeNs,
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
      const message = `A chunk size of ${value} bytes was set: more than a message can have, or none.`;
      this.sink.report('warning', 'rtmp-chunk-size', this.now.frame, message);
    }
    if (size === 0) return;
    this.chunkSize = Math.min(size, maxMessageBytes);
    this.chunkFloor = 0;
  }
}
