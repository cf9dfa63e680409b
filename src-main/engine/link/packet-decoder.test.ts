import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frame, NOT_A_PACKET } from '../capture/frame';
import { concat } from '../capture/testing/capture-builder';
import { TestSink } from '../capture/testing/collect';
import { formatAddress, formatMac } from '../net/endpoint';
import { PacketView } from '../net/packet';
import { ethernet, ipv4, ipv6, ipv6Fragment, tcp, udp } from '../net/testing/packet-builder';
import { PacketDecoder } from './packet-decoder';

const payload = Uint8Array.of(0x80, 1, 2, 3, 4, 5, 6, 7);
const datagram = ipv4(17, udp(5004, 6004, payload));

/** Decodes one frame, which lies in the middle of a window; `cut` bytes of it were not captured. */
function decode(bytes: Uint8Array, linkType = 1, cut = 0) {
  const sink = new TestSink();
  const frame = new Frame();
  frame.number = 1;
  frame.linkType = linkType;
  frame.bytes = concat(
    new Uint8Array(50).fill(0xaa),
    bytes.subarray(0, bytes.length - cut),
    new Uint8Array(70).fill(0xbb),
  );
  frame.start = 50;
  frame.end = 50 + bytes.length - cut;
  frame.wireLength = bytes.length;
  const packet = new PacketView();
  new PacketDecoder(sink).decode(frame, packet);
  const length = packet.ipVersion === 4 ? 4 : 16;
  return {
    codes: sink.codes,
    packet,
    addresses:
      packet.ipVersion === 0
        ? null
        : [formatAddress(packet.bytes, packet.source, length), formatAddress(packet.bytes, packet.destination, length)],
    ports: [packet.sourcePort, packet.destinationPort],
    payload: packet.bytes.slice(packet.payloadStart, packet.payloadEnd),
    missing: packet.payloadMissing,
  };
}

const v4Addresses = ['192.0.2.1', '192.0.2.2'];
const v6Addresses = ['2001:db8::1', '2001:db8::2'];

