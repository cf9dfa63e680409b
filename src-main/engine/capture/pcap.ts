import { type Result, fail, ok } from '#shared/base/result';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import { u16be, u16le, u32be, u32le } from '../bytes/integers';
import type { ByteSource } from './byte-source';
import type { CaptureReader, Frame } from './frame';
import { linkTypeName } from './link-types';
import { CaptureNotes, type InterfaceNotes } from './notes';
import {
  ORDINARY_RECORD,
  PCAP_HEADER_LENGTH,
  PCAP_VIEW_LENGTH,
  PLAUSIBLE_STEP,
  type PcapLayout,
  pcapLayout,
} from './pcap-layout';
import { readAt } from './read-at';
import { CaptureClock } from './timestamp';
import { SourceWindow } from './window';

/** Longest record that is believed when the header announces such ones. */
const LARGEST_RECORD = 256 * 1024 * 1024;
/** How far to look for the next record behind a bad one. */
const RESYNC_LIMIT = 16 * 1024 * 1024;
/** Bytes kept in view while looking: three records and their headers. */
const RESYNC_VIEW = 3 * (ORDINARY_RECORD + 64);
/** Bytes that decide how reading goes on behind a bad record. */
const RESYNC_NEED = RESYNC_LIMIT + RESYNC_VIEW;

/** Opens a pcap file whose first bytes (24, unless the file is shorter) are `head`. */
export function openPcap(source: ByteSource, head: Uint8Array, sink: DiagnosticSink): Result<CaptureReader> {
  if (head.length < PCAP_HEADER_LENGTH) {
    return fail('pcap-header-truncated', 'The pcap file ends within its header.', {
      where: `byte ${head.length} of ${PCAP_HEADER_LENGTH}`,
      hint: 'The file was not written or copied to its end; get it again.',
    });
  }
  const { size, isGrowing = false } = source;
  const view = readAt(source, 0, Math.min(PCAP_VIEW_LENGTH, size)) ?? head;
  const layout = pcapLayout(view, view.length === size && !isGrowing);
  const major = layout.isLittle ? u16le(head, 4) : u16be(head, 4);
  // libpcap and Wireshark refuse older ones as well, and take newer ones as 2.4.
  if (major < 2) {
    const minor = layout.isLittle ? u16le(head, 6) : u16be(head, 6);
    return fail('pcap-version-unsupported', `The pcap file has version ${major}.${minor}; 2.4 is the usual one.`, {
      where: 'byte 4',
      hint: 'The header may be damaged.',
    });
  }
  return ok(new PcapReader(source, head, layout, sink));
}

/** Reads pcap files: microseconds or nanoseconds, either byte order, and the variants of `pcap-layout.ts`. */
class PcapReader implements CaptureReader {
  readonly format = 'pcap';
  readonly linkTypes: readonly number[];
  readonly notes: CaptureNotes;
  isWaiting = false;
  private readonly window: SourceWindow;
  private readonly clock = new CaptureClock();
  private readonly isLittle: boolean;
  private readonly linkType: number;
  private readonly recordHeader: number;
  private readonly unitNs: number;
  private readonly padding: number;
  private readonly capturedAt: number;
  private readonly hasEitherLength: boolean;
  private readonly largestRecord: number;
  private readonly source: InterfaceNotes;
  private offset: number;
  private number = 0;
  private lastSeconds = -1;
  private hasEnded = false;
  private isWhole = true;

  constructor(
    source: ByteSource,
    head: Uint8Array,
    private readonly layout: PcapLayout,
    private readonly sink: DiagnosticSink,
  ) {
    this.window = new SourceWindow(source);
    this.notes = new CaptureNotes(sink);
    this.notes.variant = layout.variant;
    this.isLittle = layout.isLittle;
    this.linkType = layout.linkType;
    this.linkTypes = [layout.linkType];
    this.offset = layout.headerLength;
    this.recordHeader = layout.recordHeader;
    this.unitNs = layout.unitNs;
    this.padding = layout.padding;
    this.capturedAt = layout.lengths === 'swapped' ? 12 : 8;
    this.hasEitherLength = layout.lengths === 'either';
    const snapLength = this.u32(head, 16);
    this.largestRecord = snapLength > ORDINARY_RECORD && snapLength <= LARGEST_RECORD ? snapLength : ORDINARY_RECORD;
    this.source = this.noteInterface(snapLength);
    this.checkHeader(this.u32(head, 20), snapLength);
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
    const { window, recordHeader } = this;
    this.isWaiting = false;
    while (!this.hasEnded) {
      const offset = this.offset;
      const head = window.load(offset, recordHeader);
      if (head < 0) return this.end();
      const length = this.capturedLength(window.view, head);
      if (length > this.largestRecord) {
        if (this.mustWait(RESYNC_NEED)) return false;
        this.skipBadRecord(length);
        continue;
      }
      const at = window.load(offset, recordHeader + length);
      if (at < 0) return this.end();
      this.offset = offset + recordHeader + length;
      this.describe(frame, at, length);
      return true;
    }
    return false;
  }

