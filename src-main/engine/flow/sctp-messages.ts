import type { DiagnosticSink } from '#shared/model/diagnostic';
import { u16be, u32be } from '../bytes/integers';

/** DATA chunks and their flags (RFC 9260, section 3.3.1). */
const DATA = 0;
const ENDING = 0x01;
const BEGINNING = 0x02;
const DATA_HEADER = 16;

/** Unfinished messages that are kept in one direction of an association: bytes, and fragments. */
const MAX_BYTES = 1 << 20;
const MAX_FRAGMENTS = 1024;
/** Transmission sequence numbers remembered, so that a chunk sent again is not delivered twice. */
const MAX_DELIVERED = 1024;

/** Receives the user messages of one direction of an SCTP association. */
export interface SctpMessageSink {
  /** `bytes[start..end)` is borrowed; `protocolId` is the payload protocol identifier. */
  onMessage(
    stream: number,
    protocolId: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
  ): void;
}

interface Fragment {
  readonly flags: number;
  readonly bytes: Uint8Array;
}

/**
 * Finds the user messages in the DATA chunks of one direction of an SCTP association, and puts fragmented ones
 * together by their transmission sequence numbers. Messages are delivered when they are whole, in no other order;
 * interleaved ones (RFC 8260) are not read.
 */
export class SctpMessages {
  private readonly fragments = new Map<number, Fragment>();
  private bytes = 0;
  private readonly delivered = new Set<number>();

  constructor(
    private readonly to: SctpMessageSink,
    private readonly sink: DiagnosticSink,
  ) {}

  /** Takes the chunks of a packet: `bytes[start..end)` behind the common header. */
  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number): void {
    let at = start;
    while (at + 4 <= end) {
      const length = u16be(bytes, at + 2);
      if (length < 4) {
        this.sink.report(
          'warning',
          'sctp-chunk-length',
          frame,
          `An SCTP chunk claims ${length} bytes; 4 is the least.`,
        );
        return;
      }
      // A chunk that the capture cut is no message.
      if (bytes[at] === DATA && length > DATA_HEADER && at + length <= end) {
        this.takeData(bytes, at, at + length, frame, timeNs);
      }
      at += (length + 3) & ~3;
    }
  }

  private takeData(bytes: Uint8Array, at: number, end: number, frame: number, timeNs: number): void {
    const flags = bytes[at + 1] & (BEGINNING | ENDING);
    const tsn = u32be(bytes, at + 4);
    if (this.delivered.has(tsn) || this.fragments.has(tsn)) return;
    const stream = u16be(bytes, at + 8);
    const protocolId = u32be(bytes, at + 12);
    if (flags === (BEGINNING | ENDING)) {
      this.remember(tsn);
      this.to.onMessage(stream, protocolId, bytes, at + DATA_HEADER, end, frame, timeNs);
      return;
    }
    this.fragments.set(tsn, { flags, bytes: bytes.slice(at + DATA_HEADER, end) });
    this.bytes += end - at;
    const whole = this.join(tsn);
    if (whole !== null) this.to.onMessage(stream, protocolId, whole, 0, whole.length, frame, timeNs);
    else if (this.bytes > MAX_BYTES || this.fragments.size > MAX_FRAGMENTS) this.giveUp(frame);
  }

  /** The message that the fragment `tsn` belongs to, when all of it is there. */
  private join(tsn: number): Uint8Array | null {
    let first = tsn;
    while (((this.fragments.get(first)?.flags ?? BEGINNING) & BEGINNING) === 0) first = (first - 1) >>> 0;
    const parts: Uint8Array[] = [];
    let length = 0;
    for (let next = first; ; next = (next + 1) >>> 0) {
      const fragment = this.fragments.get(next);
      if (fragment === undefined || (next === first && (fragment.flags & BEGINNING) === 0)) return null;
      parts.push(fragment.bytes);
      length += fragment.bytes.length;
      if ((fragment.flags & ENDING) !== 0) break;
    }
    const whole = new Uint8Array(length);
    let at = 0;
    parts.forEach((part, i) => {
      whole.set(part, at);
      at += part.length;
      this.fragments.delete((first + i) >>> 0);
      this.remember((first + i) >>> 0);
      this.bytes -= part.length + DATA_HEADER;
    });
    return whole;
  }

  private remember(tsn: number): void {
    this.delivered.add(tsn);
    if (this.delivered.size <= MAX_DELIVERED) return;
    for (const oldest of this.delivered) {
      this.delivered.delete(oldest);
      return;
    }
  }

  private giveUp(frame: number): void {
    this.fragments.clear();
    this.bytes = 0;
    this.sink.report('warning', 'sctp-messages-incomplete', frame, 'Fragments of SCTP messages never came together.');
  }
}
