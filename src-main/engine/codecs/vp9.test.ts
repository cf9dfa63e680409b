import { describe, expect, it } from 'vitest';
import { describeUnits, plain, unitsOf } from './testing/payloads';
import { bytesOf, collect, packetsOf } from './testing/video-packets';
import { vp9 } from './vp9';

/** Key frame of 320x240, profile 0. */
const key = [0x82, 0x49, 0x83, 0x42, 0x00, 0x13, 0xf0, 0x0e, 0xf0];

describe('VP9', () => {
  it('passes over descriptors with picture ids, layers, references and the scalability structure', () => {
    // Two bytes each of width and height, then one picture of a group with one reference.
    const structure = [0x18, 0x01, 0x40, 0x00, 0xf0, 1, 0x04, 7];
    const units = unitsOf('vp9', [
      [0, [0x8a, 0x01, ...structure, ...key], true],
      [1, [0xc8, 0x81, 0x02, 0x86, 1], true],
      // Flexible mode: layer indices without TL0PICIDX, two references.
      [2, [0xf8, 0x01, 0x00, 0x03, 0x04, 0x86, 2], true],
      // Not flexible: TL0PICIDX follows the layer indices.
      [3, [0xe8, 0x01, 0x00, 0x77, 0x86, 3], true],
    ]);
    expect(plain(units)).toEqual([[key], [[0x86, 1]], [[0x86, 2]], [[0x86, 3]]]);
    expect(units.map(({ isKey }) => isKey)).toEqual([true, false, false, false]);
    const { description } = describeUnits('vp9', units) ?? {};
    expect(description).toMatchObject({ width: 320, height: 240, codecString: 'vp09.00.20.08' });
  });

  it('joins the spatial layers of a picture, and keeps those below a gap', () => {
    // I, L and F: a picture id, layer indices, and no TL0PICIDX. B begins a frame, E ends it.
    const layer = (sid: number, begins: boolean, bytes: readonly number[]): Uint8Array =>
      bytesOf(0xb0 | (begins ? 0x08 : 0), 0x01, sid << 1, ...bytes);
    const payloads = [layer(0, true, key), layer(1, true, [0x86, 1]), layer(1, false, [2]), layer(2, true, [0x86, 3])];
    const items = payloads.map((payload, i) => ({ payload, timestamp: 0, marker: i === 3 }));
    const whole = collect(vp9.createDepacketizer!({ clockRateHz: 90_000, channels: 1 }), packetsOf(items));
    const index = [0xda, 9, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 0xda];
    expect(plain(whole)).toEqual([[[...key, 0x86, 1, 2, 0x86, 3, ...index]]]);
    const lossy = collect(
      vp9.createDepacketizer!({ clockRateHz: 90_000, channels: 1 }),
      packetsOf(items, new Set([2])),
    );
    expect(plain(lossy)).toEqual([[key]]);
    expect([lossy[0].isDamaged, lossy[0].isKey]).toEqual([true, true]);
  });
});
