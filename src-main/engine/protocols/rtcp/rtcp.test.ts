import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasRtcpPacketType, RtcpKind, type RtcpVisitor, recognizeRtcp, visitRtcp } from './rtcp';

function words(...values: number[]): number[] {
  return values.flatMap((v) => [(v >>> 24) & 0xff, (v >>> 16) & 0xff, (v >>> 8) & 0xff, v & 0xff]);
}

const senderReport = words(
  0x81c8000c,
  0xaaaa0001,
  ...[0xe5000000, 0x80000000, 160_000, 50, 8000],
  ...[0xbbbb0002, 0x40fffffe, 1005, 33, 0, 0],
);
const sdes = [...words(0x81ca0003, 0xaaaa0001), 1, 5, ...Buffer.from('a@b.c'), 0];
const bye = words(0x82cb0002, 0xaaaa0001, 0xaaaa0003);

function recognize(bytes: number[], missing = 0): RtcpKind {
  return recognizeRtcp(Uint8Array.from(bytes), 0, bytes.length, missing);
}

function visit(bytes: number[]): unknown[] {
  const seen: unknown[] = [];
  const visitor: RtcpVisitor = {
    senderReport: (...args) => seen.push(['sr', ...args]),
    reportBlock: (...args) => seen.push(['block', ...args]),
    cname: (ssrc, from, start, end) => seen.push(['cname', ssrc, Buffer.from(from.subarray(start, end)).toString()]),
    bye: (ssrc) => seen.push(['bye', ssrc]),
  };
  visitRtcp(Uint8Array.from(bytes), 0, bytes.length, visitor);
  return seen;
}

describe('recognizeRtcp', () => {
  it('knows a compound packet by lengths that end with the datagram', () => {
    expect(recognize([...senderReport, ...sdes, ...bye])).toBe(RtcpKind.compound);
    expect(recognize(words(0x80c90001, 1))).toBe(RtcpKind.compound);
  });

  it('tells reduced size and encrypted packets apart', () => {
    expect(recognize(bye)).toBe(RtcpKind.reducedSize);
    expect(recognize([...senderReport, ...words(0x12345678, 0x80000001, 1, 2, 3)])).toBe(RtcpKind.encrypted);
  });

  it('accepts a compound packet that the capture cut short', () => {
    const whole = [...senderReport, ...sdes];
    expect(recognize(whole.slice(0, 40), whole.length - 40)).toBe(RtcpKind.compound);
  });

  it('refuses what is none', () => {
    expect(recognize([...bye, 0])).toBe(RtcpKind.none);
    expect(recognize([...senderReport.slice(0, 20)])).toBe(RtcpKind.none);
    expect(recognize(words(0x80000001, 1, 2))).toBe(RtcpKind.none);
    expect(recognize(words(0x40c90001, 1))).toBe(RtcpKind.none);
    // Padding in a packet that is not the last (RFC 3550, appendix A.2).
    expect(recognize([...words(0xa0c90001, 1), ...sdes])).not.toBe(RtcpKind.compound);
  });

  it('separates RTP with a marker from RTCP by the payload types of RFC 5761', () => {
    expect(hasRtcpPacketType(Uint8Array.from([0x80, 0x80 | 63, 0, 0]), 0, 4)).toBe(false);
    expect(hasRtcpPacketType(Uint8Array.from([0x80, 0x80 | 64, 0, 0]), 0, 4)).toBe(true);
    expect(hasRtcpPacketType(Uint8Array.from([0x80, 0x80 | 95, 0, 0]), 0, 4)).toBe(true);
    expect(hasRtcpPacketType(Uint8Array.from([0x80, 0x80 | 96, 0, 0]), 0, 4)).toBe(false);
  });
});

describe('visitRtcp', () => {
  it('reads reports, names and goodbyes', () => {
    expect(visit([...senderReport, ...sdes, ...bye])).toEqual([
      ['sr', 0xaaaa0001, 0xe5000000, 0x80000000, 160_000, 50, 8000],
      ['block', 0xaaaa0001, 0xbbbb0002, 0x40, -2, 33],
      ['cname', 0xaaaa0001, 'a@b.c'],
      ['bye', 0xaaaa0001],
      ['bye', 0xaaaa0003],
    ]);
  });

  it('reads several chunks of names, each padded to four bytes', () => {
    const two = [...words(0x82ca0005, 1), ...[1, 2, 0x61, 0x62, 0, 0, 0, 0], ...words(2), ...[1, 1, 0x63, 0]];
    expect(visit(two)).toEqual([
      ['cname', 1, 'ab'],
      ['cname', 2, 'c'],
    ]);
  });

  it('never throws and always ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        bytes[0] = 0x80 | (bytes[0] & 0x3f);
        if (bytes.length > 1) bytes[1] = 200 + (bytes[1] & 7);
        recognizeRtcp(bytes, 0, bytes.length, bytes.length & 7);
        expect(visit([...bytes]).length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
