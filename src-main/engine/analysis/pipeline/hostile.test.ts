import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { type ByteSource, MemorySource } from '../../capture/byte-source';
import { PCAP_HEADER_LENGTH } from '../../capture/pcap-layout';
import { buildPcap, concat, PcapngBuilder, pcapRecord } from '../../capture/testing/capture-builder';
import { inIpv4, inUdp } from '../../link/testing/encapsulations';
import { ethernet, ipv4, MAC_A, MAC_B, tcp, udp } from '../../net/testing/packet-builder';
import { CaptureAnalysis } from './capture-analysis';

/** A pcap that is made while it is read: `change` turns the bytes of the template into those of record `index`. */
class FloodSource implements ByteSource {
  readonly size: number;
  private readonly header = buildPcap([]);
  private readonly record: Uint8Array;

  constructor(
    frame: Uint8Array,
    private readonly count: number,
    private readonly change: (frame: Uint8Array, index: number) => void,
  ) {
    this.record = pcapRecord({ bytes: frame, timeNs: 1_700_000_000_000_000_000n });
    this.size = PCAP_HEADER_LENGTH + count * this.record.length;
  }

  read(offset: number, target: Uint8Array): number {
    const end = Math.min(offset + target.length, this.size);
    let at = offset;
    while (at < end) {
      if (at < PCAP_HEADER_LENGTH) {
        const part = this.header.subarray(at, Math.min(end, PCAP_HEADER_LENGTH));
        target.set(part, at - offset);
        at += part.length;
        continue;
      }
      const length = this.record.length;
      const index = Math.floor((at - PCAP_HEADER_LENGTH) / length);
      this.change(this.record.subarray(16), Math.min(index, this.count - 1));
      const from = (at - PCAP_HEADER_LENGTH) % length;
      const part = this.record.subarray(from, Math.min(length, from + end - at));
      target.set(part, at - offset);
      at += part.length;
    }
    return Math.max(0, end - offset);
  }
}

function analyse(source: ByteSource): CaptureAnalysis {
  const opened = CaptureAnalysis.open(source);
  if (!opened.ok) throw new Error(opened.error.message);
  while (opened.value.ingest(() => false));
  opened.value.finish();
  return opened.value;
}

