import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frame } from '../capture/frame';
import { TestSink } from '../capture/testing/collect';
import { PacketDecoder } from '../link/packet-decoder';
import { formatAddress } from './endpoint';
import { PacketView } from './packet';
import { ipv4, ipv6, ipv6Fragment, udp } from './testing/packet-builder';

const content = Uint8Array.from({ length: 100 }, (_, i) => i);
const whole = udp(5060, 5062, content);

class Bench {
  readonly sink = new TestSink();
  readonly packet = new PacketView();
  private readonly decoder = new PacketDecoder(this.sink);
  private readonly frame = new Frame();

  /** Content of the datagram when this packet completed one; `fragment` or `whole` otherwise. */
  take(bytes: Uint8Array, timeNs = 0, cut = 0): Uint8Array | 'fragment' | 'plain' {
    const { frame, packet } = this;
    frame.number += 1;
    frame.timeNs = timeNs;
    frame.linkType = 101;
    frame.bytes = bytes;
    frame.start = 0;
    frame.end = bytes.length - cut;
    frame.wireLength = bytes.length;
    this.decoder.decode(frame, packet);
    if (packet.isFragment) {
      expect([packet.sourcePort, packet.payloadEnd - packet.payloadStart]).toEqual([-1, 0]);
      return 'fragment';
    }
    return packet.isReassembled ? packet.bytes.slice(packet.payloadStart, packet.payloadEnd) : 'plain';
  }

  finish(): void {
    this.decoder.finish();
  }
}

interface Piece {
  readonly offset: number;
  readonly end: number;
  readonly hasMore?: boolean;
  readonly identification?: number;
  readonly bytes?: Uint8Array;
}

const v4 = ({ offset, end, hasMore = end < whole.length, identification = 7, bytes = whole }: Piece): Uint8Array =>
  ipv4(17, bytes.subarray(offset, end), { fragmentOffset: offset, hasMore, identification });

const v6 = ({ offset, end, hasMore = end < whole.length, identification = 7, bytes = whole }: Piece): Uint8Array =>
  ipv6(44, ipv6Fragment(17, bytes.subarray(offset, end), { offset, hasMore, identification }));

const pieces: Piece[] = [
  { offset: 0, end: 40 },
  { offset: 40, end: 80 },
  { offset: 80, end: whole.length },
];

