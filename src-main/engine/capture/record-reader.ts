import type { DiagnosticSink, Severity } from '#shared/model/diagnostic';
import type { ByteSource } from './byte-source';
import type { CaptureReader, Frame } from './frame';
import { linkTypeName } from './link-types';
import { CaptureNotes, type InterfaceNotes } from './notes';
import { CaptureClock } from './timestamp';
import { SourceWindow } from './window';

/** What `RecordReader` knows of a format. */
interface RecordFormat {
  /** `snoop`, `erf`. */
  readonly name: string;
  /** Bytes before the first record. */
  readonly headerLength: number;
  /** Bytes of a record that its length is read from. */
  readonly recordHeader: number;
}

/** No record of an honest file is longer. */
const LARGEST_RECORD = 1024 * 1024;

/** A capture that is a header and then one record after the other. Records are read where they lie. */
export abstract class RecordReader implements CaptureReader {
  readonly format: string;
  readonly linkTypes: number[] = [];
  readonly notes: CaptureNotes;
  isWaiting = false;
  protected readonly clock = new CaptureClock();
  private readonly window: SourceWindow;
  private offset: number;
  private number = 0;
  private hasEnded = false;
  private isWhole = true;

  constructor(
    source: ByteSource,
    private readonly sink: DiagnosticSink,
    private readonly layout: RecordFormat,
  ) {
    this.format = layout.name;
    this.offset = layout.headerLength;
    this.window = new SourceWindow(source);
    this.notes = new CaptureNotes(sink);
  }

  get firstTimeNs(): bigint | null {
    return this.clock.originNs;
  }

  get position(): number {
    return this.offset;
  }

  get isComplete(): boolean {
    return this.isWhole;
  }

  next(frame: Frame): boolean {
    const { window, layout } = this;
    this.isWaiting = false;
    while (!this.hasEnded) {
      const offset = this.offset;
      const head = window.load(offset, layout.recordHeader);
      if (head < 0) return this.end();
      const length = this.recordLength(window.bytes, head);
      if (length < layout.recordHeader || length > LARGEST_RECORD) return this.stop(length);
      const at = window.load(offset, length);
      if (at < 0) return this.end();
      this.offset = offset + length;
      if (!this.readRecord(frame, window.bytes, at, length)) continue;
      this.number += 1;
      frame.number = this.number;
      frame.bytes = window.bytes;
      frame.fileOffset = offset + (frame.start - at);
      return true;
    }
    return false;
  }

  /** Length of the record whose header lies at `bytes[at]`, all of it. */
  protected abstract recordLength(bytes: Uint8Array, at: number): number;

  /** Puts the record into `frame`: time, link type, `start`, `end`, lengths. False for one that is no frame. */
  protected abstract readRecord(frame: Frame, bytes: Uint8Array, at: number, length: number): boolean;

  /** Called once, behind the last record. */
  protected abstract onEnd(): void;

  protected addInterface(linkType: number, timeResolution: string): InterfaceNotes {
    const source: InterfaceNotes = {
      name: null,
      description: null,
      linkType: linkTypeName(linkType),
      snapLength: null,
      timeResolution,
      addresses: [],
      speedBitsPerSecond: null,
      filter: null,
      os: null,
      hardware: null,
      comments: [],
      packets: 0,
      received: null,
      dropped: null,
    };
    this.notes.interfaces.push(source);
    return source;
  }

  protected report(severity: Severity, code: string, message: string, frame: number | null = this.number + 1): void {
    this.sink.report(severity, code, frame, message);
  }

  /** Tells of packets that the capturing program lost. */
  protected reportDrops(dropped: number): void {
    if (dropped === 0) return;
    this.report('warning', 'capture-packets-dropped', `The capturing program lost ${dropped} packets.`, null);
  }

  /** The record claims an impossible length: without a mark to look for, no further one can be found. */
  private stop(length: number): false {
    this.finish();
    this.report(
      'error',
      `${this.format}-record-length`,
      `The record at byte ${this.offset} claims ${length} bytes; reading ends there.`,
    );
    return false;
  }

  /** The source has no whole record left. */
  private end(): false {
    this.isWaiting = this.window.mayCome(this.offset, LARGEST_RECORD);
    if (this.isWaiting) return false;
    const { window, offset } = this;
    const rest = window.size - offset;
    const isCut = window.failure !== null || rest > 0;
    this.finish(!isCut);
    if (window.failure !== null) {
      this.report(
        'error',
        'capture-read-failed',
        `The file could not be read on at byte ${offset}: ${window.failure}.`,
      );
    } else if (rest > 0) {
      this.report(
        'warning',
        `${this.format}-record-truncated`,
        `The file ends within a record that begins at byte ${offset}; ${rest} bytes of it are there.`,
      );
    }
    return false;
  }

  private finish(isWhole = false): void {
    this.hasEnded = true;
    if (!isWhole) this.isWhole = false;
    this.onEnd();
  }
}
