import type { DiagnosticSink } from '#shared/model/diagnostic';
import { Frame } from '../../capture/frame';
import { PacketDecoder } from '../../link/packet-decoder';
import { PacketView } from '../../net/packet';
import type { WlanSecurity } from '../../net/wlan-security';
import type { FrameReader } from '../../store/frame-reader';
import type { FrameStore } from '../../store/frame-store';
import type { PacketSource } from '../rtp/packet-source';
import type { FramedFlows } from '../sessions/framed-flows';

/** Datagrams put together from fragments, kept because they lie in the file in pieces. */
const maxReassembledBytes = 128 << 20;

/** A sink for passes that only repeat what was diagnosed while loading. */
const silent: DiagnosticSink = { report: () => undefined };

type PacketVisitor = Parameters<PacketSource['forEachPacket']>[1];

/** Reads the frames of a flow again from the file, in capture order. */
export class FlowReplay implements PacketSource {
  private readonly reassembled = new Map<number, Uint8Array>();
  private reassembledBytes = 0;
  /** Shows what was kept. */
  private readonly whole = new PacketView();

  constructor(
    private readonly reader: FrameReader,
    private readonly store: FrameStore,
    private readonly security: WlanSecurity | null,
    private readonly framed: () => FramedFlows,
  ) {}

  /** Keeps the payload of a reassembled datagram; false when there is no room left for it. */
  keepReassembled(packet: PacketView, frame: number): boolean {
    const length = packet.payloadEnd - packet.payloadStart;
    if (this.reassembledBytes + length > maxReassembledBytes) return false;
    this.reassembledBytes += length;
    this.reassembled.set(keyOf(frame, packet.ordinal), packet.bytes.slice(packet.payloadStart, packet.payloadEnd));
    return true;
  }

  forEachPacket(flow: number, visit: PacketVisitor): void {
    const framed = this.framed();
    if (framed.has(flow)) {
      framed.forEachPacket(flow, visit);
      return;
    }
    const decoder = new PacketDecoder(silent, this.security);
    const frame = new Frame();
    const packet = new PacketView();
    for (let number = this.store.firstFrame(flow); number !== 0; number = this.store.nextFrame(number, flow)) {
      if (!this.reader.read(number, frame)) continue;
      decoder.decode(frame, packet);
      for (;;) {
        if (this.store.flowOf(number, packet.ordinal) === flow && !this.visitPacket(packet, frame, visit)) return;
        if (!decoder.hasNext) break;
        decoder.decodeNext(packet);
      }
    }
  }

  /** Answers whether to go on. */
  private visitPacket(packet: PacketView, frame: Frame, visit: PacketVisitor): boolean {
    if (!packet.isFragment && !packet.isReassembled) {
      // What was decrypted lies nowhere in the file.
      const origin = packet.isDecrypted ? -1 : frame.fileOffset - frame.start;
      return visit(packet, frame.number, frame.timeNs, origin) !== false;
    }
    // The other fragments are in no flow, so what was put together from them was kept.
    const kept = this.reassembled.get(keyOf(frame.number, packet.ordinal));
    if (!kept) return true;
    const { whole } = this;
    whole.reset(kept);
    whole.isReassembled = true;
    whole.payloadEnd = kept.length;
    return visit(whole, frame.number, frame.timeNs, -1) !== false;
  }
}

/** A packet of a frame: frame numbers have 32 bits, and a frame holds fewer than 65 536 packets. */
function keyOf(frame: number, ordinal: number): number {
  return frame * 0x1_0000 + ordinal;
}