const codesOf = (analysis: CaptureAnalysis): string[] => analysis.document().diagnostics.map(({ code }) => code);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that what `run` made keeps. */
async function memoryOf<T>(run: () => T): Promise<{ readonly result: T; readonly bytes: number }> {
  const used = async (): Promise<number> => {
    // Buffers are given back a moment after they are collected.
    for (let i = 0; i < 3; i += 1) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const before = await used();
  const result = run();
  const bytes = (await used()) - before;
  return { result, bytes };
}

const setAddress = (frame: Uint8Array, at: number, index: number): void => {
  frame[at] = 10;
  frame[at + 1] = (index >> 16) & 0xff;
  frame[at + 2] = (index >> 8) & 0xff;
  frame[at + 3] = index & 0xff;
};
/** Of the IPv4 header of an Ethernet frame. */
const identificationAt = 14 + 4;
const sourceAt = 14 + 12;

describe('hostile captures', () => {
  it('a million half-open TCP conversations stay small', { timeout: 120_000 }, async () => {
    const count = 1_000_000;
    const syn = ethernet(0x0800, ipv4(6, tcp(40_000, 80, new Uint8Array(0), { flags: 2 })));
    const flood = new FloodSource(syn, count, (frame, index) => setAddress(frame, sourceAt, index));
    const { bytes, result } = await memoryOf(() => analyse(flood));
    expect(result.document().conversations.tcp).toBe(count);
    expect(bytes / count).toBeLessThan(500);
  });

  it('segments behind gaps that are never filled are not all kept', { timeout: 120_000 }, async () => {
    const count = 200_000;
    const stray = ethernet(
      0x0800,
      ipv4(6, tcp(40_000, 5060, new Uint8Array(1000).fill(0x41), { sequence: 1000, flags: 0x18 })),
    );
    // Two segments of each conversation, the second far behind the first.
    const flood = new FloodSource(stray, 2 * count, (frame, index) => {
      setAddress(frame, sourceAt, index >> 1);
      frame[14 + 20 + 6] = index & 1 ? 0x40 : 0;
    });
    const { bytes, result } = await memoryOf(() => analyse(flood));
    expect(result.packets).toBe(2 * count);
    expect(bytes).toBeLessThan(600 << 20);
  });

  it('a flood of fragments that never become datagrams is bounded', { timeout: 120_000 }, async () => {
    const count = 300_000;
    const fragment = ethernet(0x0800, ipv4(17, new Uint8Array(1000), { fragmentOffset: 8, hasMore: true }));
    const flood = new FloodSource(fragment, count, (frame, index) => {
      setAddress(frame, sourceAt, index >> 8);
      frame[identificationAt] = (index >> 8) & 0xff;
      frame[identificationAt + 1] = index & 0xff;
    });
    const { bytes, result } = await memoryOf(() => analyse(flood));
    expect(result.packets).toBe(count);
    expect(bytes).toBeLessThan(400 << 20);
  });

  it.each([
    ['IP in IP', (inner: Uint8Array) => inIpv4(4, inner)],
    [
      'VXLAN',
      (inner: Uint8Array) => inUdp(4789, concat(Uint8Array.of(8, 0, 0, 0, 0, 0, 1, 0), ethernet(0x0800, inner))),
    ],
    ['GRE', (inner: Uint8Array) => inIpv4(47, concat(Uint8Array.of(0, 0, 8, 0), inner))],
  ])('%s a thousand deep comes to an end', (_name, wrap) => {
    let packet = ipv4(17, udp(5060, 5060, new TextEncoder().encode('OPTIONS sip:a SIP/2.0\r\n\r\n')));
    // The total length of IPv4 is a limit of its own.
    for (let depth = 0; depth < 1000 && packet.length < 65_400; depth += 1) packet = wrap(packet);
    const analysis = analyse(new MemorySource(buildPcap([{ bytes: ethernet(0x0800, packet) }])));
    expect(analysis.packets).toBe(1);
    expect(codesOf(analysis).length).toBeGreaterThan(0);
  });

  it('a thousand VLAN tags and MPLS labels come to an end', () => {
    const packet = ipv4(17, udp(1, 2, new Uint8Array(4)));
    const tags = Array.from({ length: 1000 }, (): readonly [number, number] => [0x8100, 1]);
    const labels = concat(
      ...Array.from({ length: 1000 }, () => Uint8Array.of(0, 1, 0, 64)),
      Uint8Array.of(0, 1, 1, 64),
    );
    const frames = [ethernet(0x0800, packet, tags), ethernet(0x8847, concat(labels, packet))];
    const analysis = analyse(new MemorySource(buildPcap(frames.map((bytes) => ({ bytes })))));
    expect(analysis.packets).toBe(2);
  });

  it('records of no length and records that claim 4 GB are told of, and reading goes on', () => {
    const good = { bytes: ethernet(0x0800, ipv4(17, udp(1, 2, new Uint8Array(40)))), timeNs: 1_000_000_000n };
    const empty = pcapRecord({ bytes: new Uint8Array(0), timeNs: 1_000_000_000n });
    const many = concat(buildPcap([good]), ...Array.from({ length: 50_000 }, () => empty), pcapRecord(good));
    expect(analyse(new MemorySource(many)).packets).toBe(50_002);

    const lie = pcapRecord({ ...good, capturedLength: 0xffff_ffff });
    const pcap = concat(buildPcap([good]), lie, ...Array.from({ length: 5 }, () => pcapRecord(good)));
    const fromPcap = analyse(new MemorySource(pcap));
    expect(fromPcap.packets).toBeGreaterThanOrEqual(5);
    expect(codesOf(fromPcap)).toContain('pcap-record-length');

    const builder = new PcapngBuilder();
    const block = builder.packet(good.bytes, 1n).slice();
    new DataView(block.buffer).setUint32(4, 0xffff_fffc, true);
    const zero = builder.block(0x7777_7777);
    const zeros = Array.from({ length: 20_000 }, () => zero);
    const pcapng = concat(builder.section(), builder.interface(), block, ...zeros, builder.packet(good.bytes, 2n));
    const fromPcapng = analyse(new MemorySource(pcapng));
    expect(fromPcapng.packets).toBe(1);
    expect(codesOf(fromPcapng)).toContain('pcapng-block-length');
  });

  it('many interfaces, names and comments are bounded', { timeout: 60_000 }, async () => {
    const builder = new PcapngBuilder();
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    const sections = concat(builder.section(), ...Array.from({ length: 200 }, () => builder.interface()));
    const names = builder.names(
      ...Array.from({ length: 3000 }, (_, i) => [1, Uint8Array.of(10, 0, i >> 8, i & 0xff), 'a', 'b'] as const),
    );
    const comments = Array.from({ length: 2000 }, () => [1, text('x'.repeat(20))] as const);
    const packet = builder.packet(MAC_A, 1n, 0, {}, comments);
    const file = concat(...Array.from({ length: 400 }, () => concat(sections, names, packet)), MAC_B);
    const { bytes, result } = await memoryOf(() => analyse(new MemorySource(file)));
    expect(result.packets).toBe(400);
    expect(result.notes.interfaces.length).toBeLessThanOrEqual(65_536);
    expect(result.notes.names.size).toBe(3000);
    expect(bytes).toBeLessThan(500 << 20);
  });
});
