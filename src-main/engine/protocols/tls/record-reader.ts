import { u16be } from '../../bytes/integers';

/** Content types of records (RFC 8446, section 5.1; RFC 6520). */
export const ContentType = {
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
  heartbeat: 24,
} as const;

export const headerLength = 5;
/** Longest body of a record: 2^14 bytes of content and what protection may add (RFC 5246, section 6.2.3). */
export const longestRecord = 16_384 + 2048;
const smallestBuffer = 1024;

/** Takes the records of one direction, in order. */
export interface RecordSink {
  /** Whether the bodies of records of this type are of use; the others are passed over without a copy. */
  wants(type: number): boolean;
  /** A record, `bytes[start..end)` its body, borrowed until the call returns; frame and time are those of its last byte. */
  onRecord(
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
  ): void;
  /** A whole record whose body was not wanted. */
  onPassed(type: number, version: number, length: number, frame: number, timeNs: number): void;
  /** `length` bytes of the stream that are no record: lost, or what is left of a record of which a part was lost. */
  onLost(length: number, frame: number, timeNs: number): void;
  /** Bytes where a header should be are none: records are searched for. */
  onGarbage(frame: number): void;
}

/** Whether a header of a record may stand at `bytes[at]`: five bytes are there. */
export function isRecordHeader(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] >= ContentType.changeCipherSpec &&
    bytes[at] <= ContentType.heartbeat &&
    bytes[at + 1] === 3 &&
    bytes[at + 2] <= 4 &&
    u16be(bytes, at + 3) <= longestRecord
  );
}

/**
 * Cuts one direction of a stream into records (RFC 8446, section 5.1). The same bytes give the same records however they
 * are split. After a loss that ends within the record it began in, the next record is known to begin where that one
 * ends; after any other it is found by two headers one record apart.
 */
export class RecordReader {
  /** Version of the records so far; what a search relies on. */
  private version = -1;
  private isSearching = false;
  /** Header and body of a record that is not complete, or what is being searched: `held[0..heldLength)`. */
  private frame = 0;
  private held: Uint8Array = new Uint8Array(0);
  private heldLength = 0;
  /** Bytes of the body under way that are passed over; what of it is to be told then. */
  private skip = 0;
  private skipped: 'unwanted' | 'damaged' | null = null;
  private skipType = 0;
  private skipVersion = 0;
  private skipLength = 0;

  constructor(private readonly sink: RecordSink) {}

