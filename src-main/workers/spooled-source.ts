import { closeSync, openSync, readSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ByteSource, SourceFault } from '#engine/capture/byte-source';
import type { Compression } from './compression';
import type { Decoder } from './decoder';
import type { FileSource } from './file-source';
import { GzipDecoder } from './gzip-decoder';
import { RtpdumpDecoder } from './rtpdump-decoder';
import { ZstdDecoder } from './zstd-decoder';

/** What a compressed capture may become. */
export interface SpoolLimits {
  /** Bytes out for each byte in, once more than `freeBytes` have come out. */
  readonly ratio: number;
  readonly freeBytes: number;
  /** Bytes of the disk that stay free. */
  readonly reserveBytes: number;
}

/**
 * Captures shrink to a tenth or, full of silence, to a hundredth; a bomb of zeros to a thousandth (gzip) or less
 * (zstd). What is small does no harm whatever its ratio.
 */
export const spoolLimits: SpoolLimits = { ratio: 200, freeBytes: 64 << 20, reserveBytes: 1 << 30 };

/** Compressed bytes that are taken at once: what comes of them is looked at before the next are taken. */
const inputChunk = 64 << 10;
/** How often free space is asked for, bytes written. */
const spaceCheckBytes = 16 << 20;

class LimitReached extends Error {}

function createDecoder(compression: Compression, output: (bytes: Uint8Array) => void): Decoder {
  switch (compression) {
    case 'gzip':
      return new GzipDecoder(output);
    case 'zstd':
      return new ZstdDecoder(output);
    case 'rtpdump':
      return new RtpdumpDecoder(output);
  }
}

/**
 * A compressed file, written decompressed to a private temporary file while it is read: it grows until all of it has
 * come out. Damaged or hostile input ends it with a fault; what came before can be read.
 */
export class SpooledSource implements ByteSource {
  size = 0;
  isGrowing = true;
  fault: SourceFault | null = null;
  /** Compressed bytes taken so far. */
  consumed = 0;
  private readonly descriptor: number;
  private readonly decoder: Decoder;
  private isClosed = false;
  private spaceCheckedAt = -spaceCheckBytes;

  /** Throws the system's error when `path` cannot be made; nobody else may read it. */
  constructor(
    private readonly input: FileSource,
    compression: Compression,
    readonly path: string,
    private readonly onGrown: () => void,
    private readonly limits: SpoolLimits = spoolLimits,
  ) {
    this.descriptor = openSync(path, 'wx+', 0o600);
    const output = (bytes: Uint8Array): void => this.append(bytes);
    this.decoder = createDecoder(compression, output);
    void this.run(compression);
  }

  read(offset: number, target: Uint8Array): number {
    let done = 0;
    while (done < target.length) {
      const count = readSync(this.descriptor, target, done, target.length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  /** No more is decompressed: what is there is all of it. */
  stop(): void {
    this.isGrowing = false;
    this.decoder.close();
  }

  close(): void {
    this.isClosed = true;
    this.stop();
    closeSync(this.descriptor);
    rmSync(this.path, { force: true });
  }

  private async run(compression: Compression): Promise<void> {
    try {
      while (this.isGrowing) {
        // The input's buffer belongs to the decoder until it has done with it.
        const chunk = new Uint8Array(inputChunk);
        const count = this.input.read(this.consumed, chunk);
        if (count > 0) await this.decoder.write(chunk.subarray(0, count));
        else if (!this.input.isGrowing) break;
        else await new Promise((resolve) => setTimeout(resolve, 100));
        this.consumed += count;
        this.onGrown();
        await setImmediate();
      }
      if (this.isGrowing) await this.decoder.end();
    } catch (error) {
      if (this.isGrowing) this.fault = faultOf(error, this.size, compression);
    }
    this.isGrowing = false;
    this.decoder.close();
    if (!this.isClosed) this.onGrown();
  }

  private append(bytes: Uint8Array): void {
    if (!this.isGrowing) return;
    const { ratio, freeBytes } = this.limits;
    const size = this.size + bytes.length;
    if (size > freeBytes && size > ratio * (this.consumed + inputChunk)) {
      throw new LimitReached(
        `It decompresses to more than ${ratio} times its size, which no capture does; it was stopped at ${shown(size)}.`,
      );
    }
    this.checkSpace();
    let done = 0;
    while (done < bytes.length) done += writeSync(this.descriptor, bytes, done, bytes.length - done, this.size + done);
    this.size = size;
  }

  private checkSpace(): void {
    if (this.size - this.spaceCheckedAt < spaceCheckBytes) return;
    this.spaceCheckedAt = this.size;
    const { bavail, blocks, bsize } = statfsSync(dirname(this.path));
    // Of a small disk a twentieth is enough.
    const reserve = Math.min(this.limits.reserveBytes, (blocks * bsize) / 20);
    if (bavail * bsize >= reserve) return;
    throw new LimitReached(
      `The disk of ${dirname(this.path)} is nearly full; decompressing stopped at ${shown(this.size)}.`,
    );
  }
}

function faultOf(error: unknown, size: number, compression: Compression): SourceFault {
  const file = compression === 'rtpdump' ? 'rtpdump file' : 'compressed file';
  if (error instanceof LimitReached) {
    const hint = 'To read all of it, decompress it first.';
    return { severity: 'error', code: 'compressed-too-large', message: `${error.message} ${hint}` };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return { severity: 'error', code: 'compressed-too-large', message: `The disk is full after ${shown(size)}.` };
  }
  const isCut = /unexpected end/i.test(message);
  return isCut
    ? {
        severity: 'warning',
        code: 'compressed-truncated',
        message: `The ${file} breaks off; what it gave, ${shown(size)}, is read.`,
      }
    : {
        severity: 'error',
        code: 'compressed-damaged',
        message: `The ${file} is damaged (${message}); ${shown(size)} came out of it.`,
      };
}

function shown(bytes: number): string {
  return `${bytes} bytes`;
}
