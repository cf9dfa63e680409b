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
  /** The next bytes, `bytes[start..end)`, with the frame that carried them. */
  onData(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number): void;
  /** `length` bytes are lost; `frame` is the one that showed it. What follows lies behind them. */
  onGap(length: number, frame: number): void;
  /** The stream ended (FIN, RST, or the end of the capture), at most once a connection. */
  onEnd(): void;
}

/** Bytes that wait for a hole before them to be filled, and how many pieces of them. */
const MAX_WAITING_BYTES = 1024 * 1024;
const MAX_WAITING_SEGMENTS = 2048;
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
  readonly bytes: Uint8Array;
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

  constructor(
    private readonly sink: TcpStreamSink,
    private readonly diagnostics: DiagnosticSink | null = null,
  ) {}

  /** Whether a SYN with this sequence number begins another connection than the one under way. */
  startsAnew(sequence: number): boolean {
    return this.hasStarted && ((sequence + 1) | 0) !== (this.startSequence | 0);
  }

  /**
   * Takes a segment of this direction. `missing` bytes follow its payload that the capture did not keep. A SYN
   * that begins a new connection on the same ports ends the stream and starts it again.
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
    const position = this.position + ((first - this.sequence) | 0);
    if ((flags & TcpFlag.rst) !== 0) {
      // The data of a reset is a remark, not part of the stream; a reset far off the stream is not its own.
      if (Math.abs(position - this.position) <= MAX_WAITING_BYTES) this.end();
      return;
    }
    if ((flags & TcpFlag.fin) !== 0) this.noteFin(position + length);
    if (length > 0) this.take(position, bytes, start, end, frame, timeNs, missing);
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
  ): void {
    const captured = position + (end - start);
    if (captured + missing <= this.position) {
      this.repeatedSegments += 1;
      return;
    }
    if (this.waiting.length === 0 && position <= this.position) {
      this.deliver(bytes, start + (this.position - position), end, missing, frame, timeNs, captured);
      return;
    }
    if (this.waiting.length === 0) {
      this.holeSinceNs = timeNs;
      this.segmentsBehindHole = 0;
    }
    this.segmentsBehindHole += 1;
    this.insert(
      Math.max(position, this.position),
      bytes,
      start + Math.max(0, this.position - position),
      end,
      frame,
      timeNs,
      missing,
    );
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
  ): void {
    if (start < end) {
      this.advance(end - start);
      this.sink.onData(bytes, start, end, frame, timeNs);
    }
    if (missing > 0) this.declareGap(capturedEnd + missing - this.position, frame);
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
        const captured = Math.min(until, next.position + next.bytes.length);
        for (let i = from; i < captured && !isDifferent; i += 1) {
          isDifferent = next.bytes[i - next.position] !== bytes[start + (i - position)];
        }
        from = until;
      } else {
        const until = next === null ? to : Math.min(to, next.position);
        const copy = new Uint8Array(bytes.subarray(start + (from - position), start + (until - position)));
        this.wait(at, {
          position: from,
          bytes: copy,
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
    this.waitingCost += segment.bytes.length + SEGMENT_COST;
  }

  /** Delivers what has become next in order, gives lost holes up, and ends the stream at its FIN. */
  private settle(timeNs: number): void {
    let delivered = 0;
    const { waiting } = this;
    while (delivered < waiting.length) {
      const next = waiting[delivered];
      if (next.position > this.position) {
        if (!this.isLost(next.position, timeNs, waiting.length - delivered)) break;
        this.declareGap(next.position - this.position, next.frame);
      }
      delivered += 1;
      this.waitingCost -= next.bytes.length + SEGMENT_COST;
      this.deliverWaiting(next);
    }
    if (delivered > 0) {
      waiting.splice(0, delivered);
      this.holeSinceNs = timeNs;
      this.segmentsBehindHole = 0;
    }
    if (this.finPosition >= 0 && this.position >= this.finPosition) this.end();
  }

  private deliverWaiting({ position, bytes, missing, frame, timeNs }: Segment): void {
    const skip = Math.max(0, this.position - position);
    this.deliver(bytes, Math.min(skip, bytes.length), bytes.length, missing, frame, timeNs, position + bytes.length);
  }

  private isLost(holeEnd: number, timeNs: number, segments: number): boolean {
    if (this.waitingCost > MAX_WAITING_BYTES || segments > MAX_WAITING_SEGMENTS) return true;
    if (this.acknowledged < holeEnd) return false;
    return this.segmentsBehindHole > REORDER_SEGMENTS || timeNs - this.holeSinceNs >= REORDER_NS;
  }

  private declareGap(length: number, frame: number): void {
    if (length <= 0) return;
    if (this.gaps.length < MAX_LISTED_GAPS) this.gaps.push({ offset: this.position, length });
    this.gapBytes += length;
    this.advance(length);
    this.sink.onGap(length, frame);
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
      if (this.finPosition >= 0 && segment.position >= this.finPosition) break;
      this.declareGap(segment.position - this.position, segment.frame);
      this.deliverWaiting(segment);
    }
    if (this.finPosition > this.position && this.finPosition - this.position <= MAX_WAITING_BYTES) {
      this.declareGap(this.finPosition - this.position, this.lastFrame);
    }
    this.hasEnded = true;
    this.sink.onEnd();
  }
}

const segmentEnd = (segment: Segment): number => segment.position + segment.bytes.length + segment.missing;