  /** Records begin nobody knows where: at once, or after what was lost. */
  search(): void {
    this.isSearching = true;
  }

  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number): void {
    this.frame = frame;
    let at = start;
    while (at < end) {
      if (this.isSearching) {
        this.keep(bytes, at, end);
        this.find(false, frame, timeNs);
        return;
      }
      at = this.skipped === null ? this.read(bytes, at, end, frame, timeNs) : this.pass(at, end, frame, timeNs);
    }
  }

  /** `length` bytes are lost. */
  gap(length: number, frame: number, timeNs: number): void {
    if (this.isSearching) {
      this.find(true, frame, timeNs);
      this.sink.onLost(length, frame, timeNs);
      return;
    }
    if (this.skipped === null && this.heldLength >= headerLength) this.damage();
    if (this.skipped !== null && this.skip >= length) {
      this.skipped = 'damaged';
      this.skip -= length;
      if (this.skip === 0) this.endPass(frame, timeNs);
      return;
    }
    const before = this.skipped === null ? this.heldLength : headerLength + this.skipLength - this.skip;
    this.skipped = null;
    this.heldLength = 0;
    this.isSearching = true;
    this.sink.onLost(before + length, frame, timeNs);
  }

  /** Nothing more comes: hands on what a search still holds. */
  finish(timeNs: number): void {
    if (this.isSearching) this.find(true, this.frame, timeNs);
    this.held = new Uint8Array(0);
    this.heldLength = 0;
  }

  /** Reads a record, or a part of one, at `bytes[at]`; answers where to go on. */
  private read(bytes: Uint8Array, at: number, end: number, frame: number, timeNs: number): number {
    if (this.heldLength === 0 && end - at >= headerLength) {
      if (!isRecordHeader(bytes, at)) return this.lose(at, frame);
      const length = u16be(bytes, at + 3);
      if (!this.sink.wants(bytes[at])) {
        this.beginPass(bytes, at);
        if (length === 0) this.endPass(frame, timeNs);
        return at + headerLength;
      }
      const body = at + headerLength;
      if (end - body >= length) {
        this.version = u16be(bytes, at + 1);
        this.sink.onRecord(bytes[at], this.version, bytes, body, body + length, frame, timeNs);
        return body + length;
      }
    }
    const { heldLength } = this;
    if (heldLength < headerLength) {
      const taken = Math.min(headerLength - heldLength, end - at);
      this.keep(bytes, at, at + taken);
      if (this.heldLength < headerLength) return at + taken;
      return this.readHeldHeader(at + taken, frame, timeNs);
    }
    const whole = headerLength + u16be(this.held, 3);
    const taken = Math.min(whole - heldLength, end - at);
    this.keep(bytes, at, at + taken);
    if (this.heldLength === whole) this.release(frame, timeNs);
    return at + taken;
  }

  private readHeldHeader(next: number, frame: number, timeNs: number): number {
    const { held } = this;
    if (!isRecordHeader(held, 0)) {
      this.isSearching = true;
      this.sink.onGarbage(frame);
      this.find(false, frame, timeNs);
    } else if (!this.sink.wants(held[0])) {
      this.beginPass(held, 0);
      if (this.skip === 0) this.endPass(frame, timeNs);
    } else if (u16be(held, 3) === 0) this.release(frame, timeNs);
    return next;
  }

  /** Hands on the record that is held whole. */
  private release(frame: number, timeNs: number): void {
    const { held, heldLength } = this;
    // What the record brings about may ask for another: nothing is held meanwhile.
    this.heldLength = 0;
    this.version = u16be(held, 1);
    this.sink.onRecord(held[0], this.version, held, headerLength, heldLength, frame, timeNs);
  }

  private lose(at: number, frame: number): number {
    this.isSearching = true;
    this.sink.onGarbage(frame);
    return at;
  }

  private beginPass(bytes: Uint8Array, at: number): void {
    this.skipped = 'unwanted';
    this.skipType = bytes[at];
    this.skipVersion = u16be(bytes, at + 1);
    this.skipLength = u16be(bytes, at + 3);
    this.skip = this.skipLength;
    this.version = this.skipVersion;
    this.heldLength = 0;
  }

  /** What is held of a record is of no use: a part of it was lost. */
  private damage(): void {
    const { heldLength } = this;
    this.beginPass(this.held, 0);
    this.skip -= heldLength - headerLength;
  }

  private pass(at: number, end: number, frame: number, timeNs: number): number {
    const taken = Math.min(this.skip, end - at);
    this.skip -= taken;
    if (this.skip === 0) this.endPass(frame, timeNs);
    return at + taken;
  }

  private endPass(frame: number, timeNs: number): void {
    const { skipped, skipLength } = this;
    this.skipped = null;
    if (skipped === 'damaged') this.sink.onLost(headerLength + skipLength, frame, timeNs);
    else this.sink.onPassed(this.skipType, this.skipVersion, skipLength, frame, timeNs);
  }

  /** Looks for the first record in what is held; `isEnd`: nothing follows directly behind it. */
  private find(isEnd: boolean, frame: number, timeNs: number): void {
    const { held, heldLength } = this;
    let at = 0;
    for (; at < heldLength; at += 1) {
      const verdict = this.look(at, isEnd);
      if (verdict === 'wait') break;
      if (verdict === 'no') continue;
      if (at > 0) this.sink.onLost(at, frame, timeNs);
      const rest = held.slice(at, heldLength);
      this.heldLength = 0;
      this.isSearching = false;
      this.push(rest, 0, rest.length, frame, timeNs);
      // Of the records that it goes on with none needs to be complete here.
      if (isEnd) this.giveUp(frame, timeNs);
      return;
    }
    if (at === 0) return;
    this.sink.onLost(at, frame, timeNs);
    held.copyWithin(0, at, heldLength);
    this.heldLength = heldLength - at;
  }

  /** Whether a record begins at `held[at]`: its header and the one behind it say so. */
  private look(at: number, isEnd: boolean): 'yes' | 'no' | 'wait' {
    const { held, heldLength } = this;
    for (let i = 0; i < Math.min(headerLength, heldLength - at); i += 1) {
      if (!this.isHeaderByte(i, held[at + i])) return 'no';
    }
    if (heldLength - at < headerLength) return isEnd ? 'no' : 'wait';
    const length = u16be(held, at + 3);
    if (length === 0 || length > longestRecord) return 'no';
    const next = at + headerLength + length;
    if (next > heldLength) return isEnd ? 'no' : 'wait';
    for (let i = 0; i < Math.min(headerLength, heldLength - next); i += 1) {
      if (!this.isHeaderByte(i, held[next + i])) return 'no';
    }
    if (heldLength - next >= headerLength) return u16be(held, next + 3) <= longestRecord ? 'yes' : 'no';
    return isEnd ? 'yes' : 'wait';
  }

  private isHeaderByte(index: number, byte: number): boolean {
    if (index === 0) return byte >= ContentType.changeCipherSpec && byte <= ContentType.heartbeat;
    if (index === 1) return byte === 3;
    // The first records may name another version than those behind them, which all name that of TLS 1.2 or their own.
    if (index === 2) return this.version < 0 ? byte <= 4 : byte === 3 || byte === (this.version & 0xff);
    return index === 4 || byte <= longestRecord >> 8;
  }

  /** What is left of a search at its end is told as lost. */
  private giveUp(frame: number, timeNs: number): void {
    const left = this.skipped === null ? this.heldLength : headerLength + this.skipLength - this.skip;
    this.skipped = null;
    this.heldLength = 0;
    this.isSearching = true;
    if (left > 0) this.sink.onLost(left, frame, timeNs);
  }

  private keep(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.heldLength + end - start;
    if (needed > this.held.length) {
      const larger = new Uint8Array(Math.max(smallestBuffer, 2 * needed));
      larger.set(this.held.subarray(0, this.heldLength));
      this.held = larger;
    }
    this.held.set(bytes.subarray(start, end), this.heldLength);
    this.heldLength = needed;
  }
}
