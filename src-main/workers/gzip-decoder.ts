import * as zlib from 'node:zlib';
import type { Decoder } from './decoder';

/** RFC 1952, section 2.3. */
const FIXED_HEADER = 10;
const DEFLATE = 8;
const FLAG_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
const TRAILER = 8;
/** Names and comments are no longer in any file that means well. */
const LARGEST_HEADER = 256 << 10;

/** CRC-32 of `bytes`, going on from `value`; the runtime's own where it has one (Node 20.15). */
const crc32: (bytes: Uint8Array, value: number) => number =
  'crc32' in zlib ? (zlib.crc32 as (bytes: Uint8Array, value: number) => number) : tableCrc32;

interface Member {
  readonly inflate: zlib.InflateRaw;
  /** True when the deflate stream has come to its end. */
  readonly ended: Promise<true>;
  readonly failed: Promise<never>;
  /** Bytes given to `inflate`. */
  fed: number;
  crc: number;
  size: number;
}

/**
 * RFC 1952: one member after the other. zlib inflates in a thread of its own; members are told apart here, since the
 * runtime's gunzip loses the end of the last one when anything stands behind it.
 */
export class GzipDecoder implements Decoder {
  private pending: Uint8Array = new Uint8Array(0);
  private member: Member | null = null;
  private isAtTrailer = false;
  private members = 0;
  private isFinished = false;
  /** Why the output takes no more. */
  private refusal: Error | null = null;

  constructor(private readonly output: (bytes: Uint8Array) => void) {}

  async write(bytes: Uint8Array): Promise<void> {
    if (this.isFinished) return;
    this.pending = this.pending.length === 0 ? bytes : join(this.pending, bytes);
    while (!this.isFinished && this.pending.length > 0) {
      if (!(await this.step())) return;
    }
  }

  async end(): Promise<void> {
    if (this.isFinished) return;
    const isBetween = this.member === null && this.members > 0;
    if (!isBetween || isMagic(this.pending)) throw new Error('unexpected end of file');
  }

  close(): void {
    this.member?.inflate.destroy();
    this.isFinished = true;
  }

  /** Takes what it can from the front of what is pending; false when more has to come first. */
  private async step(): Promise<boolean> {
    if (this.member === null) return this.beginMember();
    return this.isAtTrailer ? this.endMember(this.member) : this.inflate(this.member);
  }

  private beginMember(): boolean {
    const length = headerLength(this.pending);
    if (length === 0 && this.members > 0) {
      // What stands behind the last member belongs to nothing.
      this.isFinished = true;
      return false;
    }
    if (length === 0) throw new Error('the header makes no sense');
    if (length < 0) return false;
    this.pending = this.pending.subarray(length);
    this.member = this.createMember();
    return true;
  }

  private createMember(): Member {
    const inflate = zlib.createInflateRaw({ chunkSize: 256 << 10 });
    const member: Member = {
      inflate,
      ended: new Promise((resolve) => inflate.once('end', () => resolve(true))),
      failed: new Promise((_, reject) => inflate.once('error', reject)),
      fed: 0,
      crc: 0,
      size: 0,
    };
    member.failed.catch(() => undefined);
    inflate.on('data', (bytes: Buffer) => {
      member.crc = crc32(bytes, member.crc);
      member.size += bytes.length;
      try {
        this.output(bytes);
      } catch (error) {
        // The stream tells of it later than it says that it has written.
        this.refusal ??= error as Error;
        inflate.destroy(this.refusal);
      }
    });
    return member;
  }

  private async inflate(member: Member): Promise<boolean> {
    const { ended, failed, inflate } = member;
    const bytes = this.pending;
    member.fed += bytes.length;
    const written = new Promise<false>((resolve) => inflate.write(bytes, () => resolve(false)));
    // At its end zlib takes no more, and does not say that it has written.
    const hasEnded = await Promise.race([ended, failed, written]);
    if (this.refusal !== null) throw this.refusal;
    const isOver = hasEnded || inflate.readableEnded;
    if (isOver) this.isAtTrailer = true;
    this.pending = isOver ? bytes.subarray(bytes.length - (member.fed - inflate.bytesWritten)) : new Uint8Array(0);
    return isOver;
  }

  private endMember({ crc, inflate, size }: Member): boolean {
    if (this.pending.length < TRAILER) return false;
    const view = new DataView(this.pending.buffer, this.pending.byteOffset, TRAILER);
    if (view.getUint32(0, true) !== crc >>> 0 || view.getUint32(4, true) !== size % 2 ** 32) {
      throw new Error('its checksum is wrong');
    }
    inflate.destroy();
    this.pending = this.pending.subarray(TRAILER);
    this.member = null;
    this.isAtTrailer = false;
    this.members += 1;
    return true;
  }
}

function isMagic(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Length of the member header that `bytes` begin with: -1 when more has to come, 0 when it is none. */
function headerLength(bytes: Uint8Array): number {
  if (bytes.length < 2) return bytes[0] === 0x1f ? -1 : 0;
  if (!isMagic(bytes)) return 0;
  if (bytes.length < FIXED_HEADER) return -1;
  if (bytes[2] !== DEFLATE) return 0;
  const flags = bytes[3];
  let at = FIXED_HEADER;
  if (flags & FLAG_EXTRA) {
    if (bytes.length < at + 2) return -1;
    at += 2 + (bytes[at] | (bytes[at + 1] << 8));
  }
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if ((flags & flag) === 0) continue;
    const end = at > bytes.length ? -1 : bytes.indexOf(0, at);
    if (end < 0) return bytes.length > LARGEST_HEADER ? 0 : -1;
    at = end + 1;
  }
  if (flags & FLAG_CRC) at += 2;
  return at > bytes.length ? -1 : at;
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

const table = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of RFC 1952, section 8. */
function tableCrc32(bytes: Uint8Array, value: number): number {
  let crc = ~value;
  for (let i = 0; i < bytes.length; i += 1) crc = table[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}
