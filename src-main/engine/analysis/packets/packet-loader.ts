import type { DiagnosticSink } from '#shared/model/diagnostic';
import { Frame } from '../../capture/frame';
import { PacketDecoder } from '../../link/packet-decoder';
import { PacketView } from '../../net/packet';
import type { WlanSecurity } from '../../net/wlan-security';
import type { FrameReader } from '../../store/frame-reader';
import type { FrameStore } from '../../store/frame-store';

/** A sink for passes that only repeat what was diagnosed while loading. */
const silent: DiagnosticSink = { report: () => undefined };
/** How far back the other fragments of a datagram are looked for. */
const lookBackFrames = 4096;
const lookBackNs = 30e9;

/**
 * Reads and decodes any frame again, in any order. What it holds is borrowed until the next frame is loaded. A
 * datagram that a fragment completed is put together again from the frames before it.
 */
export class PacketLoader {
  readonly frame = new Frame();
  readonly packet = new PacketView();
  /** Directed flow of the frame; -1 when it belongs to none. */
  flow = -1;
  private number = 0;
  private isReadable = false;
  private decoder: PacketDecoder;

  constructor(
    private readonly reader: FrameReader,
    private readonly store: FrameStore,
    private readonly security: WlanSecurity | null = null,
  ) {
    this.decoder = this.createDecoder();
  }

  get count(): number {
    return this.store.count;
  }

  /** Loads a frame; false when the file does not have its bytes any more. */
  load(number: number): boolean {
    if (this.number === number) return this.isReadable;
    this.number = number;
    this.flow = this.store.flowOf(number);
    this.isReadable = this.decode(number);
    if (this.isReadable && (this.packet.isFragment || this.packet.isReassembled)) {
      // Fragments that come in another order than that of the capture would confuse what comes next.
      this.decoder = this.createDecoder();
      if (this.flow >= 0) this.isReadable = this.reassemble(number);
    }
    return this.isReadable;
  }

  /** Goes on to the next packet of the frame loaded last (A-MSDU); false when there is none. */
  loadNext(): boolean {
    if (!this.isReadable || !this.decoder.hasNext) return false;
    this.decoder.decodeNext(this.packet);
    // The first packet is not at hand any more.
    this.number = 0;
    return true;
  }

  private createDecoder(): PacketDecoder {
    return new PacketDecoder(silent, this.security);
  }

  private decode(number: number): boolean {
    if (!this.reader.read(number, this.frame)) return false;
    this.decoder.decode(this.frame, this.packet);
    return true;
  }

  /** Fragments that complete nothing have no flow: only those are read. */
  private reassemble(number: number): boolean {
    const sinceNs = this.store.timeOf(number) - lookBackNs;
    let isReadable = false;
    for (let n = Math.max(1, number - lookBackFrames); n <= number; n += 1) {
      if (n < number && (this.store.flowOf(n) >= 0 || this.store.timeOf(n) < sinceNs)) continue;
      isReadable = this.decode(n);
    }
    this.decoder = this.createDecoder();
    return isReadable;
  }
}
