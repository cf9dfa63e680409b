import { type Result, fail, ok } from '#shared/base/result';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import { u16be, u16le, u32be, u32le } from '../bytes/integers';
import type { ByteSource } from './byte-source';
import type { CaptureReader, Frame } from './frame';
import { linkTypeName } from './link-types';
import { CaptureClock } from './timestamp';
import { SourceWindow } from './window';

/** draft-ietf-opsawg-pcap, section 4. */
export const PCAP_HEADER_LENGTH = 24;

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
/** Record headers of this old libpcap patch ("modified" pcap) are 8 bytes longer: interface, protocol, direction. */
const MODIFIED = 0xa1b2cd34;

/** Longest record that is believed whatever the header says: MAXIMUM_SNAPLEN of libpcap. */
const ORDINARY_RECORD = 262_144;
/** Longest record that is believed when the header announces such ones. */
const LARGEST_RECORD = 256 * 1024 * 1024;
/** How far to look for the next record behind a bad one. */
const RESYNC_LIMIT = 16 * 1024 * 1024;
/** Bytes kept in view while looking: three records and their headers. */
const RESYNC_VIEW = 3 * (ORDINARY_RECORD + 64);
/** Successive records of a capture are hardly further apart, seconds. */
const PLAUSIBLE_STEP = 30 * 86_400;

/** Whether a file that begins with these bytes (at least 4) is a pcap file. */
export function isPcap(head: Uint8Array): boolean {
  return isMagic(u32le(head, 0)) || isMagic(u32be(head, 0));
}

const isMagic = (value: number): boolean => value === MICROSECONDS || value === NANOSECONDS || value === MODIFIED;

/** Opens a pcap file whose first bytes (24, unless the file is shorter) are `head`. */
export function openPcap(source: ByteSource, head: Uint8Array, sink: DiagnosticSink): Result<CaptureReader> {
  if (head.length < PCAP_HEADER_LENGTH) {
    return fail('pcap-header-truncated', 'The pcap file ends within its header.', {
      where: `byte ${head.length} of ${PCAP_HEADER_LENGTH}`,
      hint: 'The file was not written or copied to its end; get it again.',
    });
  }
  const isLittle = isMagic(u32le(head, 0));
  const major = isLittle ? u16le(head, 4) : u16be(head, 4);
  // libpcap and Wireshark refuse older ones as well, and take newer ones as 2.4.
  if (major < 2) {
    const minor = isLittle ? u16le(head, 6) : u16be(head, 6);
    return fail('pcap-version-unsupported', `The pcap file has version ${major}.${minor}; 2.4 is the usual one.`, {
      where: 'byte 4',
      hint: 'The header may be damaged.',
    });
  }
  return ok(new PcapReader(source, head, sink));
}

/** Reads pcap files: microseconds or nanoseconds, either byte order, and the "modified" variant. */
class PcapReader implements CaptureReader {
  readonly format = 'pcap';
  readonly linkTypes: readonly number[];
  private readonly window: SourceWindow;
  private readonly clock = new CaptureClock();
  private readonly isLittle: boolean;
  private readonly linkType: number;
  private readonly recordHeader: number;
  /** Nanoseconds in a unit of the fraction. */
  private readonly unitNs: number;
  private readonly largestRecord: number;
  private offset = PCAP_HEADER_LENGTH;
  private number = 0;
  private lastSeconds = -1;
  private hasEnded = false;
  private isWhole = true;

  constructor(
    source: ByteSource,
    head: Uint8Array,
    private readonly sink: DiagnosticSink,
  ) {
    this.window = new SourceWindow(source);
    this.isLittle = isMagic(u32le(head, 0));
    const magic = this.u32(head, 0);
    this.unitNs = magic === NANOSECONDS ? 1 : 1000;
    this.recordHeader = magic === MODIFIED ? 24 : 16;
    const snapLength = this.u32(head, 16);
    this.largestRecord = snapLength > ORDINARY_RECORD && snapLength <= LARGEST_RECORD ? snapLength : ORDINARY_RECORD;
    // The upper half holds the length of frame check sequences and reserved bits (draft-ietf-opsawg-pcap, section 4).
    const link = this.u32(head, 20);
    this.linkType = link & 0xffff;
    this.linkTypes = [this.linkType];
    this.checkHeader(link, snapLength);
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
    while (!this.hasEnded) {
      const offset = this.offset;
      const head = window.load(offset, recordHeader);
      if (head < 0) return this.end();
      const length = this.u32(window.bytes, head + 8);
      if (length > this.largestRecord) {
        this.skipBadRecord(length);
        continue;
      }
      const at = window.load(offset, recordHeader + length);
      if (at < 0) return this.end();
      const bytes = window.bytes;
      const seconds = this.u32(bytes, at);
      this.number += 1;
      this.lastSeconds = seconds;
      frame.number = this.number;
      frame.timeNs = this.clock.relative(seconds, this.u32(bytes, at + 4) * this.unitNs);
      frame.linkType = this.linkType;
      frame.bytes = bytes;
      frame.start = at + recordHeader;
      frame.end = frame.start + length;
      frame.wireLength = Math.max(length, this.u32(bytes, at + 12));
      frame.fileOffset = offset + recordHeader;
      frame.interfaceIndex = 0;
      this.offset = offset + recordHeader + length;
      return true;
    }
    return false;
  }

  private u32(bytes: Uint8Array, o: number): number {
    return this.isLittle ? u32le(bytes, o) : u32be(bytes, o);
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
      if (this.isRecordChain(window.bytes, start, start + view, offset + view === window.size)) return offset;
    }
    return -1;
  }

  private isRecordChain(bytes: Uint8Array, start: number, end: number, isFileEnd: boolean): boolean {
    let at = start;
    let seconds = this.lastSeconds;
    for (let n = 0; n < 3; n += 1) {
      if (n > 0 && at === end && isFileEnd) return true;
      if (at + this.recordHeader > end) return false;
      const length = this.u32(bytes, at + 8);
      const wireLength = this.u32(bytes, at + 12);
      if (length === 0 || length > ORDINARY_RECORD || wireLength < length || wireLength > ORDINARY_RECORD) return false;
      if (this.u32(bytes, at + 4) * this.unitNs >= 1e9) return false;
      const time = this.u32(bytes, at);
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