  /** Puts the record that lies at `at` in the window into `frame`; apart, so that all it calls becomes one piece of code. */
  private describe(frame: Frame, at: number, length: number): void {
    const { isLittle, recordHeader, window } = this;
    const { view } = window;
    const seconds = view.getUint32(at, isLittle);
    const end = at + recordHeader + length;
    const start = Math.min(at + recordHeader + this.padding, end);
    this.number += 1;
    this.lastSeconds = seconds;
    this.source.packets += 1;
    frame.number = this.number;
    frame.timeNs = this.clock.relative(seconds, view.getUint32(at + 4, isLittle) * this.unitNs);
    frame.linkType = this.linkType;
    frame.bytes = window.bytes;
    frame.end = end;
    frame.start = start;
    frame.wireLength = Math.max(end - start, this.wireLength(view, at) - this.padding);
    frame.fileOffset = window.base + start;
    frame.interfaceIndex = 0;
  }

  private capturedLength(view: DataView, at: number): number {
    const length = view.getUint32(at + this.capturedAt, this.isLittle);
    return this.hasEitherLength ? Math.min(length, view.getUint32(at + 12, this.isLittle)) : length;
  }

  private wireLength(view: DataView, at: number): number {
    const length = view.getUint32(at + (20 - this.capturedAt), this.isLittle);
    return this.hasEitherLength ? Math.max(length, view.getUint32(at + 8, this.isLittle)) : length;
  }

  /** What lies `length` bytes on may still come, and decides what to do now. */
  private mustWait(length: number): boolean {
    this.isWaiting = this.window.mayCome(this.offset, length);
    return this.isWaiting;
  }

  private u32(bytes: Uint8Array, o: number): number {
    return this.isLittle ? u32le(bytes, o) : u32be(bytes, o);
  }

  private noteInterface(snapLength: number): InterfaceNotes {
    const source: InterfaceNotes = {
      name: null,
      description: null,
      linkType: linkTypeName(this.linkType),
      snapLength: snapLength === 0 ? null : snapLength,
      timeResolution: this.unitNs === 1 ? '1e-9' : '1e-6',
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

  private checkHeader(link: number, snapLength: number): void {
    if ((link & 0x03ff_0000) !== 0) {
      this.report(
        'note',
        'pcap-link-type-reserved',
        null,
        `Reserved bits of the link type field are set (0x${link.toString(16)}); read as ${linkTypeName(this.linkType)}.`,
      );
    }
    if (snapLength > LARGEST_RECORD && snapLength !== 0x7fff_ffff && snapLength !== 0xffff_ffff) {
      this.report(
        'note',
        'pcap-snap-length-absurd',
        null,
        `The pcap header announces records of up to ${snapLength} bytes; those above ${ORDINARY_RECORD} are not believed.`,
      );
    }
  }

  /** The source has no whole record left. */
  private end(): false {
    if (this.mustWait(this.recordHeader + this.largestRecord)) return false;
    this.hasEnded = true;
    const next = this.number + 1;
    if (this.window.failure !== null) {
      this.isWhole = false;
      this.report(
        'error',
        'capture-read-failed',
        next,
        `The file could not be read on at byte ${this.offset}: ${this.window.failure}.`,
      );
    } else if (this.offset < this.window.size) {
      this.isWhole = false;
      this.report(
        'warning',
        'pcap-record-truncated',
        next,
        `The file ends within a record that begins at byte ${this.offset}; ${this.window.size - this.offset} bytes of it are there.`,
      );
    }
    return false;
  }

  /** The record at `offset` claims an impossible length: goes on at the next place that looks like records. */
  private skipBadRecord(length: number): void {
    this.isWhole = false;
    const next = this.number + 1;
    const found = this.findRecord(this.offset + 1);
    const claim = `The record at byte ${this.offset} claims ${length} bytes`;
    if (this.window.failure !== null) {
      this.end();
    } else if (found < 0) {
      this.report(
        'error',
        'pcap-record-length',
        next,
        `${claim}, and no further record can be found; reading ends there.`,
      );
      this.hasEnded = true;
    } else {
      this.report('error', 'pcap-record-length', next, `${claim}; reading goes on at byte ${found}.`);
      this.offset = found;
    }
  }

  /** First offset at or after `from` where three plausible records (or the last ones of the file) follow each other. */
  private findRecord(from: number): number {
    const { window } = this;
    const last = Math.min(window.size - this.recordHeader, from + RESYNC_LIMIT);
    for (let offset = from; offset <= last; offset += 1) {
      const view = Math.min(RESYNC_VIEW, window.size - offset);
      const start = window.load(offset, view);
      if (start < 0) return -1;
      if (this.isRecordChain(window.view, start, start + view, offset + view === window.size)) return offset;
    }
    return -1;
  }

  private isRecordChain(view: DataView, start: number, end: number, isFileEnd: boolean): boolean {
    let at = start;
    let seconds = this.lastSeconds;
    for (let n = 0; n < 3; n += 1) {
      if (n > 0 && at === end && isFileEnd) return true;
      if (at + this.recordHeader > end) return false;
      const length = this.capturedLength(view, at);
      const wireLength = this.wireLength(view, at);
      if (length === 0 || length > ORDINARY_RECORD || wireLength < length || wireLength > ORDINARY_RECORD) return false;
      if (view.getUint32(at + 4, this.isLittle) * this.unitNs >= 1e9) return false;
      const time = view.getUint32(at, this.isLittle);
      if (seconds >= 0 && Math.abs(time - seconds) > PLAUSIBLE_STEP) return false;
      seconds = time;
      at += this.recordHeader + length;
    }
    return true;
  }

  private report(severity: 'note' | 'warning' | 'error', code: string, frame: number | null, message: string): void {
    this.sink.report(severity, code, frame, message);
  }
}
