import { Decompress } from 'fzstd';
import type { Decoder } from './decoder';

/** RFC 8878, sections 3.1.1 and 3.1.2; of the second, the last four bits may be anything. */
const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const SKIPPABLE_HEADER = 8;
/** Blocks are no larger (section 3.1.1.2.4). */
const LARGEST_BLOCK = 128 * 1024;
const BLOCK_HEADER = 3;
const CHECKSUM = 4;
/** Memory that a frame may ask for: what `zstd` itself grants without `--long`. */
const LARGEST_WINDOW = 128 * 1024 * 1024;

const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

interface ZstdFrame {
  readonly decompress: Decompress;
  readonly hasChecksum: boolean;
}

/**
 * Zstandard by way of fzstd, which gets whole blocks: how much memory a frame wants, and how much comes of a block, is
 * known before it is done. Checksums are passed over.
 */
export class ZstdDecoder implements Decoder {
  private pending = new Uint8Array(0);
  private toSkip = 0;
  private frame: ZstdFrame | null = null;
  private hasFrames = false;
  private isFinished = false;

  constructor(private readonly output: (bytes: Uint8Array) => void) {}

  async write(bytes: Uint8Array): Promise<void> {
    this.take(bytes);
  }

  /** As `write`, at once. */
  take(bytes: Uint8Array): void {
    if (this.isFinished) return;
    const joined = new Uint8Array(this.pending.length + bytes.length);
    joined.set(this.pending);
    joined.set(bytes, this.pending.length);
    let at = 0;
    for (let used = -1; used !== 0 && !this.isFinished; at += used) used = this.step(joined.subarray(at));
    this.pending = joined.slice(at);
  }

  /** Nothing is begun that is not whole. */
  get isAtEnd(): boolean {
    return this.isFinished || (this.frame === null && this.toSkip === 0 && this.pending.length === 0);
  }

  async end(): Promise<void> {
    if (!this.isAtEnd) throw new Error('unexpected end of file');
  }

  close(): void {
    this.frame = null;
  }

  /** Takes one thing from the front of `bytes`: answers its length, 0 when it is not there as a whole. */
  private step(bytes: Uint8Array): number {
    if (this.toSkip > 0) {
      const skipped = Math.min(this.toSkip, bytes.length);
      this.toSkip -= skipped;
      return skipped;
    }
    return this.frame === null ? this.beginFrame(bytes) : this.readBlock(bytes, this.frame);
  }

  private beginFrame(bytes: Uint8Array): number {
    if (bytes.length < SKIPPABLE_HEADER) return 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const magic = view.getUint32(0, true);
    if ((magic & 0xffff_fff0) === SKIPPABLE_MAGIC) {
      this.toSkip = view.getUint32(4, true);
      return SKIPPABLE_HEADER;
    }
    if (magic !== FRAME_MAGIC) {
      if (!this.hasFrames) throw new Error('not a Zstandard frame');
      // What stands behind the last frame belongs to nothing.
      this.isFinished = true;
      return 0;
    }
    const length = headerLength(bytes[4]);
    if (bytes.length < length) return 0;
    const window = windowSize(view);
    if (window > LARGEST_WINDOW) {
      throw new Error(`it wants ${Math.round(window / 2 ** 20)} MiB of memory; decompress it with \`zstd --long=31\``);
    }
    this.hasFrames = true;
    this.frame = { decompress: new Decompress(this.output), hasChecksum: (bytes[4] & 4) !== 0 };
    this.frame.decompress.push(bytes.slice(0, length));
    return length;
  }

  private readBlock(bytes: Uint8Array, { decompress, hasChecksum }: ZstdFrame): number {
    if (bytes.length < BLOCK_HEADER) return 0;
    const header = bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
    const isLast = (header & 1) !== 0;
    const type = (header >> 1) & 3;
    const size = header >> 3;
    if (type === RESERVED_BLOCK || size > LARGEST_BLOCK) throw new Error('a block is damaged');
    const length = BLOCK_HEADER + (type === RLE_BLOCK ? 1 : size) + (isLast && hasChecksum ? CHECKSUM : 0);
    if (bytes.length < length) return 0;
    decompress.push(bytes.slice(0, length), isLast);
    if (isLast) this.frame = null;
    return length;
  }
}

/** Section 3.1.1.1: magic, descriptor, window, dictionary, content size. */
function headerLength(descriptor: number): number {
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3];
  const content = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6];
  return 5 + (isSingle ? 0 : 1) + dictionary + content;
}

/** Bytes of the window, of which a frame of a single segment has as many as content. */
function windowSize(view: DataView): number {
  const descriptor = view.getUint8(4);
  if ((descriptor & 3) !== 0) throw new Error('it needs a dictionary');
  if ((descriptor & 0x20) === 0) {
    const window = view.getUint8(5);
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  const flag = descriptor >> 6;
  if (flag === 0) return view.getUint8(5);
  if (flag === 1) return view.getUint16(5, true) + 256;
  if (flag === 2) return view.getUint32(5, true);
  return view.getUint32(5, true) + view.getUint32(9, true) * 2 ** 32;
}
