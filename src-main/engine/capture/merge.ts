import { ok, type Result } from '#shared/base/result';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { ByteSource, SourceFault } from './byte-source';
import { type CaptureReader, Frame } from './frame';
import { CaptureNotes } from './notes';
import { openCapture } from './open';

/** A file of a capture that consists of several. */
export interface CapturePart {
  /** What messages call it. */
  readonly name: string;
  readonly source: ByteSource;
}

export interface OpenedCapture {
  readonly reader: CaptureReader;
  /** Where the frames' bytes lie: `Frame.fileOffset` counts in it. */
  readonly source: ByteSource;
  /** Offset of the first byte of each file in it. */
  readonly bases: readonly number[];
}

/** Memory for the read-ahead windows of all files together. */
const READ_AHEAD_TOTAL = 64 * 1024 * 1024;
const READ_AHEAD_LEAST = 256 * 1024;
const READ_AHEAD_MOST = 4 * 1024 * 1024;

/** A growing file gets this much room for offsets: more than any file has. */
const GROWING_ROOM = 2 ** 40;

/**
 * Opens one capture, or several as one: frames in the order of their times, those of equal time in the order of the
 * files; numbered anew. Fails with what `openCapture` says of the first file that is no capture.
 */
export function openCaptures(parts: readonly CapturePart[], sink: DiagnosticSink): Result<OpenedCapture> {
  if (parts.length === 1) {
    const [{ source }] = parts;
    const opened = openCapture(source, sink);
    return opened.ok ? ok({ reader: opened.value, source, bases: [0] }) : opened;
  }
  const readAhead = Math.floor(READ_AHEAD_TOTAL / parts.length);
  const bounded = Math.max(READ_AHEAD_LEAST, Math.min(READ_AHEAD_MOST, readAhead));
  const source = new JoinedSource(parts);
  const members: Member[] = [];
  for (const [i, part] of parts.entries()) {
    const opened = openCapture(new ReadAheadSource(part.source, bounded), namedSink(part.name, sink));
    if (!opened.ok) {
      const { where, ...error } = opened.error;
      return { ok: false, error: { ...error, where: where === undefined ? part.name : `${part.name}, ${where}` } };
    }
    members.push(new Member(opened.value, source.bases[i]));
  }
  return ok({ reader: new MergedReader(members, sink), source, bases: source.bases });
}

/** Frames are numbered anew when files are merged, so a message names the file and the frame's number in it. */
function namedSink(name: string, sink: DiagnosticSink): DiagnosticSink {
  return {
    report: (severity, code, frame, message) =>
      sink.report(severity, code, null, `${name}${frame === null ? '' : `, frame ${frame}`}: ${message}`),
  };
}

/** A source that is read ahead less far than usual, as many are read at once. */
class ReadAheadSource implements ByteSource {
  constructor(
    private readonly source: ByteSource,
    readonly readAhead: number,
  ) {}

  get size(): number {
    return this.source.size;
  }

  get isGrowing(): boolean {
    return this.source.isGrowing === true;
  }

  get fault(): SourceFault | null {
    return this.source.fault ?? null;
  }

  read(offset: number, target: Uint8Array): number {
    return this.source.read(offset, target);
  }
}

/** Several sources as one: each has a range of offsets for itself. A read ends where its source does. */
class JoinedSource implements ByteSource {
  readonly bases: number[] = [];

  constructor(private readonly parts: readonly CapturePart[]) {
    let base = 0;
    for (const { source } of parts) {
      this.bases.push(base);
      base += source.isGrowing === true ? GROWING_ROOM : source.size;
    }
  }

  get size(): number {
    const last = this.parts.length - 1;
    return this.bases[last] + this.parts[last].source.size;
  }

  get isGrowing(): boolean {
    return this.parts.some(({ source }) => source.isGrowing === true);
  }

  get fault(): SourceFault | null {
    for (const { name, source } of this.parts) {
      if (source.fault) return { ...source.fault, message: `${name}: ${source.fault.message}` };
    }
    return null;
  }

  read(offset: number, target: Uint8Array): number {
    let low = 0;
    let high = this.bases.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.bases[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return this.parts[low].source.read(offset - this.bases[low], target);
  }
}

/** One of the files that are merged, with the frame that is its next. */
class Member {
  readonly frame = new Frame();
  hasFrame = false;
  hasEnded = false;
  /** From the reader's times to the merged ones; null until both origins are known. */
  shiftNs: number | null = null;
  interfaces: number[] = [];
  sections = 0;
  secrets = 0;
  names = 0;

