import { u24be, u32be, u32le } from '../../bytes/integers';
import type { PieceSink } from '../../bytes/piece-buffer';
import { basicHeaderBytes, chunkStreamId, extendedMark, headerBytes, maxHeaderBytes } from './chunk-header';

/** The header of a chunk while its bytes come in. Where each of them lies is kept: they may turn out to be none of it. */
export class PendingHeader {
  length = 0;
  private readonly bytes = new Uint8Array(maxHeaderBytes);
  private readonly addresses = new Float64Array(maxHeaderBytes);

  push(byte: number, address: number): void {
    this.bytes[this.length] = byte;
    this.addresses[this.length] = address;
    this.length += 1;
  }

  clear(): void {
    this.length = 0;
  }

  get format(): number {
    return this.bytes[0] >>> 6;
  }

  /** Bytes of it without an extended timestamp. */
  get plainBytes(): number {
    return headerBytes(this.bytes[0]);
  }

  get chunkStreamId(): number {
    return chunkStreamId(this.bytes, 0);
  }

  /** Timestamp or difference; in headers of format 0 to 2. */
  get timestampField(): number {
    return u24be(this.bytes, basicHeaderBytes(this.bytes[0]));
  }

  /** In headers of format 0 and 1, as the type is. */
  get messageLength(): number {
    return u24be(this.bytes, basicHeaderBytes(this.bytes[0]) + 3);
  }

  get messageType(): number {
    return this.bytes[basicHeaderBytes(this.bytes[0]) + 6];
  }

  /** In headers of format 0. */
  get messageStreamId(): number {
    return u32le(this.bytes, basicHeaderBytes(this.bytes[0]) + 7);
  }

  /** The extended timestamp, of a header that has one. */
  get extended(): number {
    return u32be(this.bytes, this.plainBytes);
  }

  /** Whether an extended timestamp follows. `isInherited`: the last header on its chunk stream had one. */
  announcesExtended(isInherited: boolean): boolean {
    return this.format === 3 ? isInherited : this.timestampField === extendedMark;
  }

  /** Hands bytes `[from, to)` to `sink` one by one, which may begin the next header with them. */
  replay(from: number, to: number, frame: number, timeNs: number, sink: PieceSink): void {
    const bytes = this.bytes.slice(from, to);
    const addresses = this.addresses.slice(from, to);
    for (let i = 0; i < bytes.length; i += 1) sink(bytes, i, i + 1, frame, timeNs, addresses[i]);
  }
}
