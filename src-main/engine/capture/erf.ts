import { type Result, ok } from '#shared/base/result';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import { u16be, u32le } from '../bytes/integers';
import type { ByteSource } from './byte-source';
import { type CaptureReader, type Frame, NOT_A_PACKET } from './frame';
import type { InterfaceNotes } from './notes';
import { readAt } from './read-at';
import { RecordReader } from './record-reader';

/** Time stamp, type, flags, record length, loss counter or colour, wire length. */
const RECORD_HEADER = 16;
const EXTENSION_LENGTH = 8;
/** Top bit of the type, and of the first byte of each extension header: another one follows. */
const MORE = 0x80;

/** Record types of Endace's "ERF types reference guide". */
const TYPE_PAD = 48;
const LARGEST_TYPE = 48;
const ETHERNET = new Set([2, 11, 16, 20]);
const HDLC = new Set([1, 5, 10, 15, 17, 19]);
/** Multi-channel records have a header of their own. */
const MULTI_CHANNEL = new Set([5, 6, 7, 8, 9, 12, 17, 18]);
/** Types that have a colour or a stream where others count what was lost before them. */
const COLOURED = new Set([10, 11, 15, 16, 17, 19, 20]);
const LINK_TYPES: Readonly<Record<number, number>> = { 21: 247, 22: 228, 23: 229 };

/** A record is at most this long on any link. */
const LARGEST_WIRE_LENGTH = 65_535;
/** Successive records of a capture are hardly further apart, seconds. */
const PLAUSIBLE_STEP = 30 * 86_400;
/** The format has no mark: so many records in a row tell it, or all of a file that has fewer. */
const PROOF = 3;
const PROBE_LENGTH = PROOF * 65_536;

/** Whether the source holds Endace ERF records; asked last, when no mark of another format was found. */
export function isErf(source: ByteSource): boolean {
  const bytes = readAt(source, 0, Math.min(PROBE_LENGTH, source.size));
  if (bytes === null) return false;
  let at = 0;
  let seconds = -1;
  for (let count = 0; count < PROOF; count += 1) {
    if (at === source.size && count > 0) return true;
    if (at + RECORD_HEADER > bytes.length) return false;
    const type = bytes[at + 8] & 0x7f;
    const length = u16be(bytes, at + 10);
    const time = u32le(bytes, at + 4);
    if (type === 0 || type > LARGEST_TYPE || length < RECORD_HEADER) return false;
    if (type !== TYPE_PAD && (time === 0 || u16be(bytes, at + 14) === 0)) return false;
    if (seconds >= 0 && type !== TYPE_PAD && Math.abs(time - seconds) > PLAUSIBLE_STEP) return false;
    if (at + length > source.size) return false;
    if (type !== TYPE_PAD) seconds = time;
    at += length;
  }
  return true;
}

export function openErf(source: ByteSource, sink: DiagnosticSink): Result<CaptureReader> {
  return ok(new ErfReader(source, sink));
}

class ErfReader extends RecordReader {
  /** By the interface number in the flags, 0 to 3. */
  private readonly sources: (InterfaceNotes | undefined)[] = [];
  private readonly indexes: number[] = [];
  private dropped = 0;

  constructor(source: ByteSource, sink: DiagnosticSink) {
    super(source, sink, { name: 'erf', headerLength: 0, recordHeader: RECORD_HEADER });
  }

  protected recordLength(bytes: Uint8Array, at: number): number {
    return u16be(bytes, at + 10);
  }

  protected readRecord(frame: Frame, bytes: Uint8Array, at: number, length: number): boolean {
    const type = bytes[at + 8] & 0x7f;
    if (type === TYPE_PAD) return false;
    const end = at + length;
    let start = at + RECORD_HEADER;
    let hasMore = (bytes[at + 8] & MORE) !== 0;
    while (hasMore && start + EXTENSION_LENGTH <= end) {
      hasMore = (bytes[start] & MORE) !== 0;
      start += EXTENSION_LENGTH;
    }
    if (MULTI_CHANNEL.has(type)) start += 4;
    else if (ETHERNET.has(type)) start += 2;
    start = Math.min(start, end);
    const wireLength = Math.min(u16be(bytes, at + 14), LARGEST_WIRE_LENGTH);
    // Seconds since 1970 in the upper half, fractions of 2^-32 in the lower one, always little-endian.
    const nanos = Math.round((u32le(bytes, at) * 1_953_125) / 2 ** 23);
    frame.timeNs = this.clock.relative(u32le(bytes, at + 4), nanos);
    frame.start = start;
    // What goes beyond the packet aligns the record.
    frame.end = Math.min(end, start + wireLength);
    frame.wireLength = Math.max(wireLength, frame.end - start);
    frame.linkType = linkTypeOf(type, bytes, start, frame.end);
    if (frame.linkType >= 0 && !this.linkTypes.includes(frame.linkType)) this.linkTypes.push(frame.linkType);
    const port = bytes[at + 9] & 3;
    const source = (this.sources[port] ??= this.addPort(port, frame.linkType));
    source.packets += 1;
    frame.interfaceIndex = this.indexes[port];
    if (!COLOURED.has(type)) this.countLost(source, u16be(bytes, at + 12));
    return true;
  }

  protected onEnd(): void {
    this.notes.variant = `${this.sources.filter(Boolean).length} ports`;
    this.reportDrops(this.dropped);
  }

  private addPort(port: number, linkType: number): InterfaceNotes {
    this.indexes[port] = this.notes.interfaces.length;
    return this.addInterface(linkType, '2^-32');
  }

  private countLost(source: InterfaceNotes, count: number): void {
    source.dropped = (source.dropped ?? 0) + count;
    this.dropped += count;
  }
}

function linkTypeOf(type: number, bytes: Uint8Array, start: number, end: number): number {
  if (ETHERNET.has(type)) return 1;
  if (HDLC.has(type) && start < end) {
    // The first byte is an address: Cisco HDLC has 0x0f or 0x8f, PPP 0xff; frame relay anything else.
    const address = bytes[start];
    if (address === 0x0f || address === 0x8f) return 104;
    return address === 0xff ? 50 : 107;
  }
  return LINK_TYPES[type] ?? NOT_A_PACKET;
}
