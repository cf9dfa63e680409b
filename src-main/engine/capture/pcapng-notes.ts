import { formatAddress, formatMac } from '../bytes/addresses';
import { u16be, u16le, u32be, u32le } from '../bytes/integers';
import { utf8Text } from '../bytes/text';
import { linkTypeName } from './link-types';
import type { CaptureNotes, InterfaceNotes } from './notes';
import {
  COMMENT_OPTION,
  InterfaceOption,
  NameRecord,
  PacketOption,
  SECTION_HEADER_LENGTH,
  SectionOption,
  StatisticsOption,
} from './pcapng-blocks';
import { eachOption, i64 } from './pcapng-options';
import { TimeScale } from './timestamp';

/** Interfaces of a section, and those told of in a capture; no real one has as many. */
const MAX_INTERFACES = 65_536;
/** Errors of the link layer in the flags of a packet: CRC, length, gap, alignment, start, preamble, symbol. */
const LINK_ERRORS = 0xff00_0000;

/** An interface while its section lasts. */
export interface PcapngInterface {
  /** Counted through all sections. */
  readonly index: number;
  readonly linkType: number;
  readonly snapLength: number;
  readonly scale: TimeScale;
  readonly notes: InterfaceNotes;
  /** Packets lost while capturing: from the latest statistics, or from the counts between packets. */
  dropped: number;
  droppedBetween: number;
}

/** A block in the reader's window: `bytes[at..at + length)`, its lengths settled. */
export interface BlockView {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly length: number;
  readonly isLittle: boolean;
}

/** Tells of a fault of the block; `fault` goes on from `The block at byte ...`. */
export type ReportFault = (severity: 'note' | 'warning' | 'error', code: string, fault: string) => void;

/**
 * The blocks of a pcapng file that are no packets: they say what the packets are of, and what goes along with them.
 */
export class PcapngNotes {
  /** Of the present section. */
  interfaces: PcapngInterface[] = [];
  readonly linkTypes: number[] = [];
  private interfaceCount = 0;

  constructor(private readonly notes: CaptureNotes) {}

  /** Section 4.1: what follows is in a world of its own. Answers whether its version is known. */
  readSection(block: BlockView, report: ReportFault): boolean {
    this.interfaces = [];
    const { bytes, at, length, isLittle } = block;
    if (length < SECTION_HEADER_LENGTH) {
      report('warning', 'pcapng-block-length', 'is too short for a section header');
      return true;
    }
    const u16 = isLittle ? u16le : u16be;
    const major = u16(bytes, at + 12);
    const minor = u16(bytes, at + 14);
    // 1.2 was written by some programs and is the same as 1.0 (section 4.1).
    if (major !== 1) {
      report('error', 'pcapng-version-unknown', `begins a section of pcapng version ${major}.${minor}; it is left out`);
      return false;
    }
    if (this.notes.variant === '') this.notes.variant = isLittle ? 'little-endian' : 'big-endian';
    const texts = readTexts(block, 24, report);
    this.notes.addSection({
      application: texts.get(SectionOption.application)?.[0] ?? null,
      os: texts.get(SectionOption.os)?.[0] ?? null,
      hardware: texts.get(SectionOption.hardware)?.[0] ?? null,
      comments: texts.get(COMMENT_OPTION) ?? [],
    });
    return true;
  }

