import { type Result, fail, ok } from '#shared/base/result';
import type { DiagnosticSink, Severity } from '#shared/model/diagnostic';
import { u16be, u16le, u32be, u32le } from '../bytes/integers';
import type { ByteSource } from './byte-source';
import { type CaptureReader, type Frame, NOT_A_PACKET } from './frame';
import { BLOCK_FRAME, BYTE_ORDER_MAGIC, BlockType, InterfaceOption, StatisticsOption } from './pcapng-blocks';
import { type OptionVisitor, eachOption, i64 } from './pcapng-options';
import { ORDINARY_BLOCK, findBlock, isBlockAt } from './pcapng-search';
import { CaptureClock, TimeScale } from './timestamp';
import { SourceWindow } from './window';

/** Section header without options. */
const SECTION_HEADER_LENGTH = 28;
/** Longest block that is read into memory; longer ones of other kinds are skipped unread. */
const LARGEST_BLOCK = 256 * 1024 * 1024;
/** Interfaces kept of a section; no real capture has as many. */
const MAX_INTERFACES = 65_536;

interface Interface {
  /** Counted through all sections. */
  readonly index: number;
  readonly linkType: number;
  readonly snapLength: number;
  readonly scale: TimeScale;
  /** Packets lost while capturing, from the latest statistics. */
  dropped: number;
}

/** Whether a file that begins with these bytes (at least 4) is a pcapng file. */
export function isPcapng(head: Uint8Array): boolean {
  return u32be(head, 0) === BlockType.sectionHeader;
}

/** Opens a pcapng file whose first bytes (28, unless the file is shorter) are `head`. */
export function openPcapng(source: ByteSource, head: Uint8Array, sink: DiagnosticSink): Result<CaptureReader> {
  if (head.length < SECTION_HEADER_LENGTH) {
    return fail('pcapng-header-truncated', 'The pcapng file ends within its section header.', {
      where: `byte ${head.length} of ${SECTION_HEADER_LENGTH}`,
      hint: 'The file was not written or copied to its end; get it again.',
    });
  }
  if (u32le(head, 8) !== BYTE_ORDER_MAGIC && u32be(head, 8) !== BYTE_ORDER_MAGIC) {
    return fail('pcapng-byte-order', 'The file begins like pcapng, but its byte-order magic is wrong.', {
      where: 'byte 8',
      hint: 'The file is damaged, or was changed by a transfer in text mode.',
    });
  }
  return ok(new PcapngReader(source, sink));
}

/** Reads pcapng files (draft-ietf-opsawg-pcapng): any number of sections, each of either byte order. */
class PcapngReader implements CaptureReader {
  readonly format = 'pcapng';
  readonly linkTypes: number[] = [];
  private readonly window: SourceWindow;
  private readonly clock = new CaptureClock();
  private isLittle = true;
  private interfaces: Interface[] = [];
  private interfaceCount = 0;
  private offset = 0;
  private number = 0;
  private hasEnded = false;
  private isWhole = true;
  /** The section is of a version that nobody knows: its blocks are passed over. */
  private isForeignSection = false;

  constructor(
    source: ByteSource,
    private readonly sink: DiagnosticSink,
  ) {
    this.window = new SourceWindow(source);
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
    const window = this.window;
    while (!this.hasEnded) {
      const offset = this.offset;
      const head = window.load(offset, BLOCK_FRAME);
      if (head < 0) return this.end();
      if (u32be(window.bytes, head) === BlockType.sectionHeader && !this.readByteOrder(window.bytes, head)) {
        this.skipBadBlock('has a wrong byte-order magic', 'pcapng-byte-order');
        continue;
      }
      const type = this.u32(window.bytes, head);
      const claimed = this.u32(window.bytes, head + 4);
      const isInFile = offset + claimed <= window.size;
      if (claimed < BLOCK_FRAME || (claimed > ORDINARY_BLOCK && !isInFile)) {
        this.skipBadBlock(`claims ${claimed} bytes`, 'pcapng-block-length');
        continue;
      }
      if (!isInFile) return this.end();
      if (claimed > ORDINARY_BLOCK && !this.isWanted(type, claimed)) {
        this.offset = offset + claimed + (-claimed & 3);
        continue;
      }
      let at = window.load(offset, claimed);
      if (at < 0) return this.end();
      let length = claimed;
      if ((claimed & 3) !== 0 || this.u32(window.bytes, at + claimed - 4) !== claimed) {
        length = this.settleLength(offset, claimed);
        if (length < 0) continue;
        at = window.load(offset, length);
        if (at < 0) return this.end();
      }
      this.offset = offset + length;
      if (this.isForeignSection && type !== BlockType.sectionHeader) continue;
      if (this.readBlock(type, offset, at, length, frame)) return true;
    }
    return false;
  }

