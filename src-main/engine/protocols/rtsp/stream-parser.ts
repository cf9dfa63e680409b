import type { DiagnosticSink } from '#shared/model/diagnostic';
import { Extents } from '../../bytes/extents';
import { utf8Text } from '../../bytes/text';
import { ByteQueue } from '../../bytes/byte-queue';
import { numberOf, parseHead, type RtspMessage } from './message';
import { beginsWithMethod, maxLine, probeStartLine } from './start-line';

/** What one direction of an RTSP connection consists of. */
export interface RtspStreamHandler {
  onMessage(message: RtspMessage): void;
  /**
   * A binary frame (RFC 2326, section 10.12): `bytes[start..end)` without its four bytes of header, borrowed until the
   * call returns. `address`: where it lies in the bytes of the capture; `missingBytes` when not in one piece.
   */
  onInterleaved(
    channel: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void;
}

const DOLLAR = 0x24;
const CR = 0x0d;
const LF = 0x0a;
const R = 0x52;
const frameHeader = 4;
/** Shortest payload that can be RTCP (RFC 3550, section 6.4.2), and that can be RTP. */
const minRtcp = 8;
const minRtp = 12;
/** Channels of frames within a head: text follows a dollar sign otherwise. */
const maxChannelInText = 0x20;
const maxHeadBytes = 64 * 1024;
const maxHeadLines = 512;
const maxKeptBody = 64 * 1024;
/** Bodies are descriptions and parameters; a longer one is a wrong length. */
const maxBody = 4 * 1024 * 1024;
/** Taken at a time, so that little waits. */
const slice = 64 * 1024;
const unknownSsrc = -1;

type Phase = 'unit' | 'head' | 'body' | 'lost';

/**
 * Cuts one direction of a connection into RTSP messages and interleaved frames. The same bytes give the same however
 * they are split. After garbage or lost bytes it goes on at the next start line, or at the next frame that is followed
 * by another or goes on with the SSRC of its channel.
 */
export class RtspStreamParser {
  private readonly queue = new ByteQueue();
  private phase: Phase = 'lost';
  private lines: string[] = [];
  private headBytes = 0;
  private extents = new Extents();
  private head: NonNullable<ReturnType<typeof parseHead>> | null = null;
  private body: Uint8Array = new Uint8Array(0);
  private bodyLength = 0;
  private bodyLeft = 0;
  /** Bytes to drop: the rest of a frame of which a part was lost. */
  private skip = 0;
  private isDamaged = false;
  /** Nothing was understood yet: bytes that are neither are to be expected. */
  private isFresh = true;
  private garbage = 0;
  private garbageFrame = 0;
  private frame = 0;
  private timeNs = 0;
  /** SSRC that was last seen on each channel. */
  private readonly ssrcs = new Float64Array(256).fill(unknownSsrc);

  constructor(
    private readonly sink: DiagnosticSink,
    private readonly handler: RtspStreamHandler,
  ) {}

  /** Bytes that wait for others. */
  get heldBytes(): number {
    return this.queue.bytes.length + this.headBytes;
  }

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    this.frame = frame;
    this.timeNs = timeNs;
    for (let at = start; at < end; at += slice) {
      const sliceEnd = Math.min(end, at + slice);
      this.queue.push(bytes, at, sliceEnd, address < 0 ? address : address + at - start);
      while (this.queue.length > 0 && this.step());
    }
  }

  /** `length` bytes of the stream are lost; `frame` is the one that showed it. */
  gap(length: number, frame: number, timeNs: number): void {
    const left = this.missingOfUnit();
    if (this.phase === 'body') this.gapInBody(length);
    else if (this.phase === 'head') this.abandonHead();
    else if (this.phase === 'unit' && length <= left) {
      // The frame that was begun is lost, but its end is known.
      this.skip = left - length;
      this.queue.clear();
    } else {
      this.queue.clear();
      this.lose();
    }
    this.frame = frame;
    this.timeNs = timeNs;
  }

  /** The stream ends: what is there of an incomplete message is given out. */
  end(): void {
    if (this.phase === 'body') this.finishMessage(true);
    else if (this.phase === 'head') this.abandonHead();
    this.queue.clear();
    this.reportGarbage();
  }

