import { crc32Mpeg } from './crc32-mpeg';

/** Longest private section (ISO/IEC 13818-1, 2.4.4.10). */
const maxSectionBytes = 4096;

/** A section of a table: `bytes[start..end)`, header and CRC included. */
export interface TsSection {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly tableId: number;
  /** table_id_extension: transport_stream_id of a PAT, program_number of a PMT; 0 without syntax indicator. */
  readonly extension: number;
  readonly version: number;
  readonly isCurrent: boolean;
  readonly number: number;
  readonly lastNumber: number;
  /** The CRC fits, or the section has none. */
  readonly isIntact: boolean;
}

/** Puts the sections of one PID together from the payloads of its packets (2.4.4.1). */
export class SectionReader {
  private readonly buffer = new Uint8Array(maxSectionBytes);
  private filled = 0;
  /** Of the section in the buffer; 0 until its header came. */
  private length = 0;
  private isOpen = false;

  constructor(private readonly onSection: (section: TsSection) => void) {}

  payload(isStart: boolean, bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    if (isStart) {
      const pointer = at < to ? bytes[at] : 0;
      at += 1;
      const next = Math.min(to, at + pointer);
      if (this.isOpen) this.take(bytes, at, next);
      this.lose();
      this.isOpen = true;
      at = next;
    }
    while (this.isOpen && at < to) at = this.take(bytes, at, to);
  }

  /** Packets are missing: the section that is open is worth nothing. */
  lose(): void {
    this.filled = 0;
    this.length = 0;
    this.isOpen = false;
  }

  /** Answers how far it read; further sections may follow in the same packet. */
  private take(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    if (this.filled === 0 && bytes[at] === 0xff) {
      // Stuffing up to the end of the packet.
      this.isOpen = false;
      return to;
    }
    while (at < to && this.filled < (this.length || 3)) {
      this.buffer[this.filled] = bytes[at];
      this.filled += 1;
      at += 1;
      if (this.filled === 3) this.length = 3 + (((this.buffer[1] & 0x0f) << 8) | this.buffer[2]);
      if (this.length > maxSectionBytes) {
        this.lose();
        return to;
      }
    }
    if (this.length > 0 && this.filled === this.length) {
      this.give();
      this.filled = 0;
      this.length = 0;
    }
    return at;
  }

  private give(): void {
    const { buffer: bytes, length } = this;
    const hasSyntax = (bytes[1] & 0x80) !== 0;
    if (hasSyntax && length < 12) return;
    this.onSection({
      bytes,
      start: 0,
      end: length,
      tableId: bytes[0],
      extension: hasSyntax ? (bytes[3] << 8) | bytes[4] : 0,
      version: hasSyntax ? (bytes[5] >> 1) & 0x1f : 0,
      isCurrent: !hasSyntax || (bytes[5] & 1) === 1,
      number: hasSyntax ? bytes[6] : 0,
      lastNumber: hasSyntax ? bytes[7] : 0,
      isIntact: !hasSyntax || crc32Mpeg(bytes, 0, length) === 0,
    });
  }
}
