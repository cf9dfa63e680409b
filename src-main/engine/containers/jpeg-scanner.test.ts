import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JpegScanner, type ScannedPicture } from './jpeg-scanner';

/** A picture with a thumbnail in its header, two scans and a restart; not one that shows anything. */
function picture(width: number, height: number, coded: readonly number[]): number[] {
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  const thumbnail = [0xff, 0xd8, 0xff, 0xd9];
  return [
    ...[0xff, 0xd8, 0xff, 0xe1, 0, 2 + thumbnail.length, ...thumbnail],
    ...[0xff, 0xc2, 0, 11, 8, ...size, 1, 1, 0x11, 0],
    ...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0, ...coded, 0xff, 0, 0xff, 0xd0, 7],
    ...[0xff, 0xc4, 0, 3, 0, 0xff, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0, ...coded, 0xff, 0xd9],
  ];
}

function scan(bytes: readonly number[], pieceLength: () => number = () => bytes.length, lostFrom = -1, lost = 0) {
  const found: ScannedPicture[] = [];
  const scanner = new JpegScanner((each) => found.push(each));
  const all = Uint8Array.from(bytes);
  for (let at = 0; at < all.length; ) {
    if (at === lostFrom && lost > 0) {
      scanner.gap(lost, at);
      at += lost;
      continue;
    }
    const stop = at < lostFrom ? lostFrom : all.length;
    const end = Math.min(stop, at + Math.max(1, pieceLength()));
    scanner.push(all, at, end, at, at, at);
    at = end;
  }
  scanner.end();
  return found.map(({ extents, width, height, isWhole }) => ({
    at: extents.address[0],
    bytes: extents.total,
    missing: extents.missing,
    width,
    height,
    isWhole,
  }));
}

const first = picture(640, 480, [1, 2, 3]);
const second = picture(320, 240, [4, 5]);
const noise = [0, 0xff, 1, 0xff, 0xff];

describe('JpegScanner', () => {
  const bytes = [...noise, ...first, 13, 10, ...second, ...first];
  const expected = [
    { at: 5, bytes: first.length, missing: 0, width: 640, height: 480, isWhole: true },
    { at: 7 + first.length, bytes: second.length, missing: 0, width: 320, height: 240, isWhole: true },
    { at: 7 + first.length + second.length, bytes: first.length, missing: 0, width: 640, height: 480, isWhole: true },
  ];

  it('finds pictures one after the other, with their sizes', () => {
    expect(scan(bytes)).toEqual(expected);
  });

  it('finds the same however the bytes are split', () => {
    expect(scan(bytes, () => 1)).toEqual(expected);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (lengths) => {
        let i = 0;
        expect(scan(bytes, () => lengths[i++ % lengths.length])).toEqual(expected);
      }),
    );
  });

  it('gives out what has no end, and goes on with the next', () => {
    const cut = first.slice(0, first.length - 4);
    const [broken, whole] = scan([...cut, ...second]);
    expect(broken).toMatchObject({ at: 0, isWhole: false, width: 640 });
    expect(whole).toEqual({ at: cut.length, bytes: second.length, missing: 0, width: 320, height: 240, isWhole: true });
    expect(scan(cut)).toMatchObject([{ bytes: cut.length, isWhole: false }]);
  });

  it('knows holes', () => {
    const scanStart = first.length - 20;
    expect(scan(first, () => 9, scanStart, 5)).toEqual([
      { at: 0, bytes: first.length, missing: 5, width: 640, height: 480, isWhole: false },
    ]);
  });

  it('never throws, and keeps no byte twice', () => {
    const byte = fc.constantFrom(0xff, 0xff, 0xd8, 0xd9, 0xda, 0xc0, 0xe0, 0, 1, 4, 0xc4);
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 200 }), fc.integer({ min: 1, max: 7 }), (noisy, step) => {
        const found = scan(noisy, () => step);
        expect(found.reduce((sum, each) => sum + each.bytes, 0)).toBeLessThanOrEqual(noisy.length + found.length);
        expect(scan(noisy)).toEqual(found);
      }),
      { numRuns: 500 },
    );
  });
});
