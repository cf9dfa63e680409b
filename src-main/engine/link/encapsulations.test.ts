import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frame } from '../capture/frame';
import { concat } from '../capture/testing/capture-builder';
import { TestSink } from '../capture/testing/collect';
import { formatAddress, formatMac } from '../net/endpoint';
import { PacketView } from '../net/packet';
import { ethernet, ipv4, tcp, udp } from '../net/testing/packet-builder';
import { PacketDecoder } from './packet-decoder';
import {
  aMsdu,
  be16,
  be32,
  datagram4,
  encapsulated4,
  encapsulated6,
  hep,
  inIpv4,
  inUdp,
  payload,
  radiotap,
  snap,
  wlan,
  zeros,
} from './testing/encapsulations';

/** Decodes frames one after the other; each lies in the middle of a window. */
class Bench {
  readonly sink = new TestSink();
  readonly packet = new PacketView();
  readonly frame = new Frame();
  readonly decoder = new PacketDecoder(this.sink);

  decode(linkType: number, bytes: Uint8Array, cut = 0): this {
    const { frame } = this;
    frame.number += 1;
    frame.timeNs += 1e6;
    frame.linkType = linkType;
    frame.bytes = concat(zeros(33).fill(0xaa), bytes.subarray(0, bytes.length - cut), zeros(70).fill(0xbb));
    frame.start = 33;
    frame.end = 33 + bytes.length - cut;
    frame.wireLength = bytes.length;
    this.decoder.decode(frame, this.packet);
    return this;
  }

  get endpoints(): string[] {
    const { bytes, destination, destinationPort, ipVersion, source, sourcePort } = this.packet;
    if (ipVersion === 0) return [];
    const length = ipVersion === 4 ? 4 : 16;
    return [
      `${formatAddress(bytes, source, length)} ${sourcePort}`,
      `${formatAddress(bytes, destination, length)} ${destinationPort}`,
    ];
  }

  get payload(): Uint8Array {
    const { bytes, payloadEnd, payloadStart } = this.packet;
    return bytes.slice(payloadStart, payloadEnd);
  }

  get outers(): string[] {
    return this.packet.outers
      .slice(0, this.packet.outerCount)
      .map(({ bytes, ipVersion, macSource, source, sourcePort, tunnel }) =>
        [
          tunnel,
          macSource >= 0 ? 'mac' : '',
          ipVersion === 0 ? '' : formatAddress(bytes, source, ipVersion === 4 ? 4 : 16),
          sourcePort,
        ].join(' '),
      );
  }
}

const decode = (linkType: number, bytes: Uint8Array, cut = 0) => new Bench().decode(linkType, bytes, cut);
const ends4 = ['192.0.2.1 5004', '192.0.2.2 6004'];
const ends6 = ['2001:db8::1 5004', '2001:db8::2 6004'];

