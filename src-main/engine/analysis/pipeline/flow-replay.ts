import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { ByteSource } from '../../capture/byte-source';
import { Frame } from '../../capture/frame';
import { PacketDecoder } from '../../link/packet-decoder';
import { PacketView } from '../../net/packet';
import type { FrameStore } from '../../store/frame-store';
import type { PacketSource } from '../rtp/packet-source';

const windowSize = 256 << 10;
/** Frames further apart than this are read one by one: reading what lies between would cost more. */
const nearby = 16 << 10;

/** Datagrams put together from fragments, kept because they lie in the file in pieces. */
const maxReassembledBytes = 128 << 20;

/** A sink for passes that only repeat what was diagnosed while loading. */
const silent: DiagnosticSink = { report: () => undefined };

/** Reads the frames of a flow again from the file, in capture order. */
export class FlowReplay implements PacketSource {
  private readonly reassembled = new Map<number, Uint8Array>();
  private reassembledBytes = 0;
  private readonly window = new Uint8Array(windowSize);
  private windowStart = 0;
  private windowLength = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly store: FrameStore,
  ) {}

  /** Keeps the payload of a reassembled datagram; false when there is no room left for it. */
  keepReassembled(packet: PacketView, frame: number): boolean {
    const length = packet.payloadEnd - packet.payloadStart;
    if (this.reassembledBytes + length > maxReassembledBytes) return false;
    this.reassembledBytes += length;
    this.reassembled.set(frame, packet.bytes.slice(packet.payloadStart, packet.payloadEnd));
    return true;
  }

  forEachPacket(
    flow: number,
    visit: (packet: PacketView, frame: number, timeNs: number, fileOffset: number) => void,
  ): void {
    const decoder = new PacketDecoder(silent);
    const frame = new Frame();
    const packet = new PacketView();
    for (let number = this.store.firstFrame(flow); number !== 0; number = this.store.nextFrame(number)) {
      const kept = this.reassembled.get(number);
      this.store.describe(number, frame);
      if (kept) {
        packet.reset(kept);
        packet.isReassembled = true;
        packet.payloadEnd = kept.length;
        visit(packet, number, frame.timeNs, -1);
      } else if (this.load(frame)) {
        decoder.decode(frame, packet);
        if (!packet.isFragment && !packet.isReassembled)
          visit(packet, number, frame.timeNs, frame.fileOffset - frame.start);
      }
    }
  }

  /** A copy of `length` bytes of the file; shorter when the file has become so. */
  readBytes(fileOffset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, this.read(fileOffset, bytes));
  }

  /** Puts the bytes of a described frame into it; false when the file does not have them any more. */
  private load(frame: Frame): boolean {
    const length = frame.end - frame.start;
    const { fileOffset } = frame;
    const end = this.windowStart + this.windowLength;
    if (fileOffset < this.windowStart || fileOffset + length > end) {
      const isNear = fileOffset >= this.windowStart && fileOffset - end < nearby;
      const wanted = Math.max(length, isNear ? windowSize : nearby);
      if (wanted > windowSize) return this.loadAlone(frame, length);
      this.windowLength = this.read(fileOffset, this.window.subarray(0, wanted));
      this.windowStart = fileOffset;
      if (this.windowLength < length) return false;
    }
    frame.bytes = this.window;
    frame.start = fileOffset - this.windowStart;
    frame.end = frame.start + length;
    return true;
  }

  private loadAlone(frame: Frame, length: number): boolean {
    frame.bytes = this.readBytes(frame.fileOffset, length);
    frame.start = 0;
    frame.end = length;
    return frame.bytes.length === length;
  }

  private read(fileOffset: number, target: Uint8Array): number {
    try {
      return this.source.read(fileOffset, target);
    } catch {
      return 0;
    }
  }
}