  private u16(bytes: Uint8Array, o: number): number {
    return this.isLittle ? u16le(bytes, o) : u16be(bytes, o);
  }

  private u32(bytes: Uint8Array, o: number): number {
    return this.isLittle ? u32le(bytes, o) : u32be(bytes, o);
  }

  private readByteOrder(bytes: Uint8Array, head: number): boolean {
    if (u32le(bytes, head + 8) === BYTE_ORDER_MAGIC) this.isLittle = true;
    else if (u32be(bytes, head + 8) === BYTE_ORDER_MAGIC) this.isLittle = false;
    else return false;
    return true;
  }

  /** Whether a long block is read into memory: those that are not packets are skipped unread. */
  private isWanted(type: number, length: number): boolean {
    if (type !== BlockType.enhancedPacket && type !== BlockType.packet && type !== BlockType.simplePacket) return false;
    if (length <= LARGEST_BLOCK) return true;
    this.isWhole = false;
    this.reportBlock(
      'error',
      'pcapng-block-length',
      this.offset,
      `has ${length} bytes, more than is read; it is left out`,
    );
    return false;
  }

  /**
   * Length in the file of the block at `offset`, whose first length, `claimed`, is not a multiple of 4 or is
   * not repeated at its end; -1 when it makes no sense, then the reader has moved on. Writers exist that leave
   * the padding out of the length, or out of the file as well.
   */
  private settleLength(offset: number, claimed: number): number {
    const padded = claimed + (-claimed & 3);
    if (padded !== claimed) {
      const fits = this.isLengthAt(offset, padded, claimed)
        ? padded
        : this.isLengthAt(offset, claimed, claimed)
          ? claimed
          : 0;
      if (fits > 0) {
        this.reportBlock(
          'note',
          'pcapng-block-unaligned',
          offset,
          `has a length of ${claimed}, which is not a multiple of 4`,
        );
        return fits;
      }
    }
    const next = offset + padded;
    if (next >= this.window.size || isBlockAt(this.window, next, this.isLittle)) {
      this.reportBlock(
        'warning',
        'pcapng-block-length-mismatch',
        offset,
        `has two different lengths; the first one, ${claimed}, fits`,
      );
      return Math.min(padded, this.window.size - offset);
    }
    this.skipBadBlock(`claims ${claimed} bytes and does not end there`, 'pcapng-block-length-mismatch');
    return -1;
  }

  /** Whether the last four of `length` bytes from `offset` on say `claimed`. */
  private isLengthAt(offset: number, length: number, claimed: number): boolean {
    const at = this.window.load(offset, length);
    return at >= 0 && this.u32(this.window.bytes, at + length - 4) === claimed;
  }

  /** True when the block was a packet and `frame` holds it. */
  private readBlock(type: number, offset: number, at: number, length: number, frame: Frame): boolean {
    switch (type) {
      case BlockType.enhancedPacket:
      case BlockType.packet:
      case BlockType.simplePacket:
        return this.readPacket(type, offset, at, length, frame);
      case BlockType.interfaceDescription:
        this.readInterface(offset, at, length);
        return false;
      case BlockType.interfaceStatistics:
        this.readStatistics(offset, at, length);
        return false;
      case BlockType.sectionHeader:
        this.readSection(offset, at, length);
        return false;
      case BlockType.custom:
      case BlockType.customNoCopy:
        return this.readRecord(16, offset, at, length, frame);
      case BlockType.systemdJournal:
        return this.readRecord(12, offset, at, length, frame);
      default:
        return false;
    }
  }

