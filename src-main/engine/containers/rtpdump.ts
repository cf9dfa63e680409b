/*
 * Files of rtptools: a line of text, a header of 16 bytes, then packets behind 8 bytes each (rtptools, rtpdump.h; all
 * numbers in network byte order).
 */

const magic = '#!rtpplay1.0 ';
const fileHeaderLength = 16;
/** Bytes before each packet, counted in its length. */
export const rtpdumpRecordHeader = 8;

export interface RtpdumpStart {
  /** Where the packets arrived, IPv4: `224.2.0.1`. */
  readonly address: string;
  readonly port: number;
  /** Time that the offsets of the packets count from. */
  readonly seconds: number;
  readonly microseconds: number;
}

/** What a file begins with. An IPv6 address, for which the format has no room, is written as 0.0.0.0. */
export function rtpdumpHeader({ address, port, seconds, microseconds }: RtpdumpStart): Uint8Array {
  const ipv4 = /^\d+\.\d+\.\d+\.\d+$/.test(address) ? address : '0.0.0.0';
  const line = `${magic}${ipv4}/${port}\n`;
  const bytes = new Uint8Array(line.length + fileHeaderLength);
  for (let i = 0; i < line.length; i += 1) bytes[i] = line.charCodeAt(i);
  const view = new DataView(bytes.buffer, line.length);
  view.setUint32(0, seconds);
  view.setUint32(4, microseconds);
  ipv4.split('.').forEach((octet, i) => view.setUint8(8 + i, Number(octet)));
  view.setUint16(12, port);
  return bytes;
}

/**
 * What stands before a packet: `captured` bytes of it follow, it had `sent` bytes (0 says that it is RTCP), and came
 * `offsetMs` after the start.
 */
export function rtpdumpRecord(captured: number, sent: number, offsetMs: number): Uint8Array {
  const bytes = new Uint8Array(rtpdumpRecordHeader);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, rtpdumpRecordHeader + captured);
  view.setUint16(2, sent);
  view.setUint32(4, Math.round(offsetMs));
  return bytes;
}

/** Packets of a file, one after the other. */
export interface RtpdumpSink {
  onStart(start: RtpdumpStart): void;
  /** `bytes[start..end)` is a packet, borrowed; `sent` is its length on the wire. */
  onPacket(bytes: Uint8Array, start: number, end: number, sent: number, isRtcp: boolean, offsetMs: number): void;
}

const maxLine = 128;

export function isRtpdump(head: Uint8Array): boolean {
  if (head.length < magic.length) return false;
  for (let i = 0; i < magic.length; i += 1) if (head[i] !== magic.charCodeAt(i)) return false;
  return true;
}

/** Takes a file apart that comes in pieces. Fails (throws) where the file says what cannot be. */
export class RtpdumpParser {
  private pending: Uint8Array = new Uint8Array(0);
  private hasStarted = false;

  constructor(private readonly sink: RtpdumpSink) {}

  /** Bytes that wait for others: a file that ends is whole when there are none. */
  get isAtEnd(): boolean {
    return this.hasStarted && this.pending.length === 0;
  }

  push(bytes: Uint8Array): void {
    let all = bytes;
    if (this.pending.length > 0) {
      all = new Uint8Array(this.pending.length + bytes.length);
      all.set(this.pending);
      all.set(bytes, this.pending.length);
    }
    let at = this.hasStarted ? 0 : this.readStart(all);
    while (this.hasStarted) {
      const length = this.readRecord(all, at);
      if (length === 0) break;
      at += length;
    }
    this.pending = all.slice(at);
  }

  private readStart(bytes: Uint8Array): number {
    const lineFeed = bytes.subarray(0, maxLine).indexOf(0x0a);
    if (lineFeed < 0) {
      if (bytes.length >= maxLine) throw new Error('the first line of the rtpdump file does not end');
      return 0;
    }
    const start = lineFeed + 1;
    if (bytes.length < start + fileHeaderLength) return 0;
    const line = String.fromCharCode(...bytes.subarray(0, lineFeed));
    const match = /^#!rtpplay1\.0 (\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,5})\s*$/.exec(line);
    if (!match) throw new Error('the first line of the rtpdump file names no address');
    const view = viewOf(bytes, start);
    this.hasStarted = true;
    this.sink.onStart({
      address: match[1],
      port: Number(match[2]) & 0xffff,
      seconds: view.getUint32(0),
      microseconds: view.getUint32(4),
    });
    return start + fileHeaderLength;
  }

  /** Length of the record at `at`; 0 when it is not all there. */
  private readRecord(bytes: Uint8Array, at: number): number {
    if (bytes.length - at < rtpdumpRecordHeader) return 0;
    const view = viewOf(bytes, at);
    const length = view.getUint16(0);
    if (length < rtpdumpRecordHeader) throw new Error(`a packet of the rtpdump file has a length of ${length} bytes`);
    if (bytes.length - at < length) return 0;
    const sent = view.getUint16(2);
    const captured = length - rtpdumpRecordHeader;
    const isRtcp = sent === 0;
    const start = at + rtpdumpRecordHeader;
    this.sink.onPacket(bytes, start, at + length, Math.max(sent, captured), isRtcp, view.getUint32(4));
    return length;
  }
}

const viewOf = (bytes: Uint8Array, at: number): DataView => new DataView(bytes.buffer, bytes.byteOffset + at);