  /** Bytes that the frame under way still lacks; -1 when none is under way. */
  private missingOfUnit(): number {
    if (this.skip > 0) return this.skip;
    const { bytes, head, length } = this.queue;
    if (length < frameHeader || bytes[head] !== DOLLAR) return -1;
    return frameHeader + lengthAt(bytes, head) - length;
  }

  /** Does the next piece of work; false when more bytes are needed. */
  private step(): boolean {
    if (this.skip > 0) {
      const count = Math.min(this.skip, this.queue.length);
      this.skip -= count;
      this.queue.take(count);
      return true;
    }
    switch (this.phase) {
      case 'unit':
        return this.readUnit();
      case 'head':
        return this.readHeadLine();
      case 'body':
        return this.readBody();
      case 'lost':
        return this.resynchronise();
    }
  }

  private readUnit(): boolean {
    const { bytes, head, tail } = this.queue;
    const first = bytes[head];
    if (first === DOLLAR) return this.readFrame();
    if (first === CR || first === LF) {
      this.queue.take(1);
      return true;
    }
    const verdict = probeStartLine(bytes, head, tail);
    if (verdict === 'more') return false;
    if (verdict === 'no') this.lose();
    else this.beginHead();
    return true;
  }

  private beginHead(): void {
    this.reportGarbage();
    this.isFresh = false;
    this.phase = 'head';
    this.lines = [];
    this.headBytes = 0;
    this.extents = new Extents();
    this.isDamaged = false;
  }

  private readFrame(): boolean {
    const { queue } = this;
    if (queue.length < frameHeader) return false;
    const { bytes, head } = queue;
    const length = lengthAt(bytes, head);
    if (queue.length < frameHeader + length) return false;
    const channel = bytes[head + 1];
    const start = head + frameHeader;
    const end = start + length;
    this.reportGarbage();
    this.isFresh = false;
    this.ssrcs[channel] = ssrcOf(bytes, start, end);
    if (length > 0) {
      const address = queue.addressOf(start, end);
      this.handler.onInterleaved(channel, bytes, start, end, this.frame, this.timeNs, address);
    }
    queue.take(frameHeader + length);
    return true;
  }