describe('encapsulations', () => {
  it.each(encapsulated4)('finds IPv4 in %s', (_name, linkType, bytes) => {
    const bench = decode(linkType, bytes);
    expect(bench).toMatchObject({ endpoints: ends4, payload, sink: { codes: [] } });
    expect(bench.packet).toMatchObject({ payloadMissing: 0, isReassembled: false, ipVersion: 4, protocol: 17 });
  });

  it.each(encapsulated6)('finds IPv6 in %s', (_name, linkType, bytes) => {
    expect(decode(linkType, bytes)).toMatchObject({ endpoints: ends6, payload, sink: { codes: [] } });
  });

  it('keeps the headers around a packet, from the outside in', () => {
    const vxlan = concat(be32(0x0800_0000, 0x100), ethernet(0x0800, ipv4(4, datagram4, { source: '203.0.113.9' })));
    const bench = decode(1, inUdp(4789, vxlan));
    expect(bench.endpoints).toEqual(ends4);
    expect(bench.outers).toEqual(['VXLAN mac 198.51.100.1 40000', 'IP in IP mac 203.0.113.9 -1']);
    expect(bench.packet.macSource).toBe(-1);
    expect(bench.decode(1, ethernet(0x0800, datagram4)).outers).toEqual([]);
  });

  it('stays with the tunnel when nothing known is inside', () => {
    const arp = concat(be32(0x0800_0000, 0x100), ethernet(0x0806, zeros(28)));
    const bench = decode(1, inUdp(4789, arp));
    expect(bench.endpoints).toEqual(['198.51.100.1 40000', '198.51.100.2 4789']);
    expect(bench.payload).toEqual(arp);
    // Both Ethernet headers are there to be counted, the addresses of IP once.
    expect(bench.outers).toEqual(['VXLAN mac  -1']);
    expect(bench.packet.macSource).toBeGreaterThan(0);
  });

  it.each([1701, 2152, 3544, 4789, 4790, 5247, 6081, 6635, 9060, 37_008])(
    'takes media and text on port %i for what they are',
    (port) => {
      const outer = ['198.51.100.1 40000', `198.51.100.2 ${port}`];
      const sip = new TextEncoder().encode('INVITE sip:b@example.org SIP/2.0\r\n\r\n');
      const stun = concat(be16(1, 8), be32(0x2112_a442), zeros(12), be16(6, 4), be32(0));
      const transportStream = concat(be32(0x4700_0010), zeros(184));
      for (const body of [payload, concat(be16(0x80c8), zeros(26)), sip, stun, transportStream]) {
        const bench = decode(1, inUdp(port, body));
        expect(bench).toMatchObject({ endpoints: outer, outers: [], sink: { codes: [] } });
        expect(bench.payload).toEqual(body);
      }
    },
  );

  it('puts a datagram together that was fragmented inside a tunnel, and one whose tunnel was', () => {
    const big = udp(5004, 6004, concat(payload, zeros(80)));
    const part = (offset: number, hasMore: boolean) =>
      ipv4(17, big.subarray(offset, hasMore ? offset + 48 : undefined), { fragmentOffset: offset, hasMore });
    const gre = (packet: Uint8Array) => inIpv4(47, concat(be16(0, 0x0800), packet));
    const inside = new Bench().decode(1, gre(part(0, true)));
    expect(inside.packet).toMatchObject({ isFragment: true, sourcePort: -1, fragmentOffset: 0 });
    expect(inside.decode(1, gre(part(48, false)))).toMatchObject({ endpoints: ends4, sink: { codes: [] } });
    expect(inside.packet).toMatchObject({ isFragment: false, isReassembled: true });

    const whole = udp(40_000, 4789, concat(be32(0x0800_0000, 0x100), ethernet(0x0800, datagram4)));
    const outer = (offset: number, hasMore: boolean) =>
      ethernet(0x0800, ipv4(17, whole.subarray(offset, hasMore ? 24 : undefined), { fragmentOffset: offset, hasMore }));
    const around = new Bench().decode(1, outer(24, false)).decode(1, outer(0, true));
    expect(around).toMatchObject({ endpoints: ends4, payload, outers: ['VXLAN mac 192.0.2.1 40000'] });
    expect(around.packet.isReassembled).toBe(true);
  });

  it('puts fragments of CAPWAP together', () => {
    const inner = ethernet(0x0800, datagram4);
    const fragment = (offset: number, isLast: boolean, part: Uint8Array) =>
      inUdp(5247, concat(Uint8Array.of(0, 0x10, 2, isLast ? 0xc0 : 0x80), be16(9, offset), part));
    const bench = new Bench().decode(1, fragment(0, false, inner.subarray(0, 32)));
    expect(bench.endpoints).toEqual(['198.51.100.1 40000', '198.51.100.2 5247']);
    expect(bench.decode(1, fragment(32, true, inner.subarray(32)))).toMatchObject({ endpoints: ends4, payload });
  });

  it('takes what HEP copied of TCP for a whole message', () => {
    const bench = decode(1, inUdp(9060, hep(6, payload)));
    expect(bench).toMatchObject({ endpoints: ends4, payload });
    expect(bench.packet).toMatchObject({ isMessage: true, protocol: 6 });
  });

  it.each<[string, (packet: Uint8Array) => Uint8Array]>([
    ['IP in IP', (packet) => ipv4(4, packet)],
    ['GRE', (packet) => ipv4(47, concat(be16(0, 0x0800), packet))],
    ['VXLAN', (packet) => ipv4(17, udp(9, 4789, concat(be32(0x0800_0000, 0), ethernet(0x0800, packet))))],
  ])('stops in %s nested a thousand deep, and says so', (_name, wrap) => {
    let packet = datagram4;
    for (let i = 0; i < 1000 && packet.length < 65_000; i += 1) packet = wrap(packet);
    const bench = decode(1, ethernet(0x0800, packet));
    expect(bench.sink.codes).toEqual(['encapsulation-too-deep']);
    expect(bench.packet.outerCount).toBeLessThanOrEqual(64);
    expect(bench.packet.ipVersion).toBe(4);
  });

  it('does not blame a tunnel for what the capture cut off', () => {
    for (const [name, linkType, bytes] of [...encapsulated4, ...encapsulated6]) {
      const bench = decode(linkType, bytes, 4);
      expect(
        bench.sink.codes.filter((code) => code !== 'frame-cut-short'),
        name,
      ).toEqual([]);
      if (bench.packet.outerCount > 0 && bench.packet.sourcePort === 5004)
        expect(bench.packet.payloadMissing, name).toBe(4);
    }
  });
});