  /** Section 4.2. */
  readInterface(block: BlockView, report: ReportFault): void {
    const { bytes, at, length, isLittle } = block;
    if (length < 20) {
      report('error', 'pcapng-block-length', 'is too short for an interface description');
      return;
    }
    if (this.interfaces.length >= MAX_INTERFACES) {
      report('error', 'pcapng-too-many-interfaces', 'describes one interface too many; it is left out');
      return;
    }
    let resolution = 6;
    let offsetSeconds = 0;
    let speed: number | null = null;
    let filter: string | null = null;
    const addresses: string[] = [];
    visitOptions(block, 16, report, (code, value, size) => {
      if (code === InterfaceOption.timeResolution && size >= 1) resolution = bytes[value];
      else if (code === InterfaceOption.timeOffset && size >= 8) offsetSeconds = i64(bytes, value, isLittle);
      else if (code === InterfaceOption.speed && size >= 8) speed = i64(bytes, value, isLittle);
      // 0 says that a text follows; other kinds hold compiled filters.
      else if (code === InterfaceOption.filter && size >= 1 && bytes[value] === 0)
        filter = text(bytes, value + 1, value + size);
      else if (addresses.length < 100) addAddress(addresses, code, bytes, value, size);
    });
    if (!TimeScale.isSupported(resolution)) {
      const shown = `0x${resolution.toString(16)}`;
      report(
        'error',
        'pcapng-time-resolution',
        `has the time resolution ${shown}, which no clock has; read as microseconds`,
      );
      resolution = 6;
    }
    const linkType = (isLittle ? u16le : u16be)(bytes, at + 8);
    const snapLength = (isLittle ? u32le : u32be)(bytes, at + 12);
    if (!this.linkTypes.includes(linkType)) this.linkTypes.push(linkType);
    const texts = readTexts(block, 16, () => undefined);
    const notes: InterfaceNotes = {
      name: texts.get(InterfaceOption.name)?.[0] ?? null,
      description: texts.get(InterfaceOption.description)?.[0] ?? null,
      linkType: linkTypeName(linkType),
      snapLength: snapLength === 0 ? null : snapLength,
      timeResolution: resolution & 0x80 ? `2^-${resolution & 0x7f}` : `1e-${resolution}`,
      addresses,
      speedBitsPerSecond: speed,
      filter,
      os: texts.get(InterfaceOption.os)?.[0] ?? null,
      hardware: texts.get(InterfaceOption.hardware)?.[0] ?? null,
      comments: texts.get(COMMENT_OPTION) ?? [],
      packets: 0,
      received: null,
      dropped: null,
    };
    // Later ones are read like any other, but not told of.
    if (this.notes.interfaces.length < MAX_INTERFACES) this.notes.interfaces.push(notes);
    this.interfaces.push({
      index: this.interfaceCount,
      linkType,
      snapLength,
      scale: new TimeScale(resolution, offsetSeconds),
      notes,
      dropped: 0,
      droppedBetween: 0,
    });
    this.interfaceCount += 1;
  }

  /** Section 4.6: counters from the start of the capture, so the latest ones stand. */
  readStatistics(block: BlockView, report: ReportFault): void {
    const { bytes, at, length, isLittle } = block;
    const source = length >= 24 ? this.interfaces[(isLittle ? u32le : u32be)(bytes, at + 8)] : undefined;
    if (source === undefined) {
      report('note', 'pcapng-interface-missing', 'has statistics of an interface that is not described');
      return;
    }
    let dropped: number | null = null;
    visitOptions(block, 20, report, (code, value, size) => {
      if (size < 8) return;
      const count = Math.max(0, i64(bytes, value, isLittle));
      if (code === StatisticsOption.received) source.notes.received = count;
      if (code === StatisticsOption.interfaceDrop || code === StatisticsOption.osDrop) dropped = (dropped ?? 0) + count;
    });
    if (dropped === null) return;
    source.dropped = dropped;
    source.notes.dropped = dropped;
  }

  /** Section 4.5: each record is an address and its names, ended by zeros. */
  readNames(block: BlockView, report: ReportFault): void {
    const { bytes, at, length, isLittle } = block;
    const u16 = isLittle ? u16le : u16be;
    const end = at + length - 4;
    let record = at + 8;
    while (record + 4 <= end) {
      const type = u16(bytes, record);
      const size = u16(bytes, record + 2);
      if (type === NameRecord.end) break;
      const value = record + 4;
      if (value + size > end) {
        report('warning', 'pcapng-name-too-long', 'has a name record that goes past its end');
        return;
      }
      const addressLength = addressLengthOf(type);
      if (addressLength > 0 && size > addressLength) {
        const isEui = type === NameRecord.eui48 || type === NameRecord.eui64;
        const address = (isEui ? euiText : formatAddress)(bytes, value, addressLength);
        for (const name of zeroEnded(bytes, value + addressLength, value + size)) this.notes.addName(address, name);
      }
      record = value + size + (-size & 3);
    }
  }

