import { type Result, fail, ok } from '#shared/base/result';
import type { DiagnosticSink, Severity } from '#shared/model/diagnostic';
import { u32be, u32le } from '../bytes/integers';
import type { ByteSource } from './byte-source';
import { type CaptureReader, type Frame, NOT_A_PACKET } from './frame';
import { CaptureNotes } from './notes';
import { BLOCK_FRAME, BYTE_ORDER_MAGIC, BlockType, SECTION_HEADER_LENGTH } from './pcapng-blocks';
import { type BlockView, PcapngNotes, type ReportFault } from './pcapng-notes';
import { ORDINARY_BLOCK, SEARCH_LIMIT, findBlock, isBlockAt } from './pcapng-search';
import { CaptureClock } from './timestamp';
import { SourceWindow } from './window';

/** Longest block that is read into memory; longer ones of other kinds are skipped unread. */
const LARGEST_BLOCK = 256 * 1024 * 1024;
/** Bytes that decide how reading goes on behind a bad block. */
const SEARCH_NEED = SEARCH_LIMIT + 2 * ORDINARY_BLOCK;
/** Longest block of names or secrets that is read. */
const LARGEST_NOTE = 64 * 1024 * 1024;
/** Drops before a packet of the obsolete kind that nobody counted. */
const DROPS_UNKNOWN = 0xffff;

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
  readonly notes: CaptureNotes;
  isWaiting = false;
  private readonly section: PcapngNotes;
  private readonly window: SourceWindow;
  private readonly clock = new CaptureClock();
  private isLittle = true;
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
    this.notes = new CaptureNotes(sink);
    this.section = new PcapngNotes(this.notes);
  }

  get linkTypes(): readonly number[] {
    return this.section.linkTypes;
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
    this.isWaiting = false;
    while (!this.hasEnded) {
      const offset = this.offset;
      const head = window.load(offset, BLOCK_FRAME);
      if (head < 0) return this.end();
      if (window.view.getUint32(head) === BlockType.sectionHeader && !this.readByteOrder(window.bytes, head)) {
        if (this.mustWait(SEARCH_NEED)) return false;
        this.skipBadBlock('has a wrong byte-order magic', 'pcapng-byte-order');
        continue;
      }
      const type = window.view.getUint32(head, this.isLittle);
      const claimed = window.view.getUint32(head + 4, this.isLittle);
      if (this.mustWait(claimed < BLOCK_FRAME ? SEARCH_NEED : claimed)) return false;
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
      if ((claimed & 3) !== 0 || window.view.getUint32(at + claimed - 4, this.isLittle) !== claimed) {
        if (this.mustWait(claimed + SEARCH_NEED)) return false;
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

  /** What lies `length` bytes on may still come, and decides what to do now. */
  private mustWait(length: number): boolean {
    this.isWaiting = this.window.mayCome(this.offset, length);
    return this.isWaiting;
  }

  private readByteOrder(bytes: Uint8Array, head: number): boolean {
    if (u32le(bytes, head + 8) === BYTE_ORDER_MAGIC) this.isLittle = true;
    else if (u32be(bytes, head + 8) === BYTE_ORDER_MAGIC) this.isLittle = false;
    else return false;
    return true;
  }

  /** Whether a long block is read into memory: those of no use are skipped unread. */
  private isWanted(type: number, length: number): boolean {
    const isNote = type === BlockType.nameResolution || type === BlockType.decryptionSecrets;
    const isPacket = type === BlockType.enhancedPacket || type === BlockType.packet || type === BlockType.simplePacket;
    if (!isNote && !isPacket) return false;
    if (length <= (isNote ? LARGEST_NOTE : LARGEST_BLOCK)) return true;
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
    return at >= 0 && this.window.view.getUint32(at + length - 4, this.isLittle) === claimed;
  }

  /** True when the block was a packet and `frame` holds it. */
  private readBlock(type: number, offset: number, at: number, length: number, frame: Frame): boolean {
    switch (type) {
      case BlockType.enhancedPacket:
      case BlockType.packet:
      case BlockType.simplePacket:
        return this.readPacket(type, offset, at, length, frame);
      case BlockType.interfaceDescription:
        this.section.readInterface(this.view(at, length), this.reporter(offset));
        return false;
      case BlockType.interfaceStatistics:
        this.section.readStatistics(this.view(at, length), this.reporter(offset));
        return false;
      case BlockType.nameResolution:
        this.section.readNames(this.view(at, length), this.reporter(offset));
        return false;
      case BlockType.decryptionSecrets:
        this.section.readSecrets(this.view(at, length), this.number + 1, this.reporter(offset));
        return false;
      case BlockType.sectionHeader:
        this.reportDrops();
        this.isForeignSection = !this.section.readSection(this.view(at, length), this.reporter(offset));
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
    const { isLittle } = this;
    const { bytes, view } = this.window;
    const isSimple = type === BlockType.simplePacket;
    const dataAt = isSimple ? 12 : 28;
    const room = length - dataAt - 4;
    if (room < 0) {
      this.isWhole = false;
      this.reportBlock('error', 'pcapng-block-length', offset, 'is too short for a packet; it is left out');
      return false;
    }
    const id = isSimple
      ? 0
      : type === BlockType.packet
        ? view.getUint16(at + 8, isLittle)
        : view.getUint32(at + 8, isLittle);
    const source = this.section.interfaces[id];
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
      wireLength = view.getUint32(at + 8, isLittle);
      captured = Math.min(wireLength, room);
      if (source.snapLength > 0) captured = Math.min(captured, source.snapLength);
      frame.timeNs = this.clock.lastNs;
    } else {
      source.scale.split(view.getUint32(at + 12, isLittle), view.getUint32(at + 16, isLittle));
      frame.timeNs = this.clock.relative(source.scale.seconds, source.scale.nanos);
      captured = view.getUint32(at + 20, isLittle);
      wireLength = view.getUint32(at + 24, isLittle);
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
    source.notes.packets += 1;
    const lost = type === BlockType.packet ? view.getUint16(at + 10, isLittle) : 0;
    if (lost > 0 && lost !== DROPS_UNKNOWN) this.section.addDropped(source, lost);
    // Only few packets have options: their block is longer than the packet needs.
    const optionsAt = dataAt + captured + (-captured & 3);
    if (!isSimple && length - optionsAt >= 8) {
      this.section.readPacketOptions(this.view(at, length), optionsAt, this.number, source, this.reporter(offset));
    }
    return true;
  }

  private view(at: number, length: number): BlockView {
    return { bytes: this.window.bytes, at, length, isLittle: this.isLittle };
  }

  /** Tells of faults of the block at `offset`; an error means that not everything was understood. */
  private reporter(offset: number): ReportFault {
    return (severity, code, fault) => {
      if (severity === 'error') this.isWhole = false;
      this.reportBlock(severity, code, offset, fault);
    };
  }

  /** Nothing whole is left at `offset`. */
  private end(): false {
    if (this.mustWait(BLOCK_FRAME)) return false;
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
    for (const source of this.section.interfaces) {
      const dropped = Math.max(source.dropped, source.droppedBetween);
      if (dropped === 0) continue;
      this.report(
        'warning',
        'capture-packets-dropped',
        null,
        `The capturing program lost ${dropped} packets on interface ${source.index}.`,
      );
      source.dropped = 0;
      source.droppedBetween = 0;
    }
  }

  private reportBlock(severity: Severity, code: string, offset: number, fault: string): void {
    this.report(severity, code, this.number + 1, `The block at byte ${offset} ${fault}.`);
  }

  private report(severity: Severity, code: string, frame: number | null, message: string): void {
    this.sink.report(severity, code, frame, message);
  }
}
