import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PacketField, PacketLayer } from '#shared/model/packet';
import { Frame } from '../../capture/frame';
import { concat } from '../../capture/testing/capture-builder';
import { ethernet, ipv4, ipv6, ipv6Fragment, tcp, udp } from '../../net/testing/packet-builder';
import { dissectLayers } from './dissect';
import { layers } from './layers/index';
import type { PacketLinks } from './layers/layer';

/** A world in which all that looks like media is media. */
const links: PacketLinks = {
  streamOf: () => ({ id: 'rtp-1', callId: null }),
  hasMedia: () => true,
  hasRtcp: () => true,
  messageAt: () => null,
};

function dissect(bytes: Uint8Array, { linkType = 1, wireLength = bytes.length } = {}): PacketLayer[] {
  // In a larger window, as frames lie: whatever reads too far finds bytes there.
  const window = concat(new Uint8Array(40).fill(0xee), bytes, new Uint8Array(40).fill(0xee));
  const frame = Object.assign(new Frame(), { number: 1, bytes: window, start: 40, end: 40 + bytes.length, linkType });
  frame.wireLength = wireLength;
  return dissectLayers(frame, { flow: 0, frame: 1, sourcePort: -1, destinationPort: -1, links });
}

const ids = (tree: readonly PacketLayer[]): string => tree.map(({ id }) => id).join(' ');
const layer = (tree: readonly PacketLayer[], id: string): PacketLayer => tree.find((l) => l.id === id) as PacketLayer;
const value = (fields: readonly PacketField[], name: string): string | undefined =>
  fields.find((field) => field.name === name)?.value;
const text = (content: string): Uint8Array => Uint8Array.from(Buffer.from(content));

