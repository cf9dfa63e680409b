import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  equalsAsciiIgnoreCase,
  latin1Text,
  parseDecimal,
  startsWithAscii,
  utf8Bytes,
  utf8Text,
  utf8TextOrNull,
} from './text';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

describe('text', () => {
  it('decodes what it encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Text(utf8Bytes(text))).toBe(text);
        expect(utf8TextOrNull(utf8Bytes(text))).toBe(text);
      }),
    );
  });

  it('replaces malformed UTF-8 on the short way as on the long one', () => {
    expect(utf8Text(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\ufffdb');
    expect(utf8Text(Uint8Array.of(...ascii('x'.repeat(40)), 0xff))).toBe(`${'x'.repeat(40)}\ufffd`);
    expect(utf8TextOrNull(Uint8Array.of(0xff))).toBeNull();
  });

  it('keeps a byte order mark, and cuts ranges to what is there', () => {
    expect(utf8Text(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
    expect(utf8Text(ascii('abc'), -5, 99)).toBe('abc');
    expect(utf8Text(ascii('abc'), 2, 1)).toBe('');
    expect(latin1Text(ascii('abc'), 1, 99)).toBe('bc');
  });

  it('maps every byte to the character of its number in Latin-1, at any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 10_000 }), (bytes) => {
        const text = latin1Text(bytes);
        expect(Uint8Array.from(text, (c) => c.charCodeAt(0))).toEqual(bytes);
      }),
      { numRuns: 30 },
    );
  });

  it('compares ASCII', () => {
    expect(startsWithAscii(ascii('INVITE sip:'), 0, 11, 'INVITE ')).toBe(true);
    expect(startsWithAscii(ascii('INV'), 0, 3, 'INVITE')).toBe(false);
    expect(equalsAsciiIgnoreCase(ascii('Call-ID'), 0, 7, 'cALL-id')).toBe(true);
    expect(equalsAsciiIgnoreCase(ascii('Call[ID'), 0, 7, 'call{id')).toBe(false);
  });

  it('reads decimals and refuses what no number holds', () => {
    expect(parseDecimal(ascii('0042x'), 0, 5)).toBe(42);
    expect(parseDecimal(ascii('x'), 0, 1)).toBe(-1);
    expect(parseDecimal(ascii('9007199254740991'), 0, 16)).toBe(Number.MAX_SAFE_INTEGER);
    expect(parseDecimal(ascii('9'.repeat(400)), 0, 400)).toBe(-1);
  });
});
