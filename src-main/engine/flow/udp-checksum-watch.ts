import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { PacketView } from '../net/packet';
import { UdpChecksum, verifyUdpChecksum } from '../net/udp-checksum';
import type { FlowTracker } from './flow-tracker';

/** Datagrams of each direction that are verified from its start, and one in how many after that; powers of two. */
const FIRST = 16;
const ONE_IN = 64;

/** Whether the datagram that is number `count` of its direction is verified. */
export const isVerified = (count: number): boolean => count <= FIRST || (count & (ONE_IN - 1)) === 0;

/**
 * Verifies checksums of UDP. Summing a datagram of 200 bytes costs more than decoding it and finding its flow (about
 * 120 against 100 ns), so the start of each flow and a sample of the rest are verified, which shows a sender, a card or
 * a path that gets them wrong; messages that are read as text are verified always.
 */
export class UdpChecksumWatch {
  constructor(
    private readonly sink: DiagnosticSink,
    private readonly flows: FlowTracker,
  ) {}

  /** Verifies the datagram when its turn has come. */
  sample(flow: number, packet: PacketView, frame: number): void {
    const count = this.flows.transport.packetsOf(flow >>> 1, flow & 1);
    if (isVerified(count)) this.verify(packet, frame);
  }

  verify(packet: PacketView, frame: number): void {
    switch (verifyUdpChecksum(packet)) {
      case UdpChecksum.wrong:
        this.sink.report('warning', 'udp-checksum', frame, 'The UDP checksum is wrong: the datagram was damaged.');
        break;
      case UdpChecksum.missing:
        this.sink.report('warning', 'udp-checksum', frame, 'The datagram has no UDP checksum; IPv6 asks for one.');
        break;
      case UdpChecksum.offloaded:
        this.sink.report(
          'note',
          'udp-checksum-offloaded',
          frame,
          'The UDP checksum covers the addresses alone: the capturing machine leaves it to its network card.',
        );
        break;
      default:
    }
  }
}
