import { type Result, fail, ok } from '#shared/base/result';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import { u16le, u32le } from '../bytes/integers';
import { startsWithAscii } from '../bytes/text';
import type { ByteSource } from './byte-source';
import { type CaptureReader, type Frame, NOT_A_PACKET } from './frame';
import { linkTypeName } from './link-types';
import { CaptureNotes, type InterfaceNotes } from './notes';
import { CaptureClock } from './timestamp';
import { SourceWindow } from './window';

/** Magic, version, network, start, place and length of the frame table; the rest tells of comments and processes. */
const HEADER_LENGTH = 128;
/** Place and length of the frame table. */
const TABLE_OFFSET = 24;
const TABLE_LENGTH = 28;
/** No packet of an honest file is longer. */
const LARGEST_PACKET = 1024 * 1024;
/** The frame table is read through a small window of its own. */
const TABLE_WINDOW = 64 * 1024;

/** Seconds from 1601 to 1970, the origins of Windows and of Unix. */
const WINDOWS_EPOCH_SECONDS = 11_644_473_600;

/** Link types of the tcpdump.org registry by network numbers of NetMon; of others frames are counted only. */
const LINK_TYPES: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 6, 3: 10, 7: 101, 8: 101, 9: 101 };
/** Above this stand the numbers of pcap (NetMon 3). */
const PCAP_NETWORKS = 0xe000;
/** Records about the capture itself, which are no frames: payload header, network info, DNS cache. */
const ABOUT_ITSELF = new Set([0xfffc, 0xfffd, 0xfffe]);

/** Whether a file that begins with these bytes is one of Microsoft Network Monitor, version 1 or 2. */
export function isNetmon(head: Uint8Array): boolean {
  return startsWithAscii(head, 0, head.length, 'RTSS') || startsWithAscii(head, 0, head.length, 'GMBU');
}

/** Opens a file of Microsoft Network Monitor ("Network Monitor capture file format" of its help). */
export function openNetmon(source: ByteSource, head: Uint8Array, sink: DiagnosticSink): Result<CaptureReader> {
  if (head.length < HEADER_LENGTH) {
    return fail('netmon-header-truncated', 'The Network Monitor file ends within its header.', {
      where: `byte ${head.length} of ${HEADER_LENGTH}`,
      hint: 'The file was not written or copied to its end; get it again.',
    });
  }
  const [minor, major] = [head[4], head[5]];
  if (major < 1 || major > 2) {
    return fail(
      'netmon-version-unsupported',
      `The Network Monitor file has version ${major}.${minor}; 2 is the last.`,
      {
        where: 'byte 4',
        hint: 'The header may be damaged.',
      },
    );
  }
  return ok(new NetmonReader(source, head.slice(0, HEADER_LENGTH), sink));
}

/** Reads frames in the order of the frame table, which stands behind them. */
class NetmonReader implements CaptureReader {
  readonly format = 'netmon';
  readonly linkTypes: number[] = [];
  readonly notes: CaptureNotes;
  isWaiting = false;
  private readonly window: SourceWindow;
  private readonly table: SourceWindow;
  private readonly clock = new CaptureClock();
  private readonly source: InterfaceNotes;
  private readonly version: number;
  private readonly network: number;
  private readonly start: { readonly seconds: number; readonly nanos: number };
  private readonly tableOffset: number;
  private readonly entries: number;
  private entry = 0;
  private number = 0;
  private isWhole = true;
  private hasEnded = false;