describe('link layers', () => {
  const be16 = (...values: number[]): Uint8Array =>
    Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]));
  const snap = concat(Uint8Array.of(0xaa, 0xaa, 3, 0, 0, 0, 8, 0), datagram);
  const ppp = concat(be16(0x1100, 0x1234, datagram.length + 2, 0x0021), datagram);
  const v6 = ipv6(17, udp(5004, 6004, payload));

  it.each<[string, number, Uint8Array]>([
    ['Ethernet II', 1, ethernet(0x0800, datagram)],
    ['Ethernet II, padded', 1, concat(ethernet(0x0800, datagram), new Uint8Array(20))],
    ['one VLAN', 1, ethernet(0x0800, datagram, [[0x8100, 7]])],
    [
      '802.1ad over 802.1Q',
      1,
      ethernet(0x0800, datagram, [
        [0x88a8, 1],
        [0x8100, 2],
      ]),
    ],
    [
      'three old tags',
      1,
      ethernet(0x0800, datagram, [
        [0x9100, 1],
        [0x9200, 2],
        [0x9300, 3],
      ]),
    ],
    ['802.3 with SNAP, padded', 1, concat(ethernet(snap.length, snap), new Uint8Array(9))],
    ['802.3 with SNAP in a VLAN', 1, ethernet(snap.length, snap, [[0x8100, 7]])],
    [
      '802.3 with the IP service access point',
      1,
      ethernet(datagram.length + 3, concat(Uint8Array.of(6, 6, 3), datagram)),
    ],
    ['PPPoE', 1, ethernet(0x8864, ppp)],
    ['PPPoE, padded', 1, concat(ethernet(0x8864, ppp), new Uint8Array(9))],
    ['PPPoE without Ethernet', 51, ppp],
    ['Linux cooked', 113, concat(be16(4, 1, 6, 0, 0, 0, 0, 0x0800), datagram)],
    ['Linux cooked with a VLAN', 113, concat(be16(4, 1, 6, 0, 0, 0, 0, 0x8100, 5, 0x0800), datagram)],
    ['Linux cooked with 802.2', 113, concat(be16(4, 1, 6, 0, 0, 0, 0, 4), snap)],
    ['Linux cooked 2', 276, concat(be16(0x0800, 0, 0, 3, 1, 0x0406, 0, 0, 0, 0), datagram)],
    ['raw IP', 101, datagram],
    ['raw IP of old systems', 12, datagram],
    ['raw IP of OpenBSD', 14, datagram],
    ['raw IPv4', 228, datagram],
    ['null, little endian', 0, concat(Uint8Array.of(2, 0, 0, 0), datagram)],
    ['null, big endian', 0, concat(Uint8Array.of(0, 0, 0, 2), datagram)],
    ['null with an EtherType', 0, concat(Uint8Array.of(15, 0, 8, 0), datagram)],
    ['loop', 108, concat(Uint8Array.of(0, 0, 0, 2), datagram)],
  ])('finds IPv4 in %s', (_name, linkType, bytes) => {
    const result = decode(bytes, linkType);
    expect(result).toMatchObject({ codes: [], addresses: v4Addresses, ports: [5004, 6004], payload, missing: 0 });
    expect(result.packet).toMatchObject({
      ipVersion: 4,
      protocol: 17,
      ttl: 64,
      isFragment: false,
      isReassembled: false,
    });
  });

  it.each<[string, number, Uint8Array]>([
    ['Ethernet II', 1, ethernet(0x86dd, v6)],
    ['PPPoE', 1, ethernet(0x8864, concat(be16(0x1100, 1, v6.length + 2, 0x0057), v6))],
    ['Linux cooked 2', 276, concat(be16(0x86dd, 0, 0, 3, 1, 0x0406, 0, 0, 0, 0), v6)],
    ['raw IP', 101, v6],
    ['raw IPv6', 229, v6],
    ['null of macOS', 0, concat(Uint8Array.of(30, 0, 0, 0), v6)],
    ['null of FreeBSD', 0, concat(Uint8Array.of(28, 0, 0, 0), v6)],
    ['loop of OpenBSD', 108, concat(Uint8Array.of(0, 0, 0, 24), v6)],
  ])('finds IPv6 in %s', (_name, linkType, bytes) => {
    const result = decode(bytes, linkType);
    expect(result).toMatchObject({ codes: [], addresses: v6Addresses, ports: [5004, 6004], payload, missing: 0 });
    expect(result.packet).toMatchObject({ ipVersion: 6, protocol: 17, ttl: 63 });
  });

  it('gives MAC addresses where the link has them', () => {
    const { packet } = decode(ethernet(0x0806, new Uint8Array(28)));
    expect(formatMac(packet.linkBytes, packet.macSource)).toBe('02:00:00:00:00:0a');
    expect(formatMac(packet.linkBytes, packet.macDestination)).toBe('02:00:00:00:00:0b');
    expect(packet.ipVersion).toBe(0);
    expect(decode(datagram, 101).packet.macSource).toBe(-1);
  });

  it('names link types it does not know once, and is silent about records that are no packets', () => {
    const sink = new TestSink();
    const decoder = new PacketDecoder(sink);
    const frame = new Frame();
    for (const linkType of [160, 160, NOT_A_PACKET, 1, 160, 4711]) {
      frame.linkType = linkType;
      frame.number += 1;
      decoder.decode(frame, new PacketView());
    }
    expect(
      sink.reports.filter(({ code }) => code === 'link-type-unsupported').map(({ frame: n, message }) => [n, message]),
    ).toEqual([
      [1, 'Frames of link type USER13 cannot be decoded.'],
      [6, 'Frames of link type LINKTYPE_4711 cannot be decoded.'],
    ]);
  });

  it('bounds the depth of VLAN stacks', () => {
    const tags = (count: number) => Array.from({ length: count }, (): [number, number] => [0x8100, 1]);
    expect(decode(ethernet(0x0800, datagram, tags(32))).addresses).toEqual(v4Addresses);
    expect(decode(ethernet(0x0800, datagram, tags(33)))).toMatchObject({
      addresses: null,
      codes: ['encapsulation-too-deep'],
    });
  });
});

describe('IPv4', () => {
  it('skips options', () => {
    expect(
      decode(ethernet(0x0800, ipv4(17, udp(1, 2, payload), { options: new Uint8Array(12).fill(1) }))).payload,
    ).toEqual(payload);
  });

  it('takes a total length of 0 for offloaded segmentation', () => {
    const result = decode(ethernet(0x0800, ipv4(6, tcp(80, 81, payload), { totalLength: 0 })));
    expect(result).toMatchObject({ payload, codes: [], ports: [80, 81] });
  });

  it.each([
    ['ipv4-total-length', ipv4(17, udp(1, 2, payload), { totalLength: 19 })],
    ['ipv4-header-length', Uint8Array.of(0x44, ...datagram.subarray(1))],
    ['ip-version', Uint8Array.of(0x65, ...datagram.subarray(1))],
    ['ipv4-header-length', Uint8Array.of(0x4f, 0, 0, 0, ...datagram.subarray(4))],
    ['ipv4-truncated', datagram.subarray(0, 19)],
  ])('reports %s and goes no further', (code, bytes) => {
    const result = decode(ethernet(0x0800, bytes));
    expect(result).toMatchObject({ codes: [code], ports: [-1, -1], missing: 0 });
    expect(result.payload).toHaveLength(0);
  });

  it('keeps to the frame when the total length goes past it', () => {
    const result = decode(ethernet(0x0800, ipv4(17, udp(1, 2, payload), { totalLength: 400 })));
    expect(result).toMatchObject({ payload, missing: 0, codes: ['ipv4-total-length'] });
  });

  it('does not decode the packet that an ICMP error quotes', () => {
    const error = concat(Uint8Array.of(3, 3, 0, 0, 0, 0, 0, 0), datagram);
    const result = decode(ethernet(0x0800, ipv4(1, error)));
    expect(result).toMatchObject({ ports: [-1, -1], addresses: v4Addresses, payload: error });
    expect(result.packet.protocol).toBe(1);
  });

  it('looks behind an authentication header', () => {
    const header = concat(Uint8Array.of(17, 4), new Uint8Array(22));
    const result = decode(ethernet(0x0800, ipv4(51, concat(header, udp(1, 2, payload)))));
    expect(result).toMatchObject({ ports: [1, 2], payload });
    expect(result.packet.protocol).toBe(17);
  });
});

