import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8Bytes } from '../../bytes/text';
import { concat } from '../../capture/testing/capture-builder';
import { readAmf0 } from './amf0';
import { amfMember, amfNumber, amfString, amfText, type AmfValue, maxAmfDepth, maxAmfValues } from './amf-value';
import { amf0, bytesOf32 } from './testing/rtmp-script';

const text0 = (text: string): Uint8Array => concat(Uint8Array.of(0, text.length), utf8Bytes(text));
/** U29 and UTF-8-vr of AMF3, short ones. */
const text3 = (text: string): Uint8Array => concat(Uint8Array.of((text.length << 1) | 1), utf8Bytes(text));
const amf3 = (...bytes: readonly (number | Uint8Array)[]): Uint8Array =>
  concat(Uint8Array.of(0x11), ...bytes.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part)));
const one = (bytes: Uint8Array): AmfValue | undefined => {
  const { values, fault } = readAmf0(bytes);
  expect(fault).toBeNull();
  expect(values).toHaveLength(1);
  return values[0];
};

describe('AMF0', () => {
  it('reads the command of the specification', () => {
    const { values, fault } = readAmf0(
      amf0('connect', 1, { app: 'live', fpad: false, nested: { a: null, b: [1, 'x'] } }),
    );
    expect(fault).toBeNull();
    expect(values.map(amfText)).toEqual(["'connect'", '1', 'Object (3)']);
    expect(amfString(amfMember(values[2], 'app'))).toBe('live');
    expect(amfMember(values[2], 'fpad')).toEqual({ type: 'boolean', value: false });
    const nested = amfMember(values[2], 'nested');
    expect(amfMember(nested, 'a')).toEqual({ type: 'null' });
    expect(amfMember(nested, 'b')).toEqual({
      type: 'array',
      items: [
        { type: 'number', value: 1 },
        { type: 'string', value: 'x' },
      ],
    });
  });

  it('reads all its types', () => {
    const date = concat(Uint8Array.of(0x0b), amf0(86_400_000).subarray(1), Uint8Array.of(0, 0));
    expect(one(date)).toEqual({ type: 'date', epochMs: 86_400_000 });
    expect(amfText({ type: 'date', epochMs: 86_400_000 })).toBe('1970-01-02T00:00:00.000Z');
    expect(one(concat(Uint8Array.of(0x0c), bytesOf32(6), utf8Bytes('Grüß')))).toEqual({
      type: 'string',
      value: 'Grüß',
    });
    expect(one(concat(Uint8Array.of(0x0f), bytesOf32(4), utf8Bytes('<a/>')))).toEqual({ type: 'xml', value: '<a/>' });
    expect(one(Uint8Array.of(0x06))).toEqual({ type: 'undefined' });
    expect(one(Uint8Array.of(0x0d))).toEqual({ type: 'unsupported' });
    expect(one(Uint8Array.of(0x07, 1, 2))).toEqual({ type: 'reference', index: 258 });
    const members = concat(text0('a'), amf0(1), Uint8Array.of(0, 0, 9));
    expect(one(concat(Uint8Array.of(0x08), bytesOf32(99), members))).toMatchObject({ type: 'object', isArray: true });
    expect(one(concat(Uint8Array.of(0x10), text0('Foo'), members))).toMatchObject({ className: 'Foo' });
  });

  it('keeps what is readable before a fault', () => {
    const whole = amf0('onMetaData', { width: 480, height: 272 });
    const { values, fault } = readAmf0(whole, 0, whole.length - 6);
    expect(fault).toBe('it breaks off');
    expect(amfNumber(amfMember(values[1], 'width'))).toBe(480);
    expect(readAmf0(Uint8Array.of(5, 0x44)).fault).toMatch(/0x44/);
  });

  it('stops at a depth that nobody needs', () => {
    const deep = concat(...Array.from({ length: 1000 }, () => concat(Uint8Array.of(3), text0('a'))), Uint8Array.of(5));
    expect(readAmf0(deep).fault).toBe(`nested deeper than ${maxAmfDepth} levels`);
    const arrays = concat(...Array.from({ length: 1000 }, () => concat(Uint8Array.of(10), bytesOf32(1))));
    expect(readAmf0(arrays).fault).toBe(`nested deeper than ${maxAmfDepth} levels`);
    const deep3 = amf3(...Array.from({ length: 1000 }, () => Uint8Array.of(0x09, 3, 1)));
    expect(readAmf0(deep3).fault).toBe(`nested deeper than ${maxAmfDepth} levels`);
  });

  it('reads so many values and no more', () => {
    const nulls = concat(Uint8Array.of(10), bytesOf32(0xffffffff), new Uint8Array(200_000).fill(5));
    const { values, fault } = readAmf0(nulls);
    expect(fault).toBe(`more than ${maxAmfValues} values`);
    expect(values).toMatchObject([{ type: 'array' }]);
    const claim = concat(Uint8Array.of(10), bytesOf32(0xffffffff), amf0(1));
    expect(readAmf0(claim).values).toEqual([{ type: 'array', items: [{ type: 'number', value: 1 }] }]);
  });
});

