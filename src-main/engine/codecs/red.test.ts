import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { primaryBlock } from './red';

describe('primaryBlock', () => {
  it('finds the data behind those of the redundant blocks', () => {
    // As the example of RFC 2198, section 4: DVI4 as primary, LPC as redundancy of 14 bytes.
    const payload = Uint8Array.of(0x87, 0, 0, 14, 5, ...new Uint8Array(14), 1, 2, 3);
    expect(primaryBlock(payload)).toEqual({ payloadType: 5, start: 19 });
    expect(primaryBlock(Uint8Array.of(111, 9, 9))).toEqual({ payloadType: 111, start: 1 });
  });

  it('knows what is malformed', () => {
    expect(primaryBlock(new Uint8Array(0))).toBeNull();
    expect(primaryBlock(Uint8Array.of(0x87, 0, 0))).toBeNull();
    expect(primaryBlock(Uint8Array.of(0x87, 0, 0, 14, 5, 1, 2))).toBeNull();
    expect(primaryBlock(Uint8Array.of(0x87, 0, 0, 1))).toBeNull();
  });

  it('stays within any payload', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (payload) => {
        const found = primaryBlock(payload);
        if (!found) return;
        expect(found.start).toBeLessThanOrEqual(payload.length);
        expect(found.payloadType).toBeLessThan(128);
      }),
    );
  });
});
