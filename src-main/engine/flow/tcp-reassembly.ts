import type { DiagnosticSink } from '#shared/model/diagnostic';
import { TcpFlag } from '../net/packet';

/** Lost bytes of a stream. */
export interface StreamGap {
  /** Stream bytes before the gap, earlier gaps included. */
  readonly offset: number;
  readonly length: number;
}

/**
 * Takes what one direction of a TCP connection carried, in order. `bytes` is borrowed: it may be the window of
 * the capture, valid until the next frame.
 */
export interface TcpStreamSink {
  /** The next bytes, `bytes[start..end)`, with the frame that carried them and the address of the first. */
  onData(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void;
  /** `length` bytes are lost; `frame` is the one that showed it. What follows lies behind them. */
  onGap(length: number, frame: number, timeNs: number): void;
  /** The stream ended (FIN, RST, or the end of the capture), at most once a connection. */
  onEnd(timeNs: number): void;
}

/** Memory that all streams share for segments that wait; what does not fit is read again from the capture. */
export interface WaitingRoom {
  /** May so many bytes be held in memory? What is reserved is given back by `release`. */
  reserve(bytes: number): boolean;
  release(bytes: number): void;
  /** Reads what lies at an address given to `push`. */
  read(address: number, target: Uint8Array): number;
}

/** Bytes that wait for a hole before them to be filled, and how many pieces of them: a large window on a fast line. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
const MAX_WAITING_SEGMENTS = 8192;
/** What a waiting segment costs beside its bytes. */
const SEGMENT_COST = 128;
/**
 * A hole that the receiver acknowledged was lost by the capture alone. Captures of several queues or interfaces
 * deliver an acknowledgment before its data now and then, so it may still be filled this long.
 */
const REORDER_SEGMENTS = 3;
const REORDER_NS = 200e6;
/** Gaps that are listed; later ones are only counted. */
const MAX_LISTED_GAPS = 1024;

interface Segment {
  /** Stream position of `bytes[0]`. */
  position: number;
  /** Null when there was no room for them: they are read again. */
  readonly bytes: Uint8Array | null;
  readonly length: number;
  /** Where they lie in the capture; -1 when nobody said. */
  readonly address: number;
  /** Bytes behind these that were on the wire, but not captured. */
  readonly missing: number;
  readonly frame: number;
  readonly timeNs: number;
}

/**
 * Puts one direction of a TCP connection in order (RFC 9293). Repeated bytes are dropped; where segments
 * overlap, the bytes that came first stay. A hole is declared a gap when the other side acknowledged what lies
 * behind it, when too much waits for it, or when the stream ends; never are bytes joined across it silently.
 * Memory is bounded, whatever arrives.
 */
export class TcpStream {
  /** The first gaps of the stream. */
  readonly gaps: StreamGap[] = [];
  gapBytes = 0;
  /** Segments that brought nothing new: retransmissions and keep-alives. */
  repeatedSegments = 0;
  private hasStarted = false;
  private hasEnded = false;
  private startSequence = 0;
  /** Stream position and sequence number of the byte expected next. */
  private position = 0;
  private sequence = 0;
  /** Position up to which the other side acknowledged. */
  private acknowledged = 0;
  /** Position at which the sender closed; -1 while it has not. */
  private finPosition = -1;
  /** Sorted by position, free of overlaps, all behind `position`. */
  private waiting: Segment[] = [];
  private waitingCost = 0;
  /** Segments since the hole before `waiting` opened, and when that was. */
  private segmentsBehindHole = 0;
  private holeSinceNs = 0;
  private lastFrame = 0;
  private lastTimeNs = 0;

  /** @param room shared by several streams; without one everything that waits is held in memory */
  constructor(
    private readonly sink: TcpStreamSink,
    private readonly diagnostics: DiagnosticSink | null = null,
    private readonly room: WaitingRoom | null = null,
  ) {}

  /** The stream has begun and is over. */
  get isOver(): boolean {
    return this.hasEnded;
  }

  /** Whether a SYN with this sequence number begins another connection than the one under way. */
  startsAnew(sequence: number): boolean {
    return this.hasStarted && ((sequence + 1) | 0) !== (this.startSequence | 0);
  }