describe('802.11', () => {
  const mac = ({ packet }: Bench, at: number) => formatMac(packet.linkBytes, at).slice(-2);

  it.each([
    [0x00, '0a', '0b'],
    [0x01, '0a', '0b'],
    [0x02, '0a', '0b'],
    [0x03, '0a', '0b'],
  ])('names both stations whatever the DS bits 0x%i', (flags, source, destination) => {
    const bench = decode(105, wlan(snap(datagram4), { flags, qos: 0 }));
    expect([mac(bench, bench.packet.wlanSource), mac(bench, bench.packet.wlanDestination)]).toEqual([
      source,
      destination,
    ]);
    expect(bench.packet.macSource).toBe(-1);
  });

  it('knows what was sent again, and whether there is a check sequence', () => {
    const bench = decode(127, radiotap(0x10, concat(wlan(snap(datagram4), { flags: 0x0a }), be32(0))));
    expect(bench.packet).toMatchObject({ isRetry: true, hasFcs: true, isEncrypted: false });
    expect(bench.decode(105, wlan(snap(datagram4))).packet).toMatchObject({ isRetry: false, hasFcs: false });
    expect(bench.decode(1, ethernet(0x0800, datagram4)).packet).toMatchObject({ wlanHeader: -1, wlanSource: -1 });
  });

  it('leaves encrypted bodies closed, and says where they are', () => {
    const body = zeros(40).fill(7);
    const bench = decode(127, radiotap(0x10, concat(wlan(body, { flags: 0x42, qos: 0 }), be32(0))));
    expect(bench.packet).toMatchObject({ isEncrypted: true, ipVersion: 0 });
    const { linkBytes, wlanBodyEnd, wlanBodyStart } = bench.packet;
    expect(linkBytes.slice(wlanBodyStart, wlanBodyEnd)).toEqual(body);
  });

  it('is silent about frames without data', () => {
    for (const fields of [{ subtype: 4 }, { subtype: 12, qos: 0 }]) {
      expect(decode(105, wlan(zeros(0), fields))).toMatchObject({ endpoints: [], sink: { codes: [] } });
    }
    const acknowledgment = decode(105, concat(be16(0xd400, 0), zeros(6)));
    expect(acknowledgment).toMatchObject({ endpoints: [], sink: { codes: [] } });
    expect(acknowledgment.packet.wlanSource).toBe(acknowledgment.packet.wlanDestination);
  });

  it('gives every packet of an A-MSDU', () => {
    const packets = [1, 2, 3].map((n) => ipv4(17, udp(5000 + n, 6004, payload.subarray(0, 8 + n))));
    const bench = decode(105, wlan(aMsdu(...packets, zeros(20)), { qos: 0x80 }));
    const seen = [[bench.packet.ordinal, bench.packet.sourcePort, bench.payload.length]];
    while (bench.decoder.hasNext) {
      bench.decoder.decodeNext(bench.packet);
      seen.push([bench.packet.ordinal, bench.packet.sourcePort, bench.payload.length]);
    }
    expect(seen.slice(0, 3)).toEqual([
      [0, 5001, 9],
      [1, 5002, 10],
      [2, 5003, 11],
    ]);
    expect(seen).toHaveLength(4);
    expect(bench.packet.wlanSource).toBe(-1);
    bench.decode(1, ethernet(0x0800, datagram4));
    expect(bench.decoder.hasNext).toBe(false);
  });

  it('reports an MSDU that goes past its frame', () => {
    const body = aMsdu(datagram4);
    body[12] = 0x20;
    expect(decode(105, wlan(body, { qos: 0x80 }))).toMatchObject({ endpoints: [], sink: { codes: ['wlan-a-msdu'] } });
  });
});

it('never throws, stays inside the frame and ends, whatever the bytes', () => {
  const seeds = [
    ...encapsulated4,
    ...encapsulated6,
    ['A-MSDU', 105, wlan(aMsdu(datagram4, ipv4(6, tcp(1, 2, payload)), datagram4), { qos: 0x80 })] as const,
  ];
  const bench = new Bench();
  const change = fc.tuple(fc.nat(160), fc.nat(255));
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(change, { maxLength: 10 }),
      fc.nat(40),
      fc.option(fc.constantFrom(...seeds.map(([, linkType]) => linkType))),
      ([, linkType, seed], changes, cut, otherType) => {
        const bytes = seed.slice();
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const { decoder, frame, packet } = bench.decode(otherType ?? linkType, bytes, Math.min(cut, bytes.length));
        for (let count = 0; ; count += 1) {
          expect(packet.payloadStart).toBeLessThanOrEqual(packet.payloadEnd);
          expect(packet.payloadMissing).toBeGreaterThanOrEqual(0);
          expect(packet.outerCount).toBeLessThanOrEqual(64);
          if (packet.bytes === frame.bytes && packet.payloadEnd > 0) {
            expect(packet.payloadStart).toBeGreaterThanOrEqual(frame.start);
            expect(packet.payloadEnd).toBeLessThanOrEqual(frame.end);
          }
          if (packet.wlanHeader >= 0) expect(packet.wlanBodyStart).toBeLessThanOrEqual(packet.wlanBodyEnd);
          if (!decoder.hasNext) break;
          expect(count).toBeLessThan(100);
          decoder.decodeNext(packet);
        }
      },
    ),
    { numRuns: 20_000 },
  );
});