  /** A block that is no packet, but that Wireshark counts as a frame: `overhead` bytes of it are not content. */
  private readRecord(overhead: number, offset: number, at: number, length: number, frame: Frame): boolean {
    this.number += 1;
    frame.number = this.number;
    frame.timeNs = this.clock.lastNs;
    frame.linkType = NOT_A_PACKET;
    frame.bytes = this.window.bytes;
    frame.start = at + Math.min(overhead, length) - 4;
    frame.end = at + length - 4;
    frame.wireLength = frame.end - frame.start;
    frame.fileOffset = offset + (frame.start - at);
    frame.interfaceIndex = 0;
    return true;
  }

  /** Enhanced, simple and obsolete packet blocks (sections 4.3, 4.4 and appendix A). */
  private readPacket(type: number, offset: number, at: number, length: number, frame: Frame): boolean {
    const bytes = this.window.bytes;
    const isSimple = type === BlockType.simplePacket;
    const dataAt = isSimple ? 12 : 28;
    const room = length - dataAt - 4;
    if (room < 0) {
      this.isWhole = false;
      this.reportBlock('error', 'pcapng-block-length', offset, 'is too short for a packet; it is left out');
      return false;
    }
    const id = isSimple ? 0 : type === BlockType.packet ? this.u16(bytes, at + 8) : this.u32(bytes, at + 8);
    const source = this.interfaces[id];
    if (source === undefined) {
      this.isWhole = false;
      this.reportBlock(
        'error',
        'pcapng-interface-missing',
        offset,
        `names interface ${id}, which is not described; its packet is left out`,
      );
      return false;
    }
    let captured: number;
    let wireLength: number;
    if (isSimple) {
      wireLength = this.u32(bytes, at + 8);
      captured = Math.min(wireLength, room);
      if (source.snapLength > 0) captured = Math.min(captured, source.snapLength);
      frame.timeNs = this.clock.lastNs;
    } else {
      source.scale.split(this.u32(bytes, at + 12), this.u32(bytes, at + 16));
      frame.timeNs = this.clock.relative(source.scale.seconds, source.scale.nanos);
      captured = this.u32(bytes, at + 20);
      wireLength = this.u32(bytes, at + 24);
      if (captured > room) {
        this.isWhole = false;
        this.reportBlock(
          'error',
          'pcapng-captured-length',
          offset,
          `claims ${captured} captured bytes, but has room for ${room}`,
        );
        captured = room;
      }
    }
    this.number += 1;
    frame.number = this.number;
    frame.linkType = source.linkType;
    frame.bytes = bytes;
    frame.start = at + dataAt;
    frame.end = frame.start + captured;
    frame.wireLength = Math.max(captured, wireLength);
    frame.fileOffset = offset + dataAt;
    frame.interfaceIndex = source.index;
    return true;
  }

  /** Section 4.1: what follows is in a world of its own. */
  private readSection(offset: number, at: number, length: number): void {
    this.reportDrops();
    this.interfaces = [];
    const bytes = this.window.bytes;
    if (length < SECTION_HEADER_LENGTH) {
      this.reportBlock('warning', 'pcapng-block-length', offset, 'is too short for a section header');
      return;
    }
    const major = this.u16(bytes, at + 12);
    const minor = this.u16(bytes, at + 14);
    this.isForeignSection = major !== 1;
    if (this.isForeignSection) {
      this.isWhole = false;
      this.reportBlock(
        'error',
        'pcapng-version-unknown',
        offset,
        `begins a section of pcapng version ${major}.${minor}; it is left out`,
      );
      return;
    }
    this.eachOption(offset, at + 24, at + length - 4, () => undefined);
  }

