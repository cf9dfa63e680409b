import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader';

describe('ByteReader', () => {
  it('reads integers of both byte orders, one behind the other', () => {
    const reader = new ByteReader(Uint8Array.from({ length: 36 }, (_, i) => i + 0xf0));
    expect(reader.u8()).toBe(0xf0);
    expect(reader.u16be()).toBe(0xf1f2);
    expect(reader.u16le()).toBe(0xf4f3);
    expect(reader.u24be()).toBe(0xf5f6f7);
    expect(reader.u32be()).toBe(0xf8f9fafb);
    expect(reader.u32le()).toBe(0xfffefdfc);
    expect(reader.u64be()).toBe(0x0001_0203_0405_0607);
    expect(reader.u64le()).toBe(Number(0x0f0e_0d0c_0b0a_0908n));
    expect([reader.offset, reader.remaining, reader.isTruncated]).toEqual([32, 4, false]);
  });

  it('borrows views and copies bytes', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const reader = new ByteReader(bytes);
    const borrowed = reader.borrow(2);
    const copied = reader.copy(2);
    bytes.fill(9);
    expect([...borrowed]).toEqual([9, 9]);
    expect([...copied]).toEqual([3, 4]);
  });

  it('stays truncated after one read past the end, whatever is read then', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3), 0, 3);
    expect(reader.u32be()).toBe(0);
    expect(reader.isTruncated).toBe(true);
    expect(reader.u8()).toBe(0);
    expect(reader.borrow(1)).toHaveLength(0);
    reader.reset(Uint8Array.of(7));
    expect([reader.u8(), reader.isTruncated]).toEqual([7, false]);
  });

  it('never reads outside its range', () => {
    const read = fc.constantFrom('u8', 'u16be', 'u16le', 'u24be', 'u32be', 'u32le', 'u64be', 'u64le' as const);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(50),
        fc.nat(50),
        fc.array(read),
        (bytes, from, to, reads) => {
          const reader = new ByteReader(bytes, from, to);
          for (const name of reads) {
            const before = reader.offset;
            const value = reader[name as 'u8']();
            expect(reader.offset).toBeLessThanOrEqual(Math.min(to, bytes.length));
            expect(reader.offset).toBeGreaterThanOrEqual(before);
            if (reader.isTruncated) expect(value).toBe(0);
          }
        },
      ),
    );
  });

  it('takes lengths that are no counts for truncation, not for a step back', () => {
    for (const length of [-1, Number.NaN]) {
      const reader = new ByteReader(Uint8Array.of(1, 2, 3, 4), 2);
      expect(reader.borrow(length)).toHaveLength(0);
      expect(reader.isTruncated).toBe(true);
    }
  });

  it('decodes text', () => {
    const reader = new ByteReader(Uint8Array.of(0xc3, 0xa9, 0xe9));
    expect(reader.utf8(2)).toBe('é');
    expect(reader.latin1(1)).toBe('é');
  });
});