  constructor(
    readonly reader: CaptureReader,
    readonly base: number,
  ) {}
}

class MergedReader implements CaptureReader {
  readonly linkTypes: number[] = [];
  readonly notes: CaptureNotes;
  isWaiting = false;
  firstTimeNs: bigint | null = null;
  private number = 0;

  constructor(
    private readonly members: readonly Member[],
    sink: DiagnosticSink,
  ) {
    this.notes = new CaptureNotes(sink);
    this.notes.variant = `${members.length} files`;
  }

  get format(): string {
    return [...new Set(this.members.map(({ reader }) => reader.format))].join(' and ');
  }

  get position(): number {
    return this.members.reduce((sum, { reader }) => sum + reader.position, 0);
  }

  get isComplete(): boolean {
    return this.members.every(({ reader }) => reader.isComplete);
  }

  next(frame: Frame): boolean {
    this.isWaiting = false;
    for (const member of this.members) {
      if (!member.hasFrame && !member.hasEnded) this.advance(member);
    }
    // Whatever a file that is waited for holds next may be earlier than all that is there.
    if (this.isWaiting) return false;
    let first: Member | null = null;
    let firstNs = 0;
    for (const member of this.members) {
      if (!member.hasFrame) continue;
      const timeNs = this.timeOf(member);
      if (first !== null && timeNs >= firstNs) continue;
      first = member;
      firstNs = timeNs;
    }
    if (first === null) return false;
    this.yieldFrame(first, firstNs, frame);
    return true;
  }

  private advance(member: Member): void {
    const { reader } = member;
    member.hasFrame = reader.next(member.frame);
    if (!member.hasFrame && reader.isWaiting) {
      this.isWaiting = true;
      return;
    }
    member.hasEnded = !member.hasFrame;
    this.takeNotes(member);
  }

  /** Nanoseconds since the origin of the merged capture: the earliest of the files' origins that are known at first. */
  private timeOf(member: Member): number {
    if (member.shiftNs === null) {
      const origin = member.reader.firstTimeNs;
      if (origin === null) return member.frame.timeNs;
      this.firstTimeNs ??= this.earliestOrigin(origin);
      member.shiftNs = Number(origin - this.firstTimeNs);
    }
    return member.frame.timeNs + member.shiftNs;
  }

  private earliestOrigin(origin: bigint): bigint {
    let earliest = origin;
    for (const { reader } of this.members) {
      if (reader.firstTimeNs !== null && reader.firstTimeNs < earliest) earliest = reader.firstTimeNs;
    }
    return earliest;
  }

  private yieldFrame(member: Member, timeNs: number, frame: Frame): void {
    const own = member.frame;
    member.hasFrame = false;
    this.number += 1;
    frame.number = this.number;
    frame.timeNs = timeNs;
    frame.linkType = own.linkType;
    frame.bytes = own.bytes;
    frame.start = own.start;
    frame.end = own.end;
    frame.wireLength = own.wireLength;
    frame.fileOffset = member.base + own.fileOffset;
    frame.interfaceIndex = member.interfaces[own.interfaceIndex] ?? 0;
    const { notes } = member.reader;
    if (notes.commentedFrames > 0) this.notes.addComments(this.number, notes.commentsOf(own.number));
    if (own.linkType >= 0 && !this.linkTypes.includes(own.linkType)) this.linkTypes.push(own.linkType);
  }

  /** Adds what a file has told since the last look. */
  private takeNotes(member: Member): void {
    const { interfaces, names, secrets, sections } = member.reader.notes;
    for (let i = member.interfaces.length; i < interfaces.length; i += 1) {
      member.interfaces.push(this.notes.interfaces.length);
      this.notes.interfaces.push(interfaces[i]);
    }
    for (; member.sections < sections.length; member.sections += 1) this.notes.addSection(sections[member.sections]);
    for (; member.secrets < secrets.length; member.secrets += 1) this.notes.addSecrets(secrets[member.secrets]);
    // Going through all names each time one is added would cost the square of their number.
    if (names.size > 2 * member.names || (member.hasEnded && names.size > member.names)) {
      member.names = names.size;
      for (const [address, list] of names) for (const name of list) this.notes.addName(address, name);
    }
  }
}