describe('AMF3', () => {
  it('reads integers to their limits', () => {
    expect(one(amf3(4, 0x7f))).toEqual({ type: 'number', value: 127 });
    expect(one(amf3(4, 0x81, 0x00))).toEqual({ type: 'number', value: 128 });
    expect(one(amf3(4, 0xff, 0xff, 0xff, 0xff))).toEqual({ type: 'number', value: -1 });
    expect(one(amf3(4, 0xbf, 0xff, 0xff, 0xff))).toEqual({ type: 'number', value: 2 ** 28 - 1 });
    expect(one(amf3(4, 0xc0, 0x80, 0x80, 0x00))).toEqual({ type: 'number', value: -(2 ** 28) });
  });

  it('reads objects with traits, and what refers to them', () => {
    // Dynamic class `Point` with one sealed member, twice: the second refers to traits and strings of the first.
    const first = concat(Uint8Array.of(0x0a, 0x1b), text3('Point'), text3('x'), Uint8Array.of(4, 1), text3('y'));
    const second = concat(Uint8Array.of(0x0a, 0x01, 4, 3), Uint8Array.of(0x04, 4, 4), Uint8Array.of(1));
    const array = amf3(0x09, 5, 1, first, 4, 2, 1, second);
    const value = one(array);
    expect(value).toMatchObject({
      type: 'array',
      items: [
        { type: 'object', className: 'Point', members: [{ name: 'x' }, { name: 'y', value: { value: 2 } }] },
        { type: 'object', className: 'Point', members: [{ name: 'x', value: { value: 3 } }, { name: 'y' }] },
      ],
    });
  });

  it('reads vectors, bytes, dates and dictionaries', () => {
    expect(one(amf3(0x0d, 5, 0, bytesOf32(0xffffffff), bytesOf32(7)))).toMatchObject({
      items: [{ value: -1 }, { value: 7 }],
    });
    expect(one(amf3(0x0e, 3, 0, bytesOf32(0xffffffff)))).toMatchObject({ items: [{ value: 0xffffffff }] });
    expect(one(amf3(0x0c, 7, 1, 2, 3))).toEqual({ type: 'bytes', length: 3 });
    expect(one(amf3(0x08, 1, amf0(5).subarray(1)))).toEqual({ type: 'date', epochMs: 5 });
    expect(one(amf3(0x11, 3, 0, 2, 3))).toMatchObject({ items: [{ value: false }, { value: true }] });
    expect(one(amf3(0x09, 2))).toEqual({ type: 'reference', index: 1 });
  });

  it('names what it cannot read', () => {
    const external = amf3(0x0a, 0x07, text3('com.example.Own'));
    expect(readAmf0(external).fault).toMatch(/com\.example\.Own/);
    expect(readAmf0(amf3(0x0a, 0x09)).fault).toMatch(/traits/);
    expect(readAmf0(amf3(0x06, 4)).fault).toMatch(/string/);
    expect(readAmf0(amf3(0x7f)).fault).toMatch(/0x7f/);
  });
});

describe('any bytes', () => {
  it('give bounded values and never an exception', () => {
    const markers = fc.constantFrom(0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17);
    const lead = fc.array(fc.oneof(markers, fc.integer({ min: 0, max: 255 })), { maxLength: 300 });
    fc.assert(
      fc.property(lead, (bytes) => {
        const { values } = readAmf0(Uint8Array.from(bytes));
        const count = (value: AmfValue): number => {
          if (value.type === 'array') return value.items.reduce((sum, item) => sum + count(item), 1);
          if (value.type === 'object') return value.members.reduce((sum, member) => sum + count(member.value), 1);
          return 1;
        };
        // Each value costs at least a byte.
        expect(values.reduce((sum, value) => sum + count(value), 0)).toBeLessThanOrEqual(bytes.length);
        values.forEach(amfText);
      }),
      { numRuns: 3000 },
    );
  });
});
