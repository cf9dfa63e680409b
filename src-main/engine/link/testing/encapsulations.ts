import { concat } from '../../capture/testing/capture-builder';
import { ethernet, ipv4, ipv4Address, ipv6, udp } from '../../net/testing/packet-builder';

/*
 * Frames with the same datagram inside every encapsulation that the engine knows: 192.0.2.1:5004 to 192.0.2.2:6004, or
 * the same ports between 2001:db8::1 and 2001:db8::2. Tests decode them, show them to tshark, and mutate them.
 */

export const payload = Uint8Array.of(0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4, 5, 6, 7, 8);
export const datagram4 = ipv4(17, udp(5004, 6004, payload));
export const datagram6 = ipv6(17, udp(5004, 6004, payload));

export const be16 = (...values: number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]));
export const be32 = (...values: number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((v) => [v >>> 24, (v >> 16) & 0xff, (v >> 8) & 0xff, v & 0xff]));
export const le16 = (...values: number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value & 0xff, (value >> 8) & 0xff]));
export const le32 = (...values: number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((v) => [v & 0xff, (v >> 8) & 0xff, (v >> 16) & 0xff, v >>> 24]));
export const zeros = (length: number): Uint8Array => new Uint8Array(length);
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

const stationA = bytes(2, 0, 0, 0, 0, 0x0a);
const stationB = bytes(2, 0, 0, 0, 0, 0x0b);
const accessPoint = bytes(2, 0, 0, 0, 0, 0x0c);
const otherPoint = bytes(2, 0, 0, 0, 0, 0x0d);

/** An LLC and SNAP header before `packet`. */
export const snap = (packet: Uint8Array, etherType = 0x0800): Uint8Array =>
  concat(bytes(0xaa, 0xaa, 3, 0, 0, 0), be16(etherType), packet);

interface WlanFields {
  readonly subtype?: number;
  /** Second byte of frame control. */
  readonly flags?: number;
  readonly qos?: number;
  readonly sequenceControl?: number;
}

/** An 802.11 data frame from station A to station B. */
export function wlan(body: Uint8Array, fields: WlanFields = {}): Uint8Array {
  const { flags = 0x02, sequenceControl = 0x0010, subtype = fields.qos === undefined ? 0 : 8, qos } = fields;
  const addresses = [
    [stationB, stationA, accessPoint],
    [accessPoint, stationA, stationB],
    [stationB, accessPoint, stationA],
    [accessPoint, otherPoint, stationB],
  ][flags & 3];
  return concat(
    bytes(0x08 | (subtype << 4), flags),
    zeros(2),
    ...addresses,
    le16(sequenceControl),
    (flags & 3) === 3 ? stationA : zeros(0),
    qos === undefined ? zeros(0) : le16(qos),
    qos !== undefined && (flags & 0x80) !== 0 ? zeros(4) : zeros(0),
    body,
  );
}

/** An A-MSDU: the MSDUs with their headers, padded. */
export function aMsdu(...packets: Uint8Array[]): Uint8Array {
  return concat(
    ...packets.flatMap((packet, i) => {
      const body = snap(packet);
      const padding = i === packets.length - 1 ? 0 : -(14 + body.length) & 3;
      return [stationB, stationA, be16(body.length), body, zeros(padding)];
    }),
  );
}

export const radiotap = (flags: number, frame: Uint8Array): Uint8Array =>
  concat(bytes(0, 0), le16(9), le32(2), bytes(flags), frame);

/** Radiotap with two words of presence bits, a timer, and flags behind it. */
const longRadiotap = (flags: number, frame: Uint8Array): Uint8Array =>
  concat(bytes(0, 0), le16(25), le32(0x8000_0003, 0), zeros(4), zeros(8), bytes(flags), frame);

/** In Ethernet and IPv4, between 198.51.100.1 and 198.51.100.2. */
export const inIpv4 = (protocol: number, body: Uint8Array): Uint8Array =>
  ethernet(0x0800, ipv4(protocol, body, { source: '198.51.100.1', destination: '198.51.100.2' }));
export const inUdp = (port: number, body: Uint8Array): Uint8Array => inIpv4(17, udp(40_000, port, body));
export const inIpv6 = (nextHeader: number, body: Uint8Array): Uint8Array =>
  ethernet(0x86dd, ipv6(nextHeader, body, { source: '2001:db8:1::1', destination: '2001:db8:1::2' }));

const inner = ethernet(0x0800, datagram4);
const label = (value: number, isBottom: boolean): Uint8Array =>
  be32(((value << 12) | (isBottom ? 0x100 : 0) | 64) >>> 0);
const ppp = concat(be16(0x0021), datagram4);