  private readHeadLine(): boolean {
    const { queue } = this;
    const { bytes, head, tail } = queue;
    // Some servers send media between the lines of a head.
    if (bytes[head] === DOLLAR && this.lines.length > 0) {
      if (queue.length < 2) return false;
      if (bytes[head + 1] < maxChannelInText) return this.readFrame();
    }
    const limit = Math.min(tail, head + maxLine);
    let lineFeed = head;
    while (lineFeed < limit && bytes[lineFeed] !== LF) lineFeed += 1;
    if (lineFeed === limit) {
      if (limit - head < maxLine) return false;
      this.abandonHead();
      return true;
    }
    const lineEnd = lineFeed > head && bytes[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
    const count = lineFeed + 1 - head;
    const line = utf8Text(bytes, head, lineEnd);
    this.headBytes += count;
    queue.take(count, this.extents);
    if (line !== '') this.lines.push(line);
    else return this.beginBody();
    if (this.headBytes > maxHeadBytes || this.lines.length > maxHeadLines) {
      const text = 'The header of an RTSP message has no end within 64 KiB.';
      this.sink.report('warning', 'rtsp-header-length', this.frame, text);
      this.abandonHead();
    }
    return true;
  }

  private beginBody(): boolean {
    this.head = parseHead(this.lines);
    if (this.head === null) {
      this.lose();
      return true;
    }
    let length = Math.max(0, numberOf(this.head.headers.get('content-length')));
    if (length > maxBody) {
      const text = `An RTSP message has a Content-Length of ${length} bytes; its body is not read.`;
      this.sink.report('warning', 'rtsp-content-length', this.frame, text);
      length = 0;
    }
    this.body = new Uint8Array(Math.min(length, maxKeptBody));
    this.bodyLength = 0;
    this.bodyLeft = length;
    this.phase = 'body';
    if (length === 0) this.finishMessage(false);
    return true;
  }

  private readBody(): boolean {
    const { queue } = this;
    const count = Math.min(queue.length, this.bodyLeft);
    const kept = Math.min(count, this.body.length - this.bodyLength);
    this.body.set(queue.bytes.subarray(queue.head, queue.head + kept), this.bodyLength);
    this.bodyLength += kept;
    queue.take(count, this.extents);
    this.bodyLeft -= count;
    if (this.bodyLeft === 0) this.finishMessage(this.isDamaged);
    return true;
  }

  private gapInBody(length: number): void {
    this.isDamaged = true;
    this.extents.pushGap(Math.min(length, this.bodyLeft));
    // What follows a hole in a description cannot be joined to what was before it.
    this.body = this.body.subarray(0, this.bodyLength);
    const isWithin = length < this.bodyLeft;
    this.bodyLeft -= Math.min(length, this.bodyLeft);
    if (this.bodyLeft > 0) return;
    this.finishMessage(true);
    if (!isWithin) this.lose();
  }

  private finishMessage(isTruncated: boolean): void {
    const { head } = this;
    this.phase = 'unit';
    if (head === null) return;
    this.head = null;
    this.handler.onMessage({
      ...head,
      body: this.body.subarray(0, this.bodyLength),
      extents: this.extents.trimmed(),
      frame: this.frame,
      timeNs: this.timeNs,
      isTruncated,
    });
  }

  /** Gives out what can be read of a head that does not go on. */
  private abandonHead(): void {
    this.head = parseHead(this.lines);
    this.body = new Uint8Array(0);
    this.bodyLength = 0;
    this.finishMessage(true);
    this.queue.clear();
    this.lose();
  }

  private lose(): void {
    this.phase = 'lost';
    this.skip = 0;
  }

  /** Looks for the next place where a message or a frame begins. */
  private resynchronise(): boolean {
    const { bytes, head, tail } = this.queue;
    for (let at = head; at < tail; at += 1) {
      const verdict = this.beginsUnit(bytes, at, tail);
      if (verdict === 'no') continue;
      this.drop(at - head);
      if (verdict === 'more') return false;
      this.phase = 'unit';
      return true;
    }
    this.drop(tail - head);
    return false;
  }

  private beginsUnit(bytes: Uint8Array, at: number, tail: number): 'yes' | 'no' | 'more' {
    const first = bytes[at];
    if (first === DOLLAR) return this.beginsFrame(bytes, at, tail);
    if (first !== R && !beginsWithMethod(bytes, at, tail)) return 'no';
    return probeStartLine(bytes, at, tail);
  }

  private beginsFrame(bytes: Uint8Array, at: number, tail: number): 'yes' | 'no' | 'more' {
    const start = at + frameHeader;
    if (start >= tail) return 'more';
    const length = lengthAt(bytes, at);
    if (length < minRtcp || bytes[start] >>> 6 !== 2) return 'no';
    if (start + minRtp > tail) return 'more';
    const ssrc = ssrcOf(bytes, start, start + length);
    if (ssrc !== unknownSsrc && this.ssrcs[bytes[at + 1]] === ssrc) return 'yes';
    const next = start + length;
    if (next + frameHeader + 1 > tail) return 'more';
    if (bytes[next] !== DOLLAR) return probeStartLine(bytes, next, tail);
    return lengthAt(bytes, next) >= minRtcp && bytes[next + frameHeader] >>> 6 === 2 ? 'yes' : 'no';
  }

  private drop(count: number): void {
    if (count === 0) return;
    if (!this.isFresh) {
      if (this.garbage === 0) this.garbageFrame = this.frame;
      this.garbage += count;
    }
    this.queue.take(count);
  }

  private reportGarbage(): void {
    if (this.garbage === 0) return;
    const text = `${this.garbage} bytes of an RTSP connection are neither a message nor an interleaved frame.`;
    this.sink.report('note', 'rtsp-stream-garbage', this.garbageFrame, text);
    this.garbage = 0;
  }
}

const lengthAt = (bytes: Uint8Array, at: number): number => (bytes[at + 2] << 8) | bytes[at + 3];

/** SSRC of RTP, or of the sender of RTCP (packet types 192 to 223; RFC 5761, section 4); -1 when it is neither. */
function ssrcOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < minRtcp || bytes[start] >>> 6 !== 2) return unknownSsrc;
  const isRtcp = bytes[start + 1] >= 192 && bytes[start + 1] <= 223;
  const at = start + (isRtcp ? 4 : 8);
  if (at + 4 > end) return unknownSsrc;
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