  /** Section 4.2. */
  private readInterface(offset: number, at: number, length: number): void {
    const bytes = this.window.bytes;
    if (length < 20) {
      this.isWhole = false;
      this.reportBlock('error', 'pcapng-block-length', offset, 'is too short for an interface description');
      return;
    }
    if (this.interfaces.length >= MAX_INTERFACES) {
      this.reportBlock(
        'error',
        'pcapng-too-many-interfaces',
        offset,
        'describes one interface too many; it is left out',
      );
      return;
    }
    let resolution = 6;
    let offsetSeconds = 0;
    this.eachOption(offset, at + 16, at + length - 4, (code, value, size) => {
      if (code === InterfaceOption.timeResolution && size >= 1) resolution = bytes[value];
      if (code === InterfaceOption.timeOffset && size >= 8) offsetSeconds = i64(bytes, value, this.isLittle);
    });
    if (!TimeScale.isSupported(resolution)) {
      this.reportBlock(
        'error',
        'pcapng-time-resolution',
        offset,
        `has the time resolution 0x${resolution.toString(16)}, which no clock has; read as microseconds`,
      );
      resolution = 6;
    }
    const linkType = this.u16(bytes, at + 8);
    if (!this.linkTypes.includes(linkType)) this.linkTypes.push(linkType);
    this.interfaces.push({
      index: this.interfaceCount,
      linkType,
      snapLength: this.u32(bytes, at + 12),
      scale: new TimeScale(resolution, offsetSeconds),
      dropped: 0,
    });
    this.interfaceCount += 1;
  }

  /** Section 4.6: counters from the start of the capture, so the latest ones stand. */
  private readStatistics(offset: number, at: number, length: number): void {
    const bytes = this.window.bytes;
    const source = length >= 24 ? this.interfaces[this.u32(bytes, at + 8)] : undefined;
    if (source === undefined) {
      this.reportBlock(
        'note',
        'pcapng-interface-missing',
        offset,
        'has statistics of an interface that is not described',
      );
      return;
    }
    let dropped = 0;
    this.eachOption(offset, at + 20, at + length - 4, (code, value, size) => {
      if ((code === StatisticsOption.interfaceDrop || code === StatisticsOption.osDrop) && size >= 8) {
        dropped += Math.max(0, i64(bytes, value, this.isLittle));
      }
    });
    source.dropped = dropped;
  }

  /** Options in `bytes[start..end)` of the block at `offset`, up to the first that goes past its end. */
  private eachOption(offset: number, start: number, end: number, visit: OptionVisitor): void {
    const overlong = eachOption(this.window.bytes, start, end, this.isLittle, visit);
    if (overlong < 0) return;
    this.reportBlock('warning', 'pcapng-option-too-long', offset, `has an option (${overlong}) that goes past its end`);
  }

  /** Nothing whole is left at `offset`. */
  private end(): false {
    this.hasEnded = true;
    const { offset, window } = this;
    if (window.failure !== null) {
      this.isWhole = false;
      this.report(
        'error',
        'capture-read-failed',
        this.number + 1,
        `The file could not be read on at byte ${offset}: ${window.failure}.`,
      );
    } else if (offset < window.size) {
      this.isWhole = false;
      this.reportBlock(
        'warning',
        'pcapng-block-truncated',
        offset,
        `is cut off by the end of the file; ${window.size - offset} bytes of it are there`,
      );
    }
    this.reportDrops();
    return false;
  }

  /** The block at `offset` makes no sense: goes on at the next place where blocks follow each other. */
  private skipBadBlock(fault: string, code: string): void {
    this.isWhole = false;
    const from = this.offset;
    const found = findBlock(this.window, from + 4, this.isLittle);
    if (this.window.failure !== null) {
      this.end();
    } else if (found < 0) {
      this.reportBlock('error', code, from, `${fault}, and no further block can be found; reading ends there`);
      this.hasEnded = true;
      this.reportDrops();
    } else {
      this.reportBlock('error', code, from, `${fault}; reading goes on at byte ${found}`);
      this.offset = found;
    }
  }

  private reportDrops(): void {
    for (const source of this.interfaces) {
      if (source.dropped === 0) continue;
      this.report(
        'warning',
        'capture-packets-dropped',
        null,
        `The capturing program lost ${source.dropped} packets on interface ${source.index}.`,
      );
      source.dropped = 0;
    }
  }

  private reportBlock(severity: Severity, code: string, offset: number, fault: string): void {
    this.report(severity, code, this.number + 1, `The block at byte ${offset} ${fault}.`);
  }

  private report(severity: Severity, code: string, frame: number | null, message: string): void {
    this.sink.report(severity, code, frame, message);
  }
}