function hepChunk(type: number, value: Uint8Array): Uint8Array {
  return concat(be16(0, type, 6 + value.length), value);
}

export function hep(protocol: number, body: Uint8Array): Uint8Array {
  const chunks = concat(
    hepChunk(1, bytes(2)),
    hepChunk(2, bytes(protocol)),
    hepChunk(3, ipv4Address('192.0.2.1')),
    hepChunk(4, ipv4Address('192.0.2.2')),
    hepChunk(7, be16(5004)),
    hepChunk(8, be16(6004)),
    hepChunk(9, be32(1)),
    hepChunk(10, be32(2)),
    hepChunk(11, bytes(5)),
    hepChunk(12, be32(99)),
    hepChunk(15, body),
  );
  return concat(new TextEncoder().encode('HEP3'), be16(6 + chunks.length), chunks);
}

const gtpHeader = (flags: number, length: number, rest: Uint8Array): Uint8Array =>
  concat(bytes(flags, 255), be16(length), be32(0x1234), rest);
const gtpExtended = concat(be16(7), bytes(0, 0x85), bytes(1, 0x10, 9, 0xc0), bytes(1, 0, 0, 0));

const capwap = (flags: number, isNative: boolean, fragment: Uint8Array, frame: Uint8Array): Uint8Array =>
  concat(bytes(0, 2 << 3, (1 << 1) | (isNative ? 1 : 0), flags), fragment, frame);
const swapped = (frame: Uint8Array): Uint8Array => concat(bytes(frame[1], frame[0]), frame.subarray(2));

const nflogAttribute = (type: number, value: Uint8Array): Uint8Array =>
  concat(le16(4 + value.length, type), value, zeros(-value.length & 3));

