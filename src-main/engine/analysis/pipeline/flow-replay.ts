import type { DiagnosticSink } from '#shared/model/diagnostic';
import { Frame } from '../../capture/frame';
import { PacketDecoder } from '../../link/packet-decoder';
import { PacketView } from '../../net/packet';
import type { FrameReader } from '../../store/frame-reader';
import type { FrameStore } from '../../store/frame-store';
import type { PacketSource } from '../rtp/packet-source';

/** Datagrams put together from fragments, kept because they lie in the file in pieces. */
const maxReassembledBytes = 128 << 20;

/** A sink for passes that only repeat what was diagnosed while loading. */
const silent: DiagnosticSink = { report: () => undefined };

/** Reads the frames of a flow again from the file, in capture order. */
export class FlowReplay implements PacketSource {
  private readonly reassembled = new Map<number, Uint8Array>();
  private reassembledBytes = 0;

  constructor(
    private readonly reader: FrameReader,
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
      if (kept) {
        this.store.describe(number, frame);
        packet.reset(kept);
        packet.isReassembled = true;
        packet.payloadEnd = kept.length;
        visit(packet, number, frame.timeNs, -1);
      } else if (this.reader.read(number, frame)) {
        decoder.decode(frame, packet);
        if (!packet.isFragment && !packet.isReassembled)
          visit(packet, number, frame.timeNs, frame.fileOffset - frame.start);
      }
    }
  }
}
