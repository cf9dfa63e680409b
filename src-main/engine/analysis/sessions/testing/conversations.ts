import { MemorySource } from '../../../capture/byte-source';
import { buildPcap } from '../../../capture/testing/capture-builder';
import { ethernet, ipv4, tcp, udp } from '../../../net/testing/packet-builder';
import { CaptureAnalysis } from '../../pipeline/capture-analysis';

export interface Side {
  readonly address: string;
  readonly port: number;
}

/** Packets of conversations, in the order in which they are added, 10 ms apart. */
export class Conversations {
  private readonly frames: Uint8Array[] = [];
  private readonly sequences = new Map<string, number>();

  datagram(from: Side, to: Side, payload: Uint8Array): this {
    this.frames.push(ethernet(0x0800, ipv4(17, udp(from.port, to.port, payload), this.ends(from, to))));
    return this;
  }

  /** One segment; the sequence numbers of its direction go on. */
  segment(from: Side, to: Side, payload: Uint8Array): this {
    const sequence = this.next(from, to, payload.length);
    this.frames.push(ethernet(0x0800, ipv4(6, tcp(from.port, to.port, payload, { sequence }), this.ends(from, to))));
    return this;
  }

  /** A segment that was sent, but not captured. */
  lose(from: Side, to: Side, length: number): this {
    this.next(from, to, length);
    return this;
  }

  /** The capture as a file. */
  file(): Uint8Array {
    const records = this.frames.map((bytes, i) => ({
      bytes,
      timeNs: 1_700_000_000_000_000_000n + BigInt(i) * 10_000_000n,
    }));
    return buildPcap(records);
  }

  analyse(): CaptureAnalysis {
    const opened = CaptureAnalysis.open(new MemorySource(this.file()));
    if (!opened.ok) throw new Error(opened.error.message);
    while (opened.value.ingest(() => false));
    opened.value.finish();
    return opened.value;
  }

  private next(from: Side, to: Side, length: number): number {
    const key = JSON.stringify([from, to]);
    const sequence = this.sequences.get(key) ?? 1000;
    this.sequences.set(key, sequence + length);
    return sequence;
  }

  /** Addresses, and an identification that no other packet has. */
  private ends(from: Side, to: Side) {
    return { source: from.address, destination: to.address, identification: (this.frames.length + 1) & 0xffff };
  }
}
