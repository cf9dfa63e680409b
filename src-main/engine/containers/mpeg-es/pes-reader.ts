import { missingBytes } from '../../bytes/extents';
import { EsBudget, EsQueue } from './es-queue';
import { createSplitter, type EsCodec } from './es-splitter';
import type { EsSplitter, EsUnitSink } from './es-unit';
import { maxPesHeaderBytes, PesHeader } from './pes-header';

/** Queued bytes after which units are looked for without waiting for the packet's end. */
const scanBytes = 1 << 18;

/** Takes the pieces of the PES packets of one stream, in order, and gives its access units away. */
export class PesReader {
  /** PES packets begun, and those whose payload is scrambled. */
  packets = 0;
  scrambled = 0;
  /** Bytes of payload. */
  bytes = 0;
  private readonly queue: EsQueue;
  private readonly splitter: EsSplitter;
  private readonly header = new PesHeader();
  /** Bytes of a header that is not complete. */
  private readonly pending = new Uint8Array(maxPesHeaderBytes);
  private pendingBytes = 0;
  private isHeaderOpen = false;
  /** Payload is taken: the header of its packet was read, or the packet came without it. */
  private isOpen = false;
  /** Payload bytes to come by the packet's length. */
  private remaining = Number.POSITIVE_INFINITY;
  private isBroken = false;
  private isFirst = true;
  private unscanned = 0;

  /** `isSpread`: a unit may go on in the next packet although this one came whole. */
  constructor(
    codec: EsCodec,
    sink: EsUnitSink,
    budget = new EsBudget(),
    private readonly isSpread = false,
  ) {
    this.queue = new EsQueue(sink, budget);
    this.splitter = createSplitter(codec, this.queue);
  }

  /** A PES packet begins with the bytes that come next. */
  start(): void {
    this.endPacket();
    // What came before the first packet is not known.
    if (this.isFirst) this.queue.gap(0, true);
    this.isFirst = false;
    this.isHeaderOpen = true;
    this.isOpen = false;
    this.pendingBytes = 0;
    this.isBroken = false;
    this.packets += 1;
  }

  data(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void {
    let at = start;
    if (this.isHeaderOpen) at = this.takeHeader(bytes, start, end);
    if (!this.isOpen || at >= end) return;
    const taken = Math.min(end - at, this.remaining);
    this.remaining -= taken;
    this.bytes += taken;
    const from = address === missingBytes ? missingBytes : address + at - start;
    this.queue.append(bytes, at, at + taken, frame, timeNs, from);
    this.unscanned += taken;
    if (this.unscanned > scanBytes || this.queue.isFull) this.scan(false);
  }

  /**
   * About `missing` bytes are lost. `isTailSeen`: those before were the last of their packet. `isStart`: a packet
   * begins behind.
   */
  lose(missing: number, isTailSeen: boolean, isStart: boolean): void {
    if (this.isFirst) return;
    this.queue.gap(missing, this.isPacketWhole(isTailSeen));
    this.isHeaderOpen = false;
    this.pendingBytes = 0;
    this.isBroken = true;
    // Without its header, what follows is payload of a packet of unknown length.
    this.isOpen = !isStart;
    this.remaining = Number.POSITIVE_INFINITY;
  }

  /** Nothing more comes, or what follows has nothing to do with it. `isTailSeen` as above. */
  flush(isTailSeen: boolean): void {
    if (this.isFirst) return;
    this.endPacket();
    if (!this.isPacketWhole(isTailSeen)) this.queue.gap(0, false);
    this.scan(true);
    this.queue.clear();
    this.isFirst = true;
    this.isOpen = false;
    this.isHeaderOpen = false;
  }

  /** All payload of the packet came: by its length, or as its carrier shows. */
  private isPacketWhole(isTailSeen: boolean): boolean {
    // Of a packet whose header has not come, nothing stands in the queue; the one before came whole.
    if (this.isHeaderOpen) return true;
    if (!this.isBroken && Number.isFinite(this.remaining))
      return this.remaining === 0 && (isTailSeen || !this.isSpread);
    return isTailSeen;
  }

  private endPacket(): void {
    if (this.isFirst) return;
    if (this.isOpen && Number.isFinite(this.remaining) && this.remaining > 0) this.queue.gap(this.remaining, false);
    this.scan(false);
  }

  private scan(isEnd: boolean): void {
    this.unscanned = 0;
    this.splitter.scan(isEnd);
  }

  /** Answers where the payload begins in `bytes`. */
  private takeHeader(bytes: Uint8Array, start: number, end: number): number {
    const before = this.pendingBytes;
    let outcome: -1 | 0 | 1;
    if (before === 0) {
      outcome = this.header.read(bytes, start, end);
    } else {
      const room = Math.min(end - start, maxPesHeaderBytes - before);
      for (let i = 0; i < room; i += 1) this.pending[before + i] = bytes[start + i];
      outcome = this.header.read(this.pending, 0, before + room);
    }
    if (outcome === 0 && before + end - start < maxPesHeaderBytes) {
      if (before === 0) for (let i = start; i < end; i += 1) this.pending[i - start] = bytes[i];
      this.pendingBytes = before + end - start;
      return end;
    }
    this.isHeaderOpen = false;
    this.pendingBytes = 0;
    if (outcome !== 1) return end;
    const { header } = this;
    if (header.isScrambled) {
      this.scrambled += 1;
      this.queue.gap(0, true);
      return end;
    }
    this.isOpen = true;
    this.remaining = header.payloadBytes;
    this.queue.mark(header.pts, header.dts);
    return start + header.headerBytes - before;
  }
}
