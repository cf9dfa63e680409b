import { latin1Text, utf8Text } from './text';

/**
 * A cursor over `bytes[offset..end)`. Reading past the end never throws: it returns zeros or empty bytes and
 * sets `isTruncated`, which stays set, so a parser reads a whole structure and asks once. `borrow` methods
 * return views that share memory with `bytes` and live as long as it does; `copy` methods return own memory.
 */
export class ByteReader {
  /** A read went past the end; every read since has failed too. */
  isTruncated = false;

  constructor(
    public bytes: Uint8Array,
    public offset = 0,
    public end = bytes.length,
  ) {
    this.reset(bytes, offset, end);
  }

  /** Reuses the reader for other bytes. */
  reset(bytes: Uint8Array, offset = 0, end = bytes.length): void {
    this.bytes = bytes;
    this.end = Math.max(0, Math.min(end, bytes.length));
    this.offset = Math.max(0, Math.min(offset, this.end));
    this.isTruncated = false;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  u8(): number {
    const at = this.take(1);
    return at < 0 ? 0 : this.bytes[at];
  }

  u16be(): number {
    const at = this.take(2);
    return at < 0 ? 0 : (this.bytes[at] << 8) | this.bytes[at + 1];
  }

  u16le(): number {
    const at = this.take(2);
    return at < 0 ? 0 : this.bytes[at] | (this.bytes[at + 1] << 8);
  }

  u24be(): number {
    const at = this.take(3);
    return at < 0 ? 0 : (this.bytes[at] << 16) | (this.bytes[at + 1] << 8) | this.bytes[at + 2];
  }

  u32be(): number {
    const at = this.take(4);
    if (at < 0) return 0;
    const b = this.bytes;
    return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
  }

  u32le(): number {
    const at = this.take(4);
    if (at < 0) return 0;
    const b = this.bytes;
    return (b[at] | (b[at + 1] << 8) | (b[at + 2] << 16) | (b[at + 3] << 24)) >>> 0;
  }

  /** Exact up to 2^53 - 1. */
  u64be(): number {
    if (this.remaining < 8) return this.fail();
    return this.u32be() * 2 ** 32 + this.u32be();
  }

  /** Exact up to 2^53 - 1. */
  u64le(): number {
    if (this.remaining < 8) return this.fail();
    const low = this.u32le();
    return this.u32le() * 2 ** 32 + low;
  }

  skip(length: number): void {
    this.take(length);
  }

  /** A view of the next `length` bytes; empty when there are fewer. */
  borrow(length: number): Uint8Array {
    const at = this.take(length);
    return at < 0 ? this.bytes.subarray(0, 0) : this.bytes.subarray(at, at + length);
  }

  /** A copy of the next `length` bytes; empty when there are fewer. */
  copy(length: number): Uint8Array {
    return new Uint8Array(this.borrow(length));
  }

  /** The next `length` bytes as UTF-8 text; empty when there are fewer. */
  utf8(length: number): string {
    const at = this.take(length);
    return at < 0 ? '' : utf8Text(this.bytes, at, at + length);
  }

  /** The next `length` bytes as ISO 8859-1 text; empty when there are fewer. */
  latin1(length: number): string {
    const at = this.take(length);
    return at < 0 ? '' : latin1Text(this.bytes, at, at + length);
  }

  /** Offset of the next `length` bytes, which count as read; -1 when there are fewer. */
  private take(length: number): number {
    const at = this.offset;
    if (this.isTruncated || !(length >= 0) || length > this.end - at) {
      this.fail();
      return -1;
    }
    this.offset = at + length;
    return at;
  }

  private fail(): number {
    this.isTruncated = true;
    this.offset = this.end;
    return 0;
  }
}