  /**
   * Takes a segment of this direction. `missing` bytes follow its payload that the capture did not keep; `address` is
   * where `bytes[start]` lies in the capture. A SYN that begins a new connection on the same ports ends the stream and
   * starts it again.
   */
  push(
    sequence: number,
    flags: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    missing = 0,
    address = -1,
  ): void {
    let first = sequence;
    if ((flags & TcpFlag.syn) !== 0) {
      if (this.startsAnew(sequence)) this.restart();
      first = (sequence + 1) >>> 0;
    }
    const length = end - start + missing;
    if (!this.hasStarted) {
      if (length === 0 && (flags & (TcpFlag.syn | TcpFlag.fin | TcpFlag.rst)) === 0) return;
      this.hasStarted = true;
      this.startSequence = first;
      this.sequence = first;
    }
    if (this.hasEnded) return;
    this.lastFrame = frame;
    this.lastTimeNs = timeNs;
    const position = this.position + ((first - this.sequence) | 0);
    if ((flags & TcpFlag.rst) !== 0) {
      // The data of a reset is a remark, not part of the stream; a reset far off the stream is not its own.
      if (Math.abs(position - this.position) <= MAX_WAITING_BYTES) this.end();
      return;
    }
    if ((flags & TcpFlag.fin) !== 0) this.noteFin(position + length);
    if (length > 0) this.take(position, bytes, start, end, frame, timeNs, missing, address);
    this.settle(timeNs);
  }

  /** The other side acknowledged everything before `sequence`. */
  acknowledge(sequence: number, timeNs: number): void {
    if (!this.hasStarted || this.hasEnded) return;
    const position = this.position + ((sequence - this.sequence) | 0);
    if (position > this.acknowledged) this.acknowledged = position;
    if (this.waiting.length > 0) this.settle(timeNs);
  }

  /** The capture is over: delivers what waits, with its gaps, and ends the stream. */
  finish(): void {
    if (this.hasStarted && !this.hasEnded) this.end();
  }

  private noteFin(position: number): void {
    const isEarlier = this.finPosition < 0 || position < this.finPosition;
    if (isEarlier && position >= this.position) this.finPosition = position;
  }

  private restart(): void {
    this.finish();
    this.hasStarted = false;
    this.hasEnded = false;
    this.position = 0;
    this.acknowledged = 0;
    this.finPosition = -1;
    this.gaps.length = 0;
    this.gapBytes = 0;
    this.repeatedSegments = 0;
  }

  private take(
    position: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    missing: number,
    address: number,
  ): void {
    const captured = position + (end - start);
    if (captured + missing <= this.position) {
      this.repeatedSegments += 1;
      return;
    }
    if (this.waiting.length === 0 && position <= this.position) {
      const known = this.position - position;
      this.deliver(bytes, start + known, end, missing, frame, timeNs, captured, moved(address, known));
      return;
    }
    if (this.waiting.length === 0) {
      this.holeSinceNs = timeNs;
      this.segmentsBehindHole = 0;
    }
    this.segmentsBehindHole += 1;
    const known = Math.max(0, this.position - position);
    this.insert(position + known, bytes, start + known, end, frame, timeNs, missing, moved(address, known));
  }

  /** Hands on bytes that are next in order, and the loss behind them when the capture cut the segment. */
  private deliver(
    bytes: Uint8Array,
    start: number,
    end: number,
    missing: number,
    frame: number,
    timeNs: number,
    capturedEnd: number,
    address: number,
  ): void {
    if (start < end) {
      this.advance(end - start);
      this.sink.onData(bytes, start, end, frame, timeNs, address);
    }
    if (missing > 0) this.declareGap(capturedEnd + missing - this.position, frame, timeNs);
  }

