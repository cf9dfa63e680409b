import type { ByteSource, SourceFault } from '#engine/capture/byte-source';
import type { CapturePart } from '#engine/capture/merge';
import { spillBase } from '#engine/store/capture-bytes';
import type { CaptureLocation } from '../media/capture-location';
import { type Compression, compressionOf } from './compression';
import { FileSource } from './file-source';
import type { FileSpill } from './file-spill';
import { RpcFailure } from './rpc/protocol';
import { SpooledSource } from './spooled-source';

/** A file to open, and where its decompressed copy may be made. */
export interface InputFile {
  readonly path: string;
  /** How messages call it. */
  readonly name: string;
  readonly spoolPath: string | null;
}

interface Opened {
  readonly file: InputFile;
  readonly compression: Compression | null;
  readonly input: FileSource;
  readonly source: ByteSource;
  readonly spool: SpooledSource | null;
}

/** How often a file that is being written is looked at. */
const pollMs = 200;
/** Bytes that tell what a compressed file holds; less only of one that ends before. */
const recogniseBytes = 64 << 10;

/** The files of one capture: as they are, decompressed on the way, or while they grow. */
export class CaptureInput {
  private readonly opened: Opened[] = [];
  private wake: (() => void) | null = null;

  constructor(files: readonly InputFile[], follows: boolean) {
    try {
      for (const file of files) this.opened.push(this.openFile(file, follows));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get parts(): readonly CapturePart[] {
    return this.opened.map(({ file, source }) => ({ name: file.name, source }));
  }

  /** What ended a file before its time. */
  get fault(): SourceFault | null {
    return this.opened.map(({ source }) => source.fault).find((fault) => fault) ?? null;
  }

  /** Bytes of the files as they lie on the disk. */
  get bytes(): number {
    return this.opened.reduce((sum, { input }) => sum + input.size, 0);
  }

  get isGrowing(): boolean {
    return this.opened.some(({ source }) => source.isGrowing === true);
  }

  /** A file that is being written is read on as it grows. */
  get isFollowing(): boolean {
    return this.opened.some(({ input }) => input.isGrowing);
  }

  get compression(): string | null {
    return this.opened.find((each) => each.compression !== null)?.compression ?? null;
  }

  /** Bytes of the files that were read when the reader is at `position` of what they hold. */
  bytesRead(position: number): number {
    const spooled = this.opened.filter(({ spool }) => spool !== null);
    if (spooled.length === 0) return position;
    const there = this.opened.reduce((sum, { source }) => sum + source.size, 0);
    const taken = this.opened.reduce((sum, { input, spool }) => sum + (spool?.consumed ?? input.size), 0);
    return there === 0 ? 0 : Math.round((taken * Math.min(position, there)) / there);
  }

  /**
   * Where the bytes of frames lie, and those kept beside them; `bases` are the offsets that the engine gave the files.
   */
  location(bases: readonly number[], spill: FileSpill | null): CaptureLocation {
    const [first, ...others] = this.opened;
    const hasSpill = spill !== null && spill.size > 0;
    if (others.length === 0 && first.spool === null && !hasSpill) return first.file.path;
    const files = this.opened.map(({ file, source, spool }, i) => ({
      path: spool?.path ?? file.path,
      name: file.path,
      offset: bases[i],
      bytes: source.size,
    }));
    if (!hasSpill) return files;
    return [...files, { path: spill.path, name: spill.path, offset: spillBase, bytes: spill.size }];
  }

  /** Resolves when compressed files have given enough to tell what they hold. */
  async recognisable(): Promise<void> {
    while (this.opened.some(({ source, spool }) => spool?.isGrowing && source.size < recogniseBytes)) {
      await this.grown();
    }
  }

  /** Resolves when there may be more to read, or no more to come. */
  grown(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.isFollowing ? setTimeout(() => this.wake?.(), pollMs) : undefined;
      this.wake = () => {
        clearTimeout(timer);
        this.wake = null;
        for (const { input } of this.opened) input.refresh();
        resolve();
      };
    });
  }

  /** What was written until now is all of it: reading goes on to its end. */
  stopFollowing(): void {
    for (const { input } of this.opened) input.stopGrowing();
    this.wake?.();
  }

  /** Nothing more is read or decompressed. */
  stop(): void {
    for (const { input, spool } of this.opened) {
      input.isGrowing = false;
      spool?.stop();
    }
    this.wake?.();
  }

  close(): void {
    for (const { input, spool } of this.opened.splice(0)) {
      spool?.close();
      input.close();
    }
  }

  private openFile(file: InputFile, follows: boolean): Opened {
    const input = openSource(file, follows);
    const compression = file.spoolPath === null ? null : compressionOf(file.path);
    if (compression === null || file.spoolPath === null) {
      return { file, compression: null, input, source: input, spool: null };
    }
    try {
      const spool = new SpooledSource(input, compression, file.spoolPath, () => this.wake?.());
      return { file, compression, input, source: spool, spool };
    } catch (error) {
      input.close();
      throw new RpcFailure({
        code: 'spool-failed',
        message: `The file cannot be decompressed: ${(error as Error).message}.`,
        where: file.spoolPath,
        hint: 'Set TMPDIR to a folder that can be written, or decompress the file first.',
      });
    }
  }
}

function openSource({ path }: InputFile, follows: boolean): FileSource {
  try {
    return new FileSource(path, follows);
  } catch (error) {
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    throw new RpcFailure({
      code: `file-${code.toLowerCase()}`,
      message: `The file cannot be opened: ${message}.`,
      where: path,
    });
  }
}