  /** Section 4.7. `frame` is the one that follows. */
  readSecrets(block: BlockView, frame: number, report: ReportFault): void {
    const { bytes, at, length, isLittle } = block;
    const u32 = isLittle ? u32le : u32be;
    const room = length - 20;
    if (room < 0) {
      report('warning', 'pcapng-block-length', 'is too short for decryption secrets');
      return;
    }
    const claimed = u32(bytes, at + 12);
    if (claimed > room)
      report('warning', 'pcapng-secrets-length', `claims ${claimed} bytes of secrets, it has ${room}`);
    const start = at + 16;
    this.notes.addSecrets({
      type: u32(bytes, at + 8),
      bytes: bytes.slice(start, start + Math.min(claimed, room)),
      frame,
    });
  }

  /** Options of a packet (sections 4.3 and appendix A), which begin at `start`. */
  readPacketOptions(
    block: BlockView,
    start: number,
    frame: number,
    source: PcapngInterface,
    report: ReportFault,
  ): void {
    const { bytes, isLittle } = block;
    const comments: string[] = [];
    visitOptions(block, start, report, (code, value, size) => {
      if (code === COMMENT_OPTION) comments.push(text(bytes, value, value + size));
      else if (code === PacketOption.dropCount && size >= 8) {
        this.addDropped(source, Math.max(0, i64(bytes, value, isLittle)));
      } else if (code === PacketOption.flags && size >= 4) {
        const flags = (isLittle ? u32le : u32be)(bytes, value);
        if ((flags & LINK_ERRORS) !== 0) report('note', 'frame-link-error', 'marks its packet as received with errors');
      }
    });
    this.notes.addComments(frame, comments);
  }

  /** `count` packets were lost before one that came. */
  addDropped(source: PcapngInterface, count: number): void {
    source.droppedBetween += count;
    if (source.dropped === 0) source.notes.dropped = source.droppedBetween;
  }
}

/** Options of a block from `start` on (counted from its beginning), up to the first that goes past its end. */
function visitOptions(
  { bytes, at, length, isLittle }: BlockView,
  start: number,
  report: ReportFault,
  visit: (code: number, value: number, size: number) => void,
): void {
  const overlong = eachOption(bytes, at + start, at + length - 4, isLittle, visit);
  if (overlong >= 0) report('warning', 'pcapng-option-too-long', `has an option (${overlong}) that goes past its end`);
}

/** All options as texts, by code. */
function readTexts(block: BlockView, start: number, report: ReportFault): Map<number, string[]> {
  const texts = new Map<number, string[]>();
  visitOptions(block, start, report, (code, value, size) => {
    const list = texts.get(code) ?? [];
    if (list.length === 0) texts.set(code, list);
    list.push(text(block.bytes, value, value + size));
  });
  return texts;
}

/** Some writers end texts with a zero although their length says it all. */
function text(bytes: Uint8Array, start: number, end: number): string {
  let to = end;
  while (to > start && bytes[to - 1] === 0) to -= 1;
  return utf8Text(bytes, start, to);
}

function addAddress(addresses: string[], code: number, bytes: Uint8Array, at: number, size: number): void {
  if (code === InterfaceOption.ipv4 && size >= 4) addresses.push(formatAddress(bytes, at, 4));
  else if (code === InterfaceOption.ipv6 && size >= 16) addresses.push(formatAddress(bytes, at, 16));
  else if (code === InterfaceOption.mac && size >= 6) addresses.push(formatMac(bytes, at));
  else if (code === InterfaceOption.eui64 && size >= 8) addresses.push(euiText(bytes, at, 8));
}

function addressLengthOf(type: number): number {
  if (type === NameRecord.ipv4) return 4;
  if (type === NameRecord.ipv6) return 16;
  if (type === NameRecord.eui48) return 6;
  return type === NameRecord.eui64 ? 8 : 0;
}

function euiText(bytes: Uint8Array, at: number, length: number): string {
  return Array.from(bytes.subarray(at, at + length), (value) => value.toString(16).padStart(2, '0')).join(':');
}

function zeroEnded(bytes: Uint8Array, start: number, end: number): string[] {
  const names: string[] = [];
  let from = start;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== 0) continue;
    if (at > from) names.push(utf8Text(bytes, from, at));
    from = at + 1;
  }
  if (from < end) names.push(utf8Text(bytes, from, end));
  return names;
}