describe('IPv6', () => {
  const extension = (next: number, length: number): Uint8Array =>
    concat(Uint8Array.of(next, length / 8 - 1), new Uint8Array(length - 2));

  it('walks hop-by-hop, routing, destination and authentication headers', () => {
    const chain = concat(
      extension(43, 8),
      extension(60, 24),
      extension(51, 16),
      Uint8Array.of(17, 4),
      new Uint8Array(22),
      udp(5, 6, payload),
    );
    const result = decode(ethernet(0x86dd, ipv6(0, chain)));
    expect(result).toMatchObject({ ports: [5, 6], payload, codes: [], addresses: v6Addresses });
    expect(result.packet.protocol).toBe(17);
  });

  it('takes an atomic fragment for a whole datagram', () => {
    const result = decode(
      ethernet(0x86dd, ipv6(44, ipv6Fragment(17, udp(5, 6, payload), { offset: 0, hasMore: false }))),
    );
    expect(result).toMatchObject({ ports: [5, 6], payload });
    expect(result.packet).toMatchObject({ isFragment: false, isReassembled: false });
  });

  it('reads the length of a jumbogram', () => {
    const rest = udp(5, 6, payload, 0);
    const jumbo = concat(Uint8Array.of(17, 0, 0xc2, 4, 0, 0, 0, 8 + rest.length), rest, new Uint8Array(9));
    expect(decode(ethernet(0x86dd, ipv6(0, jumbo, { payloadLength: 0 }))).payload).toEqual(payload);
  });

  it('cuts Ethernet padding off', () => {
    expect(decode(concat(ethernet(0x86dd, ipv6(17, udp(5, 6, payload))), new Uint8Array(8))).payload).toEqual(payload);
  });

  it('has no payload behind the header that says so', () => {
    const result = decode(ethernet(0x86dd, ipv6(59, payload)));
    expect(result).toMatchObject({ ports: [-1, -1], missing: 0, codes: [] });
    expect(result.payload).toHaveLength(0);
  });

  it('bounds the chain of extension headers', () => {
    const chain = (count: number) =>
      concat(...Array.from({ length: count }, (_, i) => extension(i === count - 1 ? 17 : 60, 8)), udp(5, 6, payload));
    expect(decode(ethernet(0x86dd, ipv6(60, chain(16)))).ports).toEqual([5, 6]);
    expect(decode(ethernet(0x86dd, ipv6(60, chain(17))))).toMatchObject({
      ports: [-1, -1],
      codes: ['ipv6-extensions-too-many'],
    });
  });

  it('reports an extension header that goes past its packet', () => {
    expect(decode(ethernet(0x86dd, ipv6(0, Uint8Array.of(17, 9, 0, 0, 0, 0, 0, 0)))).codes).toEqual([
      'ipv6-extension-truncated',
    ]);
  });
});