describe('dissectLayers', () => {
  it('names fields as their specifications do, with the bytes they lie in', () => {
    const tree = dissect(ethernet(0x0800, ipv4(17, udp(4000, 5000, text('hello'))), [[0x8100, 0x2005]]));
    expect(ids(tree)).toBe('frame ethernet vlan ipv4 udp data');
    expect(layer(tree, 'vlan')).toMatchObject({ summary: 'VLAN 5', offset: 14, length: 4 });
    const ip = layer(tree, 'ipv4');
    expect(ip).toMatchObject({ offset: 18, length: 20, summary: '192.0.2.1 → 192.0.2.2', diagnostic: null });
    expect(ip.fields.find(({ name }) => name === 'Time to Live')).toMatchObject({ value: '64', offset: 26, length: 1 });
    expect(value(ip.fields, 'Protocol')).toBe('17 (UDP)');
    expect(value(ip.fields, 'Header Checksum')).toBe('0x0000 (not filled in)');
    expect(value(layer(tree, 'udp').fields, 'Length')).toBe('13');
    expect(layer(tree, 'data')).toMatchObject({ offset: 46, length: 5 });
  });

  it('reads TCP options', () => {
    const options = Uint8Array.of(2, 4, 5, 0xb4, 3, 3, 7, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 4, 2);
    const tree = dissect(ethernet(0x0800, ipv4(6, tcp(1, 2, new Uint8Array(0), { flags: 2, options }))));
    const written = layer(tree, 'tcp').fields.find(({ name }) => name === 'Options')?.children ?? [];
    expect(written.map(({ name, value: v }) => `${name}=${v}`)).toEqual([
      'Maximum Segment Size=1460',
      'Window Scale=7 (× 128)',
      'No-Operation=',
      'Timestamps=TSval 1, TSecr 2',
      'SACK Permitted=',
    ]);
    expect(layer(tree, 'tcp').summary).toBe('1 → 2 [SYN]');
  });

  it('walks through IPv6 extension headers', () => {
    const fragment = ipv6Fragment(17, udp(1, 2, text('x')), { offset: 0, hasMore: true });
    const hopByHop = concat(Uint8Array.of(44, 0, 5, 2, 0, 0, 1, 0), fragment);
    const tree = dissect(ethernet(0x86dd, ipv6(0, hopByHop)));
    expect(ids(tree)).toBe('frame ethernet ipv6 ipv6-hop-by-hop ipv6-fragment udp data');
    expect(value(layer(tree, 'ipv6-hop-by-hop').fields, 'Router Alert')).toBe('00 00');
    expect(value(layer(tree, 'ipv6-fragment').fields, 'M Flag')).toBe('more fragments');
  });

  it('reads RTP with its extension, and RTCP with its reports', () => {
    const rtp = concat(
      Uint8Array.of(0x90, 0x80, 0, 9, 0, 0, 0, 160, 1, 2, 3, 4, 0xbe, 0xde, 0, 1, 0x10, 0xff, 0, 0),
      new Uint8Array(20),
    );
    const tree = dissect(ethernet(0x0800, ipv4(17, udp(4000, 5000, rtp))));
    expect(ids(tree)).toBe('frame ethernet ipv4 udp rtp data');
    const { fields } = layer(tree, 'rtp');
    expect(value(fields, 'SSRC')).toBe('0x01020304');
    expect(value(fields, 'Payload Type')).toBe('0 (PCMU)');
    expect(value(fields, 'Header Extension')).toBe('0xbede');
    expect(layer(tree, 'data').length).toBe(20);

    const report = Uint8Array.of(
      ...[0x81, 201, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 64, 0xff, 0xff, 0xff, 0, 1, 0, 5],
      ...[0, 0, 0, 8, 0, 0, 0, 0, 0, 1, 0, 0],
    );
    const rtcp = dissect(ethernet(0x0800, ipv4(17, udp(4001, 5001, report))));
    expect(ids(rtcp)).toBe('frame ethernet ipv4 udp rtcp');
    const block = layer(rtcp, 'rtcp').fields[0].children.find(({ name }) => name === 'Report Block 1');
    expect(value(block?.children ?? [], 'Fraction Lost')).toBe('64 / 256');
    expect(value(block?.children ?? [], 'Cumulative Number of Packets Lost')).toBe('-1');
    expect(value(block?.children ?? [], 'Delay Since Last SR')).toBe('1000.000 ms');
  });

  it('reads SIP header by header and its body line by line', () => {
    const message = text('BYE sip:a@b SIP/2.0\r\nFrom: <sip:c@d>;tag=1\r\nSubject: one\r\n  two\r\n\r\nv=0\r\ns=-\r\n');
    const tree = dissect(ethernet(0x0800, ipv4(17, udp(5060, 5060, message))));
    const { fields, summary } = layer(tree, 'sip');
    expect(summary).toBe('BYE sip:a@b SIP/2.0');
    expect(value(fields, 'Subject')).toBe('one two');
    expect(fields.at(-1)?.children.map((line) => line.value)).toEqual(['v=0', 's=-']);
  });

  it('notes what is cut and what is impossible', () => {
    const whole = ethernet(0x0800, ipv4(6, tcp(1, 2, new Uint8Array(0))));
    const cut = dissect(whole.subarray(0, 40), { wireLength: whole.length });
    expect(layer(cut, 'frame').diagnostic).toMatch(/snap length/);
    expect(layer(cut, 'tcp').diagnostic).toMatch(/^Cut short/);
    const long = dissect(ethernet(0x0800, ipv4(17, udp(1, 2, text('x'), 900))));
    expect(layer(long, 'udp').diagnostic).toBe('The length is 900, but there are only 9 bytes.');
    const padded = dissect(concat(ethernet(0x0800, ipv4(17, udp(1, 2, text('x')))), new Uint8Array(17)));
    expect(padded.at(-1)).toMatchObject({ id: 'trailer', offset: 43, length: 17 });
  });

  it('keeps its word for any bytes: no throw, fields inside the frame, an end', () => {
    const linkTypes = [0, 1, 12, 101, 108, 113, 228, 229, 276, 147];
    const etherTypes = [0x0800, 0x86dd, 0x0806, 0x8100, 0x0010, 0x8847];
    const protocols = [0, 1, 4, 6, 17, 41, 43, 44, 51, 58, 60, 132, 135, 200];
    const inner = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .tuple(fc.constantFrom(...protocols), fc.uint8Array({ maxLength: 160 }))
        .map(([protocol, bytes]) => ipv4(protocol, bytes)),
      fc
        .tuple(fc.constantFrom(...protocols), fc.uint8Array({ maxLength: 160 }))
        .map(([protocol, bytes]) => ipv6(protocol, bytes)),
      fc
        .tuple(fc.constantFrom(53, 5060, 4000), fc.constantFrom(0x80, 0x81, 0xa3, 0), fc.uint8Array({ maxLength: 160 }))
        .map(([port, first, bytes]) => ipv4(17, udp(port, port, concat(Uint8Array.of(first), bytes)))),
      fc
        .tuple(fc.constantFrom(200, 201, 202, 203, 205), fc.uint8Array({ minLength: 4, maxLength: 120 }))
        .map(([type, bytes]) =>
          ipv4(17, udp(9, 9, concat(Uint8Array.of(0x82, type, 0, (bytes.length >> 2) & 0xff), bytes))),
        ),
      fc.string({ maxLength: 200 }).map((s) => ipv4(17, udp(5060, 5060, text(`INVITE sip:x SIP/2.0\r\n${s}`)))),
    );
    const check = (fields: readonly PacketField[], length: number): void => {
      for (const field of fields) {
        expect(field.offset).toBeGreaterThanOrEqual(0);
        expect(field.length).toBeGreaterThanOrEqual(0);
        expect(field.offset + field.length).toBeLessThanOrEqual(length);
        check(field.children, length);
      }
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...linkTypes),
        fc.constantFrom(...etherTypes),
        inner,
        fc.nat(60),
        (link, type, payload, cut) => {
          const bytes = link === 1 ? ethernet(type, payload) : payload;
          const captured = bytes.subarray(0, Math.max(0, bytes.length - cut));
          const tree = dissect(captured, { linkType: link, wireLength: bytes.length });
          expect(tree.length).toBeLessThanOrEqual(67);
          for (const known of tree) {
            expect(known.diagnostic ?? '').not.toMatch(/dissector failed/);
            expect(known.offset + known.length).toBeLessThanOrEqual(captured.length);
            check(known.fields, captured.length);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('has every layer registered under its own id', () => {
    expect(layers.values().length).toBeGreaterThan(20);
    for (const { id } of layers.values()) expect(id).toMatch(/^[a-z][a-z0-9-]*$/);
  });
});
