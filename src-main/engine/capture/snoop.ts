import { type Result, fail, ok } from '#shared/base/result';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import { u32be } from '../bytes/integers';
import { startsWithAscii } from '../bytes/text';
import type { ByteSource } from './byte-source';
import { type CaptureReader, type Frame, NOT_A_PACKET } from './frame';
import type { InterfaceNotes } from './notes';
import { RecordReader } from './record-reader';

/** RFC 1761: identification, version, data link type. */
const HEADER_LENGTH = 16;
const RECORD_HEADER = 24;

/**
 * Link types of the tcpdump.org registry by the data link types of RFC 1761 and of Solaris (`<sys/dlpi.h>`). Those that
 * are missing have no frames that anybody reads.
 */
const LINK_TYPES: Readonly<Record<number, number>> = {
  0: 1, // IEEE 802.3
  2: 6, // token ring
  4: 1, // Ethernet
  8: 10, // FDDI
  9: 0, // other: the loopback of old systems
  14: 0,
  16: 122, // Fibre Channel
  18: 123, // ATM
  0x8000_0005: 226, // Solaris IPNET
};

/** Whether a file that begins with these bytes is a snoop file. */
export function isSnoop(head: Uint8Array): boolean {
  return startsWithAscii(head, 0, head.length, 'snoop\0\0\0');
}

/** Opens a snoop file (RFC 1761; versions 3 to 5 are those of Shomiti Surveyor). */
export function openSnoop(source: ByteSource, head: Uint8Array, sink: DiagnosticSink): Result<CaptureReader> {
  if (head.length < HEADER_LENGTH) {
    return fail('snoop-header-truncated', 'The snoop file ends within its header.', {
      where: `byte ${head.length} of ${HEADER_LENGTH}`,
      hint: 'The file was not written or copied to its end; get it again.',
    });
  }
  const version = u32be(head, 8);
  if (version < 2 || version > 5) {
    return fail('snoop-version-unsupported', `The snoop file has version ${version}; 2 is the usual one.`, {
      where: 'byte 8',
      hint: 'The header may be damaged.',
    });
  }
  return ok(new SnoopReader(source, u32be(head, 12), version, sink));
}

class SnoopReader extends RecordReader {
  private readonly linkType: number;
  private readonly source: InterfaceNotes;

  constructor(source: ByteSource, dataLink: number, version: number, sink: DiagnosticSink) {
    super(source, sink, { name: 'snoop', headerLength: HEADER_LENGTH, recordHeader: RECORD_HEADER });
    this.notes.variant = version === 2 ? 'version 2' : `version ${version}, Shomiti Surveyor`;
    this.linkType = LINK_TYPES[dataLink] ?? NOT_A_PACKET;
    if (this.linkType === NOT_A_PACKET) {
      this.report(
        'error',
        'snoop-link-type',
        `The data link type ${dataLink} is not known; frames are counted only.`,
        null,
      );
    } else {
      this.linkTypes.push(this.linkType);
    }
    this.source = this.addInterface(this.linkType, '1e-6');
  }

  protected recordLength(bytes: Uint8Array, at: number): number {
    // The padding is counted in the record's length; a length without room for the packet is a lie.
    return Math.max(u32be(bytes, at + 8), u32be(bytes, at + 4) + RECORD_HEADER);
  }

  protected readRecord(frame: Frame, bytes: Uint8Array, at: number): boolean {
    const captured = u32be(bytes, at + 4);
    frame.timeNs = this.clock.relative(u32be(bytes, at + 16), u32be(bytes, at + 20) * 1000);
    frame.linkType = this.linkType;
    frame.start = at + RECORD_HEADER;
    frame.end = frame.start + captured;
    frame.wireLength = Math.max(captured, u32be(bytes, at));
    frame.interfaceIndex = 0;
    this.source.packets += 1;
    // Counted from the start of the capture (RFC 1761).
    this.source.dropped = u32be(bytes, at + 12);
    return true;
  }

  protected onEnd(): void {
    this.reportDrops(this.source.dropped ?? 0);
  }
}