describe.each([
  ['IPv4', v4, ['192.0.2.1', '192.0.2.2']],
  ['IPv6', v6, ['2001:db8::1', '2001:db8::2']],
])('fragments of %s', (_name, build, addresses) => {
  it('come together in any order, with the addresses and ports of the datagram', () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [2, 0, 1],
    ]) {
      const bench = new Bench();
      expect(order.map((i) => bench.take(build(pieces[i])))).toEqual(['fragment', 'fragment', content]);
      const { packet } = bench;
      const length = packet.ipVersion === 4 ? 4 : 16;
      expect([packet.source, packet.destination].map((at) => formatAddress(packet.bytes, at, length))).toEqual(
        addresses,
      );
      expect(packet).toMatchObject({ sourcePort: 5060, destinationPort: 5062, protocol: 17, payloadMissing: 0 });
      bench.finish();
      expect(bench.sink.codes).toEqual([]);
    }
  });

  it('keep different datagrams apart', () => {
    const bench = new Bench();
    const other = udp(
      5060,
      5062,
      content.map((value) => value + 100),
    );
    const results = pieces.flatMap((piece) => [
      bench.take(build(piece)),
      bench.take(build({ ...piece, identification: 8, bytes: other })),
    ]);
    expect(results.slice(0, 4)).toEqual(['fragment', 'fragment', 'fragment', 'fragment']);
    expect(results.slice(4)).toEqual([content, other.subarray(8)]);
  });

  it('may repeat, before the datagram is complete and after', () => {
    const bench = new Bench();
    const sequence = [0, 0, 1, 1, 0, 2, 2, 0];
    expect(sequence.map((i) => bench.take(build(pieces[i])))).toEqual([
      ...new Array<string>(5).fill('fragment'),
      content,
      'fragment',
      'fragment',
    ]);
    bench.finish();
    expect(bench.sink.codes).toEqual([]);
  });

  it('begin a new datagram when the identification of a complete one is used again', () => {
    const bench = new Bench();
    const other = udp(
      5060,
      5062,
      content.map((value) => value + 100),
    );
    for (const piece of pieces) bench.take(build(piece));
    expect(pieces.map((piece) => bench.take(build({ ...piece, bytes: other })))).toEqual([
      'fragment',
      'fragment',
      other.subarray(8),
    ]);
    expect(pieces.map((piece) => bench.take(build({ ...piece, bytes: other }), 2e9))).toEqual([
      'fragment',
      'fragment',
      other.subarray(8),
    ]);
  });

  it('that overlap leave the bytes that came first, and say so when they differ', () => {
    const bench = new Bench();
    const forged = whole.map((value) => value ^ 0xff);
    bench.take(build({ offset: 16, end: 48 }));
    bench.take(build({ offset: 0, end: 32 }));
    expect(bench.sink.codes).toEqual([]);
    bench.take(
      build({ offset: 40, end: 80, bytes: Uint8Array.from([...forged.subarray(0, 48), ...whole.subarray(48)]) }),
    );
    expect(bench.sink.codes).toEqual(['ip-fragment-overlap']);
    expect(bench.take(build({ offset: 64, end: whole.length }))).toEqual(content);
    expect(bench.sink.codes).toEqual(['ip-fragment-overlap']);
  });

  it('that disagree on the length of the datagram are reported', () => {
    const bench = new Bench();
    bench.take(build({ offset: 80, end: 100, hasMore: false }));
    bench.take(build(pieces[2]));
    expect(bench.sink.codes).toEqual(['ip-fragment-overlap']);
  });

  it('are given up after 30 seconds, and reported once', () => {
    const bench = new Bench();
    bench.take(build(pieces[0]));
    expect(bench.take(build({ ...pieces[1], identification: 9 }), 30.1e9)).toBe('fragment');
    expect(bench.take(build(pieces[1]), 30.2e9)).toBe('fragment');
    expect(bench.take(build(pieces[2]), 30.3e9)).toBe('fragment');
    bench.finish();
    expect(bench.sink.reports.map(({ code, frame }) => [code, frame])).toEqual([
      ['ip-fragments-incomplete', 1],
      ['ip-fragments-incomplete', 2],
      ['ip-fragments-incomplete', 3],
    ]);
    expect(bench.sink.reports[0].message).toBe(
      `Datagram 0x7 from ${addresses[0]} to ${addresses[1]} was never completed: 40 of an unknown number of bytes were captured.`,
    );
  });

  it('of absurd place or length are left out', () => {
    const bench = new Bench();
    expect(bench.take(build({ offset: 0, end: 41, hasMore: true }))).toBe('fragment');
    const far = build({ offset: 0, end: 40, hasMore: true });
    // The largest offset, and more to come: bytes 6 and 7 of IPv4, 2 and 3 of the fragment header of IPv6.
    const field = far[0] >> 4 === 4 ? 6 : 42;
    far[field] |= field === 6 ? 0x1f : 0xff;
    far[field + 1] |= field === 6 ? 0xff : 0xf8;
    expect(bench.take(far)).toBe('fragment');
    expect(bench.sink.codes).toEqual(['ip-fragment-length', 'ip-fragment-length']);
  });

  it('show their headers when the capture cut the first one', () => {
    const bench = new Bench();
    const first = build(pieces[0]);
    expect(bench.take(first, 0, 10)).toBe('plain');
    const { packet } = bench;
    expect(packet).toMatchObject({ sourcePort: 5060, destinationPort: 5062, isFragment: false, isReassembled: false });
    expect(packet.payloadEnd - packet.payloadStart).toBe(22);
    expect(packet.payloadMissing).toBe(100 - 22);
    expect(bench.take(build(pieces[1]))).toBe('fragment');
    expect(bench.take(build(pieces[2]))).toBe('fragment');
    expect(bench.sink.codes).toEqual(['frame-cut-short']);
  });

  it('come together from any cuts, order and repetition', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 8 });
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.nat()), (points, random) => {
        const bounds = [0, ...points.map((point) => point * 8).sort((a, b) => a - b), whole.length];
        const parts = bounds.slice(1).map((end, i) => ({ offset: bounds[i], end }));
        if (parts.length === 1) return;
        const queue = [...parts, ...parts.filter(() => Number(random.next().value) % 2 === 0)];
        queue.sort(() => (Number(random.next().value) % 3) - 1);
        const bench = new Bench();
        const complete = queue.map((part) => bench.take(build(part))).filter((result) => typeof result !== 'string');
        expect(complete).toEqual([content]);
        bench.finish();
        expect(bench.sink.codes).toEqual([]);
      }),
    );
  });
});

describe('the table of fragments', () => {
  it('is bounded in datagrams', () => {
    const bench = new Bench();
    for (let i = 0; i < 5000; i += 1) bench.take(v4({ offset: 0, end: 40, identification: i }));
    expect(bench.sink.codes).toHaveLength(5000 - 4096);
    bench.finish();
    expect(bench.sink.codes).toHaveLength(5000);
  });

  it('is bounded in bytes', () => {
    const bench = new Bench();
    const large = new Uint8Array(60_000);
    for (let i = 0; i < 1000; i += 1)
      bench.take(v4({ offset: 0, end: 60_000, hasMore: true, identification: i, bytes: large }));
    // 32 MiB hold 556 of them.
    expect(bench.sink.codes.length).toBeGreaterThan(400);
    expect(bench.sink.codes.length).toBeLessThan(500);
  });

  it('follows colliding keys', () => {
    const bench = new Bench();
    const identifications = Array.from({ length: 4000 }, (_, i) => i * 16);
    for (const piece of pieces) {
      for (const identification of identifications) {
        const result = bench.take(v6({ ...piece, identification }));
        expect(result).toEqual(piece.end < whole.length ? 'fragment' : content);
      }
    }
    bench.finish();
    expect(bench.sink.codes).toEqual([]);
  });
});