  constructor(
    source: ByteSource,
    head: Uint8Array,
    private readonly sink: DiagnosticSink,
  ) {
    this.window = new SourceWindow(source);
    this.table = new SourceWindow(source, TABLE_WINDOW);
    this.notes = new CaptureNotes(sink);
    this.version = head[5] * 100 + head[4];
    this.network = u16le(head, 6);
    this.start = systemTime(head, 8);
    this.tableOffset = u32le(head, TABLE_OFFSET);
    this.entries = Math.floor(u32le(head, TABLE_LENGTH) / 4);
    this.notes.variant = `version ${head[5]}.${head[4]}`;
    const linkType = linkTypeOf(this.network);
    if (linkType >= 0) this.linkTypes.push(linkType);
    this.source = {
      name: null,
      description: null,
      linkType: linkTypeName(linkType),
      snapLength: null,
      timeResolution: this.version < 200 ? '1e-3' : this.version < 203 ? '1e-6' : '1e-7',
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
    this.notes.interfaces.push(this.source);
    if (this.version < 203) {
      this.report(
        'note',
        'netmon-local-time',
        'The file has its times in the local time of where it was captured; they are shown as if that were UTC.',
      );
    }
  }

  get firstTimeNs(): bigint | null {
    return this.clock.originNs;
  }

  /** The table tells how far reading has come: frames may lie in any order. */
  get position(): number {
    if (this.hasEnded) return this.window.size;
    return this.entries === 0 ? 0 : Math.floor((this.entry / this.entries) * this.window.size);
  }

  get isComplete(): boolean {
    return this.isWhole;
  }

  next(frame: Frame): boolean {
    // Where the frames lie is told at the end of the file.
    this.isWaiting = this.window.mayCome(this.window.size, 1);
    if (this.isWaiting) return false;
    while (!this.hasEnded) {
      if (this.entry >= this.entries) return this.end();
      const at = this.table.load(this.tableOffset + 4 * this.entry, 4);
      if (at < 0) return this.endInTable();
      const offset = u32le(this.table.bytes, at);
      this.entry += 1;
      if (this.readFrame(frame, offset)) return true;
    }
    return false;
  }

  private readFrame(frame: Frame, offset: number): boolean {
    const { window } = this;
    const isOld = this.version < 200;
    const header = isOld ? 8 : 16;
    const head = window.load(offset, header);
    const captured = head < 0 ? 0 : isOld ? u16le(window.bytes, head + 6) : u32le(window.bytes, head + 12);
    const trailer = trailerLength(this.version);
    const at = head < 0 || captured > LARGEST_PACKET ? -1 : window.load(offset, header + captured + trailer);
    if (at < 0) {
      this.isWhole = false;
      this.report(
        'error',
        'netmon-frame-missing',
        `The frame that should begin at byte ${offset} is not there as a whole; it is left out.`,
      );
      return false;
    }
    const bytes = window.bytes;
    const end = at + header + captured;
    const network = trailer > 0 ? u16le(bytes, end) : this.network;
    if (ABOUT_ITSELF.has(network)) return false;
    this.number += 1;
    this.source.packets += 1;
    frame.number = this.number;
    frame.timeNs = this.timeOf(bytes, at, end);
    frame.linkType = linkTypeOf(network);
    if (frame.linkType >= 0 && !this.linkTypes.includes(frame.linkType)) this.linkTypes.push(frame.linkType);
    frame.bytes = bytes;
    frame.start = at + header;
    frame.end = end;
    frame.wireLength = Math.max(captured, isOld ? u16le(bytes, at + 4) : u32le(bytes, at + 8));
    frame.fileOffset = offset + header;
    frame.interfaceIndex = 0;
    return true;
  }

  /** Time of the frame at `at`, whose bytes end at `end`. */
  private timeOf(bytes: Uint8Array, at: number, end: number): number {
    if (this.version >= 203) {
      // Of the trailer: 100 ns since 1601, in two halves; 2^32 * 100 ns are 429.4967296 s.
      const low = u32le(bytes, end + 6);
      const high = u32le(bytes, end + 10);
      const lowTicks = low + (high % 625) * 0x1_0000_0000;
      // 625 * 2^32 ticks are 268 435.456 s: whole parts stay exact.
      const blocks = Math.floor(high / 625);
      const millis = blocks * 268_435_456;
      const seconds = Math.floor(millis / 1000) + Math.floor(lowTicks / 1e7);
      const nanos = (millis % 1000) * 1e6 + (lowTicks % 1e7) * 100;
      const carry = Math.floor(nanos / 1e9);
      return this.clock.relative(seconds + carry - WINDOWS_EPOCH_SECONDS, nanos - carry * 1e9);
    }
    const { seconds, nanos } = this.start;
    if (this.version < 200) {
      const millis = u32le(bytes, at);
      return this.relative(seconds + Math.floor(millis / 1000), nanos + (millis % 1000) * 1e6);
    }
    const micros = u32le(bytes, at) + u32le(bytes, at + 4) * 0x1_0000_0000;
    return this.relative(seconds + Math.floor(micros / 1e6), nanos + (micros % 1e6) * 1000);
  }

  private relative(seconds: number, nanos: number): number {
    const carry = Math.floor(nanos / 1e9);
    return this.clock.relative(seconds + carry, nanos - carry * 1e9);
  }

  private end(): false {
    this.hasEnded = true;
    return false;
  }

  private endInTable(): false {
    this.isWhole = false;
    this.report(
      'error',
      'netmon-table-truncated',
      `The file ends within its frame table: ${this.entry} of ${this.entries} entries are there.`,
    );
    return this.end();
  }

  private report(severity: 'note' | 'error', code: string, message: string): void {
    this.sink.report(severity, code, severity === 'note' ? null : this.number + 1, message);
  }
}

/** Bytes behind a frame: network (2.1), process (2.2), time and zone (2.3). */
function trailerLength(version: number): number {
  if (version < 201) return 0;
  if (version < 202) return 2;
  return version < 203 ? 6 : 15;
}

function linkTypeOf(network: number): number {
  if ((network & 0xf000) === PCAP_NETWORKS) return network & 0x0fff;
  return LINK_TYPES[network] ?? NOT_A_PACKET;
}

/** A SYSTEMTIME of Windows: year, month, day of the week, day, hour, minute, second, millisecond. */
function systemTime(bytes: Uint8Array, at: number): { seconds: number; nanos: number } {
  const field = (index: number): number => u16le(bytes, at + 2 * index);
  const millis = Date.UTC(field(0), field(1) - 1, field(3), field(4), field(5), field(6), field(7));
  if (Number.isNaN(millis)) return { seconds: 0, nanos: 0 };
  const seconds = Math.floor(millis / 1000);
  return { seconds, nanos: (millis - seconds * 1000) * 1e6 };
}