describe('transport', () => {
  it('cuts UDP at its own length', () => {
    expect(decode(ethernet(0x0800, ipv4(17, udp(1, 2, payload, 8 + 3)))).payload).toEqual(payload.subarray(0, 3));
  });

  it('reads an empty UDP datagram', () => {
    const result = decode(ethernet(0x0800, ipv4(17, udp(1, 2, new Uint8Array(0)))));
    expect(result).toMatchObject({ ports: [1, 2], codes: [] });
    expect(result.payload).toHaveLength(0);
  });

  it.each([0, 7, 900])('reports the UDP length %i and takes that of IP', (length) => {
    expect(decode(ethernet(0x0800, ipv4(17, udp(1, 2, payload, length))))).toMatchObject({
      ports: [1, 2],
      payload,
      codes: ['udp-length'],
    });
  });

  it('reads TCP with options', () => {
    const segment = tcp(443, 50_000, payload, {
      sequence: 0xfedcba98,
      acknowledgment: 0x89abcdef,
      flags: 0x18,
      options: new Uint8Array(12).fill(1),
    });
    const result = decode(ethernet(0x0800, ipv4(6, segment)));
    expect(result).toMatchObject({ ports: [443, 50_000], payload });
    expect(result.packet).toMatchObject({
      tcpSequence: 0xfedcba98,
      tcpAcknowledgment: 0x89abcdef,
      tcpFlags: 0x18,
      tcpWindow: 8192,
    });
  });

  it('reports a TCP header of impossible length', () => {
    const segment = tcp(1, 2, payload);
    for (const offset of [0x40, 0xf0]) {
      segment[12] = offset;
      const result = decode(ethernet(0x0800, ipv4(6, segment)));
      expect(result).toMatchObject({ ports: [1, 2], codes: ['tcp-header-length'], missing: 0 });
      expect(result.payload).toHaveLength(0);
    }
  });

  it('reads SCTP ports', () => {
    const result = decode(
      ethernet(0x0800, ipv4(132, concat(Uint8Array.of(0x0b, 0x59, 0x0b, 0x5a), new Uint8Array(8), payload))),
    );
    expect(result).toMatchObject({ ports: [2905, 2906], payload });
  });
});

describe('snap length', () => {
  it('counts payload bytes that were not captured, and says so once a frame', () => {
    const result = decode(ethernet(0x0800, datagram), 1, 3);
    expect(result).toMatchObject({ payload: payload.subarray(0, 5), missing: 3, codes: ['frame-cut-short'] });
  });

  it('does not count padding as missing', () => {
    const padded = concat(ethernet(0x0800, datagram), new Uint8Array(10));
    expect(decode(padded, 1, 6)).toMatchObject({ payload, missing: 0 });
  });

  it('finds all of the payload missing when the TCP options are cut', () => {
    const bytes = ethernet(0x0800, ipv4(6, tcp(1, 2, payload, { options: new Uint8Array(12) })));
    const result = decode(bytes, 1, payload.length + 4);
    expect(result).toMatchObject({ ports: [1, 2], missing: payload.length });
    expect(result.payload).toHaveLength(0);
  });

  it('has no ports when their header is cut, and blames nobody', () => {
    const bytes = ethernet(0x0800, datagram);
    for (let cut = payload.length + 1; cut <= bytes.length; cut += 1) {
      const result = decode(bytes, 1, cut);
      expect(result).toMatchObject({ ports: [-1, -1], missing: 0, codes: ['frame-cut-short'] });
      expect(result.payload).toHaveLength(0);
    }
  });
});

it('never throws and stays inside the frame, whatever the bytes', () => {
  const seeds = [
    ethernet(0x0800, datagram, [[0x8100, 1]]),
    ethernet(
      0x86dd,
      ipv6(
        0,
        concat(
          Uint8Array.of(44, 0, 0, 0, 0, 0, 0, 0),
          ipv6Fragment(17, udp(5, 6, payload), { offset: 0, hasMore: true }),
        ),
      ),
    ),
    ethernet(0x0800, ipv4(6, tcp(1, 2, payload, { options: new Uint8Array(8) }))),
    datagram,
  ];
  const sink = new TestSink();
  const decoder = new PacketDecoder(sink);
  const frame = new Frame();
  const packet = new PacketView();
  const change = fc.tuple(fc.nat(90), fc.nat(255));
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.constantFrom(0, 1, 12, 51, 101, 108, 113, 228, 229, 276),
      fc.array(change, { maxLength: 12 }),
      fc.nat(100),
      fc.nat(30),
      (seed, linkType, changes, length, missing) => {
        const bytes = seed.slice();
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        frame.number += 1;
        frame.timeNs += 1e6;
        frame.linkType = linkType;
        frame.bytes = bytes;
        frame.start = 0;
        frame.end = Math.min(length, bytes.length);
        frame.wireLength = frame.end + missing;
        decoder.decode(frame, packet);
        expect(packet.payloadStart).toBeLessThanOrEqual(packet.payloadEnd);
        expect(packet.payloadMissing).toBeGreaterThanOrEqual(0);
        if (!packet.isReassembled) {
          expect(packet.payloadStart).toBeGreaterThanOrEqual(0);
          expect(packet.payloadEnd).toBeLessThanOrEqual(frame.end);
          expect(packet.payloadEnd - packet.payloadStart + packet.payloadMissing).toBeLessThanOrEqual(0xffff);
        }
        if (packet.sourcePort < 0) expect(packet.destinationPort).toBe(-1);
      },
    ),
    { numRuns: 20_000 },
  );
});
