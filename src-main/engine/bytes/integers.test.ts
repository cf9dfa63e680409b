import fc from 'fast-check';
import { expect, it } from 'vitest';
import { i16be, u16be, u16le, u32be, u32le } from './integers';

it('reads what DataView reads', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (bytes) => {
      const view = new DataView(bytes.buffer);
      expect(u16be(bytes, 0)).toBe(view.getUint16(0));
      expect(u16le(bytes, 0)).toBe(view.getUint16(0, true));
      expect(u32be(bytes, 0)).toBe(view.getUint32(0));
      expect(u32le(bytes, 0)).toBe(view.getUint32(0, true));
      expect(i16be(bytes, 0)).toBe(view.getInt16(0));
    }),
  );
});

it('reads zeros past the end', () => {
  const none = new Uint8Array(0);
  expect([u16be(none, 0), u16le(none, 3), u32be(none, 0), u32le(none, 9), i16be(none, 0)]).toEqual([0, 0, 0, 0, 0]);
});
