import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRtpHeader, RtpHeader } from './header';

const fixed = [0x80, 0x88, 0x12, 0x34, 0x00, 0x01, 0x02, 0x03, 0xde, 0xad, 0xbe, 0xef];

function parse(bytes: number[], missing = 0): RtpHeader | null {
  // Bytes around the datagram must not be taken for its own.
  const around = Uint8Array.from([0xff, 0xff, ...bytes, 0xff, 0xff]);
  const header = new RtpHeader();
  return parseRtpHeader(around, 2, 2 + bytes.length, missing, header) ? header : null;
}

describe('parseRtpHeader', () => {
  it('reads the fixed fields', () => {
    expect(parse([...fixed, 1, 2, 3])).toMatchObject({
      marker: true,
      payloadType: 8,
      sequence: 0x1234,
      timestamp: 0x00010203,
      ssrc: 0xdeadbeef,
      csrcCount: 0,
      extensionProfile: -1,
      payloadStart: 14,
      payloadEnd: 17,
      paddingLength: 0,
    });
  });

  it('skips contributing sources and the header extension, and takes padding off', () => {
    const bytes = [
      ...[0xb2, ...fixed.slice(1)],
      ...[0, 0, 0, 1, 0, 0, 0, 2],
      ...[0xbe, 0xde, 0, 1, 0x10, 0xaa, 0, 0],
      ...[7, 8, 9, 0, 0, 3],
    ];
    expect(parse(bytes)).toMatchObject({
      csrcCount: 2,
      csrcStart: 14,
      extensionProfile: 0xbede,
      extensionStart: 26,
      extensionEnd: 30,
      payloadStart: 30,
      payloadEnd: 33,
      paddingLength: 3,
      isPaddingInvalid: false,
    });
  });

  it('takes a header extension of no words', () => {
    const header = parse([0x90, ...fixed.slice(1), 0x12, 0x34, 0, 0, 5]);
    expect(header).toMatchObject({ extensionProfile: 0x1234, extensionStart: 18, extensionEnd: 18, payloadStart: 18 });
  });

  it('refuses other versions and headers that do not fit', () => {
    expect(parse([0x40, ...fixed.slice(1)])).toBeNull();
    expect(parse(fixed.slice(0, 11))).toBeNull();
    expect(parse([0x81, ...fixed.slice(1), 0, 0, 0])).toBeNull();
    expect(parse([0x90, ...fixed.slice(1), 0, 0])).toBeNull();
    expect(parse([0x90, ...fixed.slice(1), 0, 0, 0, 2, 1, 2, 3, 4])).toBeNull();
  });

  it.each([
    ['zero', [1, 2, 0]],
    ['more than there is', [1, 2, 4]],
  ])('keeps the payload when the padding length is %s', (_, payload) => {
    const header = parse([0xa0, ...fixed.slice(1), ...payload]);
    expect(header).toMatchObject({ isPaddingInvalid: true, paddingLength: 0, payloadStart: 14, payloadEnd: 17 });
  });

  it('counts header parts that were not captured as present', () => {
    const header = parse([0xb1, ...fixed.slice(1), 0, 0], 100);
    expect(header).toMatchObject({ payloadStart: 16, payloadEnd: 16, isPaddingInvalid: false });
  });

  it('never throws and never leaves the datagram', () => {
    const header = new RtpHeader();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), fc.nat(200), (bytes, start, missing) => {
        const from = Math.min(start, bytes.length);
        if (!parseRtpHeader(bytes, from, bytes.length, missing, header)) return;
        expect(header.payloadStart).toBeGreaterThanOrEqual(from + 12);
        expect(header.payloadStart).toBeLessThanOrEqual(header.payloadEnd);
        expect(header.payloadEnd).toBeLessThanOrEqual(bytes.length);
        expect(header.extensionEnd).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