  /** Keeps a copy of those bytes that no waiting segment has yet. */
  private insert(
    position: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    missing: number,
    address: number,
  ): void {
    const { waiting } = this;
    const to = position + Math.max(0, end - start);
    let at = waiting.length;
    while (at > 0 && segmentEnd(waiting[at - 1]) > position) at -= 1;
    let from = position;
    let isDifferent = false;
    let isNew = false;
    while (from < to) {
      const next = at < waiting.length ? waiting[at] : null;
      if (next !== null && next.position <= from) {
        const until = Math.min(to, segmentEnd(next));
        const captured = Math.min(until, next.position + next.length);
        const known: Uint8Array | null = isDifferent || from >= captured ? null : this.bytesOf(next);
        for (let i = from; known !== null && i < captured && !isDifferent; i += 1) {
          isDifferent = known[i - next.position] !== bytes[start + (i - position)];
        }
        from = until;
      } else {
        const until = next === null ? to : Math.min(to, next.position);
        const place = moved(address, from - position);
        const isHeld = place < 0 || this.room === null || this.room.reserve(until - from);
        this.wait(at, {
          position: from,
          bytes: isHeld ? bytes.slice(start + (from - position), start + (until - position)) : null,
          length: until - from,
          address: place,
          missing: next === null && until === to ? missing : 0,
          frame,
          timeNs,
        });
        isNew = true;
        from = until;
      }
      at += 1;
    }
    if (!isNew) this.repeatedSegments += 1;
    if (isDifferent) {
      this.diagnostics?.report(
        'warning',
        'tcp-overlap',
        frame,
        'TCP segments overlap with different bytes; the first ones stay.',
      );
    }
  }

  private wait(at: number, segment: Segment): void {
    this.waiting.splice(at, 0, segment);
    this.waitingCost += segment.length + SEGMENT_COST;
  }

  private bytesOf(segment: Segment): Uint8Array {
    if (segment.bytes !== null) return segment.bytes;
    const bytes = new Uint8Array(segment.length);
    this.room?.read(segment.address, bytes);
    return bytes;
  }

  /** Delivers what has become next in order, gives lost holes up, and ends the stream at its FIN. */
  private settle(timeNs: number): void {
    let delivered = 0;
    const { waiting } = this;
    while (delivered < waiting.length) {
      const next = waiting[delivered];
      if (next.position > this.position) {
        if (!this.isLost(next.position, timeNs, waiting.length - delivered)) break;
        this.declareGap(next.position - this.position, next.frame, next.timeNs);
      }
      delivered += 1;
      this.waitingCost -= next.length + SEGMENT_COST;
      this.deliverWaiting(next);
    }
    if (delivered > 0) {
      waiting.splice(0, delivered);
      this.holeSinceNs = timeNs;
      this.segmentsBehindHole = 0;
    }
    if (this.finPosition >= 0 && this.position >= this.finPosition) this.end();
  }

  private deliverWaiting(segment: Segment): void {
    const { position, length, missing, frame, timeNs, address } = segment;
    const bytes = this.bytesOf(segment);
    if (segment.bytes !== null && address >= 0) this.room?.release(length);
    const skip = Math.min(Math.max(0, this.position - position), length);
    this.deliver(bytes, skip, length, missing, frame, timeNs, position + length, moved(address, skip));
  }

  private isLost(holeEnd: number, timeNs: number, segments: number): boolean {
    if (this.waitingCost > MAX_WAITING_BYTES || segments > MAX_WAITING_SEGMENTS) return true;
    if (this.acknowledged < holeEnd) return false;
    return this.segmentsBehindHole > REORDER_SEGMENTS || timeNs - this.holeSinceNs >= REORDER_NS;
  }

  private declareGap(length: number, frame: number, timeNs: number): void {
    if (length <= 0) return;
    if (this.gaps.length < MAX_LISTED_GAPS) this.gaps.push({ offset: this.position, length });
    this.gapBytes += length;
    this.advance(length);
    this.sink.onGap(length, frame, timeNs);
  }

  private advance(length: number): void {
    this.position += length;
    this.sequence = (this.sequence + length) >>> 0;
  }

  private end(): void {
    const { waiting } = this;
    this.waiting = [];
    this.waitingCost = 0;
    for (const segment of waiting) {
      if (this.finPosition >= 0 && segment.position >= this.finPosition) {
        if (segment.bytes !== null && segment.address >= 0) this.room?.release(segment.length);
        continue;
      }
      this.declareGap(segment.position - this.position, segment.frame, segment.timeNs);
      this.deliverWaiting(segment);
    }
    if (this.finPosition > this.position && this.finPosition - this.position <= MAX_WAITING_BYTES) {
      this.declareGap(this.finPosition - this.position, this.lastFrame, this.lastTimeNs);
    }
    this.hasEnded = true;
    this.sink.onEnd(this.lastTimeNs);
  }
}

const segmentEnd = (segment: Segment): number => segment.position + segment.length + segment.missing;

/** An address `bytes` further on; one that nobody knows stays so. */
const moved = (address: number, bytes: number): number => (address < 0 ? address : address + bytes);