/** Name, link type, frame; the datagram in it is IPv4. */
export const encapsulated4: [name: string, linkType: number, frame: Uint8Array][] = [
  ['PPP', 9, ppp],
  ['PPP with address and control', 9, concat(be16(0xff03), ppp)],
  ['PPP with a short protocol field', 9, concat(bytes(0x21), datagram4)],
  ['PPP in HDLC-like framing', 50, concat(be16(0xff03), ppp)],
  ['Cisco HDLC where PPP might be', 50, concat(be16(0x0f00, 0x0800), datagram4)],
  ['Cisco HDLC', 104, concat(be16(0x0f00, 0x0800), datagram4)],
  ['PPP with direction', 204, concat(bytes(1), be16(0xff03), ppp)],
  ['Cisco HDLC with direction', 205, concat(bytes(1), be16(0x8f00, 0x0800), datagram4)],
  ['frame relay, IETF', 107, concat(bytes(0x18, 0x41, 0x03, 0xcc), datagram4)],
  ['frame relay, SNAP', 107, concat(bytes(0x18, 0x41, 0x03, 0, 0x80, 0, 0, 0), be16(0x0800), datagram4)],
  ['frame relay, Cisco', 107, concat(bytes(0x18, 0x41), be16(0x0800), datagram4)],
  ['frame relay, bridged', 107, concat(bytes(0x18, 0x41, 0x03, 0, 0x80, 0, 0x80, 0xc2), be16(7), inner)],
  ['RFC 1483 with LLC', 100, snap(datagram4)],
  ['RFC 1483, bridged', 100, concat(bytes(0xaa, 0xaa, 3, 0, 0x80, 0xc2), be16(7), zeros(2), inner)],
  ['802.11, from an access point', 105, wlan(snap(datagram4))],
  ['802.11, to an access point', 105, wlan(snap(datagram4), { flags: 0x01 })],
  ['802.11, ad hoc', 105, wlan(snap(datagram4), { flags: 0 })],
  ['802.11, between access points', 105, wlan(snap(datagram4), { flags: 0x03 })],
  ['802.11, sent again', 105, wlan(snap(datagram4), { flags: 0x0a })],
  ['802.11 QoS', 105, wlan(snap(datagram4), { qos: 6 })],
  ['802.11 QoS, between access points', 105, wlan(snap(datagram4), { qos: 0, flags: 0x03 })],
  ['802.11 QoS with HT control', 105, wlan(snap(datagram4), { qos: 0, flags: 0x82 })],
  ['802.11 A-MSDU of one', 105, wlan(aMsdu(datagram4), { qos: 0x80 })],
  ['radiotap', 127, radiotap(0, wlan(snap(datagram4)))],
  ['radiotap with FCS', 127, radiotap(0x10, concat(wlan(snap(datagram4)), be32(0xdeadbeef)))],
  [
    'radiotap with padding behind the header',
    127,
    radiotap(0x20, concat(wlan(zeros(0), { qos: 0 }), zeros(2), snap(datagram4))),
  ],
  ['long radiotap with FCS', 127, longRadiotap(0x10, concat(wlan(snap(datagram4)), be32(0)))],
  ['PPI', 192, concat(bytes(0, 0), le16(8), le32(105), wlan(snap(datagram4)))],
  [
    'PPI with FCS',
    192,
    concat(bytes(0, 0), le16(32), le32(105), le16(2, 20), zeros(8), le16(1), zeros(10), wlan(snap(datagram4)), be32(0)),
  ],
  ['PPI with Ethernet', 192, concat(bytes(0, 0), le16(8), le32(1), inner)],
  ['Prism', 119, concat(le32(0x44, 144), zeros(136), wlan(snap(datagram4)))],
  ['AVS', 163, concat(be32(0x8021_1001, 64), zeros(56), wlan(snap(datagram4)))],
  ['AVS where Prism might be', 119, concat(be32(0x8021_1001, 64), zeros(56), wlan(snap(datagram4)))],
  ['NFLOG', 239, concat(bytes(2, 0, 0, 1), nflogAttribute(10, bytes(65, 66, 0)), nflogAttribute(9, datagram4))],
  ['PKTAP', 258, concat(le32(108, 1, 1), zeros(96), inner)],
  ['PKTAP with its old number', 149, concat(le32(108, 1, 12), zeros(96), datagram4)],
  ['IPNET', 226, concat(bytes(1, 2), be16(1), be32(datagram4.length), zeros(16), datagram4)],
  ['ERF with Ethernet', 197, concat(zeros(8), bytes(2, 4), be16(18 + inner.length, 0, inner.length), zeros(2), inner)],
  [
    'ERF with an extension',
    197,
    concat(zeros(8), bytes(0x82, 4), be16(26 + inner.length, 0, inner.length), zeros(8), zeros(2), inner),
  ],
  ['DSA tag', 284, concat(inner.subarray(0, 12), zeros(4), inner.subarray(12))],
  ['EDSA tag', 285, concat(inner.subarray(0, 12), be16(0xdada, 0), zeros(4), inner.subarray(12))],
  ['Broadcom tag', 281, concat(inner.subarray(0, 12), zeros(4), inner.subarray(12))],
  ['Broadcom tag before the frame', 282, concat(zeros(4), inner)],

  ['MPLS', 1, ethernet(0x8847, concat(label(16, false), label(17, true), datagram4))],
  ['MPLS with Ethernet', 1, ethernet(0x8847, concat(label(17, true), inner))],
  ['MPLS with a control word', 1, ethernet(0x8847, concat(label(17, true), zeros(4), inner))],
  [
    'MPLS in PPP in PPPoE',
    1,
    ethernet(0x8864, concat(be16(0x1100, 1, 6 + datagram4.length, 0x0281), label(17, true), datagram4)),
  ],
  ['GRE', 1, inIpv4(47, concat(be16(0, 0x0800), datagram4))],
  ['GRE with checksum, key and sequence', 1, inIpv4(47, concat(be16(0xb000, 0x0800), zeros(12), datagram4))],
  ['GRE over IPv6', 1, inIpv6(47, concat(be16(0, 0x0800), datagram4))],
  ['GRE with Ethernet', 1, inIpv4(47, concat(be16(0x2000, 0x6558), zeros(4), inner))],
  ['GRE with MPLS', 1, inIpv4(47, concat(be16(0, 0x8847), label(9, true), datagram4))],
  [
    'PPTP',
    1,
    inIpv4(
      47,
      concat(be16(0x3001, 0x880b, 4 + datagram4.length, 7), be32(1), be16(0xff03), bytes(0), bytes(0x21), datagram4),
    ),
  ],
  [
    'PPTP that acknowledges',
    1,
    inIpv4(47, concat(be16(0x3081, 0x880b, 1 + datagram4.length, 7), be32(1, 2), bytes(0x21), datagram4)),
  ],
  ['ERSPAN I', 1, inIpv4(47, concat(be16(0, 0x88be), inner))],
  ['ERSPAN II', 1, inIpv4(47, concat(be16(0x1000, 0x88be), be32(1), be32(0x1001_0000, 0), inner))],
  ['ERSPAN III', 1, inIpv4(47, concat(be16(0x1000, 0x22eb), be32(1), be32(0x2001_0000, 0, 0), inner))],
  [
    'ERSPAN III with a subheader',
    1,
    inIpv4(47, concat(be16(0x1000, 0x22eb), be32(1), be32(0x2001_0000, 0, 1), zeros(8), inner)),
  ],
  ['IP in IP', 1, inIpv4(4, datagram4)],
  ['IPv4 in IPv6', 1, inIpv6(4, datagram4)],
  ['EtherIP', 1, inIpv4(97, concat(be16(0x3000), inner))],
  ['MPLS in IP', 1, inIpv4(137, concat(label(5, true), datagram4))],
  ['AH in tunnel mode', 1, inIpv4(51, concat(bytes(4, 4), zeros(22), datagram4))],
  ['L2TPv3 over IP', 1, inIpv4(115, concat(be32(7), inner))],
  ['L2TPv3 over IP with cookie and sublayer', 1, inIpv4(115, concat(be32(7), zeros(8), zeros(4), inner))],
  ['L2TPv2', 1, inUdp(1701, concat(be16(0x0002, 1, 2), be16(0xff03), ppp))],
  ['L2TPv2 with everything', 1, inUdp(1701, concat(be16(0x4a02, 16 + ppp.length, 1, 2, 3, 4, 2, 0), ppp))],
  ['L2TPv3 over UDP', 1, inUdp(1701, concat(be16(3, 0), be32(7), zeros(4), inner))],
  ['VXLAN', 1, inUdp(4789, concat(be32(0x0800_0000, 0x1234_5600), inner))],
  ['VXLAN of Linux', 1, inUdp(8472, concat(be32(0x0800_0000, 0x1234_5600), inner))],
  ['VXLAN over IPv6', 1, inIpv6(17, udp(40_000, 4789, concat(be32(0x0800_0000, 0x100), inner)))],
  ['VXLAN-GPE', 1, inUdp(4790, concat(be32(0x0c00_0001, 0x100), datagram4))],
  ['Geneve', 1, inUdp(6081, concat(be16(0x0000, 0x6558), be32(0x100), inner))],
  [
    'Geneve with options',
    1,
    inUdp(6081, concat(be16(0x0200, 0x0800), be32(0x100), be16(0x0102, 0x8001), zeros(4), datagram4)),
  ],
  ['GTP-U', 1, inUdp(2152, gtpHeader(0x30, datagram4.length, datagram4))],
  [
    'GTP-U with a sequence number',
    1,
    inUdp(2152, gtpHeader(0x32, 4 + datagram4.length, concat(be16(7, 0), datagram4))),
  ],
  [
    'GTP-U with extension headers',
    1,
    inUdp(2152, gtpHeader(0x34, gtpExtended.length + datagram4.length, concat(gtpExtended, datagram4))),
  ],
  ['TZSP', 1, inUdp(37_008, concat(bytes(1, 0, 0, 1), bytes(0, 0x0a, 1, 0xc8, 1), inner))],
  ['TZSP with 802.11', 1, inUdp(37_008, concat(bytes(1, 0, 0, 18), bytes(1), wlan(snap(datagram4))))],
  ['CAPWAP with Ethernet', 1, inUdp(5247, capwap(0, false, zeros(4), inner))],
  ['CAPWAP with 802.11', 1, inUdp(5247, capwap(0, true, zeros(4), wlan(snap(datagram4))))],
  ['CAPWAP with swapped 802.11', 1, inUdp(5247, capwap(0, true, zeros(4), swapped(wlan(snap(datagram4)))))],
  ['MPLS in UDP', 1, inUdp(6635, concat(label(5, true), datagram4))],
  ['HEP', 1, inUdp(9060, hep(17, payload))],
  ['everything at once', 1, ethernet(0x88a8, concat(be16(1, 0x8100, 2, 0x8864, 0x1100, 1), be16(0), ppp))],
];
// The PPPoE length of the last one counts its PPP frame.
new DataView(encapsulated4[encapsulated4.length - 1][2].buffer).setUint16(26, ppp.length);

/** The same with IPv6 inside. */
export const encapsulated6: [name: string, linkType: number, frame: Uint8Array][] = [
  ['PPP', 9, concat(be16(0x0057), datagram6)],
  ['frame relay', 107, concat(bytes(0x18, 0x41, 0x03, 0x8e), datagram6)],
  ['802.11', 105, wlan(snap(datagram6, 0x86dd))],
  ['NFLOG', 239, concat(bytes(10, 0, 0, 1), nflogAttribute(9, datagram6))],
  ['MPLS', 1, ethernet(0x8847, concat(label(16, true), datagram6))],
  ['6in4', 1, inIpv4(41, datagram6)],
  ['IPv6 in IPv6', 1, inIpv6(41, datagram6)],
  ['GRE', 1, inIpv4(47, concat(be16(0, 0x86dd), datagram6))],
  ['GTP-U', 1, inUdp(2152, gtpHeader(0x30, datagram6.length, datagram6))],
  ['Teredo', 1, inUdp(3544, datagram6)],
  [
    'Teredo with authentication and origin',
    1,
    inUdp(3544, concat(be16(1, 0), zeros(9), be16(0, 0), zeros(4), datagram6)),
  ],
];
